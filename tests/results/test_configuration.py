"""What a diagram costs, as tables show it."""

import math

import pytest

from bd_gen.results.columns import Column
from bd_gen.results.comparison import main_rows
from bd_gen.results.configuration import calls_per_diagram, calls_text, unlike_columns
from bd_gen.results.result_file import Result


def costing(name: str, provenance: dict) -> Column:
    fields = {"method": name, "config": {}, "per_seed": {}, "summary": {}}
    return Column(name, Result({**fields, "provenance": provenance}))


def test_a_number_is_shown_with_one_digit():
    assert calls_per_diagram({"calls_per_diagram": 81.26}) == 81.26
    assert calls_text({"calls_per_diagram": 81.26}) == "81.3"
    assert calls_text({"calls_per_diagram": 0}) == "0.0"


@pytest.mark.parametrize("value", [None, "36", True, -1, math.nan, math.inf, [36]])
def test_what_is_no_count_is_not_known(value):
    assert calls_text({"calls_per_diagram": value}) == "n/a"


def test_older_files_say_nothing():
    assert calls_text({}) == calls_text(None) == "n/a"


def test_a_comparison_has_the_row_if_any_column_knows():
    new = costing("new", {"generation": {"calls_per_diagram": 54.5}})
    old = costing("old", {})
    assert main_rows([new, old]).rows == (("Network calls a diagram", "54.5", "n/a"),)
    assert main_rows([old]).rows == ()


def column(
    name: str, num_samples: int = 100, modes: float | None = 7, **provenance: object
) -> Column:
    summary = {} if modes is None else {"eval/num_training_modes": {"mean": modes, "std": 0.0}}
    fields = {
        "config": {"num_samples": num_samples},
        "per_seed": {"42": {}, "123": {}},
        "summary": summary,
        "provenance": provenance,
    }
    return Column(name, Result(fields))


def test_like_columns_need_no_warning() -> None:
    assert unlike_columns([]) == []
    assert unlike_columns([column("a")]) == []
    like = {"data_fingerprint": "ab", "metric_versions": {"mmd": 1}}
    assert unlike_columns([column("a", **like), column("b", **like)]) == []


def test_other_numbers_of_samples_are_told() -> None:
    warnings = unlike_columns([column("a"), column("b", 50), column("c", 50)])
    assert warnings == [
        "the columns have different numbers of samples or seeds: "
        "100 of each of the seeds 42, 123 in a; 50 of each of the seeds 42, 123 in b, c"
    ]


def test_other_reference_sets_are_told_even_where_they_are_not_recorded() -> None:
    (warning,) = unlike_columns([column("a", data_fingerprint="ab"), column("b")])
    assert warning == (
        "the columns have different reference sets: "
        "ab (7 archetypes) in a; not recorded (7 archetypes) in b"
    )
    (warning,) = unlike_columns([column("a"), column("b", modes=8), column("c", modes=None)])
    assert "not recorded (7 archetypes) in a; not recorded (8 archetypes) in b;" in warning


def test_a_column_measured_against_other_data_than_it_was_made_for_is_told() -> None:
    other = column("a", data_fingerprint="ab", generation={"data_fingerprint": "cd"})
    assert unlike_columns([other]) == ["a was generated for data cd, but measured against data ab"]


def test_versions_are_compared_where_they_are_recorded() -> None:
    columns = [
        column("a", metric_versions={"mmd": 1, "degrees": 1}),
        column("b", metric_versions={"mmd": 2, "degrees": 1}),
        column("c"),
        column("d", metric_versions="nonsense"),
    ]
    (warning,) = unlike_columns(columns)
    assert warning == "the columns have different versions of metric mmd: 1 in a; 2 in b"


def test_versions_of_intervals_are_compared_too() -> None:
    columns = [column("a", intervals_version=1), column("b", intervals_version=2), column("c")]
    (warning,) = unlike_columns(columns)
    assert warning == "the columns have different versions of intervals: 1 in a; 2 in b"
    assert unlike_columns([columns[0], columns[2]]) == []


def test_long_lists_are_cut() -> None:
    (warning,) = unlike_columns([column("a"), *(column(f"b{k}", 50) for k in range(6))])
    assert warning.endswith("in b0, b1, b2 and 3 more")
