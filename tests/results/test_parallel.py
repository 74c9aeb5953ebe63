import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bd_gen.data.dataset import DataConfig, load_dataset
from bd_gen.metrics import METRICS, MetricKey, metric, metric_versions
from bd_gen.results import parallel as parallel_module
from bd_gen.results import request as request_module
from bd_gen.results.evaluate import evaluate_method
from bd_gen.results.parallel import can_start_anew, evaluate_all
from bd_gen.results.request import Request
from bd_gen.results.sample_table import read_sample_table, table_path
from bd_gen.results.samples_file import Samples, samples_path, write_samples

Make = Callable[..., Samples]

NAMES = ("novelty", "distribution", "structure", "validity")
METHODS = ("a", "b", "c")


@pytest.fixture
def directory(tmp_path: Path, make_samples: Make) -> Path:
    """Samples of three methods."""
    fingerprint = load_dataset(DataConfig(num_plans=100)).fingerprint
    for k, name in enumerate(METHODS):
        data = {"data": {"num_plans": 100, "split": "canonical"}, "data_fingerprint": fingerprint}
        provenance = {**data, "number": k}
        write_samples(samples_path(tmp_path, name), make_samples(name, provenance=provenance))
    return tmp_path


@pytest.fixture
def registry() -> Iterator[dict]:
    """The registry, put back after the test."""
    before = dict(METRICS)
    yield METRICS
    METRICS.clear()
    METRICS.update(before)


def paths(directory: Path) -> list[Path]:
    return [samples_path(directory, name) for name in METHODS]


def contents(directory: Path) -> dict:
    """Everything that was written, but for the time."""
    found: dict = {}
    for name in METHODS:
        fields = json.loads((directory / f"{name}.json").read_text())
        table = read_sample_table(table_path(directory, name))
        del fields["timestamp"], table.metadata["timestamp"]
        del fields["provenance"]["table_sha256"]  # of a file that holds the time
        columns = {key: column.tolist() for key, column in table.columns.items()}
        found[name] = (fields, columns, table.metadata, table.metrics)
    return found


def test_the_number_of_processes_does_not_show(directory: Path) -> None:
    request = Request(names=NAMES, force=True)
    calls: list[tuple[int, int]] = []
    outcomes = list(evaluate_all(paths(directory), request, 1, lambda *c: calls.append(c)))
    assert [outcome.method for outcome in outcomes] == list(METHODS)
    alone = contents(directory)
    together = list(evaluate_all(paths(directory), request, 2, lambda *c: calls.append(c)))
    assert {outcome.method for outcome in together} == set(METHODS)
    assert all(set(o.evaluation.computed) == set(metric_versions(NAMES)) for o in together)
    assert contents(directory) == alone
    assert calls[0] == (0, 120)
    assert calls[-1] == (120, 120)
    assert multiprocessing.active_children() == []
    assert list(evaluate_all([], request, 2)) == []


