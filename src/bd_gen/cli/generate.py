"""`bd-gen generate`."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bd_gen.cli.train import OverridesCommand
from bd_gen.errors import InputError

if TYPE_CHECKING:
    from bd_gen.experiments.generation import GenerationJob
    from bd_gen.training.checkpoint import Checkpoint


class GenerateCommand(OverridesCommand):
    """Help with the settings of `generate`."""

    config_name = "generate"


@dataclass(frozen=True)
class EvalConfig:
    """The `eval` section of the configuration, with its published names."""

    checkpoint_path: str
    unmasking_mode: str = "first_hitting"
    temperature: float = 1.0
    top_p: float | None = None
    sampling_steps: int = 100
    seeds: list[int] = field(default_factory=list)
    num_samples: int = 1_000
    batch_size: int = 512
    device: str = "auto"
    overwrite: bool = False


@click.command("generate", cls=GenerateCommand)
@click.argument("overrides", nargs=-1, metavar="[KEY=VALUE]...")
def command(overrides: tuple[str, ...]) -> None:
    """Sample diagrams from a checkpoint.

    Writes {results.dir}/{schedule}/{method}_samples.pt and nothing else. Stopped by Ctrl-C or
    otherwise, the same command goes on where it stopped.

    Example: bd-gen generate eval.checkpoint_path=runs/synthetic_loglinear_small/checkpoint_final.pt
    eval.unmasking_mode=llada eval.top_p=0.9
    """
    job, checkpoint = generation_job(overrides)
    generate_with_progress(job, checkpoint)


def generation_job(
    overrides: tuple[str, ...] | list[str],
) -> "tuple[GenerationJob, Checkpoint]":
    """The job that overrides describe, and its checkpoint.

    Raises:
        InputError: a setting that is unknown, out of range, or contradicts the checkpoint.
    """
    from bd_gen.cli.compose import compose, section
    from bd_gen.experiments.generation import GenerationJob
    from bd_gen.sampling.method import Method
    from bd_gen.training.checkpoint import load_checkpoint

    config = compose("generate", overrides)
    settings = section(EvalConfig, config["eval"], "eval")
    try:
        method = Method(
            settings.unmasking_mode, settings.temperature, settings.top_p, settings.sampling_steps
        )
    except ValueError as error:
        raise InputError(f"eval.{error}") from None
    checkpoint = load_checkpoint(settings.checkpoint_path)
    noise = (config.get("noise") or {}).get("name")
    if noise is not None and noise != checkpoint.noise:
        raise InputError(
            f"noise={noise}: {settings.checkpoint_path} was trained with "
            f"noise={checkpoint.noise}; drop the override or take another checkpoint"
        )
    results = config["results"]
    schedule = str(results["schedule"] or checkpoint.noise)
    if Path(schedule).name != schedule or schedule in (".", ".."):
        raise InputError(f"results.schedule: expected the name of a folder, got {schedule!r}")
    job = GenerationJob(
        checkpoint_path=Path(settings.checkpoint_path),
        method=method,
        directory=Path(results["dir"]) / schedule,
        seeds=tuple(settings.seeds),
        num_samples=settings.num_samples,
        batch_size=settings.batch_size,
        device=settings.device,
        overwrite=settings.overwrite,
    )
    return job, checkpoint


def generate_with_progress(job: "GenerationJob", checkpoint: "Checkpoint") -> Path:
    """Run a job with a progress bar; returns the samples file."""
    from bd_gen.cli.progress import bar
    from bd_gen.experiments.generation import generate

    try:
        with bar(job.method.name, "diagrams") as report:
            done = generate(job, checkpoint, report)
    except KeyboardInterrupt:
        click.echo("stopped; what is drawn is kept, and the same command goes on", err=True)
        sys.exit(130)
    if done.is_new:
        click.echo(
            f"wrote {done.path} ({len(job.seeds)} x {job.num_samples:,} diagrams, "
            f"{done.calls_per_sample:.1f} network calls a diagram, {done.seconds:.1f} s)"
        )
    else:
        click.echo(f"already complete: {done.path}")
    return done.path
