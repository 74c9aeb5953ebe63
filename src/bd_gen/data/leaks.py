"""What a split holds back that training has seen: the share of held-out plans with a double."""

from dataclasses import dataclass

import numpy as np

from bd_gen.data.dataset import Dataset
from bd_gen.diagrams.canonical import canonical_tokens
from bd_gen.diagrams.row_classes import row_classes
from bd_gen.diagrams.twins import has_twin


@dataclass(frozen=True)
class Leaks:
    """Shares of the plans of one part that have a double in training; NaN for an empty part.

    Attributes:
        same_row: a training plan has the same token row.
        renumbered: a training plan is the same diagram, with the rooms in another order at most
            (`bd_gen.diagrams.renumbered`).
        turned: a training plan has the same row up to the numbering of rooms, an edge turned
            round taken for 9 - r: what `eval/novelty_canonical` does not count as new.
        twin: a training plan can have the same row, relations read off the boxes, with the rooms
            of both renumbered (`bd_gen.diagrams.twins`).
    """

    same_row: float
    renumbered: float
    turned: float
    twin: float


def leaks_of(data: Dataset) -> dict[str, Leaks]:
    """The leaks into training of `validation`, `test`, and both together as `held out`.

    Raises:
        ValueError: the data set has no table.
    """
    if data.table is None:
        raise ValueError("leaks are found in plans, and there are only rows")
    train = data.split.train
    known = [
        _is_known(row_classes(data.tokens), train),
        _is_known(data.table.diagram_classes, train),
        _is_known(row_classes(canonical_tokens(data.tokens, data.vocabulary)), train),
        has_twin(data.tokens, data.table.reverse_relations, data.vocabulary, train),
    ]
    validation, test = data.split.validation, data.split.test
    parts = {"validation": validation, "test": test, "held out": np.append(validation, test)}
    return {
        name: Leaks(*(_share(is_known[part]) for is_known in known)) for name, part in parts.items()
    }


def _is_known(classes: np.ndarray, train: np.ndarray) -> np.ndarray:
    is_known = np.zeros(len(classes), bool)  # there are no more classes than rows
    is_known[classes[train]] = True
    return is_known[classes]


def _share(is_known: np.ndarray) -> float:
    return float(is_known.mean()) if len(is_known) else float("nan")
