"""Is the first method of a batch what it should be? Better asked before the others are run."""

import numpy as np

from bd_gen.diagrams.tokens import is_well_formed, num_rooms_of
from bd_gen.generation.batch import BatchTask
from bd_gen.results.evaluate import evaluate_method
from bd_gen.results.references import References
from bd_gen.results.result_file import Result
from bd_gen.results.samples_file import read_samples
from bd_gen.system.errors import InputError


def check_samples(task: BatchTask) -> None:
    """Read a task's samples file and make sure that it holds what was asked for.

    That is: this method, these seeds, this number of samples; in each row a complete diagram
    without MASK, of a size that the model was trained on.

    Raises:
        InputError: the file cannot be read or holds something else.
    """
    job, path = task.job, task.job.path
    samples = read_samples(path)
    asked = (job.method.name, job.seeds, job.num_samples, task.checkpoint.n_max)
    found = (samples.method, samples.seeds, samples.num_samples, samples.n_max)
    fields = ("method", "seeds", "num_samples", "n_max")
    for field, expected, got in zip(fields, asked, found, strict=True):
        if expected != got:
            raise InputError(f"{path}: {field}: expected {expected}, got {got}")
    known = np.array(task.checkpoint.num_rooms_histogram) > 0
    for seed, part in samples.per_seed.items():
        good = is_well_formed(part.tokens, samples.vocabulary)
        good &= known[num_rooms_of(part.tokens, samples.vocabulary)]
        if not good.all():
            row = int(np.argmin(good))
            raise InputError(
                f"{path}: per_seed/{seed}: {int((~good).sum())} of {len(good)} rows are no "
                f"complete diagram of a size that the model knows, the first of them row {row}"
            )


def check_evaluation(task: BatchTask, references: References) -> None:
    """`check_samples`, then evaluate them and make sure that the numbers mean something.

    Raises:
        InputError: as `check_samples`; or they cannot be evaluated, for instance because the
            data are not there; or not a single diagram is valid.
    """
    check_samples(task)
    check_result(task, evaluate_method(task.job.path, references).result)


def check_result(task: BatchTask, result: Result) -> None:
    """Make sure that a result is that of a model which has learned something.

    Raises:
        InputError: not a single diagram is valid.
    """
    valid = result.summary.get("eval/validity_rate")
    if valid is not None and valid["mean"] == 0:
        raise InputError(
            f"{task.job.path}: not one of {task.num_diagrams:,} diagrams is valid; is "
            f"{task.job.checkpoint_path} trained, and on these data?"
        )
