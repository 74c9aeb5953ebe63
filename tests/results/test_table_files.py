"""Comparisons as files of several kinds."""

import json
from pathlib import Path

import pytest

from bd_gen.results.columns import Column
from bd_gen.results.result_file import Result
from bd_gen.results.table_files import latex, plain, write_comparison, write_comparison_file
from bd_gen.system.errors import InputError


def column(name: str, mean: float) -> Column:
    fields = {
        "format_version": 2,
        "method": name,
        "timestamp": "2026-02-19T17:46:48",
        "config": {"num_samples": 10},
        "per_seed": {"1": {"eval/node_js": mean}, "2": {"eval/node_js": mean}},
        "summary": {"eval/node_js": {"mean": mean, "std": 0.0}},
    }
    return Column(name, Result(fields))


TWO = [column("random_topp0.9", 0.5), column("llada_argmax", 0.25)]


def test_latex_escapes_names_and_marks_the_best() -> None:
    text = latex(TWO)
    assert "random\\_topp0.9 & llada\\_argmax" in text
    (row,) = [line for line in text.splitlines() if line.startswith("Room types JS $\\downarrow$")][
        :1
    ]
    assert row.count("&") == 2
    assert row.endswith("\\textbf{0.2500} \\\\")
    assert text.count("\\begin{tabular}") == text.count("\\end{tabular}") > 1
    assert text.count("{") == text.count("}")


def test_latex_of_the_main_rows_is_one_table() -> None:
    assert latex(TWO, primary_only=True).count("\\begin{table}") == 1


def test_a_hostile_name_stays_text() -> None:
    text = latex([column("a\\input{/etc/passwd}%&\n\\end", 0.5)])
    assert "\\textbackslash{}input\\{/etc/passwd\\}\\%\\& \\textbackslash{}end" in text


def test_json_holds_all_digits_and_marks() -> None:
    value = plain(TWO)
    assert value["columns"][0]["numbers"]["eval/node_js"]["mean"] == 0.5
    assert value["columns"][1]["numbers"]["eval/node_js"]["mark"] == "best"
    assert value["keys"]["eval/node_js"]["better"] == "lower"


@pytest.mark.parametrize("ending", ["md", "tex", "json", "csv"])
def test_the_ending_says_how(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"table.{ending}"
    write_comparison_file(path, TWO)
    text = path.read_text()
    starts = {"md": "# Comparison", "tex": "% \\usepackage", "json": "{", "csv": "method,"}
    assert text.startswith(starts[ending])
    if ending == "json":
        assert json.loads(text)["format_version"] == 1


def test_another_ending_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"table\.pdf: a comparison is written as \.md, \.tex"):
        write_comparison(tmp_path / "missing", tmp_path / "table.pdf")
