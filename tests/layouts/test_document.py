"""The examples of docs/layouts.md run, one after the other, and print what stands below them."""

import re
from pathlib import Path

import pytest

from bd_gen.cli.evaluate import command as evaluate
from bd_gen.layouts.costs import COSTS
from bd_gen.layouts.shape_costs import SHAPE_COSTS
from bd_gen.metrics import METRICS
from bd_gen.results.where import Condition

PAGE = (Path(__file__).parents[2] / "docs" / "layouts.md").read_text(encoding="utf-8")


def test_the_examples_print_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    examples = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", PAGE, re.DOTALL)
    assert len(examples) == PAGE.count("```python") == 7
    names: dict[str, object] = {"__name__": "example"}
    for code, printed in examples:
        exec(code, names)  # noqa: S102 - our own page
        assert capsys.readouterr().out == printed


def test_every_key_of_the_metric_is_told() -> None:
    table = PAGE.partition("## How often samples have one")[2].partition("\n- ")[0]
    assert re.findall(r"^\| `([^`]+)`", table, re.MULTILINE) == [
        key.name for key in METRICS["realizable"].keys
    ]


def test_every_cost_is_told() -> None:
    table = PAGE.partition("| cost |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.*) \| (\d+) \|$", table, re.MULTILINE)
    assert rows == [(c.name, c.of, c.about, str(c.weight)) for c in COSTS.values()]


def test_every_shape_cost_is_told() -> None:
    table = PAGE.partition("| shape cost |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.*) \| ([\d.]+) \|$", table, re.MULTILINE)
    assert rows == [(c.name, c.about, f"{c.weight:g}") for c in SHAPE_COSTS.values()]


def test_commands_are_such(capsys: pytest.CaptureFixture[str]) -> None:
    options = {option for parameter in evaluate.params for option in parameter.opts}
    for line in re.findall(r"bd-gen evaluate[^`\n]*", PAGE):
        assert {word for word in line.split() if word.startswith("--")} <= options
    conditions = re.findall(r'--where "(.*?)"', PAGE)
    assert len(conditions) == 2
    for condition in conditions:
        Condition(condition, ["realizable", "transitive", "valid"])
