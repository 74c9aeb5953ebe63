"""Layouts of many diagrams, in several processes if there are that many."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from types import TracebackType

from bd_gen.children import end_with_parent, without_interrupts
from bd_gen.diagrams.diagram import Diagram
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.solver import Layout, solve


class Solvers:
    """Processes that lay diagrams out; with one worker everything happens in this process.

    A layout depends on the diagram and the options alone, not on the number of workers, unless a
    limit of time was met.
    """

    def __init__(self, workers: int = 1) -> None:
        self.workers = workers
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Solvers":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def lay_out(
        self, diagrams: Sequence[Diagram], options: SolverOptions, chunk: int = 1
    ) -> Iterator[Layout]:
        """A layout for each diagram, in their order.

        Args:
            diagrams: what to lay out.
            options: for all of them.
            chunk: diagrams handed to a process at a time; many where each takes little time.

        Raises:
            InputError: OR-tools is missing, or a box is given for a room that does not exist.
        """
        if self.workers <= 1 or len(diagrams) < 2:
            yield from (solve(diagram, options) for diagram in diagrams)
            return
        if self._pool is None:
            # fresh processes: a fork would copy the threads of numpy and torch half-way
            self._pool = ProcessPoolExecutor(
                self.workers, mp_context=get_context("spawn"), initializer=end_with_parent
            )
        with without_interrupts():  # the first call starts the processes
            layouts = self._pool.map(partial(solve, options=options), diagrams, chunksize=chunk)
        yield from layouts
