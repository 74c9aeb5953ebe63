"""`bd-gen train`."""

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bd_gen.system.errors import InputError
from bd_gen.system.files import expanded

if TYPE_CHECKING:
    from bd_gen.training.run_config import RunConfig


class OverridesCommand(click.Command):
    """A command whose help lists the settings of its Hydra configuration."""

    config_name = "train"

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the settings as they are, without rewrapping."""
        from bd_gen.cli.compose import describe

        formatter.write("\n" + describe(self.config_name) + "\n")


@dataclass(frozen=True)
class RunSection:
    """The `run` section of the configuration: the run's folder, and checkpoints of others."""

    dir: str
    resume_from: str | None = None
    init_from: str | None = None
    tracker: str | None = None
    project: str = "bd-gen"


@click.command("train", cls=OverridesCommand)
@click.option(
    "--multirun",
    is_flag=True,
    help="One run for each combination of values: KEY=A,B or KEY=range(0,3), each in its folder.",
)
@click.argument("overrides", nargs=-1, metavar="[KEY=VALUE]...")
def command(multirun: bool, overrides: tuple[str, ...]) -> None:
    """Train a denoiser.

    A run lives in its folder (run.dir). Stopped by Ctrl-C or otherwise, the same command goes
    on where it stopped; finished, it says so.

    Example: bd-gen train noise=loglinear model=small training.steps=2000
    """
    if multirun:
        from bd_gen.cli.multirun import train_all

        train_all(overrides)
    else:
        train_with_progress(run_config(overrides))


def run_config(overrides: tuple[str, ...] | list[str]) -> "RunConfig":
    """The run that overrides describe.

    Raises:
        InputError: a setting that is unknown, missing or out of range.
    """
    from bd_gen.cli.compose import compose, section
    from bd_gen.data.config import DataConfig
    from bd_gen.model.config import ModelConfig
    from bd_gen.model.schedules import schedule_named
    from bd_gen.training.config import TrainingConfig
    from bd_gen.training.run_config import RunConfig
    from bd_gen.training.trained import LEARNED, LEARNED_RATES

    config = compose("train", overrides)
    noise = str(config["noise"]["name"])
    if noise not in (LEARNED, LEARNED_RATES):
        try:
            schedule_named(noise)
        except InputError as error:
            raise InputError(f"noise.name: {error}") from None
    model = {key: value for key, value in config["model"].items() if key != "name"}
    run = section(RunSection, config["run"], "run")
    data = section(DataConfig, config["data"], "data")
    # The checkpoint names its data; those names must hold in any folder.
    named = {field: getattr(data, field) for field in ("path", "labels", "split_file")}
    absolute: dict[str, Any] = {
        k: str(expanded(v).absolute()) for k, v in named.items() if v is not None
    }
    data = replace(data, **absolute)
    return RunConfig(
        directory=expanded(run.dir),
        data=data,
        model=section(ModelConfig, model, "model"),
        noise=noise,
        training=section(TrainingConfig, config["training"], "training"),
        resume_from=None if run.resume_from is None else expanded(run.resume_from),
        tracker=run.tracker,
        project=run.project,
        init_from=None if run.init_from is None else existing_checkpoint(run.init_from),
    )


def existing_checkpoint(name: str) -> Path:
    """The file of a checkpoint; "bundled" is the one that comes with the package.

    Raises:
        InputError: there is none.
    """
    from bd_gen.training.bundled import checkpoint_file

    path = checkpoint_file(name)
    path = expanded(str(path))
    if not path.is_file():
        raise InputError(f"run.init_from: there is no checkpoint {path}")
    return path


def train_with_progress(config: "RunConfig") -> Path:
    """Train with a progress bar; returns the final checkpoint."""
    from bd_gen.cli.checkpoint_notes import say_data_notes
    from bd_gen.cli.progress import bar, new_bar
    from bd_gen.data.dataset import load_dataset
    from bd_gen.model.denoiser import num_parameters
    from bd_gen.training.processes import is_first_process
    from bd_gen.training.run import train
    from bd_gen.training.run_config import LAST

    is_first = is_first_process()
    with bar("plans", "plans", is_first) as report:
        dataset = load_dataset(config.data, report)
    say = click.echo if is_first else _silently
    say(
        f"data: {dataset.source}: {len(dataset.split.train):,} plans for training, "
        f"{len(dataset.split.validation):,} for validation ({config.data.split} split)"
    )
    if is_first:
        say_data_notes(dataset.plan_notes)
    for note_of_split in dataset.notes:
        say(f"bd-gen: note: {note_of_split}", err=True)
    steps, batch = config.training.steps, config.training.batch_size
    if config.training.warmup < config.training.warmup_steps:
        say(
            f"bd-gen: note: warm-up takes {config.training.warmup:,} steps, a tenth of {steps:,}, "
            f"instead of training.warmup_steps={config.training.warmup_steps:,}",
            err=True,
        )
    note = _Note()
    started = False
    with new_bar("diagrams", is_first) as progress:
        task = progress.add_task("train", total=steps * batch, start=False, note="")

        def on_start(trainer: Any) -> None:
            nonlocal started
            started = True
            say(
                f"model: {num_parameters(trainer.model):,} parameters, "
                f"{trainer.config.precision} on {trainer.device}"
                + (f", going on from step {trainer.step:,}" if trainer.step else "")
            )
            progress.update(task, completed=trainer.step * batch)
            progress.start_task(task)

        def on_note(text: str) -> None:
            say(f"bd-gen: note: {text}", err=True)

        def on_progress(state: Any) -> None:
            note.update(state.values)
            progress.update(
                task, completed=state.step * batch, note=f"step {state.step:,} {note.text}"
            )
            if "validation/nats" in state.values and progress.disable:
                say(f"step {state.step:,} of {steps:,}: {note.text}")

        try:
            final = train(config, dataset, on_start, on_progress, on_note)
        except KeyboardInterrupt:
            progress.stop()
            last = config.directory / LAST
            say(
                f"stopped; {last} holds the state, and the same command goes on from there"
                if last.exists()
                else "stopped before the first step was done",
                err=True,
            )
            sys.exit(130)
    say(f"{'trained' if started else 'already trained'}: {final}")
    return final


def _silently(message: str, err: bool = False) -> None:
    """What processes say that another one has started."""


class _Note:
    """The latest training and validation loss, for the end of the bar."""

    def __init__(self) -> None:
        self.values: dict[str, float] = {}

    def update(self, values: Any) -> None:
        self.values.update(values)

    @property
    def text(self) -> str:
        parts = []
        for key, name in (("train/nats", "train"), ("validation/nats", "validation")):
            if key in self.values:
                parts.append(f"{name} {self.values[key]:.2f}")
        return ", ".join(parts) + (" nats" if parts else "")
