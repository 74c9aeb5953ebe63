"""Drawing shards in processes of this machine."""

import multiprocessing
import os
import traceback
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from bd_gen.children import end_with_parent, without_interrupts
from bd_gen.errors import InputError
from bd_gen.experiments.shards import Drawn, Results, Shard, Task, draw_on_worker
from bd_gen.training.checkpoint import Checkpoint

MOST_LOSSES = 3
"""A shard at which so many workers were lost is not tried again: it may be what ends them."""

_PATIENCE = 5.0  # seconds that a process has to end by itself


@dataclass
class _Worker:
    process: BaseProcess
    connection: Connection
    shard: Shard | None = None


class ProcessEngine:
    """Processes that are started anew; one that is lost is replaced.

    With a GPU they share it, with several they are spread over them. Scripts that use this need
    `if __name__ == "__main__":`.

    Args:
        workers: how many; None: one a core.
    """

    def __init__(self, workers: int | None = None) -> None:
        cores = len(os.sched_getaffinity(0))
        self._count = workers or cores
        self._threads = max(1, cores // self._count)
        self._workers: list[_Worker] = []
        self._started = 0

    @property
    def description(self) -> str:
        """See `Engine`."""
        return f"{self._count} process{'' if self._count == 1 else 'es'}"

    def draw(self, task: Task, checkpoint: Checkpoint, shards: Iterable[Shard]) -> Results:
        """See `Engine`."""
        coming, again = iter(shards), deque[Shard]()
        losses: Counter[Shard] = Counter()
        try:
            while True:
                self._occupy(task, coming, again)
                busy = [worker for worker in self._workers if worker.shard is not None]
                if not busy:
                    return
                for connection in wait([worker.connection for worker in busy]):
                    worker = next(w for w in busy if w.connection is connection)
                    try:
                        answer: Any = worker.connection.recv()
                    except (EOFError, OSError):
                        again.append(self._lost(worker, losses))
                        continue
                    worker.shard = None
                    yield _drawn(answer, checkpoint)
        finally:
            # Whoever still draws does so for nobody; starting again is quicker than waiting.
            for worker in [w for w in self._workers if w.shard is not None]:
                self._end(worker)

    def close(self) -> None:
        """See `Engine`."""
        for worker in list(self._workers):
            self._end(worker)

    def _occupy(self, task: Task, coming: Iterator[Shard], again: deque[Shard]) -> None:
        """Give every free worker a shard, as long as there are any."""
        free = [worker for worker in self._workers if worker.shard is None]
        while free or len(self._workers) < self._count:
            shard = again.popleft() if again else next(coming, None)
            if shard is None:
                return
            worker = free.pop() if free else self._start()
            worker.shard = shard
            with suppress(OSError):  # it is gone; that is heard next
                worker.connection.send((task, shard))

    def _start(self) -> _Worker:
        # Started anew rather than forked: no threads, locks or GPU of this process go along.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        setup = (theirs, self._started, self._threads)
        process = context.Process(target=_serve, args=setup, daemon=True)
        with without_interrupts():
            process.start()
        theirs.close()
        self._started += 1
        worker = _Worker(process, ours)
        self._workers.append(worker)
        return worker

    def _end(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.connection.close()
        worker.process.terminate()
        worker.process.join(_PATIENCE)
        if worker.process.exitcode is None:
            worker.process.kill()
            worker.process.join()

    def _lost(self, worker: _Worker, losses: Counter[Shard]) -> Shard:
        """Clear up after a worker that ended by itself; the shard that it had."""
        shard = worker.shard
        assert shard is not None  # noqa: S101 - only busy workers are listened to
        worker.process.join()
        self._workers.remove(worker)
        worker.connection.close()
        losses[shard] += 1
        if losses[shard] == MOST_LOSSES:
            code = worker.process.exitcode or 0
            how = f"signal {-code}" if code < 0 else f"exit code {code}"
            raise InputError(
                f"{shard}: {MOST_LOSSES} processes ended while they drew them (the last by {how}; "
                "out of memory? a smaller eval.batch_size or fewer --workers may help)"
            )
        return shard


def _drawn(answer: Any, checkpoint: Checkpoint) -> Drawn:
    if isinstance(answer, Drawn):
        return answer
    if isinstance(answer, BaseException):
        raise answer
    raise InputError(f"{checkpoint.source}: was changed or removed since it was loaded")


def _serve(connection: Connection, number: int, threads: int) -> None:
    """The life of a worker: tasks and shards come, samples or errors go."""
    import torch

    end_with_parent()
    torch.set_num_threads(threads)
    with suppress(EOFError, OSError):  # nobody asks any more
        while True:
            task, shard = connection.recv()
            try:
                answer: Any = draw_on_worker(_spread(task, number), shard)
            except Exception as error:
                if not isinstance(error, InputError):
                    error.add_note(f"in a worker:\n{traceback.format_exc()}")
                answer = error
            connection.send(answer)


def _spread(task: Task, number: int) -> Task:
    """The task on this worker's share of the GPUs, if it does not say on which."""
    import torch

    count = torch.cuda.device_count()
    if task.device in ("auto", "cuda") and count:
        return replace(task, device=f"cuda:{number % count}")
    return task
