"""Layouts of many diagrams, in several processes if there are that many."""

from collections.abc import Iterator, Sequence
from types import TracebackType

from bd_gen.diagrams.diagram import Diagram
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.solver import Layout, solve
from bd_gen.system.errors import InputError
from bd_gen.system.workers import MOST_LOSSES, Tell, Work, Workers

Task = tuple[int, tuple[Diagram, ...], tuple[SolverOptions, ...]]
"""A number, and some diagrams to lay out, each with what it must satisfy."""


class Solvers:
    """Processes that lay diagrams out; with one worker everything happens in this process.

    A layout depends on the diagram and the options alone, not on the number of workers, unless a
    limit of time was met.
    """

    def __init__(self, workers: int = 1) -> None:
        self.workers = workers
        self._pool: Workers[Task] = Workers(workers, _solver)

    def __enter__(self) -> "Solvers":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.close()

    def lay_out(
        self,
        diagrams: Sequence[Diagram],
        options: SolverOptions | Sequence[SolverOptions],
        chunk: int = 1,
    ) -> Iterator[Layout]:
        """A layout for each diagram, in their order.

        Args:
            diagrams: what to lay out.
            options: for all of them, or one for each.
            chunk: diagrams handed to a process at a time; many where each takes little time.

        Raises:
            InputError: OR-tools is missing, a box is given for a room that does not exist, or some
                diagrams ended every process that tried them.
        """
        each = [options] * len(diagrams) if isinstance(options, SolverOptions) else options
        if self.workers <= 1 or len(diagrams) < 2:
            yield from map(solve, diagrams, each)
            return
        parts = [slice(k, k + chunk) for k in range(0, len(diagrams), chunk)]
        tasks: Iterator[Task] = (
            (k, tuple(diagrams[part]), tuple(each[part])) for k, part in enumerate(parts)
        )
        waiting: dict[int, list[Layout]] = {}
        following = 0
        for done in self._pool.run(tasks):
            if done.lost:
                raise InputError(
                    f"layouts: {MOST_LOSSES} processes ended while they looked for one (the last "
                    f"by {done.lost}; out of memory? fewer --workers may help)"
                )
            if done.error is not None:
                raise done.error
            waiting[done.task[0]] = done.answer
            while following in waiting:
                yield from waiting.pop(following)
                following += 1


def _solver(number: int) -> Work:  # noqa: ARG001
    return _solve_all


def _solve_all(task: Task, tell: Tell) -> list[Layout]:  # noqa: ARG001
    _, diagrams, options = task
    return list(map(solve, diagrams, options))
