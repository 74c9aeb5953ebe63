"""What a report is about: the results of a directory, their samples, and what is wrong with any."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from bd_gen.data.cache import file_hash
from bd_gen.data.config import DataConfig
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words
from bd_gen.metrics import DiagramSet
from bd_gen.results.columns import REAL, YARDSTICKS, Column, read_columns
from bd_gen.results.configuration import unlike_columns
from bd_gen.results.inventory import methods_with_samples
from bd_gen.results.references import References, recorded_data
from bd_gen.results.result_file import Result, result_path
from bd_gen.results.samples_file import Samples, read_samples, samples_path
from bd_gen.system.errors import InputError

Kind = Literal["real", "baseline", "method"]


@dataclass(frozen=True)
class Entry:
    """One row of the report.

    Attributes:
        name: of the method, as in the names of its files.
        number: what stands for it in a plot; real diagrams have 0, the others 1, 2, ...
        result: its numbers.
        samples: its tokens; None where there is no usable file.
        notes: what is wrong with its files, in sentences.
    """

    name: str
    number: int
    result: Result
    samples: Samples | None
    notes: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        """What the row is: real diagrams, a baseline, or a method."""
        if self.name == REAL:
            return "real"
        return "baseline" if self.name in YARDSTICKS else "method"


@dataclass(frozen=True)
class Diagrams:
    """Token rows of all seeds, and which seed and sample each row is.

    Attributes:
        rows: (N, length) with their features; seed after seed.
        seeds: the seeds, each of as many rows; none for plans that no seed drew.
    """

    rows: DiagramSet
    seeds: tuple[int, ...] = ()

    def name(self, row: int) -> str:
        """What a row is, so that it can be found again."""
        if not self.seeds:
            return f"held-out plan {row}"
        seed, index = divmod(row, len(self.rows) // len(self.seeds))
        return f"seed {self.seeds[seed]}, sample {index}"


@dataclass(frozen=True)
class Contents:
    """Everything that the page tells.

    Attributes:
        directory: where the results lie.
        entries: real diagrams first if there are some, then the methods in their order.
        diagrams: of the entries that have samples, by name; those of the held-out plans are
            there too where the data set still is.
        warnings: why columns must not be compared, and what else the reader must know.
        problems: an error for each file that cannot be used.
    """

    directory: Path
    entries: tuple[Entry, ...]
    diagrams: dict[str, Diagrams]
    warnings: tuple[str, ...]
    problems: tuple[InputError, ...]

    @property
    def real(self) -> Entry | None:
        """The row of real held-out diagrams, if there is one."""
        return next((entry for entry in self.entries if entry.kind == "real"), None)

    @property
    def words(self) -> Words:
        """What the tokens of all samples mean; RPLAN's words where there are no samples."""
        return next((one.rows.vocabulary.words for one in self.diagrams.values()), RPLAN)

    @property
    def is_of_plans(self) -> bool:
        """Are all rows files of plans? Then there are no samples to tell of."""
        return all(entry.result.is_of_plans for entry in self.entries)

    @property
    def columns(self) -> list[Column]:
        """The results as the comparison sees them."""
        return [Column(entry.name, entry.result) for entry in self.entries]


def read_contents(directory: str | Path, data: DataConfig | None = None) -> Contents:
    """Read every result of a directory, and the samples beside it as far as they are there.

    Args:
        directory: where the results lie.
        data: where the real diagrams are; None: where the samples say.

    Raises:
        InputError: there is no such directory, no usable result in it, or `data` cannot be used.
    """
    columns, problems = read_columns(directory)
    if not columns:
        reason = f" ({problems[0]})" if problems else ""
        raise InputError(f"{directory}: there is no result file to report on{reason}")
    entries: list[Entry] = []
    numbered = 0
    for column in columns:
        numbered += column.name != REAL
        number = 0 if column.name == REAL else numbered
        entries.append(_entry(Path(directory), column, number, problems))
    diagrams = {e.name: _diagrams(e.samples) for e in entries if e.samples is not None}
    warnings = [*unlike_columns(columns), *_not_evaluated(Path(directory), columns)]
    if REAL not in diagrams:
        held_out = _held_out(entries, data)
        if held_out is not None:
            diagrams[REAL] = held_out
        elif data is not None:
            warnings.append(
                "the given data are not those that the methods were measured against, so there "
                "are no real diagrams on the page"
            )
    return Contents(Path(directory), tuple(entries), diagrams, tuple(warnings), tuple(problems))


def _entry(directory: Path, column: Column, number: int, problems: list[InputError]) -> Entry:
    path = samples_path(directory, column.name)
    samples, notes = None, []
    if path.exists():
        try:
            samples = read_samples(path)
        except InputError as error:
            problems.append(error)
            notes.append("its samples file cannot be used")
        else:
            measured = column.result.provenance.get("samples_sha256")
            if measured is not None and measured != file_hash(path):
                notes.append(
                    "its samples are not those that were measured: evaluate it again, the "
                    "pictures and the numbers do not belong together"
                )
    return Entry(column.name, number, column.result, samples, tuple(notes))


def _not_evaluated(directory: Path, columns: list[Column]) -> list[str]:
    """A sentence on samples without a result, which the report cannot know."""
    there = {column.name for column in columns}
    names = [name for name in methods_with_samples(directory) if name not in there]
    # A result that is damaged is named already.
    names = [name for name in names if not result_path(directory, name).exists()]
    if not names:
        return []
    return [f"{', '.join(names)}: samples without a result; `bd-gen evaluate` measures them"]


def _diagrams(samples: Samples) -> Diagrams:
    tokens = np.concatenate([part.tokens for part in samples.per_seed.values()])
    return Diagrams(DiagramSet(tokens, samples.vocabulary), tuple(samples.per_seed))


def _held_out(entries: list[Entry], data: DataConfig | None) -> Diagrams | None:
    """The test split of the data that the samples were made for, if it can still be read."""
    like = next((entry for entry in entries if entry.samples is not None), None)
    if like is None or like.samples is None:
        return None
    if data is not None:
        dataset = References().dataset(data)
    else:
        try:
            dataset = References().dataset(recorded_data(like.samples, like.name))
        except InputError:
            return None
    is_same = dataset.fingerprint == like.result.provenance.get("data_fingerprint")
    if not is_same or not len(dataset.test):
        return None
    return Diagrams(DiagramSet(dataset.test, dataset.vocabulary))
