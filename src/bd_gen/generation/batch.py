"""Many generation jobs one after the other; the first is checked before the rest starts."""

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bd_gen.generation.job import Generated, GenerationJob, generate, is_complete
from bd_gen.generation.only_realizable import check_solver
from bd_gen.system.errors import InputError
from bd_gen.system.interrupts import Interrupts
from bd_gen.system.progress import Progress
from bd_gen.training.checkpoint import Checkpoint

Draw = Callable[[GenerationJob, Checkpoint, Progress], Generated]
"""How a job is done; `generate` unless it is to happen elsewhere."""


@dataclass(frozen=True)
class BatchTask:
    """A job and the content of its checkpoint."""

    job: GenerationJob
    checkpoint: Checkpoint

    @property
    def name(self) -> str:
        """The method's name."""
        return self.job.method.name

    @property
    def num_diagrams(self) -> int:
        """Diagrams of all seeds."""
        return len(self.job.seeds) * self.job.num_samples


@dataclass(frozen=True)
class Failure:
    """What went wrong with a method.

    Attributes:
        name: the method.
        problem: what is wrong, in one line.
        fault: the traceback, if this program or the machine is to blame.
    """

    name: str
    problem: str
    fault: str = ""


class Watcher(Protocol):
    """Who is told how a batch goes on."""

    def there(self, task: BatchTask) -> None:
        """The samples of a task are there already."""

    def started(self, task: BatchTask) -> None:
        """A task begins."""

    def progress(self, done: int, total: int) -> None:
        """So many diagrams are there of those that were missing at the start."""

    def generated(self, task: BatchTask, what: Generated) -> None:
        """A task is done."""

    def failed(self, failure: Failure) -> None:
        """A task has failed."""


def run_batch(
    tasks: Sequence[BatchTask],
    watcher: Watcher,
    check: Callable[[BatchTask], None],
    keep_going: bool = False,
    draw: Draw = generate,
) -> list[Failure]:
    """Do all tasks in their order.

    What is complete already is left as it is, and what is half done is gone on with, so that the
    same call after a failure or an interruption does only what is missing. Samples of another
    checkpoint or other settings that stand in the way of a task are found before any is drawn.

    Args:
        tasks: what to do.
        watcher: told how it goes.
        check: called with the first task whose samples are there; raises `InputError` if they
            are not what they should be, which counts as its failure.
        keep_going: go on after a failure; the check is then made of the next task.
        draw: how a job is done.

    Returns:
        the failures; without `keep_going` the batch ended with the first.
    """
    with Interrupts() as interrupts:
        batch = _Batch(watcher, check, interrupts)
        pending = batch.survey(tasks)
        total = sum(task.num_diagrams for task in pending)
        before = 0
        for task in pending:
            if batch.failures and not keep_going:
                break
            watcher.started(task)
            batch.draw(task, draw, before, total)
            before += task.num_diagrams
            watcher.progress(before, total)
    return batch.failures


class _Batch:
    """The state of a batch: what has failed, and whether a first task was checked."""

    def __init__(
        self, watcher: Watcher, check: Callable[[BatchTask], None], interrupts: Interrupts
    ) -> None:
        self._watcher = watcher
        self._check = check
        self._interrupts = interrupts
        self._is_checked = False
        self.failures: list[Failure] = []

    def survey(self, tasks: Sequence[BatchTask]) -> list[BatchTask]:
        """The tasks whose samples are missing; those that cannot be done have failed."""
        pending: list[BatchTask] = []
        there: list[BatchTask] = []
        for task in tasks:
            try:
                # What would come out the same is not drawn again, whether or not it may be.
                done = is_complete(replace(task.job, overwrite=False), task.checkpoint)
            except InputError as error:
                if not task.job.overwrite:
                    self._fail(Failure(task.name, str(error)))
                    continue
                done = False
            if not (done or self._can_be_judged(task)):
                continue
            (there if done else pending).append(task)
        for task in there:
            self._watcher.there(task)
            self._check_first(task)
        return pending

    def _can_be_judged(self, task: BatchTask) -> bool:
        try:
            check_solver(task.job.method)
        except InputError as error:
            self._fail(Failure(task.name, str(error)))
            return False
        return True

    def draw(self, task: BatchTask, draw: Draw, before: int, total: int) -> None:
        """Do a task, and check it if it is the first."""
        watcher = self._watcher
        try:
            done = draw(task.job, task.checkpoint, lambda d, _: watcher.progress(before + d, total))
        except InputError as error:
            self._fail(Failure(task.name, str(error)))
        except Exception as error:
            # Such as a device without memory for this batch size; other methods may need less.
            self._fail(_fault(task, "cannot be generated", error))
        else:
            watcher.generated(task, done)
            self._check_first(task)

    def _check_first(self, task: BatchTask) -> None:
        if self._is_checked:
            return
        try:
            self._check(task)
        except InputError as error:
            self._fail(Failure(task.name, str(error)))
        except Exception as error:  # A metric may be anybody's.
            self._fail(_fault(task, "cannot be checked", error))
        else:
            self._is_checked = True

    def _fail(self, failure: Failure) -> None:
        self._interrupts.check()  # Ctrl-C, which somebody's code turned into another error
        self.failures.append(failure)
        self._watcher.failed(failure)


def _fault(task: BatchTask, what: str, error: Exception) -> Failure:
    reason = " ".join(str(error).split())[:300]
    problem = f"{what} ({type(error).__name__}: {reason})"
    return Failure(task.name, problem, traceback.format_exc())
