"""What a batch of generation jobs shows: a bar over all of them, and a line for each."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from bd_gen.cli.engine_options import opened_engine

if TYPE_CHECKING:
    from bd_gen.generation.batch import BatchTask, Failure
    from bd_gen.generation.engines import EngineSettings
    from bd_gen.generation.job import Generated, GenerationJob
    from bd_gen.training.checkpoint import Checkpoint


class BatchReport:
    """Prints a line for each task that is done or has failed; see `batch.Watcher`.

    Args:
        num_tasks: how many there are.
        tell: told (done, total) diagrams and the method that is being drawn.
    """

    def __init__(self, num_tasks: int, tell: Callable[[int, int, str], None]) -> None:
        self._num_tasks = num_tasks
        self._tell = tell
        self._number = 0
        self._method = ""
        self._out = sys.stdout
        self._pace = Pace()

    def there(self, task: "BatchTask") -> None:
        """The samples of a task are there already."""
        self._number += 1
        self._say(f"complete already: {task.job.path} ({_amount(task)})")

    def started(self, task: "BatchTask") -> None:
        """A task begins."""
        self._number += 1
        self._method = task.name
        self._pace.pause()

    def progress(self, done: int, total: int) -> None:
        """So many diagrams are there of those that were missing at the start."""
        self._pace.at(done, total)
        self._tell(done, total, self._method)

    def generated(self, task: "BatchTask", what: "Generated") -> None:
        """A task is done."""
        left = self._pace.left if self._number < self._num_tasks else ""
        text = f"wrote {what.path} ({_amount(task)}, {what.seconds:.1f} s)"
        self._say(f"{text}; {left}" if left else text)

    def failed(self, failure: "Failure") -> None:
        """A task has failed."""
        if failure.fault:
            click.echo(failure.fault, err=True)
        name = "" if failure.name in failure.problem else f"{failure.name}: "
        click.echo(f"bd-gen: {name}{failure.problem}", err=True)

    def _say(self, text: str) -> None:
        # While a bar stands on the terminal, what is printed there goes above it; a file or a pipe
        # must be written to as it is.
        out = None if self._out.isatty() else self._out
        click.echo(f"[{self._number}/{self._num_tasks}] {text}", file=out)
        if out is not None:
            out.flush()


def _amount(task: "BatchTask") -> str:
    return f"{len(task.job.seeds)} x {task.job.num_samples:,} diagrams"


class Pace:
    """How long the rest of a batch will take, by what was drawn since the start."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: tuple[float, int] | None = None
        self._seconds = 0.0
        self._drawn = 0
        self._missing = 0

    def pause(self) -> None:
        """What is reported next was there before, such as unfinished work of an earlier start."""
        self._last = None

    def at(self, done: int, total: int) -> None:
        """So many diagrams are there now."""
        now = self._clock()
        if self._last is not None and done > self._last[1]:
            self._seconds += now - self._last[0]
            self._drawn += done - self._last[1]
            self._last = now, done
        elif self._last is None:
            self._last = now, done
        self._missing = total - done

    @property
    def left(self) -> str:
        """Such as "about 12 min left"; empty while nothing tells."""
        if not self._drawn or not self._missing:
            return ""
        seconds = self._missing * self._seconds / self._drawn
        if seconds < 120:
            return f"about {seconds:.0f} s left"
        minutes = seconds / 60
        return (
            f"about {minutes:.0f} min left" if minutes < 90 else f"about {minutes / 60:.1f} h left"
        )


def run_with_report(
    description: str,
    tasks: "Sequence[BatchTask]",
    check: "Callable[[BatchTask], None]",
    keep_going: bool,
    where: "EngineSettings",
) -> list[str]:
    """Run a batch and tell how it goes; see `batch.run_batch`.

    Returns:
        names of the methods that failed.
    """
    from bd_gen.generation.batch import run_batch
    from bd_gen.generation.job import Generated, generate
    from bd_gen.system.progress import Progress

    with (
        said_how_to_go_on(),
        opened_engine(where) as engine,
        batch_report(description, tasks) as report,
    ):

        def draw(job: "GenerationJob", model: "Checkpoint", tell: Progress) -> Generated:
            return generate(job, model, tell, engine, where.shard_size)

        failures = run_batch(tasks, report, check, keep_going, draw)
    if failures and not keep_going:
        click.echo("bd-gen: stopped; the same command goes on from there", err=True)
    return [failure.name for failure in failures]


@contextmanager
def said_how_to_go_on() -> Iterator[None]:
    """After Ctrl-C, say that nothing is lost, and end with exit code 130."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo("stopped; what is done is kept, and the same command goes on", err=True)
        sys.exit(130)


@contextmanager
def batch_report(description: str, tasks: "Sequence[BatchTask]") -> Iterator[BatchReport]:
    """A report of a batch with a bar on the terminal: what is done, how fast, what is left."""
    from bd_gen.cli.progress import new_bar

    with new_bar("diagrams") as bar:
        number = bar.add_task(description, total=None, note="", visible=False)
        started = False

        def tell(done: int, total: int, method: str) -> None:
            nonlocal started
            if not started:
                # What was there before says nothing of the speed.
                bar.reset(number, total=total, completed=done, visible=True, note=method)
                started = True
            bar.update(number, completed=done, note=method)

        yield BatchReport(len(tasks), tell)
