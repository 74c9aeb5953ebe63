"""`bd-gen suite`: many methods by one command."""

import os
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bd_gen.cli.batch_report import said_how_to_go_on
from bd_gen.cli.checkpoint_notes import say_notes
from bd_gen.cli.comparing import results_option
from bd_gen.cli.engine_options import (
    checkpoint_option,
    class_weights_of,
    drawing_options,
    numbers,
    summary,
)
from bd_gen.cli.evaluating import warn_of_missing_packages

if TYPE_CHECKING:
    from bd_gen.generation.batch import BatchTask
    from bd_gen.generation.engines import EngineSettings
    from bd_gen.generation.suite_run import SuitePlan
    from bd_gen.results.request import Request


@click.group()
def command() -> None:
    """Sample by many methods, evaluate them all and compare them.

    A suite is a list of methods: one that comes with the package (`bd-gen suite list`), or a
    YAML file of your own.
    """


@command.command(name="list")
def list_suites() -> None:
    """List the suites that come with the package."""
    from bd_gen.generation.suites import describe_suites

    for name, (description, count) in describe_suites().items():
        click.echo(f"{name:22}  {count:3} methods  {description}")


@command.command()
@click.argument("name")
def show(name: str) -> None:
    """Show the methods of suite NAME, or of the suite in a file."""
    from bd_gen.generation.suites import read_suite

    suite = read_suite(name)
    click.echo(f"{suite.name}: {suite.description}")
    click.echo(f"schedule: {suite.schedule or 'that of the checkpoint given'}")
    click.echo(f"samples: {len(suite.seeds)} x {suite.num_samples:,}, "
               f"seeds {', '.join(map(str, suite.seeds))}")  # fmt: skip
    for method in suite.methods:
        steps = f"{method.steps} steps" if method.has_steps else "a step for each token"
        click.echo(f"  {method.name:44}  {steps}")


@command.command()
@click.argument("name")
@checkpoint_option
@results_option
@click.option("--seeds", metavar="SEEDS", help="Other seeds than the suite's: 42,123.")
@click.option("--num-samples", type=click.IntRange(min=1), help="Diagrams of each seed.")
@drawing_options
@click.option("--overwrite", is_flag=True, help="Replace samples of other checkpoints or settings.")
@click.option(
    "--evaluators",
    type=click.IntRange(min=1),
    help="Methods evaluated at once, a process each.  [default: number of cores]",
)
@click.argument("overrides", nargs=-1)
def run(
    name: str,
    checkpoints: tuple[str, ...],
    results_dir: Path,
    seeds: str | None,
    num_samples: int | None,
    batch_size: int,
    device: str,
    class_weights: Path | None,
    keep_going: bool,
    dry_run: bool,
    overwrite: bool,
    engine: str,
    workers: int | None,
    scheduler: str | None,
    shard_size: int | None,
    evaluators: int | None,
    overrides: tuple[str, ...],
) -> None:
    """Generate what is missing of suite NAME, evaluate, and compare.

    One method is run, checked and evaluated before the others start. The first failure ends the
    command; started again, it goes on from there. With --keep-going the other methods are run
    all the same, and the exit code is 2.

    Results go to the suite's schedule in the results directory. They are measured against the
    data that the checkpoint was trained on; OVERRIDES name other data: data=plans data.path=FILE.

    Example: bd-gen suite run recommended --checkpoint runs/small/checkpoint_final.pt
    """
    from bd_gen.cli.overrides import data_config_from_overrides
    from bd_gen.generation.checkpoints import read_checkpoints
    from bd_gen.generation.engines import EngineSettings
    from bd_gen.generation.suite_run import Drawing, plan_suite
    from bd_gen.generation.suites import read_suite
    from bd_gen.results.request import Request

    where = EngineSettings(engine, workers, scheduler, shard_size)
    request = Request(data_config_from_overrides(overrides))
    warn_of_missing_packages()
    weights = class_weights_of(class_weights)
    given = read_checkpoints(checkpoints, weights)
    plan = plan_suite(
        read_suite(name),
        given,
        results_dir,
        Drawing(batch_size, device, overwrite, weights),
        numbers("--seeds", seeds),
        num_samples,
    )
    _say_plan(plan)
    say_notes(*(one.content for one in given.values()))
    if dry_run:
        _print_commands(plan, overrides, where)
        return
    failed = _generate(plan, request, keep_going, where)
    if failed and not keep_going:
        sys.exit(2)
    with said_how_to_go_on():
        evaluators = evaluators or len(os.sched_getaffinity(0))
        failed += _evaluate(plan, request, evaluators, keep_going)
        if failed and not keep_going:
            click.echo("bd-gen: stopped; the same command goes on from there", err=True)
            sys.exit(2)
        failed += _compare(plan)
    if failed:
        click.echo(f"bd-gen: {summary(failed)}", err=True)
        sys.exit(2)


def _say_plan(plan: "SuitePlan") -> None:
    if plan.left_out:
        click.echo(f"# left out, as no checkpoint is given for them: {', '.join(plan.left_out)}")
    for label in plan.unused:
        click.echo(f"bd-gen: warning: --checkpoint {label}: no method asks for it", err=True)


def _print_commands(plan: "SuitePlan", overrides: tuple[str, ...], where: "EngineSettings") -> None:
    from bd_gen.cli.generate_command import evaluate_command, print_generate_commands

    names = [task.name for task in plan.tasks]
    last = evaluate_command(plan.directory, names, overrides)
    print_generate_commands(plan.tasks, where, last)


def _generate(
    plan: "SuitePlan", request: "Request", keep_going: bool, where: "EngineSettings"
) -> list[str]:
    """Draw what is missing; names of the methods that failed."""
    from bd_gen.cli.batch_report import run_with_report
    from bd_gen.generation.first_check import check_evaluation
    from bd_gen.results.references import References

    def check(task: "BatchTask") -> None:
        check_evaluation(task, References(request.data))

    return run_with_report(plan.directory.name, plan.tasks, check, keep_going, where)


def _evaluate(plan: "SuitePlan", request: "Request", workers: int, keep_going: bool) -> list[str]:
    """Evaluate what is there; names of what cannot be evaluated, the first without keep_going."""
    from bd_gen.cli.progress import bar
    from bd_gen.generation.suite_run import evaluate_suite
    from bd_gen.system.threads import one_thread_each

    failed = []
    with (
        one_thread_each(),
        bar("evaluating", "samples") as report,
        closing(evaluate_suite(plan, request, workers, report)) as outcomes,
    ):
        for outcome in outcomes:
            done = outcome.evaluation
            if done is None:
                failed.append(outcome.method)
                click.echo(f"{outcome.fault}bd-gen: {outcome.problem}", err=True)
                if keep_going:
                    continue
                break
            click.echo(f"{outcome.method}: {done.path} ({done.action})")
            for note in done.notes:
                click.echo(f"bd-gen: warning: {outcome.method}: {note}", err=True)
    return failed


def _compare(plan: "SuitePlan") -> list[str]:
    """Write the comparison of the whole directory; a name if a file of it cannot be used."""
    from bd_gen.cli.comparing import compare_and_print

    return ["comparison"] if compare_and_print(plan.directory) else []
