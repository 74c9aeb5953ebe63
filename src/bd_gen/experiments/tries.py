"""Attempts of samples as bytes behind their tokens, so that unfinished work keeps them too."""

from collections.abc import Sequence

import numpy as np

from bd_gen.results.rejection import Rejection
from bd_gen.sampling.method import Method

_TRIES = np.dtype("<u4")
_SIZE = 2 * _TRIES.itemsize  # attempts, and how many were undecided


def row_size(method: Method, length: int) -> int:
    """Bytes of a sample: `length` tokens, and its tries if it can have several."""
    return length + (_SIZE if method.only_realizable else 0)


def with_tries(tokens: np.ndarray, tries: np.ndarray | None) -> np.ndarray:
    """(n, row size) uint8 from token rows (n, length) and tries (n, 2), if there are any."""
    if tries is None:
        return tokens
    return np.hstack([tokens, np.ascontiguousarray(tries, _TRIES).view(np.uint8)])


def tokens_in(rows: np.ndarray, length: int) -> np.ndarray:
    """(n, length) uint8 token rows."""
    return np.ascontiguousarray(rows[:, :length])


def rejection_in(rows: np.ndarray, length: int, seeds: Sequence[int]) -> dict[int, Rejection]:
    """What was refused, by seed, of rows (seeds, n, row size); empty if they do not tell."""
    if rows.shape[2] == length:
        return {}
    found = {}
    for seed, part in zip(seeds, rows, strict=True):
        tries = np.ascontiguousarray(part[:, length:]).view(_TRIES).sum(axis=0, dtype=np.int64)
        attempts, undecided = tries.tolist()
        found[seed] = Rejection(attempts, attempts - len(part) - undecided, undecided)
    return found
