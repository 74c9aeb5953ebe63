"""docs/own-data.md works as printed, but for numbers made small enough for a test."""

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from bd_gen.cli.main import cli

PAGE = (Path(__file__).parents[1] / "docs" / "own-data.md").read_text()
SMALLER = (
    (r"training\.steps=\d+", "training.steps=8 training.batch_size=32 model=tiny"),
    (r"(?<=bd-gen generate )", "eval.num_samples=4 eval.seeds=[1,2] "),
    (r" --baselines", " --workers 1 --metric diversity"),
    (r"--count \d+", "--count 1 --improve 0 --pool 24"),
)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def run(line: str) -> str:
    words = shlex.split(line)
    assert words[0] == "bd-gen"
    result = CliRunner().invoke(cli, words[1:])
    assert result.exit_code == 0, f"{line}\n{result.output}\n{result.exception!r}"
    return result.output


def test_the_example_is_a_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (example,) = blocks("json")
    Path("own.jsonl").write_text(example)
    run("bd-gen data vocabulary own.jsonl --out own.yaml")
    run("bd-gen draw own.jsonl --vocabulary own.yaml --out own.svg")


@pytest.mark.slow
def test_from_plans_to_a_table_and_floor_plans(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (invent,) = blocks("python")
    exec(invent, {})  # noqa: S102 - what the page shows
    for line in "".join(blocks("bash")).splitlines():
        for pattern, replacement in SMALLER:
            line = re.sub(pattern, replacement, line)
        run(line)
    table = Path("eval_results/loglinear/comparison.md").read_text()
    assert "real_held_out" in table
    assert Path("eval_results/loglinear/report.html").exists()
    (designed,) = map(json.loads, Path("designs/plans.jsonl").read_text().splitlines())
    types = sorted(room["type"] for room in designed["rooms"])
    assert types == ["Bad", "Küche", "Schlafzimmer", "Schlafzimmer", "Wohnen"]
    assert Path("designs.png").stat().st_size > 10_000


@pytest.mark.slow
def test_real_flats_from_training_to_a_drawing(
    dev_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ResPlan in its own words, up to 14 rooms: everything that the page does."""
    monkeypatch.chdir(tmp_path)
    path = dev_data / "real_plans" / "resplan_60.jsonl.gz"
    run(f"bd-gen data resplan {path} --out flats.jsonl")
    run(
        f"bd-gen train data=resplan data.path={path} model=tiny training.steps=1500 "
        "training.batch_size=32 run.dir=runs/flats"
    )
    run("bd-gen generate eval.checkpoint_path=runs/flats/checkpoint_final.pt eval.num_samples=100")
    run("bd-gen evaluate --schedule loglinear --real")
    assert "real_held_out" in run("bd-gen compare --schedule loglinear")
    run("bd-gen report --schedule loglinear")
    run(
        "bd-gen design --checkpoint runs/flats/checkpoint_final.pt --out designs --count 2 "
        "--rooms 'living, kitchen, 2 bathroom, 2 bedroom, balcony'"
    )
    run("bd-gen draw designs/plans.jsonl --vocabulary resplan --out designs.svg")
    run("bd-gen draw flats.jsonl --vocabulary resplan --limit 4 --out flats.svg")
    assert "bedroom" in Path("designs/plans.jsonl").read_text()
