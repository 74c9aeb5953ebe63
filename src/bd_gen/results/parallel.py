"""Evaluating many methods, several at once."""

from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path

from bd_gen.results.evaluate import up_to_date
from bd_gen.results.freshness import look
from bd_gen.results.pool import can_start_anew, outcomes
from bd_gen.results.references import References
from bd_gen.results.request import Outcome, Request, attempt, method_of
from bd_gen.system.errors import InputError
from bd_gen.system.progress import Progress


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
