from dataclasses import replace
from pathlib import Path

import pytest
from tests.generation.suite_models import model_of_plans

from bd_gen.generation.checkpoints import Checkpoints, read_checkpoints
from bd_gen.generation.job import generate
from bd_gen.generation.suite_run import Drawing, evaluate_suite, plan_suite
from bd_gen.generation.suites import Suite, read_suite
from bd_gen.results.request import Request
from bd_gen.sampling.method import Method
from bd_gen.system.errors import InputError

SUITE = Suite(
    name="mine",
    description="",
    schedule="loglinear",
    optional_checkpoints=False,
    seeds=(1, 2),
    num_samples=12,
    methods=(Method("random", steps=5), Method("random", steps=5, is_learned=True)),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Models of three kinds."""
    folder = tmp_path_factory.mktemp("models")
    model_of_plans(folder / "fixed.pt")
    model_of_plans(folder / "linear.pt", noise="linear")
    model_of_plans(folder / "learned.pt", is_learned=True)
    return folder


@pytest.fixture
def given(folder):
    """Checkpoints by the names of their files."""

    def read(*names: str) -> Checkpoints:
        return read_checkpoints([str(folder / f"{name}.pt") for name in names])

    return read


def test_methods_of_both_processes_lie_in_one_folder(given, folder):
    plan = plan_suite(SUITE, given("fixed", "learned"), Path("results"), Drawing(64, "cpu"))
    assert plan.directory == Path("results/loglinear")
    fixed, learned = plan.tasks
    assert fixed.job.checkpoint_path == folder / "fixed.pt"
    assert learned.job.checkpoint_path == folder / "learned.pt"
    assert learned.name == "v2_random_temp1.0_no_remask"
    for task in plan.tasks:
        assert task.job.directory == plan.directory
        assert (task.job.seeds, task.job.num_samples) == ((1, 2), 12)
        assert (task.job.batch_size, task.job.device) == (64, "cpu")
        assert task.num_diagrams == 24
    assert (plan.left_out, plan.unused) == ((), ())


def test_seeds_and_numbers_can_be_others(given):
    plan = plan_suite(SUITE, given("fixed", "learned"), Path("r"), seeds=(7,), num_samples=3)
    assert {(task.job.seeds, task.job.num_samples) for task in plan.tasks} == {((7,), 3)}


def test_a_missing_checkpoint_is_named(given):
    with pytest.raises(InputError) as caught:
        plan_suite(SUITE, given("fixed", "linear"), Path("r"))
    assert str(caught.value) == "mine: needs --checkpoint learned=FILE for 1 of its 2 methods"
    with pytest.raises(InputError, match="needs --checkpoint learned=FILE --checkpoint loglinear="):
        plan_suite(SUITE, given("linear"), Path("r"))


def test_optional_ones_are_left_out(given):
    suite = replace(SUITE, optional_checkpoints=True)
    plan = plan_suite(suite, given("fixed", "linear"), Path("r"))
    assert [task.name for task in plan.tasks] == ["random_temp1.0_no_remask"]
    assert plan.left_out == ("v2_random_temp1.0_no_remask",)
    assert plan.unused == ("linear",)


@pytest.mark.parametrize(
    ("names", "folder_name", "count"),
    [
        (("linear",), "linear", 10),
        (("fixed", "learned"), "loglinear", 14),
        (("learned",), "learned", 4),
    ],
)
def test_recommended_goes_where_the_checkpoint_says(given, names, folder_name, count):
    plan = plan_suite(read_suite("recommended"), given(*names), Path("r"))
    assert plan.directory == Path("r") / folder_name
    assert len(plan.tasks) == count


def test_recommended_takes_one_fixed_process(given):
    suite = read_suite("recommended")
    with pytest.raises(InputError, match="takes one checkpoint with a fixed forward process, got "):
        plan_suite(suite, given("fixed", "linear"), Path("r"))
    with pytest.raises(InputError, match=r"^recommended: needs --checkpoint FILE$"):
        plan_suite(suite, Checkpoints({}), Path("r"))


def test_all_is_evaluated_with_what_it_is_measured_by(given, tmp_path):
    drawing, checkpoints = Drawing(device="cpu"), given("fixed", "learned")
    plan = plan_suite(SUITE, checkpoints, tmp_path, drawing, num_samples=20)
    for task in plan.tasks:
        generate(task.job, task.checkpoint)
    few = Request(names=("validity", "distribution"))
    outcomes = list(evaluate_suite(plan, few))
    assert [outcome.problem for outcome in outcomes] == 5 * [""]
    assert {path.stem for path in plan.directory.glob("*.json")} == {
        "real_held_out",
        "baseline_memoriser",
        "baseline_marginals",
        "random_temp1.0_no_remask",
        "v2_random_temp1.0_no_remask",
    }
    again = list(evaluate_suite(plan, few))
    assert all(outcome.evaluation and not outcome.evaluation.is_new for outcome in again)
    # What there is to say of the real plans' samples is not lost: 30 of them in two seeds.
    (real,) = [outcome for outcome in again if outcome.method == "real_held_out"]
    assert any("only 15 held-out plans" in note for note in real.evaluation.notes)


def test_a_method_without_samples_is_passed_over(given, tmp_path):
    plan = plan_suite(SUITE, given("fixed", "learned"), tmp_path, Drawing(device="cpu"))
    generate(plan.tasks[0].job)
    outcomes = list(evaluate_suite(plan, Request(names=("validity",))))
    assert "v2_random_temp1.0_no_remask" not in {outcome.method for outcome in outcomes}
    assert len(outcomes) == 4
