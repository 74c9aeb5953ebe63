"""Results directories for reports: small, with and without samples, floors and intervals."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.rplan import EDGE_MASK, NODE_MASK

from bd_gen.data.cache import file_hash
from bd_gen.diagrams.diagram import Diagram
from bd_gen.metrics import DiagramSet, aggregate
from bd_gen.metrics.measures.structure import density
from bd_gen.metrics.measures.transitivity import transitivity
from bd_gen.metrics.measures.validity import validity
from bd_gen.report.charts import Picture
from bd_gen.report.failures import Sketch
from bd_gen.report.page import environment
from bd_gen.results.columns import MARGINALS, REAL
from bd_gen.results.samples_file import Samples, samples_path, write_samples

NASTY = "<script>alert(1)</script>'\"&"
"""The name of a method that would be a script if it were markup."""


def svg(picture: Picture) -> ET.Element:
    """A picture as the page has it."""
    parts = environment().get_template("parts.html").module
    return ET.fromstring(parts.picture(picture))  # noqa: S314 - our own markup


def numbers(samples: Samples, shift: float) -> dict[str, object]:
    """The metrics of a result file that need no reference, and a few invented ones."""
    per_seed = {}
    for k, (seed, part) in enumerate(samples.per_seed.items()):
        rows = DiagramSet(part.tokens, samples.vocabulary)
        per_seed[str(seed)] = {
            **validity(rows),
            **transitivity(rows),
            **density(rows),
            "eval/diversity": 0.9 + shift / 10 + k / 1000,
            "eval/mode_coverage_weighted": 0.5 + shift / 4 + k / 1000,
            "eval/edge_js": 0.001 * 10**shift + k / 1e5,
            "unheard/of": 3.0,
        }
    summary = aggregate(per_seed)
    ci95 = {
        key: {"low": v["mean"] - 0.01, "high": v["mean"] + 0.01, "se": 0.005, "from": "bootstrap"}
        for key, v in summary.items()
        if key.startswith("eval/")
    }
    return {"per_seed": per_seed, "summary": summary, "ci95": ci95}


def write_method(directory: Path, samples: Samples, shift: float, **fields: object) -> Path:
    """A samples file and its result."""
    path = samples_path(directory, samples.method)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_samples(path, samples)
    result = {
        "format_version": 2,
        "method": samples.method,
        "timestamp": "2026-02-19T17:46:48",
        "config": samples.config,
        "denoising": {"denoise/val_elbo": 27.5},
        "provenance": {
            "samples_sha256": file_hash(path),
            "data_fingerprint": "0123456789abcdef",
            "data": {"source": "plans", "path": "my plans.jsonl"},
            "generation": samples.provenance,
            "metric_versions": {"validity": 1},
        },
        **numbers(samples, shift),
        **fields,
    }
    written = directory / f"{samples.method}.json"
    written.write_text(json.dumps(result))
    return written


def with_masks(samples: Samples) -> Samples:
    """The samples, of which the first has a room and a relation that stayed masked."""
    for part in samples.per_seed.values():
        full = np.flatnonzero(part.pad_masks.all(axis=1))[0]
        part.tokens[full, 0] = NODE_MASK
        part.tokens[full, samples.n_max] = EDGE_MASK
    return samples


@pytest.fixture(scope="session")
def directory(
    tmp_path_factory: pytest.TempPathFactory, make_samples: Callable[..., Samples]
) -> Path:
    """Three methods, one with a nasty name and one with MASK left, a baseline and a floor."""
    directory = tmp_path_factory.mktemp("results") / "loglinear"
    generation = {
        "checkpoint_path": "runs/a b/checkpoint.pt",
        "git_commit": "abcdef",
        "data": {"source": "plans"},
    }
    config = {
        "seeds": [42, 123],
        "num_samples": 40,
        "unmasking_mode": "llada",
        "temperature": 1.0,
        "top_p": 0.9,
        "sampling_steps": None,
        "remasking_strategy": "cap",
        "remasking_eta": 0.4,
    }
    for k, name in enumerate([REAL, MARGINALS, "llada_argmax_no_remask", "v2_learned", NASTY]):
        samples = make_samples(
            method="x",
            num_samples=40,
            provenance=generation if k > 1 else {"yardstick": name},
            config=config | {"is_v2": name == "v2_learned"},
        )
        samples = with_masks(samples) if name == "v2_learned" else samples
        samples = Samples(**{**vars(samples), "method": name.replace("/", "∕")})
        write_method(directory, samples, shift=k / 4)
    return directory


@pytest.fixture
def sketch() -> Callable[..., Sketch]:
    """A function that makes the sketch of a diagram."""

    def make(room_types: tuple[int, ...], *edges: tuple[int, int, int]) -> Sketch:
        return Sketch(Diagram(room_types, edges))

    return make
