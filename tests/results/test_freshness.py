"""How many samples are asked for a layout: kept, never fewer, more on demand."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.rplan import NODE_MASK

from bd_gen.layouts import cp_sat, many
from bd_gen.metrics.registry import select_metrics
from bd_gen.results.evaluate import Evaluation, evaluate_method
from bd_gen.results.freshness import (
    ROWS_FIELD,
    Present,
    Rows,
    is_covered,
    look,
    recorded_rows,
    wanted_rows,
)
from bd_gen.results.references import References
from bd_gen.results.result_file import Result, read_result
from bd_gen.results.sample_table import read_sample_table, table_path
from bd_gen.results.samples_file import Samples, samples_path, write_samples
from bd_gen.system.errors import InputError

NAMES = ("realizable", "distribution")
ASKED, RATE = "eval/realizable_num_asked", "eval/realizable_rate"


@pytest.fixture(scope="module")
def references() -> References:
    return References()


@pytest.fixture
def path(tmp_path: Path, make_samples: Callable[..., Samples]) -> Path:
    path = samples_path(tmp_path, "a")
    write_samples(
        path, make_samples("a", provenance={"data": {"num_plans": 200, "split": "canonical"}})
    )
    return path


@pytest.fixture
def evaluate(path: Path, references: References) -> Callable[..., Evaluation]:
    def run(rows: Rows | None = None, **how: object) -> Evaluation:
        return evaluate_method(path, references, names=NAMES, realizable_rows=rows, **how)

    return run


def asked(done: Evaluation) -> list[float]:
    assert done.result == read_result(done.path)
    return [entry[ASKED] for entry in done.result.per_seed.values()]


def test_more_is_computed_fewer_is_kept(evaluate: Callable[..., Evaluation], path: Path) -> None:
    few = evaluate(4)
    assert asked(few) == [4, 4]
    assert few.result.provenance[ROWS_FIELD] == 4
    again = evaluate()
    assert not again.is_new
    more = evaluate(7)
    assert more.computed == ("realizable",)
    assert asked(more) == [7, 7]
    fewer = evaluate(5)
    assert not fewer.is_new
    assert asked(fewer) == [7, 7]
    forced = evaluate(5, force=True)
    assert asked(forced) == [7, 7]
    everything = evaluate("all")
    assert asked(everything) == [20, 20]
    assert everything.result.provenance[ROWS_FIELD] == "all"
    # more than there are is all
    assert not evaluate(10**6).is_new
    table = read_sample_table(table_path(path.parent, "a"))
    assert table.metadata[ROWS_FIELD] == "all"
    yes = (table.columns["realizable"][:20] == "yes").mean()
    assert everything.result.per_seed["42"][RATE] == pytest.approx(yes)


def test_the_first_time_a_hundred_will_do(evaluate: Callable[..., Evaluation]) -> None:
    done = evaluate()
    assert done.result.provenance[ROWS_FIELD] == 100
    assert asked(done) == [20, 20]
    assert not evaluate("all").is_new


def test_the_order_of_asking_leaves_no_trace(
    evaluate: Callable[..., Evaluation], path: Path
) -> None:
    evaluate(3)
    by_steps = evaluate(12).result
    path.with_name("a.json").unlink()
    at_once = evaluate(12).result
    for part in ("per_seed", "summary", "ci95"):
        assert getattr(by_steps, part) == getattr(at_once, part)


def test_known_answers_are_read_from_the_disk(
    evaluate: Callable[..., Evaluation],
    path: Path,
    references: References,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = evaluate("all").result.per_seed
    assert references.layout_answers.is_file()
    path.with_name("a.json").unlink()
    monkeypatch.setattr(many, "solve", None)  # any question would fail
    assert evaluate("all").result.per_seed == expected


def test_other_samples_are_asked_as_many_as_before(
    evaluate: Callable[..., Evaluation], path: Path, make_samples: Callable[..., Samples]
) -> None:
    evaluate(4)
    other = make_samples("a", provenance={"data": {"num_plans": 200, "split": "canonical"}})
    other.per_seed[42].tokens[0, 0] = NODE_MASK
    write_samples(path, other)
    done = evaluate()
    assert asked(done) == [4, 4]
    assert read_sample_table(table_path(path.parent, "a")).columns["realizable"][0] == "no"
    # numbers of other samples are no reason to ask more than the user wants
    other.per_seed[42].tokens[1, 0] = NODE_MASK
    write_samples(path, other)
    assert asked(evaluate(2)) == [2, 2]


def test_the_number_stays_when_other_metrics_are_computed(
    evaluate: Callable[..., Evaluation], path: Path, references: References
) -> None:
    before = evaluate(4).result
    done = evaluate_method(path, references, names=["validity"], realizable_rows=9)
    assert done.computed == ("validity",)
    assert asked(done) == [4, 4]
    assert done.result.provenance[ROWS_FIELD] == 4
    assert done.result.ci95[RATE] == before.ci95[RATE]


def test_results_without_such_numbers_name_none(path: Path, references: References) -> None:
    done = evaluate_method(path, references, names=["validity"], realizable_rows=9)
    assert ROWS_FIELD not in done.result.provenance


@pytest.mark.parametrize("nonsense", [0, -1, True, 2.5, "some", None, [3]])
def test_nonsense_in_a_result_is_not_taken_for_a_number(
    nonsense: object, evaluate: Callable[..., Evaluation], path: Path
) -> None:
    done = evaluate(4)
    fields = json.loads(done.path.read_text())
    fields["provenance"][ROWS_FIELD] = nonsense
    done.path.write_text(json.dumps(fields))
    assert recorded_rows(read_result(done.path)) is None
    again = evaluate()
    assert again.computed == ("realizable",)
    assert again.result.provenance[ROWS_FIELD] == 100


def result_of(rows: Rows) -> Result:
    return Result({"provenance": {ROWS_FIELD: rows}})


def test_what_is_wanted() -> None:
    assert wanted_rows(None, None, is_current=False) == 100
    assert wanted_rows(None, 7, is_current=False) == 7
    for there, asked, wanted in ((50, None, 50), (50, 7, 50), (50, 70, 70), ("all", 7, "all")):
        assert wanted_rows(result_of(there), asked, is_current=True) == wanted
    assert wanted_rows(result_of(50), "all", is_current=True) == "all"
    assert wanted_rows(result_of(50), 7, is_current=False) == 7
    assert wanted_rows(result_of("all"), None, is_current=False) == "all"


def test_what_is_covered() -> None:
    assert not is_covered(None, 1, 10)
    assert is_covered(5, 5, 10)
    assert not is_covered(5, 6, 10)
    assert not is_covered(5, "all", 10)
    assert is_covered("all", 10**9, 10)
    assert is_covered(10, "all", 10)


@pytest.fixture
def no_or_tools(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    def hide() -> None:
        monkeypatch.setitem(sys.modules, "ortools", None)
        cp_sat._ortools.cache_clear()

    yield hide
    cp_sat._ortools.cache_clear()


def test_or_tools_may_come_and_go(
    path: Path,
    references: References,
    evaluate: Callable[..., Evaluation],
    no_or_tools: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as hidden:
        hidden.setitem(sys.modules, "ortools", None)
        first = evaluate_method(path, references)
        assert "realizable" not in first.computed
        assert RATE not in first.result.summary
        assert not evaluate_method(path, references).is_new
    assert [m.name for m in look(path).stale_metrics(references_fingerprint(first))] == [
        "realizable"
    ]
    done = evaluate_method(path, references)
    assert done.computed == ("realizable",)
    no_or_tools()
    # what is there stays while others are computed
    kept = evaluate_method(path, references, names=["validity"], force=True).result
    assert kept.per_seed == done.result.per_seed
    assert kept.provenance[ROWS_FIELD] == 100
    columns = read_sample_table(table_path(path.parent, "a")).columns
    assert "realizable" in columns


def references_fingerprint(done: Evaluation) -> str:
    return str(done.result.provenance["data_fingerprint"])


SEEN_TO = ("novelty", "distribution", "validity")


@pytest.fixture(scope="module")
def present(
    tmp_path_factory: pytest.TempPathFactory, make_samples: Callable[..., Samples]
) -> Present:
    """A method of which three metrics are evaluated."""
    path = samples_path(tmp_path_factory.mktemp("results"), "a")
    write_samples(
        path, make_samples("a", provenance={"data": {"num_plans": 100, "split": "canonical"}})
    )
    evaluate_method(path, References(), names=SEEN_TO)
    return look(path)


def fingerprint(present: Present) -> str:
    return present.result.provenance["data_fingerprint"]


def stale(present: Present, names: tuple[str, ...] = SEEN_TO, **how: bool) -> set[str]:
    return {metric.name for metric in present.stale_metrics(fingerprint(present), names, **how)}


def changed(present: Present, part: str, **values: object) -> Present:
    fields = dict(present.result.fields)
    fields[part] = fields[part] | values
    return replace(present, result=Result(fields))


def test_what_is_evaluated_is_fresh_and_the_rest_stale(present: Present) -> None:
    assert stale(present) == set()
    everything = {metric.name for metric in select_metrics(None)}
    assert stale(present, None) == everything - set(SEEN_TO)
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
    assert stale(changed(present, part, **values), ("density",)) == {*SEEN_TO, "density"}


def test_numbers_against_other_data_are_stale_all_together(present: Present) -> None:
    found = present.stale_metrics("0123456789abcdef", ["novelty"])
    assert {metric.name for metric in found} == set(SEEN_TO)


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
