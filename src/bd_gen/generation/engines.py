"""Where shards are drawn: in this process, in processes of this machine, or on a Dask cluster.

An engine draws the same samples as any other; it decides who does the work and what happens when
a worker is lost.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from bd_gen.generation.in_memory import sampler_for
from bd_gen.generation.shards import Drawn, Results, Shard, Task, draw_on_worker, draw_shard
from bd_gen.system.errors import InputError
from bd_gen.system.workers import MOST_LOSSES, Done, Tell, Work, Workers
from bd_gen.training.checkpoint import Checkpoint

ENGINES = ("serial", "processes", "dask")
MOST_WORKERS = 1_024
Part = tuple[Task, Shard]


class Engine(Protocol):
    """Draws shards."""

    @property
    def description(self) -> str:
        """Who does the work, for people; empty for this process."""

    def draw(self, task: Task, checkpoint: Checkpoint, shards: Iterable[Shard]) -> Results:
        """What comes of the shards, each once, in any order.

        A shard whose worker is lost is drawn by another. If the caller stops early, shards that
        are not done are dropped.

        Args:
            task: what the shards have in common.
            checkpoint: the content of `task.checkpoint_path`.
            shards: taken as workers become free.

        Raises:
            InputError: the task cannot be done, or all help is lost.
        """

    def close(self) -> None:
        """Let the workers go."""


@dataclass(frozen=True)
class EngineSettings:
    """Which engine, and how large its jobs are.

    Attributes:
        name: of `ENGINES`.
        workers: processes of engine `processes`; None: one a core.
        scheduler: address of the scheduler of engine `dask`, as in tcp://HOST:8786.
        shard_size: samples of a job, rounded to whole batches; None: one batch.

    Raises:
        InputError: settings that do not go together.
    """

    name: str = "serial"
    workers: int | None = None
    scheduler: str | None = None
    shard_size: int | None = None

    def __post_init__(self) -> None:
        if self.name not in ENGINES:
            raise InputError(f"--engine: expected one of {', '.join(ENGINES)}, got {self.name!r}")
        if self.workers is not None:
            if self.name != "processes":
                raise InputError("--workers: goes with --engine processes")
            if not 1 <= self.workers <= MOST_WORKERS:
                raise InputError(f"--workers: expected 1 to {MOST_WORKERS}, got {self.workers}")
        if self.scheduler is not None and self.name != "dask":
            raise InputError("--scheduler: goes with --engine dask")
        if self.scheduler is None and self.name == "dask":
            raise InputError("--engine dask: give the scheduler, as in --scheduler tcp://HOST:8786")
        if self.shard_size is not None and self.shard_size < 1:
            raise InputError(f"--shard-size: expected at least 1, got {self.shard_size}")


@contextmanager
def open_engine(settings: EngineSettings) -> Iterator[Engine]:
    """The engine, until the context is closed; one may serve many generation jobs.

    Raises:
        InputError: Dask is not installed, or no scheduler answers.
    """
    engine: Engine
    if settings.name == "processes":
        engine = ProcessEngine(settings.workers)
    elif settings.name == "dask":
        from bd_gen.generation.engine_dask import DaskEngine

        engine = DaskEngine(settings.scheduler or "")
    else:
        engine = SerialEngine()
    with closing(engine):
        yield engine


class SerialEngine:
    """This process."""

    description = ""

    def draw(self, task: Task, checkpoint: Checkpoint, shards: Iterable[Shard]) -> Results:
        """See `Engine`."""
        sampler = sampler_for(checkpoint, task.method, task.condition, task.device)
        for shard in shards:
            yield draw_shard(sampler, shard, task.batch_size)

    def close(self) -> None:
        """See `Engine`."""


class ProcessEngine:
    """Processes that are started anew; one that is lost is replaced.

    With a GPU they share it, with several they are spread over them. Scripts that use this need
    `if __name__ == "__main__":`.

    Args:
        workers: how many; None: one a core.
    """

    def __init__(self, workers: int | None = None) -> None:
        cores = len(os.sched_getaffinity(0))
        count = workers or cores
        self.workers: Workers[Part] = Workers(count, partial(_drawer, max(1, cores // count)))

    @property
    def description(self) -> str:
        """See `Engine`."""
        count = self.workers.count
        return f"{count} process{'' if count == 1 else 'es'}"

    def draw(self, task: Task, checkpoint: Checkpoint, shards: Iterable[Shard]) -> Results:
        """See `Engine`."""
        with closing(self.workers.run((task, shard) for shard in shards)) as results:
            for done in results:
                yield _drawn(done, checkpoint)

    def close(self) -> None:
        """See `Engine`."""
        self.workers.close()


def _drawn(done: Done[Part], checkpoint: Checkpoint) -> Drawn:
    if isinstance(done.answer, Drawn):
        return done.answer
    if done.error is not None:
        raise done.error
    if done.lost:
        raise InputError(
            f"{done.task[1]}: {MOST_LOSSES} processes ended while they drew them (the last by "
            f"{done.lost}; out of memory? a smaller eval.batch_size or fewer --workers may help)"
        )
    raise InputError(f"{checkpoint.source}: was changed or removed since it was loaded")


def _drawer(threads: int, number: int) -> Work:
    """What a process does with a task and a shard: draws it."""
    import torch

    torch.set_num_threads(threads)

    def work(part: Part, tell: Tell) -> Drawn | None:  # noqa: ARG001
        task, shard = part
        return draw_on_worker(_spread(task, number), shard)

    return work


def _spread(task: Task, number: int) -> Task:
    """The task on this worker's share of the GPUs, if it does not say on which."""
    import torch

    count = torch.cuda.device_count()
    if task.device in ("auto", "cuda") and count:
        return replace(task, device=f"cuda:{number % count}")
    return task
