"""`bd-gen strip`."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.generation.checkpoints import saved

from bd_gen.cli.main import cli, run
from bd_gen.training.checkpoint import load_checkpoint

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def strip(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run the command: exit code, stdout, stderr."""

    def call(*args: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            run(cli, "bd-gen", ["strip", *args])
        assert isinstance(ended.value.code, int)
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return call


def test_writes_a_smaller_copy_and_replaces_nothing_unasked(tmp_path: Path, strip: Command) -> None:
    source, out = str(saved(tmp_path, "full.pt")), str(tmp_path / "small.pt")
    code, text, _ = strip(source, out)
    assert code == 0
    assert "wrote" in text
    assert load_checkpoint(out).training_state is None
    before = Path(out).read_bytes()
    code, _, err = strip(source, out)
    assert (code, Path(out).read_bytes()) == (2, before)
    assert "--overwrite" in err
    assert strip(source, out, "--overwrite")[0] == 0


def test_a_missing_checkpoint_is_one_line(tmp_path: Path, strip: Command) -> None:
    code, _, err = strip(str(tmp_path / "no.pt"), str(tmp_path / "out.pt"))
    assert code == 2
    assert "no checkpoint" in err
    assert not (tmp_path / "out.pt").exists()


def test_the_bundled_checkpoint_by_its_name(tmp_path: Path, strip: Command) -> None:
    out = tmp_path / "small.pt"
    code, text, err = strip("bundled", str(out))
    assert (code, err) == (0, "")
    assert "wrote" in text
    assert load_checkpoint(out).training_state is None
