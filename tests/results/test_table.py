from bd_gen.results.table import (
    Table,
    markdown_section,
    shorter_text,
    terminal_text,
    transposed,
)

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
