"""Attempts of samples as bytes behind their tokens, so that unfinished work keeps them too."""

from collections.abc import Sequence

import numpy as np

from bd_gen.results.rejection import Rejection
from bd_gen.sampling.method import Method
from bd_gen.sampling.rejection import RejectionSampler
from bd_gen.sampling.sampler import Sampler

_TRIES = np.dtype("<u4")
_SIZE = 2 * _TRIES.itemsize  # attempts, and how many were undecided


def row_size(method: Method, length: int) -> int:
    """Bytes of a sample: `length` tokens, and its tries if it can have several."""
    return length + (_SIZE if method.only_realizable else 0)


def drawn_rows(sampler: Sampler, seed: int, samples: range, batch_size: int) -> np.ndarray:
    """(n, row size) uint8: samples of a seed, each with its tries if it can have several.

    Raises:
        InputError: hardly any draw can be kept.
    """
    if not isinstance(sampler, RejectionSampler):
        return sampler.sample(seed, samples, batch_size)
    kept = sampler.draw(seed, samples, batch_size)
    return np.hstack([kept.rows, np.ascontiguousarray(kept.tries, _TRIES).view(np.uint8)])


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
