"""Finding samples by what the per-sample table says of them, and drawing them."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bd_gen.data.cache import file_hash
from bd_gen.diagrams.tokens import diagrams_from_tokens, is_well_formed
from bd_gen.metrics import METRICS
from bd_gen.metrics.intervals import wilson
from bd_gen.metrics.registry import unknown_name
from bd_gen.metrics.samples import is_asked
from bd_gen.results.columns import REAL, YARDSTICKS
from bd_gen.results.inventory import named_method
from bd_gen.results.result_file import read_result, result_path
from bd_gen.results.sample_table import (
    ROW_NAMES,
    SampleTable,
    check_recorded,
    read_sample_table,
    table_path,
)
from bd_gen.results.samples_file import read_samples, samples_path
from bd_gen.results.where import Condition
from bd_gen.system.errors import InputError

_USUAL = ("num_rooms", "num_edges")


@dataclass(frozen=True)
class Found:
    """Samples of a method that a condition holds for, or some of all.

    Attributes:
        method: the method.
        table: all its samples.
        condition: the condition; None if there was none.
        num_matching: for how many samples it holds.
        rows: numbers of the rows chosen, ascending.
        notes: what the user should know, in sentences.
    """

    method: str
    table: SampleTable
    condition: Condition | None
    num_matching: int
    rows: np.ndarray
    notes: tuple[str, ...]

    @property
    def share(self) -> tuple[float, float, float]:
        """For which share of all samples the condition holds, and its 95 % interval."""
        total = len(self.table)
        return (self.num_matching / total, *wilson(self.num_matching, total))


def find_samples(
    directory: str | Path,
    method: str,
    where: str | None = None,
    limit: int = 24,
    seed: int = 42,
) -> Found:
    """Samples of a method for which a condition holds.

    If more than `limit` match, or there is no condition, they are drawn at random, always alike
    for one seed: nobody picks them.

    Args:
        directory: where the results lie.
        method: name of the method.
        where: the condition; see `Condition`.
        limit: most rows to choose.
        seed: of the choice.

    Raises:
        InputError: there is no such method, no table that fits its samples, or the condition
            cannot be used.
    """
    directory = Path(directory)
    named_method(directory, method)
    table = read_table(directory, method)
    condition = None if where is None else Condition(where, list(table.columns))
    holds = np.ones(len(table), bool) if condition is None else condition.holds(table.columns)
    matching = np.flatnonzero(holds)
    rows = matching
    if len(matching) > limit:
        rows = np.sort(np.random.default_rng(seed).choice(matching, limit, replace=False))
    names = [] if condition is None else condition.names
    notes = [*_outdated(table, names), *_not_asked(table, names)]
    return Found(method, table, condition, len(matching), rows, tuple(notes))


def read_table(directory: Path, method: str) -> SampleTable:
    """The per-sample table of a method, if it is one of its samples as they are now.

    Raises:
        InputError: it is missing or of other samples; the message says how to make it.
    """
    path, samples = table_path(directory, method), samples_path(directory, method)
    if not path.exists():
        raise InputError(f"{path}: is missing; {_remedy(directory, method)} makes it")
    result = result_path(directory, method)
    if result.exists():
        check_recorded(path, read_result(result).provenance)
    table = read_sample_table(path)
    if samples.exists() and file_hash(samples) != table.metadata["samples_sha256"]:
        raise InputError(
            f"{path}: is of other samples than {samples.name}; {_remedy(directory, method)} "
            "renews it"
        )
    return table


def _remedy(directory: Path, method: str) -> str:
    """The command that makes a method's table."""
    words = ["bd-gen", "evaluate", "--schedule", directory.name]
    if directory.parent != Path("eval_results"):
        words += ["--results", str(directory.parent)]
    if samples_path(directory, method).exists():
        words += ["--model", method]
    elif method in YARDSTICKS:
        words.append("--real" if method == REAL else "--baselines")
    else:
        return f"`bd-gen generate`, then `{shlex.join(words)}`,"
    return f"`{shlex.join(words)}`"


def columns_to_show(found: Found, extra: Sequence[str] = ()) -> list[str]:
    """The columns that tell most of the samples found: which, what was asked, how large.

    Args:
        extra: more columns.

    Raises:
        InputError: one of `extra` is not there; the message gives the nearest ones.
    """
    there = list(found.table.columns)
    for name in extra:
        if name not in there:
            raise InputError(unknown_name("column", name, there))
    asked = [] if found.condition is None else found.condition.names
    wanted = dict.fromkeys([*ROW_NAMES, *_USUAL, *asked, *extra])
    return [name for name in wanted if name in there]


def draw_samples(
    found: Found, directory: str | Path, path: str | Path, relation_labels: bool = False
) -> int:
    """Draw the samples found in a grid; each panel says which it is.

    Args:
        directory: where the samples file lies.
        path: picture to write (.png, .svg or .pdf).
        relation_labels: write the relation on every line.

    Returns:
        how many were drawn. The others are no diagrams: a MASK or an illegal token is in them.
        Where there is nothing to draw no picture is written.

    Raises:
        InputError: the samples cannot be read, or the picture cannot be written.
    """
    from bd_gen.drawing.plan_drawing import draw_grid

    samples = read_samples(samples_path(directory, found.method))
    seeds, numbers = (found.table.columns[name][found.rows] for name in ROW_NAMES)
    tokens = np.array(
        [samples.per_seed[int(s)].tokens[n] for s, n in zip(seeds, numbers, strict=True)]
    ).reshape(-1, samples.vocabulary.length)
    whole = is_well_formed(tokens, samples.vocabulary)
    if not whole.any():
        return 0
    titles = [f"seed {s}, sample {n}" for s, n in zip(seeds[whole], numbers[whole], strict=True)]
    title = found.method if found.condition is None else f"{found.method}: {found.condition.text}"
    diagrams = diagrams_from_tokens(tokens[whole], samples.vocabulary)
    draw_grid(diagrams, path, titles=titles, title=title, relation_labels=relation_labels)
    return int(whole.sum())


def _not_asked(table: SampleTable, names: Sequence[str]) -> list[str]:
    """A sentence for each column asked for that knows only some of the samples."""
    notes = []
    for name in names:
        num_asked = int(is_asked(table.columns[name]).sum())
        if num_asked < len(table):
            notes.append(
                f"{name}: only {num_asked:,} of {len(table):,} samples were asked; "
                "`bd-gen evaluate --realizable all` asks all"
            )
    return notes


def _outdated(table: SampleTable, names: Sequence[str]) -> list[str]:
    """A sentence for each column asked for that another version of its metric gave."""
    notes = []
    for metric, version in table.metric_versions.items():
        used = [name for name in table.metrics[metric] if name in names]
        if used and metric in METRICS and METRICS[metric].version != version:
            notes.append(
                f"{', '.join(used)}: of version {version} of metric {metric}, now "
                f"{METRICS[metric].version}; `bd-gen evaluate` renews it"
            )
    return notes
