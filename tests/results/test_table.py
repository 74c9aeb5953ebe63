import pytest

from bd_gen.results.scores import Against
from bd_gen.results.table import (
    Table,
    against_text,
    difference_and_interval,
    listed,
    markdown_section,
    mean_alone,
    mean_and_interval,
    mean_and_std,
    setting,
    shorter_text,
    terminal_text,
    transposed,
)


@pytest.mark.parametrize(
    ("mean", "std", "unit", "text"),
    [
        (0.9972, 0.0011, "rate", "99.7 +/- 0.1 %"),
        (1.0, 0.0, "rate", "100.0 +/- 0.0 %"),
        (0.0, 0.0, "rate", "0.0 +/- 0.0 %"),
        (0.9998, 0.0004, "rate", "99.98 +/- 0.04 %"),  # not 100.0
        (0.00003, 0.00002, "rate", "0.003 +/- 0.002 %"),  # not 0.0
        (0.5, None, "rate", "50.0 %"),
        (716.0, 0.0, "count", "716"),
        (140.4, 3.2, "count", "140 +/- 3"),
        (0.10582, 0.00511, "value", "0.106 +/- 0.005"),
        (0.0349, 0.00131, "value", "0.0349 +/- 0.0013"),
        (0.0349, 0.0096, "value", "0.035 +/- 0.010"),
        (0.5, 0.0, "value", "0.5000 +/- 0.0000"),
        (0.0, 0.0, "value", "0.0 +/- 0.0"),
        (1.2e-9, 3e-10, "value", "1.2e-09 +/- 3e-10"),
        (12.3456, 30.0, "value", "12 +/- 30"),
        (-0.5383, None, "value", "-0.5383"),
        (14.0, None, "value", "14.00"),
    ],
)
def test_numbers_have_sensible_digits(mean: float, std: float | None, unit: str, text: str) -> None:
    assert mean_and_std(mean, std, unit) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "none"),
        (True, "yes"),
        ([42, 123], "42, 123"),
        (0.9, "0.9"),
        ("two\nlines", "two lines"),
        ("x" * 99, "x" * 59 + "…"),
    ],
)
def test_settings_are_short_text(value: object, text: str) -> None:
    assert setting(value) == text


@pytest.mark.parametrize(
    ("mean", "interval", "unit", "text"),
    [
        (0.997, (0.995, 0.9982), "rate", "99.7 [99.5, 99.8] %"),
        (0.9998, (0.9987, 1.0), "rate", "99.98 [99.87, 100.00] %"),  # not 100.0
        (1.0, (0.9992, 1.0), "rate", "100.0 [99.9, 100.0] %"),
        (1.0, (1.0, 1.0), "rate", "100.0 %"),
        (0.0137, (0.0119, 0.0155), "value", "0.0137 [0.0119, 0.0155]"),
        (1.2e-9, (0.0, 3e-9), "value", "1.2e-09 [0, 3e-09]"),
        (65.2, (60.1, 70.3), "count", "65 [60, 70]"),
        (20.0, (20.0, 20.0), "count", "20"),
        (0.25, None, "value", "0.2500"),
    ],
)
def test_intervals_have_the_digits_of_their_width(
    mean: float, interval: tuple[float, float] | None, unit: str, text: str
) -> None:
    assert mean_and_interval(mean, interval, unit) == text


@pytest.mark.parametrize(
    ("mean", "std", "unit", "text"),
    [(0.9972, 0.0011, "rate", "99.7 %"), (0.0349, 0.0096, "value", "0.035")],
)
def test_a_mean_alone_has_the_same_digits(mean: float, std: float, unit: str, text: str) -> None:
    assert mean_alone(mean, std, unit) == text


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (-0.0141, "difference", "-1.4"),
        (0.002, "difference", "+0.2"),
        (0.0, "difference", "0.0"),
        (-0.0002, "difference", "-0.02"),
        (1e-9, "difference", "0.0"),
        (2.54, "multiple", "2.5x"),
        (0.971, "multiple", "0.97x"),
        (1.0, "multiple", "1x"),
        (9.97, "multiple", "10x"),
        (378.0, "multiple", "380x"),
        (12345.0, "at least", ">12,000x"),
        (0.4, "same", "~1x"),
    ],
)
def test_the_distance_from_real_plans_is_short(value: float, kind: str, text: str) -> None:
    assert against_text(Against(value, kind)) == text


