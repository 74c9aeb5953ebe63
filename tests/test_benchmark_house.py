"""The numbers that tell how large the package is, and the page with its picture."""

import re
import sys
import textwrap
from pathlib import Path

import networkx as nx
import pytest
from benchmarks import house
from benchmarks.house import COUNTED, PACKAGE, counted_rows, table
from benchmarks.house_code import Code, imported, lines_of_code, read_code
from benchmarks.house_picture import FENCE, mermaid, necessary_arrows, put_into
from benchmarks.house_trace import files_run_through

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "architecture.md"


@pytest.fixture(scope="module")
def today() -> Code:
    return read_code(PACKAGE)


def write_package(folder: Path, **files: str) -> Path:
    """A package `small`; `a__b` stands for the file `a/b.py`."""
    package = folder / "small"
    for name, source in files.items():
        path = package / (name.replace("__", "/") if name != "__init__" else name)
        path = path.with_name(f"{path.name or '__init__'}.py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(source))
    return package


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("", 0),
        ("\n# a comment\n\n", 0),
        ('"""A docstring\nof two lines."""\nx = 1  # and a comment\n', 1),
        ('x = """A text\nof two lines."""\n', 2),
        ('def f():\n    """Says what."""\n    return (\n        1\n    )\n', 4),
        ('class A:\n    """What."""\n\n    x: int\n    """A text under a field."""\n', 3),
        ('async def f():\n    """What."""\n', 1),
    ],
)
def test_lines_of_code(source: str, lines: int) -> None:
    assert lines_of_code(source) == lines


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import os, small.a.b", {"small.a.b"}),
        ("from small.a import b, c", {"small.a.b", "small.a"}),
        ("from small import a", {"small.a"}),
        ("def f():\n    from small.a.b import x", {"small.a.b"}),
        ("from . import b", {"small.a.b"}),
        ("from ..other import x", {"small.other"}),
        ("import smaller, numpy", set()),
    ],
)
def test_imports_wherever_they_stand(source: str, found: set[str]) -> None:
    modules = {"small", "small.a", "small.a.b", "small.a.here", "small.other"}
    assert imported(source, "small", modules, "small.a.here") == found


def test_relative_imports_of_a_package_start_in_it() -> None:
    modules = {"small", "small.a", "small.a.b"}
    assert imported("from .b import x", "small", modules, "small.a.__init__") == {"small.a.b"}


def test_rooms_arrows_and_circles(tmp_path: Path) -> None:
    package = write_package(
        tmp_path,
        __init__="version = 1\n",
        top__one="from small.middle import two\nfrom small.top.other import x\n",
        top__other="def f():\n    import small.top.one\n",
        middle__two="import small.low\n",
        low="from small import version\n",
        results__page__html="import small.results.table\n",
        results__table="",
    )
    code = read_code(package)
    assert code.files.number_of_nodes() == 7
    assert code.lines == 8
    assert set(code.rooms) == {"small", "top", "middle", "low", "results"}
    assert set(code.rooms.edges) == {
        ("top", "middle"),
        ("middle", "low"),
        ("low", "small"),
    }
    assert code.circles == [{"small.top.one", "small.top.other"}]


def test_only_arrows_that_nothing_replaces_are_drawn() -> None:
    rooms = nx.DiGraph([("a", "b"), ("b", "c"), ("a", "c"), ("c", "end"), ("a", "end")])
    assert necessary_arrows(rooms) == {("a", "b"), ("b", "c"), ("c", "end")}
    assert mermaid(nx.DiGraph([("a.b", "end")])) == (
        'graph TD\n    room_a_b["a.b"]\n    room_end["end"]\n    room_a_b --> room_end\n'
    )


def test_all_arrows_inside_a_circle_are_drawn() -> None:
    rooms = nx.DiGraph([("a", "b"), ("b", "a"), ("b", "c"), ("a", "d"), ("d", "c")])
    assert necessary_arrows(rooms) == {("a", "b"), ("b", "a"), ("a", "d"), ("d", "c")}


def test_the_picture_is_put_into_the_one_block_of_a_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n```mermaid\nold\n```\nafter\n")
    put_into(page, "graph TD\n    a\n")
    assert page.read_text() == "before\n```mermaid\ngraph TD\n    a\n```\nafter\n"
    page.write_text("no block\n")
    with pytest.raises(ValueError, match="expected one block that starts with ```mermaid"):
        put_into(page, "graph TD\n")
    assert page.read_text() == "no block\n"


def test_the_page_on_the_architecture_shows_the_rooms_of_today(today: Code) -> None:
    (shown,) = FENCE.findall(PAGE.read_text(encoding="utf-8"))
    assert shown == mermaid(today.rooms), (
        f"run: python -m benchmarks.house --update {PAGE.relative_to(ROOT)}"
    )


def test_the_page_says_what_each_room_is_for(today: Code) -> None:
    rows = re.findall(r"^\| `([a-z_.]+)` \| \w", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(today.rooms)


def test_every_file_that_the_page_names_is_there() -> None:
    names = re.findall(r"`([a-z_0-9/]+/[a-z_0-9]+\.(?:py|yaml))`", PAGE.read_text(encoding="utf-8"))
    assert len(names) > 15
    for name in names:
        assert (PACKAGE / name).is_file() or (ROOT / name).is_file(), name


def test_the_table_has_today_beside_the_target(today: Code) -> None:
    lines = table(counted_rows(today)).splitlines()
    assert lines[0] == "| | today | target |"
    assert [line.split(" | ")[0].removeprefix("| ") for line in lines[2:]] == list(COUNTED)
    assert lines[3] == f"| files | {len(list(PACKAGE.rglob('*.py')))} | ≤ 220 |"


def test_the_command_names_a_page_that_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(house, "PACKAGE", write_package(tmp_path, __init__=""))
    monkeypatch.setattr(sys, "argv", ["house", "--update", str(tmp_path / "missing.md")])
    with pytest.raises(SystemExit) as ended:
        house.main()
    assert ended.value.code == 2
    assert "missing.md" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.slow
def test_files_that_a_command_runs_through(tmp_path: Path) -> None:
    found = files_run_through([("methods",)], PACKAGE, tmp_path)
    assert {"cli/start.py", "cli/main.py", "cli/methods.py"} <= found
    assert not any(name.startswith(("layouts/", "design/")) for name in found)
    assert all((PACKAGE / name).is_file() for name in found)
