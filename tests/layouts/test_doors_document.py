"""The example of docs/doors.md runs and prints what stands below it; the page tells all."""

import inspect
import re
from dataclasses import fields
from pathlib import Path

import pytest

from bd_gen.layouts.openings import DOOR_WALL, OpeningsResult, add_openings

PAGE = (Path(__file__).parents[2] / "docs" / "doors.md").read_text(encoding="utf-8")


def test_the_example_prints_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    examples = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", PAGE, re.DOTALL)
    assert len(examples) == PAGE.count("```python") == 1
    for code, printed in examples:
        exec(code, {"__name__": "example"})  # noqa: S102 - our own page
        assert capsys.readouterr().out == printed


def test_every_argument_and_every_answer_is_told() -> None:
    told = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
    parameters = inspect.signature(add_openings).parameters.values()
    assert told | {"walls"} == {p.name for p in parameters if p.kind is p.KEYWORD_ONLY}
    quoted = set(re.findall(r"`(\w+)`", PAGE))
    assert {field.name for field in fields(OpeningsResult)} - {"floor_plan", "entrance"} <= quoted


def test_the_wall_of_a_door_is_as_the_page_says() -> None:
    assert f"A door needs {DOOR_WALL} m of straight common wall" in PAGE
