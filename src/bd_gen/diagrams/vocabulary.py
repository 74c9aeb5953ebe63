"""The token row of a bubble diagram: which integer means what, and where in a row it stands.

What the integers mean is in the words of the data set; this module alone knows the places.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bd_gen.diagrams.folded import fold_name as fold_name
from bd_gen.diagrams.folded import normal_text as normal_text
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words

ROOM_TYPES = RPLAN.room_names
NUM_ROOM_TYPES = RPLAN.num_room_types
TYPICAL_AREAS = RPLAN.typical_areas
NODE_MASK, NODE_PAD, NODE_VOCABULARY_SIZE = RPLAN.node_mask, RPLAN.node_pad, RPLAN.node_size
RELATIONS, NUM_RELATIONS, NO_EDGE = RPLAN.relation_names, RPLAN.num_relations, RPLAN.no_edge
EDGE_MASK, EDGE_PAD, EDGE_VOCABULARY_SIZE = RPLAN.edge_mask, RPLAN.edge_pad, RPLAN.edge_size
room_type_from_name, relation_from_name = RPLAN.room_type, RPLAN.relation


def inverse_relation(relation: np.ndarray | int) -> np.ndarray | int:
    """The label 9 - r that stands for r when the two rooms swap places."""
    return NUM_RELATIONS - 1 - relation


LARGEST_N_MAX = 32
"""Rows longer than this (528 tokens) are refused: no data set comes near."""


def _frozen(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array


@dataclass(frozen=True)
class Vocabulary:
    """The layout of a token row for diagrams of up to `n_max` rooms in the words of a data set.

    A row is `n_max` node tokens followed by `n_max * (n_max - 1) / 2` edge tokens: the upper
    triangle of the relation matrix, row by row. All arrays returned are read-only.

    Raises:
        ValueError: if `n_max` is not between 1 and `LARGEST_N_MAX`.
    """

    n_max: int = 8
    words: Words = RPLAN

    def __post_init__(self) -> None:
        if not 1 <= self.n_max <= LARGEST_N_MAX:
            raise ValueError(f"n_max must be between 1 and {LARGEST_N_MAX}, got {self.n_max}")

    @property
    def num_room_types(self) -> int:
        """T, how many room types there are: tokens 0 .. T-1 of a node."""
        return self.words.num_room_types

    @property
    def node_mask(self) -> int:
        """MASK of a node."""
        return self.words.node_mask

    @property
    def node_pad(self) -> int:
        """PAD of a node."""
        return self.words.node_pad

    @property
    def node_size(self) -> int:
        """Tokens of a node: room types, MASK and PAD."""
        return self.words.node_size

    @property
    def num_relations(self) -> int:
        """R, how many relations there are: tokens 0 .. R-1 of an edge."""
        return self.words.num_relations

    @property
    def no_edge(self) -> int:
        """The token of an edge slot whose rooms are not joined."""
        return self.words.no_edge

    @property
    def edge_mask(self) -> int:
        """MASK of an edge."""
        return self.words.edge_mask

    @property
    def edge_pad(self) -> int:
        """PAD of an edge."""
        return self.words.edge_pad

    @property
    def edge_size(self) -> int:
        """Tokens of an edge: relations, no-edge, MASK and PAD."""
        return self.words.edge_size

    @property
    def num_values(self) -> int:
        """Values that a token can take: columns of logits. MASK and PAD have none."""
        return max(self.words.num_room_types, self.words.num_relations + 1)

    @property
    def num_edges(self) -> int:
        """Number of edge slots in a row."""
        return self.n_max * (self.n_max - 1) // 2

    @property
    def length(self) -> int:
        """Number of tokens in a row: 36 for n_max 8, 105 for n_max 14."""
        return self.n_max + self.num_edges

    @cached_property
    def edge_rows(self) -> np.ndarray:
        """(num_edges,) first room i of each edge slot, i < j."""
        return _frozen(np.triu_indices(self.n_max, 1)[0])

    @cached_property
    def edge_cols(self) -> np.ndarray:
        """(num_edges,) second room j of each edge slot, i < j."""
        return _frozen(np.triu_indices(self.n_max, 1)[1])

    @cached_property
    def ends(self) -> np.ndarray:
        """(length, 2) the rooms i <= j that each position is about; for a room, itself twice."""
        rooms = np.arange(self.n_max)
        first = np.concatenate([rooms, self.edge_rows])
        return _frozen(np.stack([first, np.concatenate([rooms, self.edge_cols])], axis=1))

    @cached_property
    def is_node(self) -> np.ndarray:
        """(length,) bool: True at node positions."""
        return _frozen(np.arange(self.length) < self.n_max)

    @cached_property
    def mask_row(self) -> np.ndarray:
        """(length,) uint8: a row of MASK tokens."""
        return _frozen(np.where(self.is_node, self.node_mask, self.edge_mask).astype(np.uint8))

    @cached_property
    def pad_row(self) -> np.ndarray:
        """(length,) uint8: a row of PAD tokens."""
        return _frozen(np.where(self.is_node, self.node_pad, self.edge_pad).astype(np.uint8))

    def edge_index(self, i: int, j: int) -> int:
        """Which edge slot holds rooms i < j; add `n_max` for its position in the row."""
        if not 0 <= i < j < self.n_max:
            raise ValueError(f"an edge needs 0 <= i < j < {self.n_max}, got ({i}, {j})")
        return i * self.n_max - i * (i + 1) // 2 + j - i - 1

    def num_real(self, num_rooms: np.ndarray | int) -> np.ndarray | int:
        """Number of tokens that are not PAD in a row of `num_rooms` rooms."""
        return num_rooms * (num_rooms + 1) // 2

    @cached_property
    def _real_rows(self) -> np.ndarray:
        # row n: which positions exist when the diagram has n rooms
        n = np.arange(self.n_max + 1)[:, None]
        nodes = np.arange(self.n_max)[None, :] < n
        edges = self.edge_cols[None, :] < n
        return _frozen(np.concatenate([nodes, edges], axis=1))

    def real_mask(self, num_rooms: np.ndarray | int) -> np.ndarray:
        """(..., length) bool: True where a diagram of `num_rooms` (...) rooms has a token."""
        return self._real_rows[num_rooms]

    @cached_property
    def _real_positions(self) -> tuple[np.ndarray, ...]:
        return tuple(_frozen(np.flatnonzero(row)) for row in self._real_rows)

    def real_positions(self, num_rooms: int) -> np.ndarray:
        """(num_rooms * (num_rooms + 1) / 2,) positions that are not PAD, ascending."""
        return self._real_positions[num_rooms]

    def of_size(self, n_max: int) -> "Vocabulary":
        """The same words in rows of up to `n_max` rooms."""
        return self if n_max == self.n_max else Vocabulary(n_max, self.words)
