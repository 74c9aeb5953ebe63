"""The commands and the graph of docs/exports.md work as printed, one after the other."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from bd_gen.cli.main import cli
from bd_gen.exchange.laid_out_files import read_laid_out

PAGE = (Path(__file__).parents[1] / "docs" / "exports.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_page_works_as_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for language, block in re.findall(r"```(bash|python)\n(.*?)```", PAGE, re.DOTALL):
        if language == "python":
            exec(block, {})  # noqa: S102
            continue
        for line in block.splitlines():
            words = shlex.split(line)
            assert words[0] == "bd-gen"
            result = CliRunner().invoke(cli, words[1:])
            assert result.exit_code == 0, f"{line}\n{result.output}\n{result.exception!r}"
    assert len(list(Path("cad").glob("*.dxf"))) == 5
    assert len(list(Path("graphs").glob("*.graphml"))) == 3
    homes = read_laid_out("homes.jsonl").plans
    for home in homes:
        assert home.diagram.room_types[:3] == (0, 2, 3)
        relations = {(i, j): r for i, j, r in home.diagram.edges}
        assert relations[0, 1] == 2  # cooking is right-of living: living is left-of cooking
        assert (1, 2) not in relations
    (plan,) = read_laid_out("graphs/0-3.graphml").plans
    assert plan.follows_from_boxes


def test_every_format_is_in_the_table() -> None:
    from bd_gen.exchange.exports import FORMATS

    rows = [line.split(" | ") for line in PAGE.splitlines() if line.startswith("| `.")]
    assert {name for row in rows for name in re.findall(r"`\.([\w.]+)`", row[0])} == set(FORMATS)
    for endings, count, holds, needs in rows:
        for name in re.findall(r"`\.([\w.]+)`", endings):
            known = FORMATS[name]
            assert re.sub(r" \(\[.*?\)\)", "", holds) == known.holds
            assert count == {None: "any number", 1: "one"}.get(known.most, f"up to {known.most}")
            assert (f'pip install "{known.needs}"' in needs) is bool(known.needs)
            assert ("a layout" in needs) is known.needs_boxes
