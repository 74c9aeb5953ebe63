"""Data sets ready for training: token rows, split, with a fingerprint."""

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from bd_gen.data.cache import CLASSES, cache_key, load_or_make
from bd_gen.data.config import DataConfig
from bd_gen.data.plan_checks import import_notes
from bd_gen.data.plan_table import PlanTable
from bd_gen.data.sources import SOURCES, Source
from bd_gen.data.splits import Split, split_classes, split_plans
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.system.errors import InputError
from bd_gen.system.progress import Progress

__all__ = ["DataConfig", "Dataset", "PlanTable", "dataset_from_table", "load_dataset", "load_table"]


@dataclass(frozen=True, eq=False)
class Dataset:
    """Token rows of all plans and which part each belongs to.

    Which plans are kept on one side depends on the split: with `canonical` those that are the
    same diagram (`PlanTable.diagram_classes`), with `disjoint` all that can have the same token
    row (`PlanTable.twin_classes`), with `identical` only identical ones (`PlanTable.groups`),
    with the published splits nothing.

    Attributes:
        vocabulary: the layout of the rows.
        tokens: (N, length) uint8, read-only.
        split: row indices of the three parts.
        source: where the plans come from, in words for people.
        table: the plans themselves; None where there is no more than rows.
        notes: what people should know of the split, in sentences.
    """

    vocabulary: Vocabulary
    tokens: np.ndarray
    split: Split
    source: str
    table: PlanTable | None = None
    notes: tuple[str, ...] = ()

    @property
    def plan_notes(self) -> tuple[str, ...]:
        """What was left out or looks odd in the plans, in sentences, each with their source."""
        notes = () if self.table is None else self.table.notes
        return tuple(f"{self.source}: {note}" for note in notes)

    @property
    def train(self) -> np.ndarray:
        """(., length) uint8 rows of the training part; never empty."""
        return self.tokens[self.split.train]

    @property
    def train_reverse(self) -> np.ndarray | None:
        """(., num_edges) relations of the training part seen from the other room; see
        `PlanTable.reverse_relations`. None without a table.
        """
        return None if self.table is None else self.table.reverse_relations[self.split.train]

    @property
    def train_mirrored(self) -> tuple[np.ndarray, np.ndarray] | None:
        """The training part with left and right exchanged, row by row: tokens (., length) and
        reverse relations (., num_edges), as `train` and `train_reverse`. None without a table.
        """
        if self.table is None:
            return None
        mirrored = self.table.select(self.split.train).mirrored()
        return mirrored.tokens, mirrored.reverse_relations

    @property
    def validation(self) -> np.ndarray:
        """(., length) uint8 rows of the validation part; may be empty."""
        return self.tokens[self.split.validation]

    @property
    def test(self) -> np.ndarray:
        """(., length) uint8 rows of the test part; may be empty."""
        return self.tokens[self.split.test]

    @cached_property
    def num_rooms_histogram(self) -> np.ndarray:
        """(n_max + 1,) int64: how many training plans have 0, 1, ..., n_max rooms."""
        num_rooms = num_rooms_of(self.train, self.vocabulary)
        return np.bincount(num_rooms, minlength=self.vocabulary.n_max + 1)

    @cached_property
    def fingerprint(self) -> str:
        """16 hex digits of a sha256 over n_max, the words, the tokens and the split."""
        words = self.vocabulary.words
        named = "" if words.hash == RPLAN.hash else f"vocabulary={words.hash}\n"
        digest = hashlib.sha256(f"n_max={self.vocabulary.n_max}\n{named}".encode())
        digest.update(self.tokens.tobytes())
        for part in (self.split.train, self.split.validation, self.split.test):
            digest.update(f"{len(part)}\n".encode())
            digest.update(part.astype("<i8").tobytes())
        return digest.hexdigest()[:16]


def dataset_from_table(table: PlanTable, config: DataConfig) -> Dataset:
    """Split a table's plans as `config` says.

    Raises:
        InputError: the table is empty, or its plans cannot be split so.
    """
    source = describe(config)
    if len(table) == 0:
        raise InputError(f"{source}: there is no plan to train on")
    split, notes = _split(table, config, source)
    return Dataset(table.vocabulary, table.tokens, split, source, table, notes)


def _split(table: PlanTable, config: DataConfig, source: str) -> tuple[Split, tuple[str, ...]]:
    seed = config.split_seed
    if config.split == "graph2plan":
        from bd_gen.data.splits import read_id_lists, split_by_lists

        return split_by_lists(table.ids, read_id_lists(str(config.split_file)), seed, source)
    if config.split == "published":
        from bd_gen.data.splits import split_in_file_order

        split = split_in_file_order(len(table), seed)
        if not len(split.train):
            raise InputError(
                f"data.split: data.split=published takes 80 % of the plans for training, rounded "
                f"down: none of the {len(table)} of {source}"
            )
        return split, ()
    if config.split == "identical":
        return split_plans(table.groups, seed), ()
    classes = table.diagram_classes if config.split == "canonical" else table.twin_classes
    return split_classes(classes, seed), ()


def load_dataset(config: DataConfig, progress: Progress | None = None) -> Dataset:
    """The data set that `config` describes, from the cache where possible.

    Raises:
        InputError: the file is missing, damaged, or holds bad plans that may not be skipped; or
            the plans cannot be split so.
    """
    return dataset_from_table(load_table(config, progress), config)


def describe(config: DataConfig) -> str:
    """The source in words for people."""
    return SOURCES[config.source].describe(config)


def load_table(
    config: DataConfig, progress: Progress | None = None, keeps_shapes: bool = False
) -> PlanTable:
    """The plans that `config` describes, as one table, from the cache where possible.

    With `keeps_shapes`, what the plans of a file have besides boxes is kept, which the cache does
    not hold.

    Raises:
        InputError: as `load_dataset`.
    """
    source = SOURCES[config.source]
    words = config.words
    if keeps_shapes and source.has_shapes:
        return _read(source, config, progress, keeps_shapes=True)
    content = {"n_max": config.n_max, **source.determined_by(config)}
    if words != RPLAN:
        content["vocabulary"] = words.digest
    name, folder = f"{config.source}-{cache_key(content)}", config.cache_folder / "plans"
    # The classes of twins take as long as all the rest, and one split alone asks for them.
    classes = CLASSES if config.split == "disjoint" else CLASSES[:2]
    return load_or_make(
        folder, name, config.n_max, lambda: _read(source, config, progress), words, classes
    )


def _read(source: Source, config: DataConfig, progress: Progress | None, **more: bool) -> PlanTable:
    """The plans in rows as long as `config` says, or as the largest of them needs."""
    table = source.read(config, progress, **more)
    if source.takes_path:
        table = replace(table, notes=(*table.notes, *import_notes(table)))
    return table if config.n_max is not None else table.of_size(int(table.num_rooms.max(initial=1)))