def test_without_a_distance_there_is_no_text() -> None:
    assert against_text(None) == ""


@pytest.mark.parametrize(
    ("values", "unit", "texts"),
    [
        ((0.012, (0.008, 0.016)), "rate", ("+1.2", "[+0.8, +1.6]")),
        ((-0.0002, (-0.0007, 0.0003)), "rate", ("-0.02", "[-0.07, +0.03]")),
        ((-0.1143, (-0.1165, -0.1121)), "value", ("-0.1143", "[-0.1165, -0.1121]")),
        ((0.0, (0.0, 0.0)), "value", ("0", "[0, 0]")),
        ((3e-10, (-1e-10, 7e-10)), "value", ("+3e-10", "[-1e-10, +7e-10]")),
    ],
)
def test_differences_have_signs(
    values: tuple[float, tuple[float, float]], unit: str, texts: tuple[str, str]
) -> None:
    assert difference_and_interval(*values, unit) == texts


TABLE = Table("T", ("", "a", "long name"), (("x", "1", "2"), ("label", "3", "4")))


def test_markdown_is_a_section_with_a_table() -> None:
    assert markdown_section(TABLE) == (
        "## T\n\n|  | a | long name |\n|:--|--:|--:|\n| x | 1 | 2 |\n| label | 3 | 4 |\n"
    )
    assert markdown_section(Table("T", ("", "a"), ())) == "## T\n\nNot measured.\n"


def test_nothing_in_a_cell_ends_it() -> None:
    table = Table("T", ("", "a|b"), (("x\ny", "half a pair \ud800"),))
    assert markdown_section(table).splitlines()[2:] == [
        "|  | a\\|b |",
        "|:--|--:|",
        "| x y | half a pair \\ud800 |",
    ]


def test_nothing_in_a_cell_steers_a_terminal() -> None:
    table = Table("", ("", "a\x1b[31m"), (("x\ny", "1"),))
    assert terminal_text(table, 80).splitlines() == ["      a\\x1b[31m", "x\\ny          1"]


def test_columns_that_do_not_fit_come_below() -> None:
    wide = terminal_text(TABLE, 80)
    assert wide == "       a  long name\nx      1          2\nlabel  3          4"
    narrow = terminal_text(TABLE, 10)
    assert (
        narrow
        == "       a\nx      1\nlabel  3\n\n       long name\nx              2\nlabel          4"
    )


def test_the_orientation_with_fewer_lines_is_taken() -> None:
    assert transposed(transposed(TABLE)) == TABLE
    rows = tuple((f"row {k}", *map(str, range(20))) for k in range(10))
    many = Table("T", ("", *(f"column {k}" for k in range(20))), rows)
    assert shorter_text(many, 80) == terminal_text(transposed(many), 80)
    assert shorter_text(transposed(many), 80) == terminal_text(transposed(many), 80)


def test_nothing_in_a_cell_is_html_or_turns_text_round() -> None:
    table = Table("T", ("", "a"), (("<script>alert(1)</script>", "x\u202ey & z\x1b[2J"),))
    assert markdown_section(table).splitlines()[-1] == (
        "| &lt;script>alert(1)&lt;/script> | x\\u202ey &amp; z\\x1b[2J |"
    )


def test_long_lists_are_cut_and_say_so() -> None:
    assert listed("abc") == "a, b, c"
    assert listed([], 4) == ""
    assert listed("abcdefgh") == "a, b, c, d, e, f and 2 more"
    assert listed("abcd", 4, 3) == "a, b, c, d"
    assert listed("abcde", 4, 3) == "a, b, c and 2 more"