def test_no_process_is_started_for_what_is_up_to_date(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(evaluate_all(paths(directory), Request(names=NAMES)))
    monkeypatch.setattr(parallel_module, "Workers", None)
    calls: list[tuple[int, int]] = []
    for request in (Request(names=NAMES), Request(names=("novelty",))):
        found = list(evaluate_all(paths(directory), request, 2, lambda *c: calls.append(c)))
        assert [outcome.evaluation.action for outcome in found] == ["up to date"] * 3
    assert calls == []


@pytest.mark.parametrize("workers", [1, 2])
def test_what_goes_wrong_with_one_method_stays_with_it(directory: Path, workers: int) -> None:
    path = samples_path(directory, "b")
    path.write_bytes(path.read_bytes()[:-500])
    outcomes = {o.method: o for o in evaluate_all(paths(directory), Request(None, NAMES), workers)}
    assert outcomes["b"].evaluation is None
    assert "b_samples.pt" in outcomes["b"].problem
    assert outcomes["b"].fault == ""
    for name in ("a", "c"):
        assert outcomes[name].problem == ""
        assert (directory / f"{name}.json").exists()


def test_a_fault_of_a_metric_is_told_with_its_traceback(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(path: Path, *rest: object, **how: object) -> object:
        if path.name.startswith("b"):
            raise RuntimeError("a fault\nof two lines")
        return evaluate_method(path, *rest, **how)

    monkeypatch.setattr(request_module, "evaluate_method", fails)
    outcomes = list(evaluate_all(paths(directory), Request(names=("novelty",))))
    assert [o.evaluation is None for o in outcomes] == [False, True, False]
    assert outcomes[1].problem.endswith(
        "b_samples.pt: cannot be measured (RuntimeError: a fault of two lines)"
    )
    assert "Traceback" in outcomes[1].fault


PLUGIN = """
import os, signal
from bd_gen.metrics import MetricKey, metric

@metric(family="Mine", keys=(MetricKey("eval/mine", "Mine", "higher", "value"),))
def mine(samples):
    if {kills} and len(samples) == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return {{"eval/mine": float(os.environ["OMP_NUM_THREADS"])}}
"""


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, registry: dict) -> Callable[..., None]:
    """Registers a metric of a module outside the package."""

    def register(kills: bool) -> None:
        (tmp_path / "my_metrics.py").write_text(PLUGIN.format(kills=kills))
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, "my_metrics", raising=False)
        __import__("my_metrics")

    yield register
    sys.modules.pop("my_metrics", None)


def test_metrics_of_other_modules_are_found_and_processes_have_one_thread(
    directory: Path, plugin: Callable[..., None]
) -> None:
    plugin(kills=False)
    assert can_start_anew()
    outcomes = list(evaluate_all(paths(directory), Request(names=("mine",)), 2))
    values = [o.evaluation.result.summary["eval/mine"]["mean"] for o in outcomes]
    assert values == [1.0, 1.0, 1.0]


def test_a_process_that_dies_takes_one_method_along(
    directory: Path, plugin: Callable[..., None], make_samples: Make
) -> None:
    plugin(kills=True)
    provenance = {"data": {"num_plans": 100, "split": "canonical"}}
    samples = make_samples("a", num_samples=7, provenance=provenance)
    write_samples(samples_path(directory, "a"), samples)
    found = {o.method: o for o in evaluate_all(paths(directory), Request(names=("mine",)), 2)}
    assert "a_samples.pt: the process that measured it ended early" in found["a"].problem
    assert "signal 9" in found["a"].problem
    assert (found["b"].problem, found["c"].problem) == ("", "")
    assert multiprocessing.active_children() == []


def test_metrics_typed_in_by_hand_stay_in_this_process(directory: Path, registry: dict) -> None:
    scope = {"metric": metric, "MetricKey": MetricKey, "__name__": "__main__"}
    exec(  # noqa: S102 - stands for what somebody types in
        "@metric(family='Mine', keys=(MetricKey('eval/pid', 'Pid', None, 'count'),))\n"
        "def pid(samples):\n    import os\n    return {'eval/pid': os.getpid()}",
        scope,
    )
    assert not can_start_anew()
    for outcome in evaluate_all(paths(directory), Request(names=("pid",)), 2):
        assert outcome.evaluation.result.summary["eval/pid"]["mean"] == os.getpid()


def test_metrics_changed_by_hand_are_noticed(directory: Path, registry: dict) -> None:
    registry["novelty"] = replace(METRICS["novelty"], version=99)
    outcomes = list(evaluate_all(paths(directory), Request(names=("validity",)), 2))
    assert all("other metrics are registered" in outcome.problem for outcome in outcomes)


def test_the_first_process_decides_when_the_others_end(directory: Path) -> None:
    """Ctrl-C reaches all of them; the others must neither die of it nor stay."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    stream = evaluate_all(paths(directory), Request(names=NAMES), 2)
    first = next(stream)
    assert first.problem == ""
    children = multiprocessing.active_children()
    assert len(children) == 2
    for child in children:
        os.kill(child.pid, signal.SIGINT)
    assert next(stream).problem == ""
    stream.close()
    assert multiprocessing.active_children() == []
    assert not any(child.is_alive() for child in children)
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before
    # Nothing half written is left under a temporary name.
    assert not [path for path in directory.iterdir() if path.name.startswith(".")]
