"""docs/suites.md says what is so."""

import re
import shlex
from pathlib import Path

import click
import pytest

from bd_gen.cli.main import cli
from bd_gen.generation.agreement import KINDS
from bd_gen.generation.suites import describe_suites, read_suite

TEXT = (Path(__file__).parents[2] / "docs" / "suites.md").read_text()


def commands() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


@pytest.mark.parametrize("line", commands())
def test_the_command_line_knows_every_command(line):
    program, *words = shlex.split(line)
    assert program == "bd-gen"
    context = click.Context(cli)
    command: click.Command = cli
    while isinstance(command, click.Group):
        found = command.get_command(context, words.pop(0))
        assert found is not None
        command = found
    command.make_context("bd-gen", words)


def test_every_suite_stands_there_with_its_number():
    for name, (_, count) in describe_suites().items():
        assert f"| `{name}` |" in TEXT
        row = next(line for line in TEXT.splitlines() if line.startswith(f"| `{name}` |"))
        assert name == "recommended" or re.search(rf"\b{count}\b", row)


def test_the_suite_of_ones_own_is_one(tmp_path):
    (text,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    suite = read_suite(path)
    assert [method.steps for method in suite.methods] == [50, 400, 50]


def test_every_kind_is_explained():
    for kind in KINDS:
        assert f"| {kind} |" in TEXT
