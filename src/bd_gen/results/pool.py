"""Processes that evaluate one method at a time."""

import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from bd_gen.children import end_with_parent, without_interrupts
from bd_gen.metrics import METRICS, metric_versions
from bd_gen.results.references import References
from bd_gen.results.request import Outcome, Request, attempt, method_of
from bd_gen.results.threads import one_thread_each

_PATIENCE = 5.0  # seconds that a process has to finish a file before it is killed


def _plugins() -> list[str]:
    """Modules outside this package whose metrics are registered here."""
    modules = {m.compute.__module__ for m in METRICS.values() if m.compute is not None}
    return sorted(name for name in modules if not name.startswith("bd_gen.metrics."))


def can_start_anew() -> bool:
    """Can another process register the same metrics? Not if some were typed in by hand."""
    return all(
        name != "__main__" and getattr(sys.modules.get(name), "__spec__", None) is not None
        for name in _plugins()
    )


@dataclass
class _Worker:
    process: BaseProcess
    connection: Connection
    path: Path | None = field(default=None)


class Pool:
    """Processes, and what goes to and from them.

    Args:
        request: what to do with each method.
        paths: samples files, which are given out in this order.
        tell: called with a path and the samples measured of it so far.
    """

    def __init__(
        self, request: Request, paths: Sequence[Path], tell: Callable[[Path, int], None]
    ) -> None:
        self._request = request
        self._waiting = list(paths)[::-1]
        self._tell = tell
        self._workers: list[_Worker] = []

    def outcomes(self, count: int) -> Iterator[Outcome]:
        """Start so many processes; how it went with each method, as they are done."""
        for _ in range(count):
            self._start()
        while busy := [worker for worker in self._workers if worker.path is not None]:
            for connection in wait([worker.connection for worker in busy]):
                worker = next(worker for worker in busy if worker.connection is connection)
                outcome = self._heard(worker)
                if outcome is not None:
                    yield outcome

    def close(self) -> None:
        """End all processes; one that is writing a file ends when that is whole."""
        for worker in self._workers:
            worker.connection.close()
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join(_PATIENCE)
            if worker.process.exitcode is None:
                worker.process.kill()
                worker.process.join()

    def _start(self) -> None:
        # Started anew rather than forked: no threads and no memory of this process go along.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        setup = (theirs, self._request, _plugins(), metric_versions())
        process = context.Process(target=_serve, args=setup, daemon=True)
        with one_thread_each(), without_interrupts():
            process.start()
        theirs.close()
        worker = _Worker(process, ours)
        self._workers.append(worker)
        self._give(worker)

    def _give(self, worker: _Worker) -> None:
        worker.path = self._waiting.pop() if self._waiting else None
        if worker.path is not None:
            with suppress(OSError):  # It is gone; that is heard next.
                worker.connection.send(worker.path)

    def _heard(self, worker: _Worker) -> Outcome | None:
        """Take one message from a worker: how far it is, how it went, or that it is gone."""
        path = worker.path
        assert path is not None  # noqa: S101 - only busy workers are listened to
        try:
            message: Any = worker.connection.recv()
        except (EOFError, OSError):
            return self._lost(worker, path)
        if not isinstance(message, Outcome):
            self._tell(path, message)
            return None
        self._give(worker)
        return message

    def _lost(self, worker: _Worker, path: Path) -> Outcome:
        worker.process.join()
        self._workers.remove(worker)
        worker.connection.close()
        if self._waiting:
            self._start()
        code = worker.process.exitcode
        how = f"killed by signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        problem = f"{path}: the process that measured it ended early ({how}; out of memory?)"
        return Outcome(method_of(path), None, problem)


def _serve(
    connection: Connection, request: Request, plugins: list[str], versions: dict[str, int]
) -> None:
    """The life of a worker: a path comes, numbers of samples and an outcome go."""
    import importlib

    end_with_parent()
    for name in plugins:
        importlib.import_module(name)
    # Metrics that were registered or changed by hand do not exist here.
    other = metric_versions() != versions
    references = References(request.data)
    with suppress(EOFError, OSError):  # Nobody asks any more.
        while True:
            path = connection.recv()
            if other:
                outcome = _unlike(path)
            else:
                outcome = attempt(path, request, references, lambda d, _: connection.send(d))
            connection.send(outcome)


def _unlike(path: Path) -> Outcome:
    problem = f"{path}: other metrics are registered in a new process than in this one: workers=1"
    return Outcome(method_of(path), None, problem)
