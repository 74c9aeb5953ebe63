"""What is odd about plans is said by whoever reads them."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.generation.checkpoints import saved

import bd_gen
from bd_gen.cli.main import cli
from bd_gen.exchange.given import read_given
from bd_gen.exchange.laid_out_files import read_laid_out
from bd_gen.system.errors import InputError


@pytest.fixture
def plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Plans of three rooms, in metres and said to be in pixels, and a bad line."""
    monkeypatch.chdir(tmp_path)
    lines = []
    for k in range(40):
        types = ["LivingRoom", "Kitchen", "Bathroom"]
        boxes = [[0, 0, 5, 4 + k], [5, 0, 8 + k % 7, 3], [5, 3, 8, 5 + k % 5]]
        rooms = [{"type": t, "box": box} for t, box in zip(types, boxes, strict=True)]
        lines.append(json.dumps({"id": f"p{k}", "unit": "px", "rooms": rooms}))
    lines.append(json.dumps({"id": "bad", "rooms": [{"type": "Helipad", "box": [0, 0, 1, 1]}]}))
    Path("metres.jsonl").write_text("\n".join(lines) + "\n")
    return "metres.jsonl"


def said(*words: str) -> str:
    done = CliRunner().invoke(cli, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stderr


def test_every_reader_of_a_data_set_says_what_data_says(plans: str, tmp_path: Path) -> None:
    overrides = ["data=plans", f"data.path={plans}", "data.n_max=4", "data.skip_bad=true"]
    few = ["training.steps=1", "model=tiny", "training.batch_size=2", "training.num_validation=2"]
    checkpoint = str(saved(tmp_path))
    generate = ["eval.num_samples=2", "eval.seeds=[1]", f"eval.checkpoint_path={checkpoint}"]
    assert "warning" not in said("generate", *generate)
    errs = {
        "train": said("train", *overrides, *few, "run.dir=run"),
        "likelihood": said("likelihood", checkpoint, *overrides, "--split", "train"),
        "evaluate": said("evaluate", "--workers", "1", "--metric", "diversity", *overrides),
        "again": said("evaluate", "--workers", "1", "--metric", "diversity", *overrides),
    }
    for name, err in errs.items():
        assert "skipped 1 of 41 plans" in err, name
        assert "boxes must be in pixels" in err, name


NOTE = "plans measure under 64 or over 256 across; boxes must be in pixels"
ODD = "plans have relations that their boxes do not give"
KITCHEN = {"type": "Kitchen", "box": [0, 0, 3, 4]}
BATH = {"type": "Bathroom", "box": [3, 0, 6, 4]}


def test_every_reader_of_single_plans_says_it_too(plans: str, tmp_path: Path) -> None:
    checkpoint = str(saved(tmp_path))
    one = ["eval.num_samples=1", "eval.seeds=[1]", f"eval.checkpoint_path={checkpoint}"]
    one += ["--num-rooms", "4"]  # a whole diagram leaves nothing to draw
    good = Path(plans).read_text().splitlines()[:12]
    Path("good.jsonl").write_text("\n".join(good) + "\n")
    Path("one.json").write_text(good[0])
    few = ["--limit", "3", "--out"]
    counted = {
        "data": ("12", said("data", "plans", "good.jsonl")),
        "stats": ("12", said("data", "stats", "data=plans", "data.path=good.jsonl")),
        "symmetry": ("12", said("data", "symmetry", "data=plans", "data.path=good.jsonl")),
        "export": ("12", said("export", "good.jsonl", "--out", "all.csv")),
        "some": ("3", said("export", "good.jsonl", *few, "some.csv")),
        "graph": ("1", said("export", "good.jsonl", "--id", "p0", "--out", "p0.graphml")),
        "draw": ("12", said("draw", "good.jsonl", "--no-solver", *few, "all.svg")),
        "of a graph": ("1", said("export", "p0.graphml", "--out", "again.csv")),
        "given": ("1", said("generate", "--given", "good.jsonl#p1", *one)),
        "given graph": ("1", said("generate", "--given", "p0.graphml", *one)),
        "given object": ("1", said("generate", "--given", "one.json", *one)),
    }
    for name, (number, err) in counted.items():
        assert err.count(NOTE) == 1, (name, err)
        assert f"{number} {NOTE}" in err, (name, err)
    assert "skipped 1 of 41 plans" in said("export", plans, "--skip-bad", "--out", "x.csv")
    assert "skipped 1 of 41 plans" in said(
        "draw", plans, "--skip-bad", "--no-solver", *few, "x.svg"
    )


def test_relations_beside_other_boxes_are_told_by_every_reader(tmp_path: Path) -> None:
    plan: dict[str, Any] = {"id": "p", "unit": "px", "rooms": [KITCHEN, BATH]}
    plan["relations"] = [[0, 1, "above"]]
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan))
    heard: list[str] = []
    read_given(path, tell=heard.append)
    assert [f"1 {ODD}" in note for note in heard] == [False, True]
    heard.clear()
    path.write_text(json.dumps(plan | {"relations": [[1, 0, "right-of"]]}))
    read_given(path, tell=heard.append)
    assert len(heard) == 1
    lines = tmp_path / "plan.jsonl"
    lines.write_text(json.dumps(plan) + "\n")
    read_given(lines, tell=heard.append)
    assert f"1 {ODD}" in heard[-1]
    assert f"1 {ODD}" in read_laid_out(lines).notes[-1]
    rooms = [room | {"box": [40 * side for side in room["box"]]} for room in plan["rooms"]]
    lines.write_text(json.dumps(plan | {"rooms": rooms}) + "\n")
    with pytest.warns(UserWarning, match=f"1 {ODD}"):
        bd_gen.read_plans(lines, limit=1)


def test_python_warns_of_what_is_given(tmp_path: Path) -> None:
    model = bd_gen.load(saved(tmp_path))
    with pytest.warns(UserWarning, match=f"given: 1 {NOTE}"):
        model.sample(1, given={"rooms": [KITCHEN, BATH]})


def test_the_case_in_metres(dev_data: Path) -> None:
    case = dev_data / "cases" / "a13_metres.jsonl"
    expected = r"not in pixels.*10.55 across, expected 64 to 256; metres\? \[--unit m\]"
    for read in (read_laid_out, read_given, bd_gen.read_plans):
        with pytest.raises(InputError, match=expected):
            read(case)
