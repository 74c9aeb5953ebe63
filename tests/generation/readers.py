"""Everything that reads a file from outside, in one list; what is added here is attacked."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import networkx
import numpy as np
from networkx import DiGraph
from tests.generation.checkpoints import N_MAX, saved
from tests.random_samples import make

from bd_gen.data.cache import store_table, stored_table
from bd_gen.data.labels import read_labels
from bd_gen.data.sources.graph2plan.guarded import read_in_child
from bd_gen.data.sources.plans.plan_diagrams import each_plan
from bd_gen.data.sources.plans.source import read_plans
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.exchange.exports.graphml import write_graphml
from bd_gen.exchange.given import read_given
from bd_gen.exchange.laid_out_files import read_laid_out
from bd_gen.generation.partial import PartialSamples
from bd_gen.generation.suites import read_suite
from bd_gen.metrics.reference import Reference
from bd_gen.results.result_file import Result, read_result, write_result
from bd_gen.results.sample_table import (
    SampleTable,
    read_sample_table,
    row_names,
    write_sample_table,
)
from bd_gen.results.samples_file import read_description, read_samples, write_samples
from bd_gen.sampling.condition_reader import read_condition
from bd_gen.studio.projects import FORMAT
from bd_gen.studio.running import opened
from bd_gen.training.checkpoint import load_checkpoint
from bd_gen.training.logs import JsonlLogger

VOCABULARY = Vocabulary(N_MAX)


@dataclass(frozen=True)
class Reader:
    """A way in.

    Attributes:
        name: of the kind of file, with the ending that it has.
        make: write a good one at a path.
        read: read it as commands do; errors for people are `InputError`.
        examples: damaged files to try; fewer where each costs a process.
    """

    name: str
    make: Callable[[Path], object]
    read: Callable[[Path], object]
    examples: int = 40


def _use_checkpoint(path: Path) -> object:
    checkpoint = load_checkpoint(path)
    return checkpoint.denoiser(), checkpoint.process


def _make_plans(path: Path) -> None:
    rooms = [
        {"type": "LivingRoom", "box": [60, 60, 120, 160]},
        {"type": "Kitchen", "box": [120, 60, 160, 120]},
    ]
    related = {"id": "b", "rooms": [{"type": "Bathroom"}] * 2, "relations": [[0, 1, "above"]]}
    lines = "\n".join(json.dumps(plan) for plan in ({"id": "a", "rooms": rooms}, related))
    data = lines.encode()
    path.write_bytes(gzip.compress(data) if path.name.endswith(".gz") else data)


def _make_listed_plans(path: Path) -> None:
    rooms = [{"type": "LivingRoom", "box": [60, 60, 120, 160]}]
    related = {"id": "b", "rooms": [{"type": "Bathroom"}] * 2, "relations": [[0, 1, "above"]]}
    path.write_text(json.dumps([{"id": "a", "rooms": rooms}, related], indent=1))


def _make_graph(path: Path) -> None:
    boxes = np.array([[60, 60, 120, 160], [120, 60, 160, 120]])
    write_graphml(path, LaidOut("a", Diagram((0, 2), ((0, 1, 1),)), boxes))


def _make_drawn_graph(path: Path) -> None:
    """As a person draws one, without types and boxes."""
    graph = DiGraph()
    graph.add_node("a", label="Kitchen")
    graph.add_edge("a", "b", relation="left-of")
    networkx.write_graphml(graph, path)


def _make_project(path: Path) -> None:
    room = {"type": "Kitchen", "name": "", "x": 3, "y": 4, "box": [0, 0, 9, 9], "by": "hand"}
    sketch = {
        "rooms": [room, {"type": "Bathroom"}],
        "links": [{"a": 0, "b": 1, "relation": "above", "locked": True}],
        "rules": [{"kind": "require", "text": "Kitchen touches Bathroom"}],
        "areas": {"Kitchen": [4, 9]},
        "seed": 3,
    }
    path.write_text(json.dumps({"format": FORMAT, "version": 1, "sketch": sketch}))


def _make_mat(path: Path) -> None:
    from scipy.io import savemat

    savemat(path, {"data": {"rType": [0.0, 2.0, 3.0], "rEdge": [[0.0, 1.0, 2.0]], "name": "7"}})


def _make_result(path: Path) -> None:
    numbers = {"eval/validity_rate": 0.9, "eval/by_num_rooms": {"4": 0.5}}
    spread = {"mean": 0.9, "std": 0.0}
    summary = {"eval/validity_rate": spread, "eval/by_num_rooms/4": spread}
    fields = {
        "format_version": 2,
        "method": "random_temp1.0_no_remask",
        "timestamp": "2024-05-01T09:00:00+00:00",
        "config": {"seeds": [42], "num_samples": 10},
        "per_seed": {"42": numbers},
        "summary": summary,
        "denoising": {"denoise/val_elbo": 12.5},
    }
    write_result(path, Result(fields))


def _make_table(path: Path) -> None:
    columns = {**row_names({42: 6}), "is_valid": np.arange(6) % 2 == 0, "word": np.array(["a"] * 6)}
    metadata = {
        "method": "x",
        "samples_sha256": "0" * 64,
        "data_fingerprint": "0" * 16,
        "package_version": "0.1.0",
        "metric_versions": {"validity": 1},
    }
    write_sample_table(path, SampleTable(columns, {"validity": ("is_valid", "word")}, metadata))


def _make_reference(path: Path) -> None:
    tokens = next(iter(make(n_max=N_MAX).per_seed.values())).tokens
    Reference.fit(tokens, VOCABULARY, "0" * 16).save(path)


def _make_cached_plans(path: Path) -> None:
    plans = path.with_name("plans.jsonl")
    _make_plans(plans)
    store_table(path, read_plans(plans, VOCABULARY))


def _open_partial(path: Path) -> PartialSamples:
    return PartialSamples.open(path, {"method": "x"}, (42, 7), (30, VOCABULARY.length))


def _make_partial(path: Path) -> None:
    partial = _open_partial(path)
    partial.put(0, 0, np.full((10, VOCABULARY.length), 3), np.full(10, 5))
    partial.put(1, 10, np.full((20, VOCABULARY.length), 5), np.full(20, 5))
    partial.close()


def _go_on_with_log(path: Path) -> None:
    JsonlLogger(path, 2).close()


def _make_log(path: Path) -> None:
    logger = JsonlLogger(path, 0)
    for step in (1, 2, 3):
        logger.log(step, {"train/nats": 1.0 / step})
    logger.close()


READERS = (
    Reader("plans.jsonl", _make_plans, lambda p: read_plans(p, VOCABULARY)),
    Reader("plans.jsonl.gz", _make_plans, lambda p: read_plans(p, VOCABULARY)),
    Reader("plans.json", _make_listed_plans, lambda p: read_plans(p, VOCABULARY)),
    Reader("each.jsonl", _make_plans, lambda p: list(each_plan(p))),
    Reader("plan.graphml", _make_graph, lambda p: read_laid_out(p), examples=80),
    Reader("given.graphml", _make_drawn_graph, read_given, examples=80),
    Reader("data.mat", _make_mat, lambda p: read_in_child(p, VOCABULARY), examples=6),
    Reader(
        "labels.json",
        lambda p: p.write_text('{"Salon": "LivingRoom", "Küche": "Kitchen"}'),
        read_labels,
    ),
    Reader(
        "given.json",
        lambda p: p.write_text(
            '{"rooms": ["Kitchen", null, {"type": "Bathroom"}], "relations": [[0, 2, "above"]]}'
        ),
        read_condition,
    ),
    Reader(
        "suite.yaml",
        lambda p: p.write_text(
            "description: some\nseeds: [1, 2]\nnum_samples: 10\n"
            "methods:\n  - random_topp0.9_no_remask\n  - first_hitting_temp1.0_no_remask\n"
        ),
        read_suite,
    ),
    Reader("x_samples.pt", lambda p: write_samples(p, make(n_max=N_MAX)), read_samples),
    Reader("y_samples.pt", lambda p: write_samples(p, make(n_max=N_MAX)), read_description),
    Reader("x.json", _make_result, read_result),
    Reader("x_per_sample.parquet", _make_table, read_sample_table),
    Reader("checkpoint.pt", lambda p: saved(p.parent, p.name), _use_checkpoint),
    Reader("reference.npz", _make_reference, Reference.load, examples=15),
    Reader("cached.npz", _make_cached_plans, lambda p: stored_table(p, VOCABULARY)),
    Reader("flat.bdgen.json", _make_project, opened, examples=60),
    Reader(".x_samples.partial", _make_partial, _open_partial),
    Reader("metrics.jsonl", _make_log, _go_on_with_log),
)
