import json
import shutil
from pathlib import Path

import pytest

from bd_gen.metrics import metric_info
from bd_gen.results.columns import Column, read_columns
from bd_gen.results.comparison import (
    MAIN_KEYS,
    SPREADS,
    Spread,
    main_rows,
    markdown,
    notes,
    sections,
)
from bd_gen.results.result_file import Result, write_result
from bd_gen.results.table_files import write_comparison
from bd_gen.system.errors import InputError

SECTIONS = [
    "Main rows",
    "Configuration",
    "Validity",
    "Coverage",
    "Distribution",
    "Graph Structure",
    "Conditional",
    "Denoising",
]


def result(summary: dict | None = None, **fields: object) -> Result:
    numbers = {key: {"mean": mean, "std": 0.001} for key, mean in (summary or {}).items()}
    base = {"format_version": 2, "method": "m", "timestamp": "2026-02-19T17:46:48.587941"}
    return Result(base | {"config": {}, "per_seed": {"42": {}}, "summary": numbers} | fields)


TWO = [
    Column(
        "a",
        result(
            {
                "eval/validity_rate": 0.997,
                "eval/num_training_modes": 716,
                "validity_by_num_rooms/10/overall": 0.5,
                "validity_by_num_rooms/4/overall": 1.0,
                "later/metric": 0.25,
            },
            config={"top_p": None, "is_v2": True, "flavour": "x|y"},
            denoising={"denoise/acc_node@t=0.1": 0.8186, "denoise/val_elbo": 14.25},
            provenance={"checkpoint_sha256": "0123456789abcdef0123"},
        ),
    ),
    Column("b", result({"eval/validity_rate": 0.25, "eval/node_js": 0.0231}, denoising=None)),
]


def rows(title: str, spread: Spread = "std") -> dict[str, tuple[str, ...]]:
    (table,) = (table for table in sections(TWO, spread=spread) if table.title == title)
    assert table.header == ("", "a", "b")
    return {row[0]: row[1:] for row in table.rows}


def test_the_sections_are_the_families_in_their_order() -> None:
    assert [table.title for table in sections(TWO)] == [*SECTIONS, "Other"]


def test_rates_are_percentages_and_missing_numbers_say_so() -> None:
    validity = rows("Validity")
    assert validity["Validity ↑"] == ("**99.7 +/- 0.1 %**", "25.0 +/- 0.1 %")
    assert rows("Distribution")["Room types JS ↓"] == ("n/a", "0.0231 +/- 0.0010")


def test_parts_of_a_metric_stand_below_it_by_number_of_rooms() -> None:
    assert list(rows("Validity")) == [
        "Validity ↑",
        "Validity, 4 rooms, overall ↑",
        "Validity, 10 rooms, overall ↑",
    ]


def test_numbers_without_a_metric_are_not_lost() -> None:
    assert rows("Other") == {"later/metric": ("0.2500 +/- 0.0010", "n/a")}


def test_denoising_has_no_spread() -> None:
    assert rows("Denoising") == {
        "Room type accuracy, t = 0.1 ↑": ("81.9 %", "n/a"),
        "Validation bound (nats per diagram) ↓": ("14.25", "n/a"),
    }


def test_the_configuration_says_what_is_known() -> None:
    configuration = rows("Configuration")
    assert configuration["top_p"] == ("none", "n/a")
    assert configuration["is_v2"] == ("yes", "n/a")
    assert configuration["flavour"] == ("x|y", "n/a")
    assert configuration["checkpoint sha256"] == ("0123456789abcdef", "n/a")
    assert configuration["evaluated"] == ("2026-02-19T17:46:48",) * 2


def test_main_rows_are_those_that_tell_most_as_far_as_they_are_there() -> None:
    table = main_rows(TWO)
    assert [row[0] for row in table.rows] == ["Validity ↑", "Room types JS ↓"]
    assert all(metric_info(key).name == key for key in MAIN_KEYS)
    with pytest.raises(InputError, match="eval/node_jss"):
        main_rows(TWO, ["eval/node_jss"])


KEY = "eval/node_js"
KNOWN = {"se": 0.001, "from": "bootstrap"}


def measured(name: str, mean: float, **fields: object) -> Column:
    interval = {"low": mean - 0.002, "high": mean + 0.002} | KNOWN
    return Column(name, result({KEY: mean}, ci95={KEY: interval}, **fields))


RANKED = [
    measured("real_held_out", 0.004),
    measured("baseline_memoriser", 0.004),
    measured("a", 0.01),
    measured("b", 0.011),
    measured("c", 0.05),
]


def test_the_distance_from_real_plans_the_best_and_the_tied_are_shown() -> None:
    tables = {table.title: table for table in sections(RANKED, spread="std")}
    assert tables["Distribution"].rows[0] == (
        "Room types JS ↓",
        "0.0040 +/- 0.0010",
        "0.0040 +/- 0.0010 (1x)",
        "**0.0100 +/- 0.0010 (2.5x)**",
        "0.0110 +/- 0.0010 (2.8x) †",
        "0.0500 +/- 0.0010 (12x)",
    )
    assert tables["Main rows"].rows[0] == tables["Distribution"].rows[0]
    assert main_rows(RANKED).rows[0][1:5] == (
        "0.0040 [0.0020, 0.0060]  ",
        "0.0040 [0.0020, 0.0060] (1x)  ",
        "0.0100 [0.0080, 0.0120] (2.5x) *",
        "0.0110 [0.0090, 0.0130] (2.8x) †",
    )
    assert main_rows(RANKED, spread="none").rows[0][3] == "0.0100 (2.5x) *"


