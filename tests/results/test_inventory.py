import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bd_gen.metrics import METRICS, metric_versions
from bd_gen.metrics.registry import select_metrics
from bd_gen.results.evaluate import evaluate_method
from bd_gen.results.inventory import (
    PUBLISHED,
    chosen_methods,
    chosen_metrics,
    methods_with_samples,
    named_method,
    read_entries,
    state_of,
)
from bd_gen.results.references import References
from bd_gen.results.result_file import Result, write_result
from bd_gen.results.samples_file import Samples, samples_path, write_samples
from bd_gen.system.errors import InputError

FIELDS = {"format_version": 2, "method": "x", "timestamp": "t", "config": {}}


@pytest.fixture
def directory(tmp_path: Path, make_samples: Callable[..., Samples]) -> Path:
    """Samples of two methods, results of two, one method in both; a broken file of each."""
    for name in ("llada_topp0.9_no_remask", "random_topp0.9_no_remask"):
        write_samples(samples_path(tmp_path, name), make_samples(name))
    for name in ("random_topp0.9_no_remask", "lonely"):
        write_result(tmp_path / f"{name}.json", Result(FIELDS | {"per_seed": {}, "summary": {}}))
    (tmp_path / "broken_samples.pt").write_bytes(b"PK")
    (tmp_path / "broken.json").write_text("{")
    return tmp_path


def test_methods_are_those_with_samples(directory: Path) -> None:
    there = ["random_topp0.9_no_remask", "llada_topp0.9_no_remask", "broken"]
    assert methods_with_samples(directory) == there
    assert chosen_methods(directory, ()) == there
    assert chosen_methods(directory, there[1::-1]) == there[:2]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("random_top0.9", "there are no samples of it in .*; did you mean random_topp0.9_no_rema"),
        ("zzz", "there are random_topp0.9_no_remask, llada_topp0.9_no_remask, broken$"),
        ("lonely", "lonely: has a result in .*, but no samples to evaluate"),
    ],
)
def test_an_unknown_name_is_answered_with_the_near_ones(
    directory: Path, name: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        chosen_methods(directory, [name])


def test_an_empty_directory_says_so(tmp_path: Path) -> None:
    assert chosen_methods(tmp_path, ()) == []
    with pytest.raises(InputError, match=r"holds no samples \(a_samples.pt is missing\)"):
        chosen_methods(tmp_path, ["a"])


def test_entries_tell_what_there_is_of_each_method(directory: Path) -> None:
    entries = {entry.method: entry for entry in read_entries(directory)}
    assert len(entries) == 4
    both = entries["random_topp0.9_no_remask"]
    assert both.samples is not None
    assert (both.samples.num_samples, both.samples.per_seed) == (20, {})
    assert both.result is not None
    assert entries["lonely"].samples is None
    assert entries["llada_topp0.9_no_remask"].result is None
    broken = entries["broken"]
    assert (broken.samples, broken.result, len(broken.problems)) == (None, None, 2)
    assert [e.method for e in read_entries(directory, ["lonely"])] == ["lonely"]


def test_any_file_makes_a_method(directory: Path) -> None:
    (directory / "tabled_per_sample.parquet").write_bytes(b"")
    for name in ("lonely", "broken", "tabled", "llada_topp0.9_no_remask"):
        named_method(directory, name)
    with pytest.raises(InputError, match="did you mean lonely"):
        named_method(directory, "lonly")
    with pytest.raises(InputError, match="there is no such results directory"):
        named_method(directory / "x", "lonely")


def test_the_state_says_how_far_a_method_is(
    tmp_path: Path, make_samples: Callable[..., Samples]
) -> None:
    path = samples_path(tmp_path, "a")

    def state() -> str:
        (entry,) = read_entries(tmp_path)
        return state_of(tmp_path, entry)

    samples = make_samples("a", provenance={"data": {"num_plans": 100, "split": "canonical"}})
    write_samples(path, samples)
    assert state() == "not evaluated"
    evaluate_method(path, References(), names=["novelty"])
    rest = len(metric_versions()) - 1
    assert state() == f"{rest} metrics to compute"
    evaluate_method(path, References())
    assert state() == "up to date"
    write_samples(path, make_samples("a", num_samples=5))
    assert state() == f"{rest + 1} metrics to compute"
    path.unlink()
    assert state() == "no samples"


@pytest.mark.parametrize("name", ["ev\x1b[31mil", "two\nlines", "not\udcfftext"])
def test_a_name_that_would_steer_a_terminal_is_a_problem(
    tmp_path: Path, make_samples: Callable[..., Samples], name: str
) -> None:
    write_samples(samples_path(tmp_path, "good"), make_samples("good"))
    os.replace(samples_path(tmp_path, "good"), samples_path(tmp_path, name))
    (tmp_path / f"{name}.json").write_text("{}")
    (entry,) = read_entries(tmp_path)
    assert (entry.samples, entry.result) == (None, None)
    assert len(entry.problems) == 2
    for problem in entry.problems:
        assert "name holds characters that cannot be shown" in str(problem)
        assert str(problem).isprintable()


def test_links_that_lead_nowhere_are_problems(tmp_path: Path) -> None:
    (tmp_path / "round.json").symlink_to("round.json")
    samples_path(tmp_path, "gone").symlink_to("nothing")
    found = {entry.method: entry.problems for entry in read_entries(tmp_path)}
    assert [len(problems) for problems in found.values()] == [1, 1]
    assert "round.json" in str(found["round"][0])
    assert "gone_samples.pt" in str(found["gone"][0])


ALL = tuple(metric.name for metric in select_metrics(None))


def test_metrics_are_asked_for_by_name_key_and_family() -> None:
    assert chosen_metrics() is None
    assert chosen_metrics(["novelty"]) == ("novelty",)
    assert chosen_metrics(["eval/node_js", "eval/edge_js"]) == ("distribution",)
    validity = tuple(n for n in ALL if METRICS[n].family == "Validity")
    assert len(validity) > 1
    assert chosen_metrics(families=["validity"]) == validity
    both = chosen_metrics(["novelty"], ["Validity"])
    assert set(both) == {"novelty", *validity}
    assert list(both) == [name for name in ALL if name in both]
    assert set(chosen_metrics(published=True)) == set(PUBLISHED)
    assert set(chosen_metrics(["vendi"], published=True)) == {*PUBLISHED, "vendi"}


@pytest.mark.parametrize(
    ("names", "families", "message"),
    [
        (["novlty"], [], "metric 'novlty': not known; did you mean novelty"),
        ([], ["Validty"], "family 'Validty': not known; did you mean Validity"),
        # Measured with the model: nothing that could be computed here.
        ([], ["Denoising"], "family 'Denoising': not known"),
    ],
)
def test_what_does_not_exist_is_answered_with_the_near_names(
    names: list[str], families: list[str], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        chosen_metrics(names, families)


def test_the_published_metrics_are_those_of_the_published_files(dev_data: Path) -> None:
    keys = {key.name for name in PUBLISHED for key in METRICS[name].keys}
    found = set()
    for path in (dev_data / "reference" / "results").glob("*.json"):
        for entry in json.loads(path.read_text())["per_seed"].values():
            found |= set(entry)
    found = {key for key in found if not key.startswith("denoise/")}
    assert found <= keys
    # Defined with the published keys, but younger than these files.
    assert keys - found == {"eval/inside_validity"}
