"""Processes of this machine that do tasks one at a time; the one pool of this program.

They are started anew rather than forked, so that no threads, locks or GPU of this process go
along; they do not hear of Ctrl-C and do not outlive this process. Where
one is lost, killed for want of memory for instance, another takes its place and does its task
again. Scripts that use this need `if __name__ == "__main__":`.
"""

import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

from bd_gen.system.errors import InputError

MOST_LOSSES = 3
"""A task at which so many processes were lost is not tried again: it may be what ends them."""

_PATIENCE = 5.0  # seconds that a process has to end by itself, a file under way included

T = TypeVar("T")
Tell = Callable[[Any], None]
Work = Callable[[Any, Tell], Any]
"""(task, tell) -> answer; `tell` says on the way how far it is."""


@dataclass(frozen=True)
class Done(Generic[T]):
    """What came of a task.

    Attributes:
        task: which.
        answer: what the work returned; None if it failed or was lost.
        error: what the work raised.
        lost: how the last process that tried it ended, in words; empty unless all were lost.
    """

    task: T
    answer: Any = None
    error: Exception | None = None
    lost: str = ""


@dataclass
class _Job(Generic[T]):
    task: T
    losses: int = 0


@dataclass
class _Worker(Generic[T]):
    process: BaseProcess
    connection: Connection
    job: _Job[T] | None = None


class Workers(Generic[T]):
    """Processes, started as there are tasks for them and kept until they are closed.

    Args:
        count: at most so many.
        make: called in each process with its number (0, 1, ...); what it returns does the tasks.
            A function of a module, or a `partial` of one, as it has to be sent.
        most_losses: processes that a task may cost.
        starting: a context in which processes are started.
    """

    def __init__(
        self,
        count: int,
        make: Callable[[int], Work],
        most_losses: int = MOST_LOSSES,
        starting: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self.count = count
        self._make = make
        self._most_losses = most_losses
        self._starting = starting
        self._workers: list[_Worker[T]] = []
        self._started = 0

    @property
    def processes(self) -> list[BaseProcess]:
        """Those that run."""
        return [worker.process for worker in self._workers]

    def run(
        self, tasks: Iterable[T], tell: Callable[[T, Any], None] | None = None
    ) -> Generator[Done[T], None, None]:
        """What came of the tasks, each once, as they are done.

        Closed early, tasks that are not done are dropped, and processes at work on one are ended.

        Args:
            tasks: taken as processes become free.
            tell: called with a task and what its work told.
        """
        coming, again = iter(tasks), deque[_Job[T]]()
        try:
            while True:
                self._occupy(coming, again)
                busy = [worker for worker in self._workers if worker.job is not None]
                if not busy:
                    return
                for connection in wait([worker.connection for worker in busy]):
                    worker = next(w for w in busy if w.connection is connection)
                    done = self._heard(worker, again, tell)
                    if done is not None:
                        yield done
        finally:
            # Whoever still works does so for nobody; starting again is quicker than waiting.
            self._end([worker for worker in self._workers if worker.job is not None])

    def close(self) -> None:
        """End all processes; one that is writing a file ends when that is whole."""
        self._end(list(self._workers))

    def _occupy(self, coming: Iterator[T], again: deque[_Job[T]]) -> None:
        """Give every free process a task, as long as there are any."""
        free = [worker for worker in self._workers if worker.job is None]
        while free or len(self._workers) < self.count:
            job = again.popleft() if again else next((_Job(task) for task in coming), None)
            if job is None:
                return
            worker = free.pop() if free else self._start()
            worker.job = job
            with suppress(OSError):  # it is gone; that is heard next
                worker.connection.send(job.task)

    def _start(self) -> _Worker[T]:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        setup = (theirs, self._make, self._started)
        process = context.Process(target=serve, args=setup, daemon=True)
        with self._starting(), without_interrupts():
            process.start()
        theirs.close()
        self._started += 1
        worker: _Worker[T] = _Worker(process, ours)
        self._workers.append(worker)
        return worker

    def _heard(
        self,
        worker: _Worker[T],
        again: deque[_Job[T]],
        tell: Callable[[T, Any], None] | None,
    ) -> Done[T] | None:
        """Take one message from a process: how far it is, what came of it, or that it is gone."""
        job = worker.job
        assert job is not None  # noqa: S101 - only busy ones are listened to
        try:
            kind, value = worker.connection.recv()
        except (EOFError, OSError):
            return self._lost(worker, job, again)
        if kind == _TOLD:
            if tell is not None:
                tell(job.task, value)
            return None
        worker.job = None
        return Done(job.task, error=value) if kind == _FAILED else Done(job.task, value)

    def _lost(self, worker: _Worker[T], job: _Job[T], again: deque[_Job[T]]) -> Done[T] | None:
        """Clear up after a process that ended by itself; its task is for another one."""
        worker.process.join()
        self._workers.remove(worker)
        worker.connection.close()
        job.losses += 1
        if job.losses < self._most_losses:
            again.append(job)
            return None
        code = worker.process.exitcode or 0
        return Done(job.task, lost=f"signal {-code}" if code < 0 else f"exit code {code}")

    def _end(self, workers: list[_Worker[T]]) -> None:
        for worker in workers:
            self._workers.remove(worker)
            worker.connection.close()
            worker.process.terminate()
        for worker in workers:
            worker.process.join(_PATIENCE)
            if worker.process.exitcode is None:
                worker.process.kill()
                worker.process.join()


_TOLD, _DONE, _FAILED = "told", "done", "failed"


def serve(connection: Connection, make: Callable[[int], Work], number: int) -> None:
    """The life of a process: tasks come, answers or errors go."""
    end_with_parent()
    work = make(number)
    with suppress(EOFError, OSError):  # nobody asks any more
        while True:
            task = connection.recv()
            try:
                message = _DONE, work(task, lambda value: connection.send((_TOLD, value)))
            except Exception as error:
                if not isinstance(error, InputError):
                    error.add_note(f"in a worker:\n{traceback.format_exc()}")
                message = _FAILED, error
            connection.send(message)


@contextmanager
def without_interrupts() -> Iterator[None]:
    """Processes started here never hear of Ctrl-C: this one decides, and ends them in order."""
    # The tracker is started with the first process and lets interrupts through again.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_with_parent() -> None:
    """End this process when the one that started it is gone, killed for instance.

    Otherwise it would notice only when it has something to tell, and a shard may take an hour.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        # A thread begins with the signals that are held back here. It must not take SIGTERM while
        # the main thread holds it back to finish a file: the process would end all the same.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        try:
            threading.Thread(target=_wait_and_end, args=(parent.sentinel,), daemon=True).start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _wait_and_end(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(1)
