"""What a diagram costs, as tables show it."""

import math

import pytest

from bd_gen.results.columns import Column
from bd_gen.results.comparison import main_rows
from bd_gen.results.cost import calls_per_diagram, calls_text
from bd_gen.results.result_file import Result


def column(name: str, provenance: dict) -> Column:
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
    new = column("new", {"generation": {"calls_per_diagram": 54.5}})
    old = column("old", {})
    assert main_rows([new, old]).rows == (("Network calls a diagram", "54.5", "n/a"),)
    assert main_rows([old]).rows == ()
