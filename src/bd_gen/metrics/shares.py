"""Shares of samples: which of a column's values count, and which were not looked at."""

import numpy as np

from bd_gen.metrics.registry import MetricKey

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
