"""The notebooks of examples/ hold no outputs, and their cells run one after the other."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"))
IDS = [notebook.stem for notebook in NOTEBOOKS]
_START = """
from bd_gen.cli.start import main

if __name__ == "__main__":
    main()
"""


def cells(notebook: Path) -> list[dict[str, Any]]:
    return json.loads(notebook.read_text(encoding="utf-8"))["cells"]


def codes(notebook: Path) -> Iterator[str]:
    for cell in cells(notebook):
        if cell["cell_type"] == "code":
            yield "".join(cell["source"])


def shell_lines(notebook: Path) -> list[str]:
    """Lines of cells that begin with `!`."""
    lines = [line for code in codes(notebook) for line in code.splitlines()]
    return [line for line in lines if line.startswith("!")]


def shown(code: str, names: dict[str, Any]) -> Any:
    """Run a cell as a notebook does; returns the value of its last line, if it has one."""
    tree = ast.parse(code)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)  # noqa: S102
    if last is None:
        return None
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307


def run(line: str) -> None:
    """A line that begins with `!`: a command of the shell."""
    done = subprocess.run(line, shell=True, capture_output=True, text=True)  # noqa: S602
    assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"


def test_there_are_three_and_pages_name_them() -> None:
    assert len(NOTEBOOKS) == 3
    for page in ("README.md", "docs/python.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        for notebook in NOTEBOOKS:
            assert f"examples/{notebook.name})" in text, f"{page}: {notebook.name}"


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=IDS)
def test_a_notebook_is_small_and_holds_no_outputs(notebook: Path) -> None:
    book = json.loads(notebook.read_text(encoding="utf-8"))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert notebook.stat().st_size < 10_000
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None)


@pytest.mark.slow
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=IDS)
def test_a_notebook_runs(
    notebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    pytest.importorskip("ortools")
    monkeypatch.chdir(tmp_path)
    command = tmp_path / "bin" / "bd-gen"
    command.parent.mkdir()
    command.write_text(f"#!{sys.executable}\n{_START}")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    names: dict[str, Any] = {}
    pictures = 0
    for code in codes(notebook):
        commands = [line[1:] for line in code.splitlines() if line.startswith("!")]
        for line in commands:
            run(line)
        if not commands:
            value = shown(code, names)
            if hasattr(value, "_repr_svg_"):
                assert value._repr_svg_().rstrip().endswith("</svg>")
                pictures += 1
    assert pictures
