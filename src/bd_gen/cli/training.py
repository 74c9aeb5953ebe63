"""A training run as people see it: what is trained, how far it is, and what became of it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from bd_gen.training.run_config import RunConfig


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
