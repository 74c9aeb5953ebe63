"""Samples as metrics see them: diagrams, which of them are asked for a layout, and which pass."""

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.layouts.realizable import Asking
from bd_gen.metrics.keys import MetricKey


class AskedDiagrams(DiagramSet):
    """Diagrams of which some are asked for a layout, which takes a few milliseconds each.

    Args:
        tokens: (N, length) integers.
        vocabulary: layout of the rows.
        asking: which rows.

    Raises:
        ValueError: as `DiagramSet`.
    """

    _KEPT = (*DiagramSet._KEPT, "asking")

    def __init__(
        self, tokens: np.ndarray, vocabulary: Vocabulary, asking: Asking | None = None
    ) -> None:
        super().__init__(tokens, vocabulary)
        self.asking = asking or Asking()


def asking_of(samples: DiagramSet) -> Asking:
    """Which of the samples are asked: the first hundred unless the set says otherwise."""
    return samples.asking if isinstance(samples, AskedDiagrams) else Asking()


def value_by_num_rooms(
    samples: DiagramSet, values: dict[str, np.ndarray]
) -> dict[str, dict[str, float]]:
    """Means of per-sample values for each number of rooms that occurs.

    Args:
        values: (N,) numbers or bool by name.

    Returns:
        `{"4": {name: mean, ...}, ...}`.
    """
    return {
        str(n): {
            name: float(value[samples.num_rooms == n].mean()) for name, value in values.items()
        }
        for n in np.unique(samples.num_rooms)
    }


NOT_ASKED = "not asked"
"""Stands in a column of text for samples that the metric did not look at."""


def passes(key: MetricKey, column: np.ndarray) -> np.ndarray:
    """(N,) bool: the values of the key's column that count as true."""
    return column == key.counts if key.counts else column.astype(bool)


def is_asked(column: np.ndarray) -> np.ndarray:
    """(N,) bool: the values of samples that were looked at; all but for `NOT_ASKED`."""
    if column.dtype.kind != "U":
        return np.ones(len(column), bool)
    return np.asarray(column != NOT_ASKED)
