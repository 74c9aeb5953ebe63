"""What is odd about plans is said by whoever reads them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.generation.checkpoints import saved

from bd_gen.cli.main import cli


@pytest.fixture
def plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Plans of three rooms whose boxes are in metres, and a bad line."""
    monkeypatch.chdir(tmp_path)
    lines = []
    for k in range(40):
        types = ["LivingRoom", "Kitchen", "Bathroom"]
        boxes = [[0, 0, 5, 4 + k], [5, 0, 8 + k % 7, 3], [5, 3, 8, 5 + k % 5]]
        rooms = [{"type": t, "box": box} for t, box in zip(types, boxes, strict=True)]
        lines.append(json.dumps({"id": f"p{k}", "rooms": rooms}))
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
