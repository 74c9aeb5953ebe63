"""Evaluating many methods, several at once."""

import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from bd_gen.metrics import METRICS, metric_versions
from bd_gen.results.evaluate import up_to_date
from bd_gen.results.freshness import look
from bd_gen.results.references import References
from bd_gen.results.request import Outcome, Request, attempt, method_of
from bd_gen.system.errors import InputError
from bd_gen.system.progress import Progress
from bd_gen.system.threads import one_thread_each
from bd_gen.system.workers import Done, Tell, Work, Workers


def evaluate_all(
    paths: Sequence[str | Path],
    request: Request,
    workers: int = 1,
    progress: Progress | None = None,
) -> Generator[Outcome, None, None]:
    """Evaluate samples files; what comes out does not depend on the number of processes.

    What is up to date comes first, then the others as they are done. If the caller stops early
    or is interrupted, the processes are ended; every file is an old one or a new one then.

    Args:
        paths: files `{method}_samples.pt`.
        request: what to do with each.
        workers: most processes; with 1 everything happens in this one. Processes are started
            anew, so a script that asks for several needs `if __name__ == "__main__":`.
        progress: called with the samples measured so far and their number.
    """
    references = References(request.data)
    steps: dict[Path, int] = {}
    for path in map(Path, paths):
        method = method_of(path)
        try:
            present = look(path)
            done = up_to_date(
                present, references, request.names, request.force, request.realizable_rows
            )
        except InputError as error:
            yield Outcome(method, None, str(error))
            continue
        if done is not None:
            yield Outcome(method, done)
        else:
            steps[path] = len(present.samples.seeds) * present.samples.num_samples
    counter = _Counter(steps, progress)
    if min(workers, len(steps)) <= 1 or not can_start_anew():
        for path in steps:
            outcome = attempt(path, request, references, counter.reporter(path))
            counter.finish(outcome.method)
            yield outcome
        return
    with closing(outcomes(request, list(steps), min(workers, len(steps)), counter.at)) as found:
        for outcome in found:
            counter.finish(outcome.method)
            yield outcome


class _Counter:
    """Samples done over all methods, however many each of them has."""

    def __init__(self, steps: dict[Path, int], report: Progress | None) -> None:
        self._steps = {method_of(path): count for path, count in steps.items()}
        self._done = dict.fromkeys(self._steps, 0)
        self._report = report
        if steps:
            self._tell()

    def reporter(self, path: Path) -> Progress:
        return lambda done, _: self.at(path, done)

    def at(self, path: Path, done: int) -> None:
        self._done[method_of(path)] = done
        self._tell()

    def finish(self, method: str) -> None:
        self._done[method] = self._steps[method]
        self._tell()

    def _tell(self) -> None:
        if self._report is not None:
            self._report(sum(self._done.values()), sum(self._steps.values()))


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
