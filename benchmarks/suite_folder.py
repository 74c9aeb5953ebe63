"""What a suite has put into its folder so far, and whether another folder holds the same."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.generation.batch import BatchTask
from bd_gen.generation.job import is_complete
from bd_gen.generation.suite_run import SuitePlan
from bd_gen.results.columns import YARDSTICKS
from bd_gen.results.sample_table import read_sample_table, table_path
from bd_gen.results.samples_file import read_samples, samples_path
from bd_gen.system.errors import InputError

_VOLATILE = ("timestamp", "provenance")


@dataclass(frozen=True)
class State:
    """How far a suite is.

    Attributes:
        drawn: diagrams on the disk.
        methods: methods with a samples file.
        results: results written, those of real plans and baselines included.
        doing: what seems to be under way, for people.
        progress: 0 to 1 while diagrams are drawn, 1 to 2 while they are evaluated.
    """

    drawn: int
    methods: int
    results: int
    doing: str
    progress: float


class SuiteFolder:
    """The folder of a suite.

    Args:
        plan: the suite with its checkpoints.
        folder: where the results lie; that of the plan if None.
    """

    def __init__(self, plan: SuitePlan, folder: Path | None = None) -> None:
        self.path = folder or plan.directory
        self.tasks = [_moved(task, self.path) for task in plan.tasks]
        self.names = [*YARDSTICKS, *(task.name for task in self.tasks)]
        self.num_diagrams = sum(task.num_diagrams for task in self.tasks)

    def state(self) -> State:
        """How far it is; any moment will do."""
        drawn = {task.name: _drawn(task) for task in self.tasks}
        missing = [task for task in self.tasks if not task.job.path.exists()]
        results = sum((self.path / f"{name}.json").exists() for name in self.names)
        methods, count = len(self.tasks) - len(missing), sum(drawn.values())
        if missing:
            doing, share = self._drawing(missing, drawn), min(count / self.num_diagrams, 0.999)
            return State(count, methods, results, doing, share)
        first, last = 1, len(self.names)  # the first method was evaluated when it was checked
        share = 1 + max(0, results - first) / (last - first)
        return State(
            count, methods, results, "evaluating" if results < last else "comparing", share
        )

    def _drawing(self, missing: list[BatchTask], drawn: dict[str, int]) -> str:
        first = self.tasks[0]
        if first not in missing and not (self.path / f"{first.name}.json").exists():
            return f"checking {first.name}"
        task = next((task for task in missing if drawn[task.name]), missing[0])
        if not drawn[task.name]:
            return f"starting {task.name}"
        return f"drawing {task.name} ({drawn[task.name]:,} of {task.num_diagrams:,})"

    def check_complete(self) -> None:
        """Make sure that all samples are there, from these checkpoints and settings.

        Raises:
            InputError: they are not.
        """
        for task in self.tasks:
            if not is_complete(task.job, task.checkpoint):
                raise InputError(f"{task.job.path}: is not there")

    def differences(self, other: "SuiteFolder") -> dict[str, list[str]]:
        """Names of what is not the same here and there, by what was compared."""
        return {
            "tokens": [n for n in self.names if not _same(_tokens, self, other, n)],
            "numbers": [n for n in self.names if not _same(_numbers, self, other, n)],
            "tables of single samples": [
                n for n in self.names if not _same(_table, self, other, n)
            ],
            "comparison.md": [] if _same(_comparison, self, other, "") else ["comparison.md"],
            "names of files": sorted(self._files() ^ other._files()),
        }

    def _files(self) -> set[str]:
        return set(os.listdir(self.path))

    def amounts(self) -> dict[str, str]:
        """How much is compared."""
        samples = [_tokens(self, name).values() for name in self.names]
        diagrams = sum(shape[0] for parts in samples for shape, _ in parts)
        results = [_numbers(self, name)["per_seed"] for name in self.names]
        numbers = sum(len(keys) for per_seed in results for keys in per_seed.values())
        return {
            "tokens": f"{len(self.names)} methods, {diagrams:,} diagrams",
            "numbers": f"{len(self.names)} results, {numbers:,} numbers of seeds",
        }


def _moved(task: BatchTask, folder: Path) -> BatchTask:
    return replace(task, job=replace(task.job, directory=folder, overwrite=False))


def _drawn(task: BatchTask) -> int:
    """Diagrams of a task on the disk; of unfinished ones by the size of their log."""
    if task.job.path.exists():
        return task.num_diagrams
    try:
        size = (task.job.directory / f".{task.job.path.stem}.partial").stat().st_size
    except OSError:
        return 0
    return min(size // Vocabulary(task.checkpoint.n_max).length, task.num_diagrams)


def _same(
    read: Callable[[SuiteFolder, str], Any], one: SuiteFolder, other: SuiteFolder, name: str
) -> bool:
    try:
        return bool(read(one, name) == read(other, name))
    except (InputError, OSError, ValueError):
        return False


def _tokens(folder: SuiteFolder, name: str) -> dict[int, tuple[Any, bytes]]:
    per_seed = read_samples(samples_path(folder.path, name)).per_seed
    return {seed: (part.tokens.shape, part.tokens.tobytes()) for seed, part in per_seed.items()}


def _numbers(folder: SuiteFolder, name: str) -> dict[str, Any]:
    fields = json.loads((folder.path / f"{name}.json").read_text())
    fields["config"].pop("checkpoint", None)  # a path, which may be told in two ways
    return {key: value for key, value in fields.items() if key not in _VOLATILE}


def _table(folder: SuiteFolder, name: str) -> dict[str, list[Any]]:
    columns = read_sample_table(table_path(folder.path, name)).columns
    return {key: values.tolist() for key, values in columns.items()}


def _comparison(folder: SuiteFolder, _: str) -> list[str]:
    lines = (folder.path / "comparison.md").read_text().splitlines()
    return [line for line in lines if not line.startswith("| evaluated |")]
