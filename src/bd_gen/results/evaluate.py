"""From saved tokens to `{method}.json`: every metric, seed by seed, and over the seeds."""

import hashlib
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from bd_gen import __version__
from bd_gen.errors import InputError
from bd_gen.metrics import Reference, aggregate, compute_metrics, metric_versions
from bd_gen.results.carry_over import kept
from bd_gen.results.columns import REAL
from bd_gen.results.references import FoundReference, References
from bd_gen.results.result_file import (
    FORMAT_VERSION,
    Result,
    read_result,
    result_path,
    write_result,
)
from bd_gen.results.samples_file import SUFFIX, Samples, read_samples

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Evaluation:
    """One method, evaluated.

    Attributes:
        path: the result file.
        result: what was written to it.
        notes: what the user should know, in sentences.
    """

    path: Path
    result: Result
    notes: tuple[str, ...]


def evaluate_method(
    samples_path: str | Path, references: References, progress: Progress | None = None
) -> Evaluation:
    """Compute every metric of a samples file and write or update the result file beside it.

    The names of the files count: `a_samples.pt` gives `a.json`. Run again, it changes nothing
    but the timestamp.

    Args:
        samples_path: a file `{method}_samples.pt`.
        references: where the reference statistics come from.
        progress: called with the seeds measured so far and their number.

    Raises:
        InputError: the samples, the reference data or the present result file cannot be used,
            or the result cannot be written; the files stay as they were.
    """
    samples_path = Path(samples_path)
    method = samples_path.name.removesuffix(SUFFIX)
    if method == REAL:
        raise InputError(f"{samples_path}: the name {REAL} is reserved for real plans")
    samples = read_samples(samples_path)
    path = result_path(samples_path.parent, method)
    old = read_result(path) if path.exists() else None
    found = references.for_samples(samples, samples_path)
    notes = list(found.notes)
    if samples.method != method:
        notes.append(f"the samples were written for method {samples.method[:80]!r}")
    sha256 = _sha256(samples_path)
    stays = kept(old, samples, sha256)
    tokens = {seed: part.tokens for seed, part in samples.per_seed.items()}
    per_seed = seed_metrics(tokens, found.statistics, progress)
    # Only if the seeds are the same: a mean over some of them would be no mean.
    if stays.metrics.keys() == per_seed.keys():
        per_seed = {seed: {**stays.metrics[seed], **new} for seed, new in per_seed.items()}
    result = make_result(
        method=method,
        config=stays.config,
        per_seed=per_seed,
        denoising=stays.denoising,
        provenance={**_origin(samples, sha256), **measurement_provenance(tokens, found)},
        others=stays.fields,
    )
    write_result(path, result)
    return Evaluation(path, result, (*notes, *stays.notes))


def seed_metrics(
    tokens: Mapping[int, np.ndarray], statistics: Reference, progress: Progress | None = None
) -> dict[str, dict[str, Any]]:
    """Every metric of each seed's tokens (N, length), by seed."""
    per_seed = {}
    for done, (seed, rows) in enumerate(tokens.items(), start=1):
        per_seed[str(seed)] = compute_metrics(rows, statistics.vocabulary, statistics)
        if progress is not None:
            progress(done, len(tokens))
    return per_seed


def make_result(
    *,
    method: str,
    config: dict[str, Any],
    per_seed: dict[str, dict[str, Any]],
    denoising: dict[str, Any],
    provenance: dict[str, Any],
    others: Mapping[str, Any] | None = None,
) -> Result:
    """A result as it is written, with the summary over the seeds and the time of now."""
    return Result(
        {
            "format_version": FORMAT_VERSION,
            "method": method,
            "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
            "config": config,
            "per_seed": per_seed,
            "summary": aggregate(per_seed),
            "denoising": denoising,
            **(others or {}),
            "provenance": provenance,
        }
    )


def measurement_provenance(
    tokens: Mapping[int, np.ndarray], found: FoundReference
) -> dict[str, Any]:
    """What was measured here: program, platform, reference data, metrics and counts."""
    return {
        "package_version": __version__,
        "host": platform.platform(),
        "data": found.data,
        "data_fingerprint": found.fingerprint,
        "metric_versions": metric_versions(),
        "sample_counts": {str(seed): len(rows) for seed, rows in tokens.items()},
    }


def _origin(samples: Samples, sha256: str) -> dict[str, Any]:
    """Where the samples came from; all that they say of it stands under "generation"."""
    generation = {key: value for key, value in samples.provenance.items() if key != "denoising"}
    return {
        "git_commit": generation.get("git_commit"),
        "checkpoint_sha256": generation.get("checkpoint_sha256"),
        "samples_sha256": sha256,
        "generation": generation,
    }


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
