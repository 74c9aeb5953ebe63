"""`bd-gen demo`: from the bundled checkpoint to a report, on built-in data."""

import time
from pathlib import Path

import click

CHECKPOINT = "bundled"
METHODS = (
    ("eval.unmasking_mode=first_hitting",),
    ("eval.unmasking_mode=random", "eval.top_p=0.9"),
    ("eval.unmasking_mode=llada", "eval.top_p=0.9"),
)
SEEDS = (42, 123)
NUM_SAMPLES = 500
NUM_DRAWN = 12


@click.command("demo")
@click.option(
    "--dir",
    "directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo"),
    show_default=True,
    help="Folder for everything that is made.",
)
def command(directory: Path) -> None:
    """Run generation, evaluation, comparison, report and drawing on built-in data.

    Samples the bundled checkpoint by three methods and measures them beside held-out plans and
    two baselines; about two minutes on two cores. Run again, it does only what is missing.
    """
    start = time.monotonic()
    results = directory / "eval_results"
    paths = [_generate(results, method) for method in METHODS]
    schedule = paths[0].parent
    report = _evaluate(schedule, paths)
    picture = _draw(directory, paths[0])
    click.echo(f"\nresults     {schedule}")
    click.echo(f"comparison  {schedule / 'comparison.md'}")
    click.echo(f"report      {report}")
    click.echo(f"picture     {picture}")
    click.echo(f"done in {time.monotonic() - start:.0f} s")


def _generate(results: Path, method: tuple[str, ...]) -> Path:
    from bd_gen.cli.generate import generate_with_progress, generation_job

    job, loaded = generation_job(
        [
            f"eval.checkpoint_path={CHECKPOINT}",
            f"eval.seeds={list(SEEDS)}",
            f"eval.num_samples={NUM_SAMPLES}",
            f"results.dir={results}",
            *method,
        ]
    )
    return generate_with_progress(job, loaded)


def _evaluate(schedule: Path, samples: list[Path]) -> Path:
    """Evaluate what is new, held-out plans and baselines first; compare and report."""
    from bd_gen.cli.comparing import compare_and_print
    from bd_gen.report.page import write_report
    from bd_gen.results.evaluate import evaluate_method
    from bd_gen.results.references import References
    from bd_gen.results.yardsticks import evaluate_baselines, evaluate_real

    references = References(None)
    evaluations = [
        evaluate_real(schedule, references),
        *evaluate_baselines(schedule, references),
        *(evaluate_method(path, references) for path in samples),
    ]
    for done in evaluations:
        click.echo(f"{done.path} ({done.action})")
    compare_and_print(schedule)
    return write_report(schedule).path


def _draw(directory: Path, samples: Path) -> Path:
    """Some of the samples as bubbles and, where rectangles exist for them, as floor plans."""
    from bd_gen.drawing.plan_drawing import draw_plans
    from bd_gen.exchange.choosing import Choice
    from bd_gen.exchange.laid_out_files import read_laid_out
    from bd_gen.generation.boxes import with_layouts
    from bd_gen.layouts.options import SolverOptions
    from bd_gen.layouts.outcome import has_solver
    from bd_gen.results.samples_file import SUFFIX

    picture = directory / "plans.png"
    if not picture.exists() or picture.stat().st_mtime_ns < samples.stat().st_mtime_ns:
        plans = read_laid_out(samples, Choice(limit=NUM_DRAWN)).plans
        if has_solver():
            plans, _ = with_layouts(plans, SolverOptions())
        draw_plans(
            plans,
            picture,
            title=f"Samples of {samples.name.removesuffix(SUFFIX)}",
        )
    return picture
