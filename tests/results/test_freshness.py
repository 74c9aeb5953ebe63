"""Which metrics have to be computed. What follows from it is tested with `evaluate_method`."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bd_gen.metrics.registry import select_metrics
from bd_gen.results.evaluate import evaluate_method
from bd_gen.results.freshness import Present, look
from bd_gen.results.references import References
from bd_gen.results.result_file import Result
from bd_gen.results.samples_file import Samples, samples_path, write_samples
from bd_gen.system.errors import InputError

NAMES = ("novelty", "distribution", "validity")


@pytest.fixture(scope="module")
def present(
    tmp_path_factory: pytest.TempPathFactory, make_samples: Callable[..., Samples]
) -> Present:
    """A method of which three metrics are evaluated."""
    path = samples_path(tmp_path_factory.mktemp("results"), "a")
    write_samples(
        path, make_samples("a", provenance={"data": {"num_plans": 100, "split": "canonical"}})
    )
    evaluate_method(path, References(), names=NAMES)
    return look(path)


def fingerprint(present: Present) -> str:
    return present.result.provenance["data_fingerprint"]


def stale(present: Present, names: tuple[str, ...] = NAMES, **how: bool) -> set[str]:
    return {metric.name for metric in present.stale_metrics(fingerprint(present), names, **how)}


def changed(present: Present, part: str, **values: object) -> Present:
    fields = dict(present.result.fields)
    fields[part] = fields[part] | values
    return replace(present, result=Result(fields))


def test_what_is_evaluated_is_fresh_and_the_rest_stale(present: Present) -> None:
    assert stale(present) == set()
    everything = {metric.name for metric in select_metrics(None)}
    assert stale(present, None) == everything - set(NAMES)
    assert stale(present, ("novelty",), force=True) == {"novelty"}
    assert stale(present, ("eval/node_js", "novelty")) == set()


def test_without_a_result_all_is_stale(present: Present) -> None:
    new = replace(present, result=None)
    assert {m.name for m in new.stale_metrics("x", ["novelty"])} == {"novelty"}
    assert new.stale_metrics("x") == select_metrics(None)


@pytest.mark.parametrize(
    ("part", "values"),
    [
        ("provenance", {"samples_sha256": "other"}),
        ("provenance", {"samples_sha256": None}),
        ("provenance", {"intervals_version": 0}),
        ("per_seed", {"456": {"eval/novelty": 1.0}}),
    ],
)
def test_numbers_of_something_else_are_stale_all_together(
    present: Present, part: str, values: dict
) -> None:
    """Those that the file has are among them, though only one is asked for."""
    assert stale(changed(present, part, **values), ("density",)) == {*NAMES, "density"}


def test_numbers_against_other_data_are_stale_all_together(present: Present) -> None:
    found = present.stale_metrics("0123456789abcdef", ["novelty"])
    assert {metric.name for metric in found} == set(NAMES)


@pytest.mark.parametrize("versions", [None, [1], "x", {}, {"novelty": 0}, {"novelty": "1"}])
def test_versions_that_are_not_known_are_other_ones(present: Present, versions: object) -> None:
    assert "novelty" in stale(changed(present, "provenance", metric_versions=versions))


def test_a_key_that_is_missing_makes_its_metric_stale(present: Present) -> None:
    entry = dict(present.result.per_seed["123"])
    del entry["eval/node_js"]
    assert stale(changed(present, "per_seed", **{"123": entry})) == {"distribution"}


def test_only_metrics_with_columns_need_the_table(present: Present) -> None:
    elsewhere = replace(present, samples_path=present.samples_path.with_name("b_samples.pt"))
    assert elsewhere.table is None
    assert stale(elsewhere) == {"novelty", "validity"}


def test_a_table_of_other_samples_does_not_count(present: Present) -> None:
    other = changed(replace(present, sha256="other"), "provenance", samples_sha256="other")
    assert stale(other) == {"novelty", "validity"}


def test_the_tokens_are_not_read(present: Present) -> None:
    assert present.samples.per_seed == {}


def test_an_unknown_metric_is_answered_with_the_near_ones(present: Present) -> None:
    with pytest.raises(InputError, match="did you mean novelty"):
        stale(present, ("novlty",))
