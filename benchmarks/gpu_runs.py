"""Several trainings at once on one GPU, each on a stream of its own.

The kernels of a small model leave most of a GPU idle: steps of several models, each one captured
graph, run next to each other. On a CPU the models take turns.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

import torch

from bd_gen.data.config import DataConfig
from bd_gen.data.dataset import Dataset
from bd_gen.model.config import ModelConfig
from bd_gen.model.denoiser import num_parameters
from bd_gen.training.checkpoint import Checkpoint
from bd_gen.training.config import TrainingConfig
from bd_gen.training.loop import Trainer
from bd_gen.training.rows import row_layout, rows_of_part, training_rows
from bd_gen.training.run_config import RunConfig

IN_FLIGHT = 4
"""Steps of one run that a GPU may be given before the first of them is done."""
PROBE = 40 if torch.cuda.is_available() else 2
"""Steps after which the pace of runs beside one another is told."""


def trainer_of(
    dataset: Dataset,
    model: ModelConfig,
    config: TrainingConfig,
    device: torch.device,
    noise: str = "loglinear",
) -> Trainer:
    """A run that has not begun."""
    return Trainer(
        model,
        config,
        noise,
        training_rows(dataset, model, config),
        rows_of_part(dataset, model, dataset.split.validation),
        row_layout(dataset, model),
        device,
    )


def take_step(trainer: Trainer) -> None:
    """One step, without waiting for a GPU."""
    trainer._set_learning_rate()
    trainer._take_step()
    trainer.step += 1


class Run:
    """One of several trainings.

    Args:
        name: what it is called.
        dataset: what it learns.
        data: the configuration that `dataset` has.
        model: of the denoiser.
        config: of the training; its `steps` are set when the pace is known.
        noise: of the forward process.
        device: where it runs.
    """

    def __init__(
        self,
        name: str,
        dataset: Dataset,
        data: DataConfig,
        model: ModelConfig,
        config: TrainingConfig,
        device: torch.device,
        noise: str = "loglinear",
    ) -> None:
        self.name, self._dataset, self._data = name, dataset, data
        self._model, self._noise, self._device = model, noise, device
        self.trainer = trainer_of(dataset, model, config, device, noise)
        self._stream = torch.cuda.Stream() if device.type == "cuda" else None
        self._done: deque[torch.cuda.Event] = deque()
        self.curve: list[tuple[int, float, float]] = []
        self.seconds = 0.0

    def _on_stream(self) -> AbstractContextManager[Any]:
        return nullcontext() if self._stream is None else torch.cuda.stream(self._stream)

    def wait(self) -> None:
        """Until all steps are done."""
        if self._stream is not None:
            self._stream.synchronize()
        self._done.clear()

    def can_go_on(self) -> bool:
        """Whether another step may be given to the device now."""
        while self._done and self._done[0].query():
            self._done.popleft()
        return len(self._done) < IN_FLIGHT

    def go_on(self) -> None:
        """Give one step to the device."""
        with self._on_stream():
            take_step(self.trainer)
            if self._stream is not None:
                event = torch.cuda.Event()
                event.record()
                self._done.append(event)

    def end_after(self, steps: int) -> None:
        """So many steps are the whole training; the learning rate falls accordingly."""
        self.trainer.config = replace(self.trainer.config, steps=steps)

    @property
    def is_over(self) -> bool:
        """Whether all steps are taken."""
        return self.trainer.step >= self.trainer.config.steps

    def validate(self, since: float) -> None:
        """Put the held-out bound on the curve."""
        with self._on_stream():
            nats = self.trainer.validate()
        self.curve.append((self.trainer.step, time.perf_counter() - since, nats))

    def told(self) -> dict[str, Any]:
        """What there is to say of it."""
        config = self.trainer.config
        return {
            "parameters": num_parameters(self.trainer.model),
            "steps": self.trainer.step,
            "batch_size": config.batch_size,
            "split": self._data.split,
            "seconds": self.seconds,
            "validation_nats": self.curve[-1][2] if self.curve else None,
            "curve": self.curve,
        }

    def checkpoint(self) -> Checkpoint:
        """As a file of `bd-gen train` holds it, without the state of training."""
        averaged, dataset = self.trainer.averaged, self._dataset
        forward = averaged.forward_state
        config = self.trainer.config
        return Checkpoint(
            model_state_dict={k: v.cpu() for k, v in averaged.denoiser.state_dict().items()},
            rate_network_state_dict=forward and {k: v.cpu() for k, v in forward.items()},
            config=RunConfig(
                directory=None,  # type: ignore[arg-type]  # no folder: nothing is gone on with
                data=self._data,
                model=self._model,
                noise=self._noise,
                training=config,
            ).as_dict(),
            n_max=dataset.vocabulary.n_max,
            step=self.trainer.step,
            num_rooms_histogram=[int(count) for count in dataset.num_rooms_histogram],
            data_fingerprint=dataset.fingerprint,
            words=dataset.vocabulary.words,
        )


def _round(runs: list[Run]) -> None:
    """A step of every run that can take one."""
    waits = True
    for run in runs:
        if not run.is_over and run.can_go_on():
            run.go_on()
            waits = False
    if waits:
        time.sleep(2e-5)


def run_together(
    runs: list[Run],
    seconds: float,
    steps: int | None = None,
    validations: int = 4,
    keeps_pace: bool = False,
    tell: Callable[[str], None] = print,
) -> Iterator[Run]:
    """Train all of them for so long; yields each when it is over.

    Args:
        runs: none has begun.
        seconds: for all together; how many steps that is, is told by the first few.
        steps: of each run instead, fewer if the time would not do.
        validations: of each run, the last at its end.
        keeps_pace: tell anew at each validation how many steps there is time for.
        tell: of the pace.
    """
    start = time.perf_counter()
    for run in runs:  # one after the other: a graph is captured while nothing else runs
        run.go_on()
        run.wait()
    before = {run.name: run.trainer.step for run in runs}
    begun = time.perf_counter()
    while any(run.trainer.step - before[run.name] < PROBE for run in runs):
        _round(runs)
    for run in runs:
        run.wait()
    paced = time.perf_counter()
    left = seconds - (paced - start)
    for run in runs:
        rate = (run.trainer.step - before[run.name]) / (paced - begun)
        afford = run.trainer.step + int(0.97 * left * rate)
        run.end_after(max(PROBE, afford if steps is None else min(steps, afford)))
        tell(f"{run.name}: {rate:.0f} steps a second, {run.trainer.config.steps} in all")
    marks = {
        run.name: [run.trainer.config.steps * k // validations for k in range(1, validations)]
        for run in runs
    }
    end = start + seconds
    alive = list(runs)
    while alive and time.perf_counter() < end:
        _round(alive)
        for run in list(alive):
            if marks[run.name] and run.trainer.step >= marks[run.name][0]:
                marks[run.name].pop(0)
                run.validate(start)
                if keeps_pace and marks[run.name]:
                    rate = run.trainer.step / (time.perf_counter() - start)
                    run.end_after(run.trainer.step + int(0.97 * (end - time.perf_counter()) * rate))
            if run.is_over:
                run.seconds = time.perf_counter() - start
                run.validate(start)
                alive.remove(run)
                yield run
    for run in alive:
        run.seconds = time.perf_counter() - start
        run.validate(start)
        yield run
