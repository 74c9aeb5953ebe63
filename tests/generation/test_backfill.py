"""From result files to jobs: the real files where they are, and hand-made ones."""

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given as given_by
from tests.generation.checkpoints import saved
from tests.sampling.test_names import methods

from bd_gen.generation.backfill import BackfillPlan, method_from_config, plan_backfill
from bd_gen.generation.batch import run_batch
from bd_gen.generation.checkpoints import Checkpoints, read_checkpoints
from bd_gen.generation.suite_run import Drawing
from bd_gen.results.samples_file import read_samples, samples_path, write_samples
from bd_gen.sampling.method import Method
from bd_gen.system.errors import InputError

CONFIG = {
    "seeds": [1, 2],
    "num_samples": 6,
    "sampling_steps": 7,
    "temperature": 0.0,
    "top_p": 0.9,
    "unmasking_mode": "llada",
    "remasking_enabled": False,
    "remasking_strategy": None,
    "remasking_eta": None,
    "remasking_t_switch": None,
    "checkpoint": "checkpoint_final.pt",
}
NAME = "llada_topp0.9_no_remask"
REMASKED = {
    "remasking_enabled": True,
    "remasking_strategy": "cap",
    "remasking_eta": 0.4,
    "remasking_t_switch": 1.0,
}


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory) -> Checkpoints:
    """A fixed and a learned process."""
    folder = tmp_path_factory.mktemp("models")
    fixed, learned = saved(folder, "fixed.pt"), saved(folder, "learned.pt", is_learned=True)
    return read_checkpoints([f"loglinear={fixed}", f"learned={learned}"])


@pytest.fixture
def directory(tmp_path) -> Path:
    return tmp_path / "eval_results" / "loglinear"


def write(directory: Path, name: str = NAME, without: str = "", **changes: object) -> Path:
    """A result file as they were published; `changes` are made to its config."""
    config = {key: value for key, value in (CONFIG | changes).items() if key != without}
    fields = {
        "format_version": 2,
        "method": name,
        "timestamp": "2026-02-20T12:00:00",
        "config": config,
        "per_seed": {"1": {"eval/node_js": 0.5}, "2": {"eval/node_js": 0.5}},
        "summary": {"eval/node_js": {"mean": 0.5, "std": 0.0}},
        "denoising": {},
    }
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{name}.json"
    path.write_text(json.dumps(fields))
    return path


def only_problem(plan: BackfillPlan) -> str:
    assert plan.tasks == ()
    (problem,) = plan.problems
    return str(problem)


# ---------------------------------------------------------------- the published files


def test_the_23_published_files(dev_data, tmp_path, checkpoints):
    directory = tmp_path / "loglinear"
    shutil.copytree(dev_data / "reference" / "results", directory)
    plan = plan_backfill(directory, checkpoints)
    assert plan.problems == plan.there == plan.not_drawn == plan.notes == ()
    assert {task.name for task in plan.tasks} == {path.stem for path in directory.glob("*.json")}
    assert len(plan.tasks) == 23
    for task in plan.tasks:
        job = task.job
        assert job.path == directory / f"{task.name}_samples.pt"
        assert (job.seeds, job.num_samples) == ((42, 123, 456, 789, 1337), 1000)
        assert job.method == Method.from_name(task.name, steps=100)
        # Confidence as published masks again after a step; cap has ReMDM's posterior.
        assert job.method.remasker.acts_after == ("remdm_confidence" in task.name)
        assert not job.overwrite
        is_learned = task.name == "v2_llada_topp0.9_no_remask"
        label = "learned" if is_learned else "loglinear"
        assert job.checkpoint_path == checkpoints[label].path
        assert task.checkpoint.is_learned == is_learned


def test_without_the_learned_checkpoint_22_are_left(dev_data, tmp_path, checkpoints):
    directory = tmp_path / "loglinear"
    shutil.copytree(dev_data / "reference" / "results", directory)
    only_fixed = Checkpoints({"loglinear": checkpoints["loglinear"]})
    plan = plan_backfill(directory, only_fixed)
    assert len(plan.tasks) == 22
    (problem,) = plan.problems
    name = directory / "v2_llada_topp0.9_no_remask.json"
    assert str(problem) == f"{name}: needs --checkpoint learned=FILE"


