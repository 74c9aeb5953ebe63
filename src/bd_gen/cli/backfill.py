"""`bd-gen backfill`: the samples that results lack."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bd_gen.cli.checkpoint_notes import say_notes
from bd_gen.cli.engine_options import (
    checkpoint_option,
    class_weights_of,
    drawing_options,
    named_folder,
    summary,
)
from bd_gen.system.errors import InputError, printable

if TYPE_CHECKING:
    from bd_gen.generation.backfill import BackfillPlan


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@checkpoint_option
@drawing_options
def command(
    directory: Path,
    checkpoints: tuple[str, ...],
    batch_size: int,
    device: str,
    class_weights: Path | None,
    keep_going: bool,
    dry_run: bool,
    engine: str,
    workers: int | None,
    scheduler: str | None,
    shard_size: int | None,
) -> None:
    """Generate the samples that the results in DIRECTORY lack, such as published ones.

    How each method was run is read from the `config` of its result file; a file that does not
    say it all, or contradicts its method's name, is listed and left alone, and the exit code is
    then 2. Methods with v2_ are drawn from the learned checkpoint and stay in DIRECTORY. Only
    samples are written: no result file is touched. --dry-run needs no checkpoints; it writes
    SCHEDULE.pt for those not given. `bd-gen verify` then tells how the stored
    numbers compare with those of the new samples.

    Example: bd-gen backfill eval_results/loglinear --checkpoint loglinear=fixed.pt
    --checkpoint learned=learned.pt --dry-run
    """
    from bd_gen.cli.batch_report import run_with_report
    from bd_gen.cli.generate_command import print_generate_commands
    from bd_gen.generation.backfill import plan_backfill
    from bd_gen.generation.checkpoints import read_checkpoints
    from bd_gen.generation.engines import EngineSettings
    from bd_gen.generation.first_check import check_samples
    from bd_gen.generation.suite_run import Drawing

    where = EngineSettings(engine, workers, scheduler, shard_size)
    if not checkpoints and not dry_run:
        raise InputError("needs --checkpoint FILE, the model that the results were made with")
    weights = class_weights_of(class_weights)
    given = read_checkpoints(checkpoints, weights)
    plan = plan_backfill(
        named_folder(directory),
        given,
        Drawing(batch_size, device, class_weights=weights),
        placeholders=dry_run and not checkpoints,
    )
    say_notes(*(one.content for one in given.values()))
    _say_plan(plan)
    if dry_run:
        print_generate_commands(plan.tasks, where)
        failed = []
    else:
        failed = run_with_report("samples", plan.tasks, check_samples, keep_going, where)
    if failed:
        click.echo(f"bd-gen: {summary(failed)}", err=True)
    if failed or plan.problems:
        sys.exit(2)


def _say_plan(plan: "BackfillPlan") -> None:
    """What is not to be generated, and why."""
    if plan.there or not (plan.tasks or plan.problems):
        click.echo(f"# {len(plan.there)} methods have samples already")
    for name in plan.not_drawn:
        click.echo(f"# {name}: no samples of a model; bd-gen evaluate --real --baselines makes it")
    for note in plan.notes:
        click.echo(f"bd-gen: warning: {printable(note)}", err=True)
    for problem in plan.problems:
        click.echo(f"bd-gen: {problem}", err=True)
