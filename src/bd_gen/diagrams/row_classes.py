"""Which rows of an array are equal."""

import numpy as np


def row_classes(rows: np.ndarray) -> np.ndarray:
    """(N,) int64 class of each row of (N, K): equal rows, equal class, counted from 0."""
    if len(rows) == 0:
        return np.zeros(0, np.int64)
    # Adding 0 turns -0.0 into 0.0, which compares equal but has other bytes.
    rows = np.ascontiguousarray(rows + rows.dtype.type(0))
    whole = rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1])))[:, 0]
    return np.unique(whole, return_inverse=True)[1].reshape(-1).astype(np.int64)


def by_first_occurrence(classes: np.ndarray) -> np.ndarray:
    """(N,) int64: the same classes (N,), counted from 0 in the order in which they come first."""
    _, first, inverse = np.unique(classes, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse.reshape(-1)]


def joined_classes(num: int, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Classes of things that links join, directly or through others.

    Args:
        num: N, how many things there are.
        one: (L,) one end of each link, 0..N-1.
        other: (L,) its other end.

    Returns:
        (N,) int64: the smallest number in the class of each thing.
    """
    first = np.arange(num)
    while True:
        a, b = first[one], first[other]
        apart = a != b
        if not apart.any():
            return first
        one, other = one[apart], other[apart]
        np.minimum.at(first, np.maximum(a, b)[apart], np.minimum(a, b)[apart])
        while not np.array_equal(shorter := first[first], first):
            first = shorter
