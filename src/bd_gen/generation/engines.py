"""Where shards are drawn: in this process, in processes of this machine, or on a Dask cluster.

An engine draws the same samples as any other; it decides who does the work and what happens when
a worker is lost.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Protocol

from bd_gen.generation.in_memory import sampler_for
from bd_gen.generation.shards import Results, Shard, Task, draw_shard
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import Checkpoint

ENGINES = ("serial", "processes", "dask")
MOST_WORKERS = 1_024


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
        from bd_gen.generation.engine_processes import ProcessEngine

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
