"""`python -m benchmarks.kill_suite`: does it see what it is there to see?"""

import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from benchmarks import kill_suite
from benchmarks.killed_suite import moments
from benchmarks.suite_folder import SuiteFolder
from tests.generation.suite_models import model_of_plans

from bd_gen.generation.batch import BatchTask
from bd_gen.generation.checkpoints import read_checkpoints
from bd_gen.generation.job import generate
from bd_gen.generation.suite_run import SuitePlan, plan_suite
from bd_gen.generation.suites import read_suite
from bd_gen.results.samples_file import read_samples, write_samples

SUITE = """
seeds: [1, 2]
num_samples: 30
methods: [first_hitting_temp1.0_no_remask, random_topp0.9_no_remask]
"""


def planned(folder: Path, checkpoint: Path) -> SuitePlan:
    suite = folder / "two.yaml"
    suite.write_text(SUITE)
    return plan_suite(read_suite(suite), read_checkpoints([str(checkpoint)]), folder / "results")


def drawn(task: BatchTask, directory: Path | None = None) -> Path:
    job = replace(task.job, directory=directory or task.job.directory)
    return generate(job, task.checkpoint).path


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_moments_are_spread_over_drawing_and_evaluating(count: int) -> None:
    found = moments(count, random.Random(3))  # noqa: S311
    assert len(found) == count
    assert found == sorted(found)
    assert sum(moment < 1 for moment in found) == (count + 1) // 2
    assert all(0 <= moment < 2 for moment in found)


def test_a_folder_says_how_far_it_is(tmp_path: Path, checkpoint_path: Path) -> None:
    plan = planned(tmp_path, checkpoint_path)
    folder = SuiteFolder(plan)
    first, second = plan.tasks
    assert (folder.state().drawn, folder.state().progress) == (0, 0)
    assert folder.state().doing == f"starting {first.name}"
    drawn(first)
    assert folder.state().doing == f"checking {first.name}"
    (plan.directory / f"{first.name}.json").write_text("{}")
    assert folder.state().progress == 0.5
    assert folder.state().doing == f"starting {second.name}"
    drawn(second)
    assert folder.state().drawn == 120
    assert folder.state().doing == "evaluating"
    for name in folder.names:
        (plan.directory / f"{name}.json").write_text("{}")
    assert (folder.state().doing, folder.state().progress) == ("comparing", 2)


@pytest.mark.slow
def test_one_other_token_is_a_difference(tmp_path: Path, checkpoint_path: Path) -> None:
    plan = planned(tmp_path, checkpoint_path)
    for directory in (tmp_path / "a", tmp_path / "b"):
        for task in plan.tasks:
            path = drawn(task, directory)
    one, other = SuiteFolder(plan, tmp_path / "a"), SuiteFolder(plan, tmp_path / "b")
    names = [task.name for task in plan.tasks]
    assert not set(one.differences(other)["tokens"]) & set(names)
    samples = read_samples(path)
    tokens = samples.per_seed[2].tokens.copy()
    tokens[-1, 0] = (tokens[-1, 0] + 1) % 3
    assert not np.array_equal(tokens, samples.per_seed[2].tokens)
    changed = replace(samples.per_seed[2], tokens=tokens)
    write_samples(path, replace(samples, per_seed={**samples.per_seed, 2: changed}))
    assert set(one.differences(other)["tokens"]) & set(names) == {names[1]}


def test_a_file_that_is_left_behind_is_a_difference(tmp_path: Path, checkpoint_path: Path) -> None:
    plan = planned(tmp_path, checkpoint_path)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    (tmp_path / "b" / ".random_samples.lock").write_text("")
    one, other = SuiteFolder(plan, tmp_path / "a"), SuiteFolder(plan, tmp_path / "b")
    assert one.differences(other)["names of files"] == [".random_samples.lock"]


def test_a_folder_that_is_there_is_left_alone(
    tmp_path: Path, checkpoint_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    planned(tmp_path, checkpoint_path)
    (tmp_path / "out" / "undisturbed" / "loglinear").mkdir(parents=True)
    arguments = [str(tmp_path / "two.yaml"), "--results", str(tmp_path / "out")]
    assert kill_suite.main([*arguments, "--checkpoint", str(checkpoint_path)]) == 2
    assert "remove it first" in capsys.readouterr().err


@pytest.mark.slow
def test_a_suite_that_is_killed_comes_out_the_same(tmp_path: Path) -> None:
    model = model_of_plans(tmp_path / "model.pt")
    planned(tmp_path, model)
    command = [
        *(sys.executable, "-m", "benchmarks.kill_suite", str(tmp_path / "two.yaml")),
        *("--checkpoint", str(model), "--results", str(tmp_path / "out"), "--kills", "3"),
        *("--batch-size", "8"),
    ]
    done = subprocess.run(
        command, cwd=Path(__file__).resolve().parents[2], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    assert "| tokens | 5 methods," in done.stdout.decode()
    assert json.loads((tmp_path / "out" / "undisturbed.json").read_text())["seconds"] > 0
