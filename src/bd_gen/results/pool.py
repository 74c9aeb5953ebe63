"""Processes that evaluate one method at a time."""

import sys
from collections.abc import Callable, Generator, Sequence
from functools import partial
from pathlib import Path

from bd_gen.metrics import METRICS, metric_versions
from bd_gen.results.references import References
from bd_gen.results.request import Outcome, Request, attempt, method_of
from bd_gen.system.threads import one_thread_each
from bd_gen.system.workers import Done, Tell, Work, Workers


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


def outcomes(
    request: Request, paths: Sequence[Path], count: int, tell: Callable[[Path, int], None]
) -> Generator[Outcome, None, None]:
    """How it went with each method, as they are done; a lost process costs its method alone.

    Args:
        request: what to do with each method.
        paths: samples files, which are given out in this order.
        count: processes.
        tell: called with a path and the samples measured of it so far.
    """
    make = partial(_evaluator, request, _plugins(), metric_versions())
    # A method that cost a process most likely costs the next one, after as long a time.
    pool: Workers[Path] = Workers(count, make, most_losses=1, starting=one_thread_each)
    try:
        for done in pool.run(paths, tell):
            yield _outcome(done)
    finally:
        pool.close()


def _outcome(done: Done[Path]) -> Outcome:
    if isinstance(done.answer, Outcome):
        return done.answer
    if done.error is not None:
        raise done.error
    how = done.lost.replace("signal", "killed by signal")
    problem = f"{done.task}: the process that measured it ended early ({how}; out of memory?)"
    return Outcome(method_of(done.task), None, problem)


def _evaluator(request: Request, plugins: list[str], versions: dict[str, int], _: int) -> Work:
    """What a process does with a path: tells numbers of samples, and returns an outcome."""
    import importlib

    for name in plugins:
        importlib.import_module(name)
    # Metrics that were registered or changed by hand do not exist here.
    other = metric_versions() != versions
    references = References(request.data)

    def work(path: Path, tell: Tell) -> Outcome:
        if other:
            return _unlike(path)
        return attempt(path, request, references, lambda done, _: tell(done))

    return work


def _unlike(path: Path) -> Outcome:
    problem = f"{path}: other metrics are registered in a new process than in this one: workers=1"
    return Outcome(method_of(path), None, problem)
