"""`bd-gen train --multirun`."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from bd_gen.cli.main import cli
from bd_gen.cli.multirun import combinations
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import load_checkpoint

SMALL = ("model=tiny", "data.num_plans=200", "training.batch_size=8", "training.device=cpu",
         "training.steps=2", "training.num_validation=8")  # fmt: skip


def test_every_combination_has_a_name_and_its_overrides() -> None:
    found = combinations(["training.steps=3", "training.seed=0,1", "data=plans", "data.n_max=8,14"])
    assert [name for name, _ in found] == [
        "training.seed=0,data.n_max=8",
        "training.seed=0,data.n_max=14",
        "training.seed=1,data.n_max=8",
        "training.seed=1,data.n_max=14",
    ]
    assert found[2][1] == ["training.steps=3", "data=plans", "training.seed=1", "data.n_max=8"]


def test_a_slash_in_a_value_makes_no_folder() -> None:
    (first, _), _ = combinations(["data.path=a/x.jsonl,b/x.jsonl"])
    assert first == "data.path=a_x.jsonl"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["training.seed=1"], "no setting has several values"),
        (["run.dir=a,b"], r"run\.dir cannot be varied"),
        (["training.seed=range(0,2000)"], "2,000 runs, more than 1,000"),
    ],
)
def test_what_cannot_be_varied(words: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        combinations(words)


def test_runs_are_trained_and_the_same_command_does_nothing_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["train", "--multirun", *SMALL, "run.dir=seeds", "training.seed=0,1"]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, done.output
    assert "run 2 of 2: training.seed=1" in done.output
    finals = sorted(Path("seeds").glob("*/checkpoint_final.pt"))
    assert [path.parent.name for path in finals] == ["training.seed=0", "training.seed=1"]
    assert [load_checkpoint(path).config["training"]["seed"] for path in finals] == [0, 1]
    before = [path.read_bytes() for path in finals]
    again = CliRunner().invoke(cli, words)
    assert again.output.count("already trained") == 2
    assert [path.read_bytes() for path in finals] == before


def test_a_setting_that_is_wrong_in_the_last_run_stops_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, ["train", "--multirun", *SMALL, "training.decay=cosine,never"])
    assert isinstance(done.exception, InputError)
    assert not list(tmp_path.iterdir())