# ---------------------------------------------------------------- hand-made files


def test_samples_are_made_and_nothing_else(directory, checkpoints):
    paths = [
        write(directory),
        write(directory, "random_argmax_no_remask", unmasking_mode="random", top_p=None),
        write(directory, "v2_llada_topp0.9_no_remask"),
    ]
    before = {path: path.read_bytes() for path in paths}
    plan = plan_backfill(directory, checkpoints, Drawing(device="cpu"))
    assert run_batch(plan.tasks, _Silent(), lambda _: None) == []
    assert {path: path.read_bytes() for path in directory.glob("*.json")} == before
    for path in paths:
        samples = read_samples(path.with_name(f"{path.stem}_samples.pt"))
        assert (samples.method, samples.seeds, samples.num_samples) == (path.stem, (1, 2), 6)
        assert samples.config["sampling_steps"] == 7
    learned = read_samples(directory / "v2_llada_topp0.9_no_remask_samples.pt")
    assert learned.provenance["noise"] == "learned"
    assert learned.provenance["schedule"] == "loglinear"
    again = plan_backfill(directory, checkpoints)
    assert again.tasks == again.problems == ()
    assert len(again.there) == 3


class _Silent:
    def there(self, task):
        pass

    def started(self, task):
        pass

    def progress(self, done, total):
        pass

    def generated(self, task, what):
        pass

    def failed(self, failure):
        pass


@pytest.mark.parametrize("key", [*CONFIG])
def test_an_incomplete_config_is_listed(directory, checkpoints, key):
    path = write(directory, without=key)
    plan = plan_backfill(directory, checkpoints)
    if (key.startswith("remasking_") and key != "remasking_enabled") or key == "checkpoint":
        assert len(plan.tasks) == 1  # say nothing where nothing is masked again
    else:
        assert only_problem(plan) == f"{path}: config: lacks {key}"


@pytest.mark.parametrize("key", ["remasking_strategy", "remasking_eta", "remasking_t_switch"])
def test_an_incomplete_remasking_is_listed(directory, checkpoints, key):
    path = write(directory, "llada_topp0.9_remdm_cap_eta0.4", key, **REMASKED)
    assert only_problem(plan_backfill(directory, checkpoints)) == f"{path}: config: lacks {key}"


def test_several_that_are_missing_are_named_together(directory, checkpoints):
    path = write(directory)
    fields = json.loads(path.read_text())
    fields["config"] = {}
    path.write_text(json.dumps(fields))
    assert (
        "config: lacks seeds, num_samples, sampling_steps, temperature, top_p, unmasking_mode"
        in (only_problem(plan_backfill(directory, checkpoints)))
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"unmasking_mode": "random"}, "its settings are those of random_topp0.9_no_remask, not"),
        ({"top_p": 0.8}, f"its settings are those of llada_topp0.8_no_remask, not of {NAME}"),
        ({"top_p": None}, f"its settings are those of llada_argmax_no_remask, not of {NAME}"),
        (REMASKED, f"its settings are those of llada_topp0.9_remdm_cap_eta0.4, not of {NAME}"),
        ({"is_v2": True}, "is_v2 is True, which the method's name contradicts"),
        ({"remasking_strategy": "cap"}, "remasking_strategy is 'cap', remasking_enabled false"),
        ({"remasking_enabled": None}, "remasking_enabled: expected true or false, got None"),
        ({"unmasking_mode": "lada"}, "unmasking_mode must be one of random, llada"),
        ({"unmasking_mode": 3}, "unmasking_mode: expected text, got 3"),
        ({"unmasking_mode": [3]}, "unmasking_mode: expected text, got [3]"),
        ({"sweeps": -1}, "sweeps must be a whole number in 0..1,000, got -1"),
        ({"sweeps": False}, "sweeps must be a whole number in 0..1,000, got False"),
        ({"sweeps": "2"}, "sweeps must be a whole number in 0..1,000, got 2"),
        ({"sweeps": 2, "sweep_kind": ["x"]}, "sweep_kind must be one of tokens, rooms, got"),
        ({"sweep_kind": "rooms"}, "sweep_kind: rooms goes with sweeps of 1 or more"),
        ({"sweeps": 2}, "its settings are those of llada_topp0.9_no_remask_sweep2, not"),
        ({"sampling_steps": None}, "sampling_steps: expected a whole number, got None"),
        ({"sampling_steps": 1.5}, "sampling_steps: expected a whole number, got 1.5"),
        ({"sampling_steps": 0}, "sampling_steps must be in 1..100,000, got 0"),
        ({"temperature": "0"}, "temperature: expected a number, got '0'"),
        ({"temperature": True}, "temperature: expected a number, got True"),
        ({"top_p": 10**400}, "expected numbers within 1e+100"),
        ({"given": {"rooms": []}}, "drawn around given tokens; use bd-gen generate --given"),
    ],
)  # fmt: skip
def test_a_config_that_contradicts_itself_or_the_name(directory, checkpoints, changes, reason):
    path = write(directory, **changes)
    problem = only_problem(plan_backfill(directory, checkpoints))
    assert problem.startswith(f"{path}: config")
    assert reason in problem
    assert "\n" not in problem


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"seeds": 3}, "config/seeds: expected a list of whole numbers, got 3"),
        ({"seeds": [1.0]}, "config/seeds: expected a list of whole numbers, got [1.0]"),
        ({"seeds": []}, "eval.seeds must be distinct and at least one"),
        ({"num_samples": "many"}, "config/num_samples: expected a whole number, got 'many'"),
        ({"num_samples": 0}, "eval.num_samples must be in 1..10,000,000, got 0"),
    ],
)
def test_an_amount_that_cannot_be(directory, checkpoints, changes, reason):
    path = write(directory, **changes)
    problem = only_problem(plan_backfill(directory, checkpoints))
    assert problem.startswith(f"{path}: {reason}")


