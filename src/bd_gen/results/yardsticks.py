"""What methods are measured by, as samples files: held-out plans and the two baselines.

They are written like the samples of any method and evaluated like them, so that whatever can be
done with a method can be done with them.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bd_gen.data.config import DataConfig, recorded_fields
from bd_gen.data.dataset import Dataset
from bd_gen.results.baselines import (
    DEFAULT_NUM_SAMPLES,
    DEFAULT_SEEDS,
    from_marginals,
    held_out_chunks,
    memorised,
)
from bd_gen.results.columns import (
    MARGINALS,
    MEMORISER,
    REAL,
    YARDSTICKS,
    check_reserved,
    existing_directory,
)
from bd_gen.results.evaluate import Evaluation, evaluate_method
from bd_gen.results.inventory import read_entries
from bd_gen.results.references import References, recorded_data
from bd_gen.results.samples_file import (
    Samples,
    SeedSamples,
    read_samples,
    samples_path,
    write_samples,
)
from bd_gen.system.errors import InputError
from bd_gen.system.origin import origin
from bd_gen.system.plugin_records import recorded
from bd_gen.system.progress import Progress

_DRAWN_FROM = {
    REAL: "test split, without training plans",
    MEMORISER: "training split, with replacement",
    MARGINALS: "training frequencies, independently",
}
_STREAMS = {MEMORISER: 1, MARGINALS: 2}
"""A number beside each seed, so that the baselines' draws do not follow one another."""


@dataclass(frozen=True)
class Written:
    """The samples file of one yardstick.

    Attributes:
        path: the file; where it held these samples already it was left as it was.
        notes: what the user should know, in sentences.
    """

    path: Path
    notes: tuple[str, ...]


def evaluate_real(
    directory: str | Path,
    references: References,
    data: DataConfig | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Write held-out plans as samples, and their result: the first column of the comparison.

    Raises:
        InputError: as `write_yardsticks`, or the result cannot be written.
    """
    (written,) = write_yardsticks(directory, (REAL,), references, data)
    return _evaluated(written, references, progress)


def evaluate_baselines(
    directory: str | Path,
    references: References,
    data: DataConfig | None = None,
    progress: Progress | None = None,
) -> list[Evaluation]:
    """Write the baselines' samples and results: the columns after the real plans.

    Raises:
        InputError: as `write_yardsticks`, or a result cannot be written.
    """
    both = write_yardsticks(directory, (MEMORISER, MARGINALS), references, data)
    return [_evaluated(written, references, progress) for written in both]


def write_yardsticks(
    directory: str | Path,
    names: Sequence[str],
    references: References,
    data: DataConfig | None = None,
) -> list[Written]:
    """Write samples of held-out plans or of baselines into a results directory.

    Seeds, number of samples and, unless `data` is given, the data are those of the first method
    there, so that the columns are alike.

    Args:
        directory: where the methods' files lie.
        names: which of `YARDSTICKS`.
        references: where data sets are loaded.
        data: their data.

    Raises:
        InputError: no data is given or named, it cannot be loaded or has too few held-out plans,
            a file under the reserved name is not one of this function, or none can be written.
    """
    directory = existing_directory(directory)
    entries = (e for e in read_entries(directory) if e.method not in YARDSTICKS)
    like = next((e.samples for e in entries if e.samples is not None), None)
    if data is None:
        if like is None:
            raise InputError(
                f"{directory}: holds no samples that name their data; "
                "give it: data=plans data.path=FILE"
            )
        data = recorded_data(like, samples_path(directory, like.method))
    seeds = like.seeds if like is not None else DEFAULT_SEEDS
    num_samples = like.num_samples if like is not None else DEFAULT_NUM_SAMPLES
    dataset = references.dataset(data)
    written = []
    for name in names:
        samples, notes = _drawn(name, dataset, seeds, num_samples, data)
        path = samples_path(directory, name)
        _write_if_new(path, samples)
        written.append(Written(path, notes))
    return written


def _drawn(
    name: str, dataset: Dataset, seeds: Sequence[int], num_samples: int, data: DataConfig
) -> tuple[Samples, tuple[str, ...]]:
    notes = []
    removed = {}
    if name == REAL:
        tokens, num_removed = held_out_chunks(dataset, seeds, num_samples)
        removed = {"training_plans_removed": num_removed}
        if num_removed:
            notes.append(
                f"{num_removed} of {len(dataset.test)} held-out plans are in training "
                "token for token and were left out"
            )
        size = len(tokens[seeds[0]])
        if size < num_samples:
            notes.append(f"there are only {size} held-out plans a seed, not {num_samples}")
        num_samples = size
    else:
        tokens = {seed: _baseline(name, dataset, seed, num_samples) for seed in seeds}
    real = dataset.vocabulary.pad_row
    samples = Samples(
        method=name,
        n_max=dataset.vocabulary.n_max,
        words=dataset.vocabulary.words,
        seeds=tuple(seeds),
        num_samples=num_samples,
        config={"drawn_from": _DRAWN_FROM[name], **removed},
        provenance=_provenance(name, dataset, data),
        per_seed={seed: SeedSamples(rows, rows != real) for seed, rows in tokens.items()},
    )
    return samples, tuple(notes)


def _baseline(name: str, dataset: Dataset, seed: int, num_samples: int) -> np.ndarray:
    rng = np.random.default_rng([seed, _STREAMS[name]])
    if name == MEMORISER:
        return memorised(dataset.train, num_samples, rng)
    return from_marginals(dataset.train, dataset.vocabulary, num_samples, rng)


def _provenance(name: str, dataset: Dataset, data: DataConfig) -> dict[str, Any]:
    return {
        **origin(),
        "yardstick": name,
        "data": recorded_fields(dataclasses.asdict(data)),
        "data_fingerprint": dataset.fingerprint,
        **recorded(),
    }


def _write_if_new(path: Path, samples: Samples) -> None:
    """Leave a file that holds these samples as it is: its hash names results made of it."""
    if path.exists():
        old = read_samples(path)
        check_reserved(samples.method, old.provenance, path)
        same = all(
            getattr(old, field) == getattr(samples, field)
            for field in ("n_max", "words", "seeds", "num_samples", "config")
        )
        named, now = old.provenance.get("data"), samples.provenance
        same = same and old.provenance.get("data_fingerprint") == now["data_fingerprint"]
        same = same and isinstance(named, dict) and _known(named) == _known(now["data"])
        if same and all(
            np.array_equal(old.per_seed[seed].tokens, samples.per_seed[seed].tokens)
            for seed in samples.seeds
        ):
            return
    write_samples(path, samples)


def _known(data: dict[str, Any]) -> dict[str, Any]:
    """What is recorded of data; fields that older versions do not have are None without use."""
    return {key: value for key, value in recorded_fields(data).items() if value is not None}


def _evaluated(written: Written, references: References, progress: Progress | None) -> Evaluation:
    done = evaluate_method(written.path, references, progress)
    return dataclasses.replace(done, notes=(*written.notes, *done.notes))