def test_all_tables_of_a_page_mean_the_same_by_their_numbers() -> None:
    first, *others = (t for t in sections(RANKED) if t.title in ("Main rows", "Distribution"))
    assert first.rows[0][3] == "**0.0100 [0.0080, 0.0120] (2.5x)**"
    assert [table.rows[0] for table in others] == [first.rows[0]]
    for spread, words in SPREADS.items():
        text = markdown(RANKED, spread=spread)
        assert text.count(words) == 1
        assert ("+/-" in text.partition("## ")[2]) == (spread == "std")
        assert (" [0.0" in text) == (spread == "interval")


def test_files_without_intervals_are_named_where_others_have_them() -> None:
    mixed = [*RANKED, Column("old", result({KEY: 0.02}, per_seed={"1": {KEY: 0.02}}))]
    assert notes(mixed)[-1].endswith("from the spread over the seeds (old).")
    assert notes(mixed)[-1].startswith("1 of 6 files hold no intervals")


def test_notes_say_what_a_reader_of_these_columns_needs() -> None:
    (note,) = notes(RANKED)
    assert note.startswith("In parentheses the distance from real_held_out")
    first, second = notes(TWO)
    assert "There is no column real_held_out" in first
    assert second.startswith("2 of 2 files hold no intervals")
    assert notes(TWO, are_all=False) == [second]
    for note in notes(TWO):
        assert note in markdown(TWO)


def test_what_was_not_computed_is_na_and_the_reason_stands_below() -> None:
    reasons = {"eval/pgd": "fewer than 100 samples", "eval/pgd_types": "fewer than 100 samples"}
    few = measured("few", 0.5, not_computed=reasons | {"pgd_bits": "fewer than 100 samples"})
    text = markdown([few, Column("many", result({"eval/pgd": 0.3}))])
    assert "| PolyGraph discrepancy, typed ↓ | n/a |" in text
    assert "n/a, fewer than 100 samples: PolyGraph discrepancy, typed, PGD, types of few." in text
    assert "pgd_bits" not in text


def test_an_interval_of_an_older_file_is_cut_to_the_range() -> None:
    interval = {"low": 0.1, "high": 1.43, "se": 0.3, "from": "seeds"}
    old = Column("old", result({"eval/pgd": 0.7}, ci95={"eval/pgd": interval}))
    (row,) = main_rows([old], ["eval/pgd"]).rows
    assert row[1].strip() == "0.7 [0.1, 1.0]"


def test_warnings_stand_on_top() -> None:
    unlike = [TWO[0], Column("b", result(per_seed={"1": {}}))]
    text = markdown(unlike)
    head = text[: text.index("## Configuration")]
    assert "> **Warning:** the columns have different numbers of samples or seeds" in head
    assert "> **Warning:** the columns have different reference sets" in head
    assert "Warning" not in markdown(TWO[:1])


def test_every_row_of_the_file_has_every_column() -> None:
    for line in markdown(TWO).splitlines():
        if line.startswith("|"):
            assert line.replace("\\|", "").count("|") == 4


def test_nothing_to_compare_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no result file to compare"):
        write_comparison(tmp_path)
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(InputError, match=r"no result file to compare \(.*a\.json: is not JSON"):
        write_comparison(tmp_path)


def test_a_broken_file_is_left_out_and_told(tmp_path: Path) -> None:
    write_result(tmp_path / "a.json", TWO[0].result)
    (tmp_path / "b.json").write_text("{")
    path, columns, problems = write_comparison(tmp_path)
    assert path == tmp_path / "comparison.md"
    assert [column.name for column in columns] == ["a"]
    assert len(problems) == 1
    out, _, _ = write_comparison(tmp_path, tmp_path / "elsewhere" / "table.md")
    assert out.read_text() == path.read_text()


def test_the_published_files_make_one_table(dev_data: Path, tmp_path: Path) -> None:
    for source in (dev_data / "reference" / "results").glob("*.json"):
        shutil.copy(source, tmp_path)
    path, columns, problems = write_comparison(tmp_path)
    text = path.read_text()
    assert (len(columns), problems) == (23, [])
    assert columns[0].name == "random_argmax_no_remask"
    assert "Warning" not in text
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == SECTIONS
    tables = {table.title: table for table in sections(columns, spread="std")}
    shown = sum(len(tables[family].rows) for family in SECTIONS[2:])
    keys = {key for c in columns for key in (*c.result.summary, *c.result.denoising)}
    assert shown == len(keys) == 95 + 20
    header = tables["Validity"].header
    cell = tables["Validity"].rows[0][header.index("random_topp0.9_no_remask")]
    summary = json.loads((tmp_path / "random_topp0.9_no_remask.json").read_text())["summary"]
    assert (
        cell == f"{100 * summary['eval/validity_rate']['mean']:.1f} +/- 0.2 %" == "99.7 +/- 0.2 %"
    )
    assert read_columns(tmp_path)[0] == columns
