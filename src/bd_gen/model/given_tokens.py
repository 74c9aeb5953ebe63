"""Which tokens of diagrams are known from the start when nats of the others are wanted."""

import numpy as np

from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.diagrams.vocabulary import Vocabulary

GIVEN = ("types", "half")
"""What can be known: all room types, or a random half of the tokens (rounded down)."""

_HALF = 1  # sets the random numbers apart from those of orders


def given_tokens(what: str, tokens: np.ndarray, vocabulary: Vocabulary, seed: int) -> np.ndarray:
    """(N, length) bool: the known tokens of each row; never PAD.

    Args:
        what: one of `GIVEN`. A half depends on the seed and the diagram's place among those of
            its size.
        tokens: (N, length) complete rows.
        vocabulary: layout of the rows.
        seed: of the halves.

    Raises:
        ValueError: `what` is something else.
    """
    num_rooms = num_rooms_of(tokens, vocabulary)
    if what == "types":
        return vocabulary.real_mask(num_rooms) & vocabulary.is_node
    if what != "half":
        raise ValueError(f"given: expected one of {', '.join(GIVEN)}, got {what!r}")
    known = np.zeros(tokens.shape, bool)
    for n in np.unique(num_rooms):
        rows, real = np.flatnonzero(num_rooms == n), vocabulary.real_positions(int(n))
        draws = np.random.default_rng([seed, 0, len(real), _HALF]).random((len(rows), len(real)))
        is_known = draws.argsort(axis=1).argsort(axis=1) < len(real) // 2
        known[np.ix_(rows, real)] = is_known
    return known
