"""docs/design.md: its briefs are read, its commands and options run up to the search.

The slow tests run every command to its end, and every example brief.
"""

import re
import shlex
from pathlib import Path

import pytest
import yaml

from bd_gen.cli import design as command
from bd_gen.cli.design_options import OF_BRIEF
from bd_gen.cli.main import cli, run
from bd_gen.design.brief_words import FIELDS, brief_from, checked_fields
from bd_gen.design.impossible import check_possible
from bd_gen.diagrams.vocabulary import Vocabulary

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
BRIEFS = sorted((ROOT / "examples" / "briefs").glob("*.yaml"))
ROOMS = "LivingRoom, Kitchen, 2 Bathroom, MasterRoom, 2 SecondRoom, Balcony"
PLAN = (
    '{"id": "01", "rooms": [{"type": "LivingRoom", "box": [0, 0, 60, 60]}, '
    '{"type": "Kitchen", "box": [60, 0, 90, 30]}, {"type": "MasterRoom", "box": [0, 60, 50, 100]}, '
    '{"type": "SecondRoom", "box": [50, 60, 90, 100]}, '
    '{"type": "Bathroom", "box": [60, 30, 90, 60]}]}\n'
)


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def tables() -> dict[str, list[list[str]]]:
    """Rows of all tables by their first heading, as cells."""
    found: dict[str, list[list[str]]] = {}
    for table in re.findall(r"(?:^\|.*\n)+", PAGE, re.MULTILINE):
        rows = [re.split(r"(?<!\\)\|", row.strip())[1:-1] for row in table.splitlines()]
        cells = [[cell.strip() for cell in row] for row in rows]
        found.setdefault(cells[0][0], []).extend(cells[2:])
    return found


COMMANDS = [line for block in blocks("bash") for line in block.splitlines()]
REFUSED = [
    pair
    for block in blocks("console")
    for pair in re.findall(r"^\$ (.*)\n(bd-gen: .*)$", block, re.MULTILINE)
]
OPTIONS = [
    shlex.split(example)
    for heading in ("option", "rule")
    for row in tables()[heading]
    for example in re.findall(r"`(--[^`]+)`", row[0])
]
PARTS = [words for words in OPTIONS if words[0] not in ("--out",)]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ortools")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "flat").mkdir()
    (tmp_path / "flat" / "plans.jsonl").write_text(PLAN)
    (tmp_path / "bubbles.json").write_text(
        '{"rooms": ["LivingRoom", "Kitchen", "Bathroom", "MasterRoom", "Balcony"], '
        '"relations": [[0, 1], [0, 2], [0, 3], [0, 4]]}'
    )
    (tmp_path / "labels.json").write_text('{"Bad": "Bathroom"}')


@pytest.fixture
def up_to_the_search(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Briefs that the command would search plans for; it looks whether they are possible."""
    found: list[object] = []

    def check(brief, *_):
        vocabulary = Vocabulary(8)
        check_possible(brief, brief.token_rules(vocabulary), vocabulary)
        found.append(brief)
        return True

    monkeypatch.setattr(command, "_design", check)
    return found


def ended(words: list[str]) -> int:
    with pytest.raises(SystemExit) as caught:
        run(cli, "bd-gen", words)
    assert isinstance(caught.value.code, int)
    return caught.value.code


def with_rooms(words: list[str]) -> list[str]:
    """An option of a table as a command."""
    names = {word.partition("=")[0] for word in words}
    rest = [] if names & {"--rooms", "--given", "--from"} else ["--rooms", ROOMS]
    return ["design", "--out", "plans", *rest, *words]


def test_there_is_something_to_look_at() -> None:
    assert (len(COMMANDS), len(REFUSED)) == (5, 7)
    assert len(OPTIONS) > 35


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_is_a_possible_brief(line, up_to_the_search) -> None:
    assert ended([*shlex.split(line)[1:], "--overwrite"]) == 0
    assert len(up_to_the_search) == 1


@pytest.mark.parametrize(("line", "answer"), REFUSED)
def test_what_is_refused_is_refused_in_these_words(line, answer, up_to_the_search, capsys) -> None:
    assert ended(shlex.split(line)[1:]) == 2
    assert capsys.readouterr().err == f"{answer}\n"
    assert not up_to_the_search


@pytest.mark.parametrize("words", PARTS, ids=" ".join)
def test_every_option_of_the_tables_works(words, up_to_the_search) -> None:
    assert ended(with_rooms(words)) == 0
    assert len(up_to_the_search) == 1


def test_every_option_and_field_is_in_a_table() -> None:
    options = {opt for p in command.command.params for opt in (*p.opts, *p.secondary_opts)}
    named = {word for words in OPTIONS for word in words if word.startswith("--")}
    assert options - {"brief", "--plugin"} <= named  # every command has --plugin: plugins.md
    fields = {name for row in tables()["field"] for name in re.findall(r"`(\w+)`", row[0])}
    assert set(FIELDS) <= fields
    assert set(OF_BRIEF) <= set(FIELDS)


def test_the_brief_of_the_page_is_one() -> None:
    (text,) = blocks("yaml")
    brief = brief_from(checked_fields(yaml.safe_load(text), "design.md"))
    vocabulary = Vocabulary(8)
    check_possible(brief, brief.token_rules(vocabulary), vocabulary)
    assert brief.labels[3:] == ("Anna's room", "Baths 1", "Baths 2")


@pytest.mark.slow
@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_finds_plans(line) -> None:
    words = shlex.split(line)[1:]
    (Path("flat") / "plans.jsonl").write_text(PLAN)
    assert ended([*words, "--count", "2", "--overwrite", "--workers", "1"]) == 0


@pytest.mark.slow
@pytest.mark.parametrize("path", BRIEFS, ids=lambda path: path.stem)
def test_every_example_brief_finds_three_plans(path) -> None:
    assert ended(["design", str(path), "--count", "3", "--out", "plans", "--workers", "1"]) == 0