def test_a_file_that_was_renamed(directory, checkpoints):
    path = write(directory).rename(directory / "llada_argmax_no_remask.json")
    expected = f"{path}: method: expected llada_argmax_no_remask as the file is called, got {NAME}"
    assert only_problem(plan_backfill(directory, checkpoints)) == expected


def test_another_checkpoint_than_the_recorded_one(directory, checkpoints):
    path = write(directory)
    fields = json.loads(path.read_text()) | {"provenance": {"checkpoint_sha256": "ab" * 32}}
    path.write_text(json.dumps(fields))
    problem = only_problem(plan_backfill(directory, checkpoints))
    assert "provenance/checkpoint_sha256: abababababababab, but " in problem
    assert problem.endswith(": another checkpoint")
    sha256 = checkpoints["loglinear"].content.sha256
    path.write_text(json.dumps(fields | {"provenance": {"checkpoint_sha256": sha256}}))
    assert len(plan_backfill(directory, checkpoints).tasks) == 1


def test_damaged_files_are_listed_and_the_others_go_on(directory, checkpoints):
    write(directory)
    (directory / "random_argmax_no_remask.json").write_text("{")
    write(directory, "llada_argmax_no_remask", top_p=None)
    (directory / "llada_argmax_no_remask_samples.pt").write_bytes(b"half")
    plan = plan_backfill(directory, checkpoints)
    assert [task.name for task in plan.tasks] == [NAME]
    assert len(plan.problems) == 2


def test_what_no_model_makes_is_not_drawn(directory, checkpoints):
    write(directory)
    write(directory, "real_held_out", without="unmasking_mode")
    plan = plan_backfill(directory, checkpoints)
    assert plan.not_drawn == ("real_held_out",)
    assert plan.problems == ()


def test_the_checkpoint_is_that_of_the_folder(tmp_path, checkpoints):
    path = write(tmp_path / "linear")
    problem = only_problem(plan_backfill(path.parent, checkpoints))
    assert problem == f"{path}: needs --checkpoint linear=FILE"
    # In a folder that is called otherwise there is only one that can be meant.
    elsewhere = tmp_path / "mine"
    write(elsewhere)
    assert len(plan_backfill(elsewhere, checkpoints).tasks) == 1
    linear = read_checkpoints([f"linear={saved(tmp_path, 'linear.pt', noise='linear')}"])
    both = Checkpoints({**checkpoints, **linear})
    assert only_problem(plan_backfill(elsewhere, both)).endswith("needs --checkpoint SCHEDULE=FILE")


def test_a_directory_without_results(tmp_path, checkpoints):
    with pytest.raises(InputError, match="there is no such results directory"):
        plan_backfill(tmp_path / "missing", checkpoints)
    with pytest.raises(InputError, match="holds no result file"):
        plan_backfill(tmp_path, checkpoints)


