"""Commands with hostile options and files: those that failed once, and a few others."""

from pathlib import Path

import pytest
from benchmarks import fuzz


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fuzz")
    fuzz.build(folder)
    return folder


@pytest.mark.parametrize("seed", [*fuzz.kept_seeds(), 1, 2, 3])
def test_a_trial_ends_in_order(seed: int, template: Path) -> None:
    assert fuzz.run_one(seed, template) == ""


def test_a_trial_is_a_function_of_its_number(template: Path, tmp_path: Path) -> None:
    import shutil

    plans = []
    for name in ("a", "b"):
        shutil.copytree(template, tmp_path / name)
        words = fuzz.plan(17, tmp_path / name)
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        plans.append((words, [path.read_bytes() for path in files]))
    assert plans[0] == plans[1]


@pytest.mark.parametrize(
    ("status", "text", "problem"),
    [
        (0, "all is well\n", ""),
        (2, "bd-gen: x: is no file\n", ""),
        (1, "Traceback (most recent call last):\n  x\nValueError: y\n", "ValueError: y"),
        (-11, "", "ended with -11"),
        (0, "a\x1b[2J\n", "printed {'\\x1b'}"),
    ],
)
def test_what_counts_as_a_problem(status: int, text: str, problem: str) -> None:
    assert fuzz._problem(status, text) == problem


@pytest.mark.slow
@pytest.mark.parametrize("command", fuzz.COMMANDS)
def test_the_commands_are_sound_before_anything_is_done_to_them(
    command: str, template: Path, tmp_path: Path
) -> None:
    """A command that is refused whatever its options hold would find nothing."""
    import os
    import shutil

    shutil.copytree(template, tmp_path / "w")
    pid = os.fork()
    if pid == 0:
        fuzz._child(command.split(), tmp_path / "w", tmp_path / "out")
    status, text = fuzz._wait(pid), (tmp_path / "out").read_text()
    assert status == 0 or "another checkpoint" in text
