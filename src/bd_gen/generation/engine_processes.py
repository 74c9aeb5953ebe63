"""Drawing shards in processes of this machine."""

import os
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from functools import partial

from bd_gen.generation.shards import Drawn, Results, Shard, Task, draw_on_worker
from bd_gen.system.errors import InputError
from bd_gen.system.workers import MOST_LOSSES, Done, Tell, Work, Workers
from bd_gen.training.checkpoint import Checkpoint

Part = tuple[Task, Shard]


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
