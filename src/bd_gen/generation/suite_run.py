"""A suite on somebody's checkpoints: which jobs it is, and the evaluation of what they gave."""

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from bd_gen.generation.batch import BatchTask
from bd_gen.generation.checkpoints import Checkpoints, GivenCheckpoint
from bd_gen.generation.job import GenerationJob
from bd_gen.generation.suites import Suite
from bd_gen.model.class_weights import ClassWeights
from bd_gen.results.columns import YARDSTICKS
from bd_gen.results.parallel import evaluate_all
from bd_gen.results.references import References
from bd_gen.results.request import Outcome, Request
from bd_gen.results.samples_file import samples_path
from bd_gen.results.yardsticks import write_yardsticks
from bd_gen.sampling.method import Method
from bd_gen.system.errors import InputError
from bd_gen.system.progress import Progress
from bd_gen.training.trained import LEARNED


@dataclass(frozen=True)
class Drawing:
    """How the jobs of a batch draw, whatever their methods are.

    Attributes:
        batch_size: diagrams at a time; has no influence on the samples.
        device: `auto`, `cpu`, `cuda`, ...
        overwrite: replace samples of another checkpoint or of other settings.
        class_weights: of the loss that trained the models, to be divided out.
    """

    batch_size: int = 512
    device: str = "auto"
    overwrite: bool = False
    class_weights: ClassWeights | None = None

    def job(
        self,
        given: GivenCheckpoint,
        method: Method,
        directory: Path,
        seeds: Sequence[int],
        num_samples: int,
    ) -> GenerationJob:
        """The job of one method.

        Raises:
            InputError: a number is out of range.
        """
        return GenerationJob(
            checkpoint_path=given.path,
            method=method,
            directory=directory,
            seeds=tuple(seeds),
            num_samples=num_samples,
            batch_size=self.batch_size,
            device=self.device,
            overwrite=self.overwrite,
            class_weights=self.class_weights,
        )


@dataclass(frozen=True)
class SuitePlan:
    """What a suite comes to with the checkpoints given.

    Attributes:
        directory: where everything goes.
        tasks: one a method, in the order of the suite.
        left_out: names of methods whose checkpoint is not given.
        unused: labels of checkpoints that no method of the suite asks for.
    """

    directory: Path
    tasks: tuple[BatchTask, ...]
    left_out: tuple[str, ...]
    unused: tuple[str, ...]


def plan_suite(
    suite: Suite,
    checkpoints: Checkpoints,
    results: Path,
    drawing: Drawing | None = None,
    seeds: Sequence[int] | None = None,
    num_samples: int | None = None,
) -> SuitePlan:
    """The jobs of a suite.

    Args:
        suite: which methods.
        checkpoints: what they are sampled from.
        results: the results directory; the suite's folder lies in it.
        drawing: how to draw.
        seeds: other seeds than the suite's.
        num_samples: another number than the suite's.

    Raises:
        InputError: a checkpoint is missing, or it is not clear which of several is meant.
    """
    drawing = drawing or Drawing()
    schedule = suite.schedule or _schedule(suite, checkpoints)
    fixed = "SCHEDULE" if schedule == LEARNED else schedule
    tasks, left_out, used = [], [], set()
    for method in suite.methods:
        label = LEARNED if method.is_learned else fixed
        given = checkpoints.get(label)
        if given is None:
            left_out.append(method.name)
            continue
        used.add(label)
        job = drawing.job(
            given,
            method,
            results / schedule,
            seeds if seeds is not None else suite.seeds,
            num_samples if num_samples is not None else suite.num_samples,
        )
        tasks.append(BatchTask(job, given.content))
    missing = {LEARNED if name.startswith("v2_") else fixed for name in left_out}
    if not tasks or (missing and not suite.optional_checkpoints):
        needed = " ".join(f"--checkpoint {label}=FILE" for label in sorted(missing))
        raise InputError(
            f"{suite.name}: needs {needed} for {len(left_out)} of its {len(suite.methods)} methods"
        )
    unused = tuple(label for label in checkpoints if label not in used)
    return SuitePlan(results / schedule, tuple(tasks), tuple(left_out), unused)


def _schedule(suite: Suite, checkpoints: Checkpoints) -> str:
    """The schedule of the one checkpoint with a fixed process; `learned` without one."""
    if len(checkpoints.fixed) > 1:
        raise InputError(
            f"{suite.name}: takes one checkpoint with a fixed forward process, got "
            f"{', '.join(checkpoints.fixed)}; run it once for each"
        )
    if checkpoints.fixed:
        return checkpoints.fixed[0]
    if not checkpoints:
        raise InputError(f"{suite.name}: needs --checkpoint FILE")
    return LEARNED


def evaluate_suite(
    plan: SuitePlan,
    request: Request,
    workers: int = 1,
    progress: Progress | None = None,
) -> Generator[Outcome, None, None]:
    """Evaluate what the methods are measured by, and the methods; what is up to date is kept.

    Args:
        plan: what has been generated; methods without samples are passed over.
        request: what to compute.
        workers: most processes.
        progress: called with the samples measured so far and their number.
    """
    references = References(request.data)
    paths, notes = [], {}
    for name in YARDSTICKS:
        try:
            (written,) = write_yardsticks(plan.directory, (name,), references, request.data)
        except InputError as error:
            yield Outcome(name, None, str(error))
        else:
            paths.append(written.path)
            notes[name] = written.notes
    paths += [samples_path(plan.directory, task.name) for task in plan.tasks]
    there = [path for path in paths if path.exists()]
    with closing(evaluate_all(there, request, workers, progress)) as outcomes:
        for outcome in outcomes:
            yield _with_notes(outcome, notes.get(outcome.method, ()))


def _with_notes(outcome: Outcome, notes: tuple[str, ...]) -> Outcome:
    done = outcome.evaluation
    if done is None or not notes:
        return outcome
    return replace(outcome, evaluation=replace(done, notes=(*notes, *done.notes)))