# ---------------------------------------------------------------- config and method


@given_by(methods())
def test_our_own_settings_give_the_method_again(method):
    config = {"seeds": [1], "num_samples": 1, **method.settings}
    found = method_from_config(config, method.name)
    assert found.settings == method.settings
    assert found.name == method.name


# ---------------------------------------------------------------- what is there already


@pytest.mark.parametrize("change", ["checkpoint", "unknown", "seeds", "num_samples", ""])
def test_samples_that_are_there_and_do_not_fit_are_told(tmp_path, directory, checkpoints, change):
    """Half of them drawn by an earlier start from another checkpoint, for instance."""
    write(directory)
    run_batch(plan_backfill(directory, checkpoints, Drawing(4)).tasks, _Silent(), lambda _: None)
    if change == "checkpoint":
        other = saved(tmp_path, "other.pt", seed=1)
        checkpoints = Checkpoints({"loglinear": read_checkpoints([str(other)])["loglinear"]})
    elif change == "unknown":  # as in published files
        path = samples_path(directory, NAME)
        samples = read_samples(path)
        samples.provenance.pop("checkpoint_sha256")
        write_samples(path, samples)
    elif change:
        write(directory, **{"seeds": {"seeds": [1, 3]}, "num_samples": {"num_samples": 5}}[change])
    plan = plan_backfill(directory, checkpoints)
    assert (plan.there, plan.tasks, plan.problems) == ((NAME,), (), ())
    expected = {
        "checkpoint": "holds samples of another checkpoint than",
        "unknown": "does not say of which checkpoint its samples are",
        "seeds": "holds samples of seeds (1, 2), its result is of (1, 3)",
        "num_samples": "holds samples of num_samples 6, its result is of 5",
    }
    assert len(plan.notes) == bool(change)
    for note in plan.notes:
        assert f"{NAME}_samples.pt: {expected[change]}" in note


def test_settings_without_a_meaning_are_told(directory, checkpoints):
    write(directory, guidance=2.0, corrector=None, trained=False, device="cuda")
    plan = plan_backfill(directory, checkpoints)
    assert len(plan.tasks) == 1
    assert plan.notes == (f"{NAME}: config: guidance, device: unknown here, and left out",)
    write(directory)
    assert plan_backfill(directory, checkpoints).notes == ()


def test_only_realizable_is_drawn_again_as_it_was(directory, checkpoints):
    name = f"{NAME}_realizable"
    write(directory, name, only_realizable=True, rejection={"attempts": {"1": 7}})
    plan = plan_backfill(directory, checkpoints)
    assert [task.job.method.only_realizable for task in plan.tasks] == [True]
    assert plan.notes == ()
    write(directory, name, only_realizable="yes")
    problem = only_problem(plan_backfill(directory, checkpoints))
    assert problem.endswith("config: only_realizable: expected true or false, got 'yes'")
    write(directory, name, only_realizable=False)
    problem = only_problem(plan_backfill(directory, checkpoints))
    assert f"its settings are those of {NAME}, not of {name}" in problem


# ---------------------------------------------------------------- as published


def test_the_schedule_is_that_of_the_config_or_of_the_folder_without_its_suffix(tmp_path):
    fixed = {
        label: saved(tmp_path, f"{label}.pt", noise=label) for label in ("linear", "loglinear")
    }
    checkpoints = read_checkpoints([f"{label}={path}" for label, path in fixed.items()])
    folder = tmp_path / "linear_noise_sc"
    folder.mkdir()
    write(folder)
    (task,) = plan_backfill(folder, checkpoints).tasks
    assert task.checkpoint.noise == "linear"
    write(folder, noise="loglinear")
    plan = plan_backfill(folder, checkpoints)
    assert plan.tasks[0].checkpoint.noise == "loglinear"
    assert plan.notes == ()


def test_without_checkpoints_jobs_can_be_shown_with_placeholders(directory):
    write(directory)
    assert plan_backfill(directory, Checkpoints({})).problems
    plan = plan_backfill(directory, Checkpoints({}), placeholders=True)
    assert plan.problems == ()
    assert plan.tasks[0].job.checkpoint_path.name == f"{directory.name}.pt"
