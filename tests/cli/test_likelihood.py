"""`bd-gen likelihood`: what it prints, what it writes, and what it refuses in one line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.experiments.checkpoints import DATA, saved

from bd_gen.cli.main import cli, run
from bd_gen.data.dataset import DataConfig, load_dataset

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def likelihood(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run the command: exit code, stdout, stderr."""

    def call(*args: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            run(cli, "bd-gen", ["likelihood", *args])
        assert isinstance(ended.value.code, int)
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return call


def fitting(folder: Path, name: str) -> str:
    """A checkpoint that knows its data."""
    fingerprint = load_dataset(DataConfig(**DATA)).fingerprint
    return str(saved(folder, name, data_fingerprint=fingerprint))


def test_prints_and_writes_the_same_numbers_each_time(tmp_path: Path, likelihood: Command) -> None:
    path, out = fitting(tmp_path, "a.pt"), tmp_path / "nats.json"
    code, text, _ = likelihood(path, "--num", "4", "--out", str(out))
    assert code == 0
    first = json.loads(out.read_text())
    numbers = first["checkpoints"][path]
    assert numbers["num_diagrams"] == 4
    assert f"{numbers['nats_per_diagram']:.3f} ±" in text
    assert likelihood(path, "--num", "4", "--out", str(out))[1] == text
    assert json.loads(out.read_text()) == first


def test_several_checkpoints_and_parts(tmp_path: Path, likelihood: Command) -> None:
    first, second = fitting(tmp_path, "a.pt"), fitting(tmp_path, "b.pt")
    code, text, _ = likelihood(first, second, "--split", "train", "--num", "3")
    assert code == 0
    assert text.count("nats per diagram (3 diagrams") == 2


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("missing.pt",), "no checkpoint"),
        (("a.pt",), "have changed"),
        (("data=synthetic",), "expected the path of a checkpoint"),
        (("a.pt", "data=synthetic", "data.n_max=5"), "data.n_max: expected"),
        (("a.pt", "data.colour=red"), "expected data=SOURCE"),
    ],
)
def test_mistakes_are_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    likelihood: Command,
    args: tuple[str, ...],
    words: str,
) -> None:
    saved(tmp_path, "a.pt")
    monkeypatch.chdir(tmp_path)
    code, _, err = likelihood(*args)
    assert code == 2
    assert words in err
    assert len(err.strip().splitlines()) == 1


def test_no_argument_shows_the_usage(likelihood: Command) -> None:
    code, _, err = likelihood()
    assert code == 2
    assert "CHECKPOINT" in err
