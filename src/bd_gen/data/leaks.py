"""What a split holds back that training has seen: the share of held-out plans with a double."""

from dataclasses import dataclass

import numpy as np

from bd_gen.data.dataset import Dataset
from bd_gen.diagrams.canonical import canonical_tokens
from bd_gen.diagrams.row_classes import row_classes


@dataclass(frozen=True)
class Leaks:
    """Shares of the plans of one part that have a double in training; NaN for an empty part.

    Attributes:
        same_row: a training plan has the same token row.
        renumbered: a training plan has the same row up to the numbering of rooms, an edge turned
            round taken for 9 - r: what `eval/novelty_canonical` does not count as new.
        twin: a training plan is in the same class: it, or one that it is joined with, can have the
            same row, relations read off the boxes (`PlanTable.diagram_classes`).
    """

    same_row: float
    renumbered: float
    twin: float


def leaks_of(data: Dataset) -> dict[str, Leaks]:
    """The leaks into training of `validation` and `test`.

    Raises:
        ValueError: the data set has no table.
    """
    if data.table is None:
        raise ValueError("leaks are found in plans, and there are only rows")
    classes = (
        row_classes(data.tokens),
        row_classes(canonical_tokens(data.tokens, data.vocabulary)),
        data.table.diagram_classes,
    )
    parts = data.split.parts
    return {
        name: Leaks(*(_share(of, data.split.train, parts[name]) for of in classes))
        for name in ("validation", "test")
    }


def _share(classes: np.ndarray, train: np.ndarray, held_out: np.ndarray) -> float:
    is_known = np.zeros(len(classes), bool)  # there are no more classes than rows
    is_known[classes[train]] = True
    return float(is_known[classes[held_out]].mean()) if len(held_out) else float("nan")
