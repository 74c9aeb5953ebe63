"""Random token rows, complete diagrams and spoilt ones."""

import numpy as np

from bd_gen.diagrams.tokens import tokens_from_parts
from bd_gen.diagrams.vocabulary import Vocabulary


class Draw:
    """Random token rows of several kinds, all of one n_max."""

    def __init__(self, n_max: int, seed: int) -> None:
        self.vocabulary = Vocabulary(n_max)
        self.random = np.random.default_rng(seed)

    def diagrams(self, count: int, *, edge_share: float = 0.4, tilt: float = 1.0) -> np.ndarray:
        """Complete diagrams with uneven types and relations; `tilt` changes how uneven."""
        v = self.vocabulary
        types = self.random.choice(13, (count, v.n_max), p=_uneven(13, tilt))
        relations = self.random.choice(10, (count, v.num_edges), p=_uneven(10, tilt))
        no_edge = self.random.random((count, v.num_edges)) > edge_share
        num_rooms = self.random.integers(1, v.n_max + 1, count)
        return tokens_from_parts(types, np.where(no_edge, 10, relations), num_rooms, v)

    def spoilt(self, count: int) -> np.ndarray:
        """Diagrams in which some tokens are MASK, PAD, out of range or in the wrong place."""
        tokens = self.diagrams(count)
        hit = self.random.random(tokens.shape) < 0.05
        hit[: count // 4] = False
        junk = self.random.integers(0, 18, tokens.shape)
        tokens = np.where(hit, junk, tokens).astype(np.uint8)
        masked = self.random.random(count) < 0.1
        return np.where(masked[:, None], self.vocabulary.mask_row, tokens)


def _uneven(size: int, tilt: float) -> np.ndarray:
    p = 1.0 / (np.arange(size) + 1.0) ** tilt
    return p / p.sum()
