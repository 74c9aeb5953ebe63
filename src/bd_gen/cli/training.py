"""A training run as people see it: what is trained, how far it is, and what became of it."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.progress import Progress

    from bd_gen.data.dataset import Dataset
    from bd_gen.training.run_config import RunConfig

Say = Callable[..., None]


def train_with_progress(config: "RunConfig") -> Path:
    """Train with a progress bar; returns the final checkpoint."""
    from bd_gen.cli.checkpoint_notes import say_data_notes
    from bd_gen.cli.progress import bar, new_bar
    from bd_gen.data.dataset import load_dataset
    from bd_gen.training.processes import is_first_process
    from bd_gen.training.run import train

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
    _say_notes(config, dataset, say)
    with new_bar("diagrams", is_first) as progress:
        watched = _Watched(config, progress, say)
        try:
            final = train(config, dataset, watched.on_start, watched.on_progress, watched.on_note)
        except KeyboardInterrupt:
            progress.stop()
            _say_where_it_stopped(config, say)
            sys.exit(130)
    say(f"{'trained' if watched.has_started else 'already trained'}: {final}")
    return final


def _say_notes(config: "RunConfig", dataset: "Dataset", say: Say) -> None:
    for note in dataset.notes:
        say(f"bd-gen: note: {note}", err=True)
    training = config.training
    if training.warmup < training.warmup_steps:
        say(
            f"bd-gen: note: warm-up takes {training.warmup:,} steps, a tenth of "
            f"{training.steps:,}, instead of training.warmup_steps={training.warmup_steps:,}",
            err=True,
        )


def _say_where_it_stopped(config: "RunConfig", say: Say) -> None:
    from bd_gen.training.run_config import LAST

    last = config.directory / LAST
    say(
        f"stopped; {last} holds the state, and the same command goes on from there"
        if last.exists()
        else "stopped before the first step was done",
        err=True,
    )


def _silently(message: str, err: bool = False) -> None:
    """What processes say that another one has started."""


class _Watched:
    """Shows what a run tells of itself on a bar, and in lines where there is none."""

    def __init__(self, config: "RunConfig", progress: "Progress", say: Say) -> None:
        self.has_started = False
        self._steps, self._batch = config.training.steps, config.training.batch_size
        self._progress, self._say = progress, say
        self._task = progress.add_task(
            "train", total=self._steps * self._batch, start=False, note=""
        )
        self._values: dict[str, float] = {}

    def on_start(self, trainer: Any) -> None:
        from bd_gen.model.denoiser import num_parameters

        self.has_started = True
        self._say(
            f"model: {num_parameters(trainer.model):,} parameters, "
            f"{trainer.config.precision} on {trainer.device}"
            + (f", going on from step {trainer.step:,}" if trainer.step else "")
        )
        self._progress.update(self._task, completed=trainer.step * self._batch)
        self._progress.start_task(self._task)

    def on_note(self, text: str) -> None:
        self._say(f"bd-gen: note: {text}", err=True)

    def on_progress(self, state: Any) -> None:
        self._values.update(state.values)
        self._progress.update(
            self._task,
            completed=state.step * self._batch,
            note=f"step {state.step:,} {self._losses}",
        )
        if "validation/nats" in state.values and self._progress.disable:
            self._say(f"step {state.step:,} of {self._steps:,}: {self._losses}")

    @property
    def _losses(self) -> str:
        """The latest training and validation loss."""
        parts = [
            f"{name} {self._values[key]:.2f}"
            for key, name in (("train/nats", "train"), ("validation/nats", "validation"))
            if key in self._values
        ]
        return ", ".join(parts) + (" nats" if parts else "")
