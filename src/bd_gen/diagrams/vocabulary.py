"""The token row of a bubble diagram: which integer means what, and where in a row it stands.

What the integers mean is in the words of the data set; this module alone knows the places.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words

LARGEST_N_MAX = 32
"""Rows longer than this (528 tokens) are refused: no data set comes near."""
MOST_LEVELS = 254
"""Levels of sides, MASK and PAD fit into a byte."""
NUM_SIDES = 4


def _frozen(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array


@dataclass(frozen=True)
class Vocabulary:
    """The layout of a token row for diagrams of up to `n_max` rooms in the words of a data set.

    A row is `n_max` node tokens followed by `n_max * (n_max - 1) / 2` edge tokens: the upper
    triangle of the relation matrix, row by row. With `levels` it goes on with the four sides
    (x0, y0, x1, y1) of each room's box, each in one of so many steps of the plan
    (`bd_gen.diagrams.box_rows`). All arrays returned are read-only.

    Attributes:
        n_max: most rooms.
        words: what the tokens mean.
        levels: steps of the plan in which sides of boxes are told; 0 for rows without boxes.

    Raises:
        ValueError: if `n_max` is not between 1 and `LARGEST_N_MAX`, or `levels` not 0 or between 2
            and `MOST_LEVELS`.
    """

    n_max: int = 8
    words: Words = RPLAN
    levels: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.n_max <= LARGEST_N_MAX:
            raise ValueError(f"n_max must be between 1 and {LARGEST_N_MAX}, got {self.n_max}")
        if self.levels and not 2 <= self.levels <= MOST_LEVELS:
            raise ValueError(f"levels must be 0 or 2 to {MOST_LEVELS}, got {self.levels}")

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
        return max(self.sizes) - 2

    @property
    def num_edges(self) -> int:
        """Number of edge slots in a row."""
        return self.n_max * (self.n_max - 1) // 2

    @property
    def length(self) -> int:
        """Number of tokens in a row: 36 for n_max 8, 105 for n_max 14; 68 and 161 with boxes."""
        return self.n_max + self.num_edges + self.num_sides

    @property
    def num_sides(self) -> int:
        """Number of slots for sides of boxes in a row; 0 without levels."""
        return NUM_SIDES * self.n_max if self.levels else 0

    @property
    def of_diagrams(self) -> "Vocabulary":
        """The layout of the part of the row that is the diagram."""
        return replace(self, levels=0)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Tokens of each kind of position, MASK and PAD last: rooms, edges and, if any, sides."""
        sides = (self.levels + 2,) if self.levels else ()
        return (self.node_size, self.edge_size, *sides)

    @cached_property
    def kinds(self) -> np.ndarray:
        """(length,) int64 which kind of token each position holds: 0 room, 1 edge, 2 side."""
        return _frozen(np.repeat([0, 1, 2], [self.n_max, self.num_edges, self.num_sides]))

    @cached_property
    def shifts(self) -> np.ndarray:
        """(length,) int64 tokens of the kinds before: what makes tokens of all kinds distinct."""
        before = np.cumsum([0, *self.sizes])
        return _frozen(before[self.kinds])

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
        of_sides = np.repeat(rooms, NUM_SIDES)[: self.num_sides]
        first = np.concatenate([rooms, self.edge_rows, of_sides])
        last = np.concatenate([rooms, self.edge_cols, of_sides])
        return _frozen(np.stack([first, last], axis=1))

    @cached_property
    def is_node(self) -> np.ndarray:
        """(length,) bool: True at node positions."""
        return _frozen(np.arange(self.length) < self.n_max)

    @cached_property
    def mask_row(self) -> np.ndarray:
        """(length,) uint8: a row of MASK tokens."""
        masks = np.array(self.sizes) - 2
        return _frozen(masks[self.kinds].astype(np.uint8))

    @cached_property
    def pad_row(self) -> np.ndarray:
        """(length,) uint8: a row of PAD tokens."""
        pads = np.array(self.sizes) - 1
        return _frozen(pads[self.kinds].astype(np.uint8))

    def edge_index(self, i: int, j: int) -> int:
        """Which edge slot holds rooms i < j; add `n_max` for its position in the row."""
        if not 0 <= i < j < self.n_max:
            raise ValueError(f"an edge needs 0 <= i < j < {self.n_max}, got ({i}, {j})")
        return i * self.n_max - i * (i + 1) // 2 + j - i - 1

    def num_real(self, num_rooms: np.ndarray | int) -> np.ndarray | int:
        """Number of tokens that are not PAD in a row of `num_rooms` rooms."""
        return num_rooms * (num_rooms + 1) // 2 + (NUM_SIDES * num_rooms if self.levels else 0)

    @cached_property
    def _real_rows(self) -> np.ndarray:
        # row n: which positions exist when the diagram has n rooms
        n = np.arange(self.n_max + 1)[:, None]
        nodes = np.arange(self.n_max)[None, :] < n
        edges = self.edge_cols[None, :] < n
        sides = np.repeat(nodes, NUM_SIDES, axis=1)[:, : self.num_sides]
        return _frozen(np.concatenate([nodes, edges, sides], axis=1))

    def real_mask(self, num_rooms: np.ndarray | int) -> np.ndarray:
        """(..., length) bool: True where a diagram of `num_rooms` (...) rooms has a token."""
        return self._real_rows[num_rooms]

    @cached_property
    def _real_positions(self) -> tuple[np.ndarray, ...]:
        return tuple(_frozen(np.flatnonzero(row)) for row in self._real_rows)

    def real_positions(self, num_rooms: int) -> np.ndarray:
        """(num_real(num_rooms),) positions that are not PAD, ascending."""
        return self._real_positions[num_rooms]

    def of_size(self, n_max: int) -> "Vocabulary":
        """The same words in rows of up to `n_max` rooms."""
        return self if n_max == self.n_max else replace(self, n_max=n_max)
