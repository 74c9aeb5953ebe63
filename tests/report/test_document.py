import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from bd_gen.cli.main import cli

DOCUMENT = Path(__file__).parents[2] / "docs" / "report.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)


@pytest.fixture
def folder(directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "eval_results").mkdir()
    (tmp_path / "eval_results" / "loglinear").symlink_to(directory)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_example_runs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = blocks("python")
    exec(compile(example, str(DOCUMENT), "exec"), {})  # noqa: S102 - our own document
    assert capsys.readouterr().out.startswith("report.html ['real_held_out', ")
    assert (folder / "report.html").exists()


@pytest.mark.slow
def test_the_commands_run(folder: Path) -> None:
    first = blocks("sh")[0].replace("DIR", "eval_results").splitlines()
    for line in first:
        words = shlex.split(line.partition("#")[0])
        done = CliRunner().invoke(cli, words[1:])
        assert done.exit_code == 0, done.output
    assert (folder / "report.html").exists()


def test_every_section_is_in_the_table(directory: Path) -> None:
    from bd_gen.report.contents import read_contents
    from bd_gen.report.page import page

    headings = re.findall(r"<h2>(.*?)</h2>", page(read_contents(directory)))
    text = DOCUMENT.read_text()
    assert len(headings) == 9
    for heading in headings[:-1]:
        assert f"| {heading} |" in text
