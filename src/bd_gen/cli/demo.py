"""`bd-gen demo`: the whole pipeline on built-in data."""

import time
from pathlib import Path

import click

NUM_PLANS = 20_000
TRAINING = (
    "training.steps=600",
    "training.warmup_steps=100",
    "training.learning_rate=1e-3",
    "training.decay=cosine",
    "training.validate_every=200",
    "training.log_every=20",
)
METHODS = (
    ("eval.unmasking_mode=first_hitting",),
    ("eval.unmasking_mode=random", "eval.top_p=0.9"),
    ("eval.unmasking_mode=llada", "eval.top_p=0.9"),
)
SEEDS = (42, 123)
NUM_SAMPLES = 250
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
    """Run the whole pipeline on built-in data, in under five minutes on two cores.

    Makes plans, trains a small denoiser, samples by three methods, evaluates, compares, and
    draws. Run again, it does only what is missing.
    """
    start = time.monotonic()
    checkpoint = _train(directory)
    results = directory / "eval_results"
    paths = [_generate(checkpoint, results, method) for method in METHODS]
    schedule = paths[0].parent
    _evaluate(schedule, paths)
    picture = _draw(directory, paths[0])
    click.echo(f"\ncheckpoint  {checkpoint}")
    click.echo(f"results     {schedule}")
    click.echo(f"comparison  {schedule / 'comparison.md'}")
    click.echo(f"picture     {picture}")
    click.echo(f"done in {time.monotonic() - start:.0f} s")


def _train(directory: Path) -> Path:
    from bd_gen.cli.train import run_config, train_with_progress

    overrides = [f"data.num_plans={NUM_PLANS}", f"run.dir={directory / 'run'}", *TRAINING]
    return train_with_progress(run_config(overrides))


def _generate(checkpoint: Path, results: Path, method: tuple[str, ...]) -> Path:
    from bd_gen.cli.generate import generate_with_progress, generation_job

    job, loaded = generation_job(
        [
            f"eval.checkpoint_path={checkpoint}",
            f"eval.seeds={list(SEEDS)}",
            f"eval.num_samples={NUM_SAMPLES}",
            f"results.dir={results}",
            *method,
        ]
    )
    return generate_with_progress(job, loaded)


def _evaluate(schedule: Path, samples: list[Path]) -> None:
    """Evaluate what is new, the real held-out plans first, and compare."""
    from bd_gen.cli.comparing import compare_and_print
    from bd_gen.results.columns import REAL
    from bd_gen.results.evaluate import evaluate_method
    from bd_gen.results.floor import evaluate_real
    from bd_gen.results.references import References
    from bd_gen.results.result_file import result_path
    from bd_gen.results.samples_file import SUFFIX

    references = References(None)
    real = result_path(schedule, REAL)
    if not _is_newer(real, samples):
        click.echo(f"evaluated {evaluate_real(schedule, references).path}")
    for path in samples:
        result = result_path(schedule, path.name.removesuffix(SUFFIX))
        if not _is_newer(result, [path]):
            click.echo(f"evaluated {evaluate_method(path, references).path}")
    compare_and_print(schedule)


def _is_newer(path: Path, than: list[Path]) -> bool:
    return path.exists() and all(
        path.stat().st_mtime_ns >= other.stat().st_mtime_ns for other in than
    )


def _draw(directory: Path, samples: Path) -> Path:
    from bd_gen.diagrams.tokens import diagrams_from_tokens, is_well_formed
    from bd_gen.layouts.drawing import draw_grid
    from bd_gen.results.samples_file import SUFFIX, read_samples

    picture = directory / "diagrams.png"
    if not _is_newer(picture, [samples]):
        read = read_samples(samples)
        tokens = next(iter(read.per_seed.values())).tokens
        tokens = tokens[is_well_formed(tokens, read.vocabulary)][:NUM_DRAWN]
        diagrams = diagrams_from_tokens(tokens, read.vocabulary)
        draw_grid(diagrams, picture, title=f"Samples of {samples.name.removesuffix(SUFFIX)}")
    return picture
