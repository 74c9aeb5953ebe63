"""The plans on which models are measured, the same ones for all of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bd_gen.data.config import DataConfig
from bd_gen.data.dataset import Dataset, load_dataset
from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.diagrams.recorded_words import check_same_words
from bd_gen.generation.provenance import check_split, recorded_data
from bd_gen.metrics.keys import Fitted
from bd_gen.metrics.measures.coverage import canonical_columns, canonical_digests
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import Checkpoint


@dataclass(frozen=True, eq=False)
class HeldOut:
    """N plans of one part of a data set.

    Attributes:
        tokens: (N, length) uint8 rows.
        ids: (N,) text; empty where plans have none.
        has_twin: (N,) bool: a training plan is the same diagram with its rooms in some order (see
            `diagrams.canonical`); None for plans of the training part itself.
        notes: what makes a checkpoint's number doubtful, in sentences.
        data_notes: what is odd about the plans or their split, in sentences.
    """

    tokens: np.ndarray
    ids: np.ndarray
    has_twin: np.ndarray | None
    notes: tuple[str, ...] = ()
    data_notes: tuple[str, ...] = ()


def held_out_plans(
    checkpoints: Mapping[str, Checkpoint],
    data: DataConfig | None = None,
    split: str = "validation",
    num: int | None = None,
) -> HeldOut:
    """Plans that all checkpoints can be measured on.

    Args:
        checkpoints: at least one, by what errors call it.
        data: where plans come from; by default what the checkpoints were trained on.
        split: "validation", "test" or "train".
        num: only so many plans, evenly spread over the part.

    Raises:
        InputError: the checkpoints do not fit each other or the data, the data have changed, or
            the part is empty.
    """
    name, first = next(iter(checkpoints.items()))
    _check_alike(checkpoints, data is not None)
    config = data or recorded_data(first)
    if config.n_max not in (None, first.n_max):
        raise InputError(
            f"{name}: data.n_max: expected {first.n_max} as in the checkpoint, got {config.n_max}"
        )
    dataset = load_dataset(config)
    if dataset.vocabulary.n_max != first.n_max:
        raise InputError(
            f"{name}: its diagrams have up to {first.n_max} rooms, those of the data "
            f"{dataset.vocabulary.n_max}; give data.n_max={first.n_max}"
        )
    check_same_words(first.words, name, dataset.vocabulary.words, "the data")
    for name, checkpoint in checkpoints.items():
        if data is not None:
            check_split(checkpoint, data, dataset)
        # A published checkpoint names its data, but has no fingerprint of them.
        elif checkpoint.data_fingerprint not in ("", dataset.fingerprint):
            raise InputError(
                f"{name}: the data it was trained on have changed; name the data to measure: "
                "data=..."
            )
    rows = getattr(dataset.split, split)
    if not len(rows):
        raise InputError(f"{dataset.source}: there are no plans in the {split} part")
    if num is not None and num < len(rows):
        rows = rows[np.linspace(0, len(rows) - 1, num).round().astype(np.int64)]
    tokens = dataset.tokens[rows]
    ids = np.full(len(rows), "") if dataset.table is None else dataset.table.ids[rows]
    has_twin = None if split == "train" else has_renumbered_twin(tokens, dataset)
    data_notes = (*dataset.plan_notes, *dataset.notes)
    notes = () if data is None else _notes(checkpoints, dataset)
    return HeldOut(tokens, ids, has_twin, notes, data_notes)


def has_renumbered_twin(tokens: np.ndarray, dataset: Dataset) -> np.ndarray:
    """(N,) bool: is some renumbering of each row (N, length) a training plan of the data set?"""
    training = Fitted(canonical_digests(DiagramSet(dataset.train, dataset.vocabulary)))
    columns = canonical_columns(DiagramSet(tokens, dataset.vocabulary), training)
    return np.asarray(~columns["novel_canonical"])


def _check_alike(checkpoints: Mapping[str, Checkpoint], data_are_named: bool) -> None:
    """All must know diagrams of one size, and the same plans unless others are named."""
    first_name, first = next(iter(checkpoints.items()))
    for name, other in checkpoints.items():
        if other.n_max != first.n_max:
            raise InputError(
                f"{name}: n_max: expected {first.n_max} as in {first_name}, got {other.n_max}"
            )
        check_same_words(other.words, name, first.words, first_name)
        if not data_are_named and not _same_data(first, other):
            raise InputError(
                f"{name}: was trained on other data than {first_name}; "
                "name the plans to measure both on: data=..."
            )


def _same_data(first: Checkpoint, other: Checkpoint) -> bool:
    """By their fingerprints; where one has none, by what they say of their data."""
    if "" in (first.data_fingerprint, other.data_fingerprint):
        return recorded_data(first) == recorded_data(other)
    return first.data_fingerprint == other.data_fingerprint


def _notes(checkpoints: Mapping[str, Checkpoint], dataset: Dataset) -> tuple[str, ...]:
    return tuple(
        f"{name}: {_origin(checkpoint.data_fingerprint, dataset)}; it may have seen plans that are "
        "measured here"
        for name, checkpoint in checkpoints.items()
        if checkpoint.data_fingerprint != dataset.fingerprint
    )


def _origin(fingerprint: str, dataset: Dataset) -> str:
    if not fingerprint:
        return "does not say by a fingerprint which plans it was trained on"
    return (
        f"was trained on other data (fingerprint {fingerprint}) than these (fingerprint "
        f"{dataset.fingerprint}), or with another split of them"
    )
