"""How many relations tell two diagrams of one programme apart, in whatever order rooms stand."""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import permutations, product

import numpy as np

from bd_gen.diagrams.canonical import canonical_tokens, relation_matrices
from bd_gen.diagrams.vocabulary import Vocabulary

MOST_ORDERS = 5040
"""Orders of rooms of equal types that are tried; beyond (eight rooms of one type), canonical rows
are compared, which can only overstate a difference."""


class Differences:
    """Counts the pairs of rooms whose relation differs between diagrams of the same rooms.

    An edge seen from its other end has relation 9 - r, and of all ways to match rooms of equal
    types the one with the fewest differences counts.

    Args:
        room_types: of the rooms of all diagrams, in the order in which they stand.
        vocabulary: layout of the rows.
    """

    def __init__(self, room_types: Sequence[int], vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.num_rooms = len(room_types)
        sizes = Counter(room_types).values()
        self.orders: np.ndarray | None = None
        if math.prod(math.factorial(size) for size in sizes) <= MOST_ORDERS:
            self.orders = _orders(room_types)
        self._i, self._j = np.triu_indices(self.num_rooms, 1)

    def to_others(self, row: np.ndarray, others: np.ndarray) -> np.ndarray:
        """(K,) differences between a row (length,) and others (K, length)."""
        if not len(others):
            return np.zeros(0, np.int64)
        if self.orders is None:
            both = canonical_tokens(np.concatenate([row[None], others]), self.vocabulary)
            return (both[1:] != both[:1]).sum(axis=1)
        own = relation_matrices(row[None], self.vocabulary)[0]
        ordered = own[self.orders[:, self._i], self.orders[:, self._j]]  # (orders, pairs)
        theirs = relation_matrices(others, self.vocabulary)[:, self._i, self._j]
        return np.array([(ordered != their).sum(axis=1).min() for their in theirs])


def _orders(room_types: Sequence[int]) -> np.ndarray:
    """(orders, n) all orders of the rooms that leave every place its type."""
    places = [
        [k for k, room_type in enumerate(room_types) if room_type == kind]
        for kind in sorted(set(room_types))
    ]
    orders = []
    for chosen in product(*(permutations(group) for group in places)):
        order = np.arange(len(room_types))
        for group, permuted in zip(places, chosen, strict=True):
            order[group] = permuted
        orders.append(order)
    return np.array(orders)


def far_apart(rows: np.ndarray, differences: Differences, least: int, most: int) -> list[int]:
    """Rows to keep, best first: each differs in at least `least` relations from those before it.

    Args:
        rows: (N, length) token rows, best first.
        differences: of these diagrams.
        least: relations that two diagrams have to differ in.
        most: stop after so many.
    """
    kept: list[int] = []
    for k, row in enumerate(rows):
        if len(kept) == most:
            break
        if (differences.to_others(row, rows[kept]) >= least).all():
            kept.append(k)
    return kept
