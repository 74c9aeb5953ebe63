"""The words of a bubble diagram: room types, relations, special tokens and the token row.

This module alone knows which integer means what and where in a row it stands.
"""

import unicodedata
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

ROOM_TYPES = (
    "LivingRoom",
    "MasterRoom",
    "Kitchen",
    "Bathroom",
    "DiningRoom",
    "ChildRoom",
    "StudyRoom",
    "SecondRoom",
    "GuestRoom",
    "Balcony",
    "Entrance",
    "Storage",
    "Wall-in",
)
NUM_ROOM_TYPES = len(ROOM_TYPES)
TYPICAL_AREAS = np.array(
    [9450, 2790, 1040, 730, 1570, 1700, 1300, 2000, 2000, 780, 670, 390, 390], float
)
"""Median area of the box of each room type in RPLAN, in pixels of a 256-pixel plan.

ChildRoom, StudyRoom, GuestRoom and Wall-in are estimates: the plans that these figures were
taken from count the first three as SecondRoom and have no Wall-in.
"""

NODE_MASK = 13
NODE_PAD = 14
NODE_VOCABULARY_SIZE = 15

RELATIONS = (
    "left-above",
    "left-below",
    "left-of",
    "above",
    "inside",
    "surrounding",
    "below",
    "right-of",
    "right-above",
    "right-below",
)
NUM_RELATIONS = len(RELATIONS)
NO_EDGE = 10
EDGE_MASK = 11
EDGE_PAD = 12
EDGE_VOCABULARY_SIZE = 13

LARGEST_N_MAX = 32
"""Rows longer than this (528 tokens) are refused: no data set comes near."""
MOST_LEVELS = 254
"""Levels of sides, MASK and PAD fit into a byte."""
NUM_SIDES = 4


def normal_text(text: str) -> str:
    """The text with letters and their accents as one: what looks equal is equal (Unicode NFC)."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def fold_name(name: str) -> str:
    """Reduce a label to what counts: case, blanks, hyphens and underscores do not."""
    return "".join(c for c in normal_text(name.casefold()) if c not in " \t-_")


_ROOM_TYPE_BY_FOLDED_NAME = {fold_name(name): k for k, name in enumerate(ROOM_TYPES)}
_RELATION_BY_FOLDED_NAME = {fold_name(name): k for k, name in enumerate(RELATIONS)}


def room_type_from_name(name: str) -> int | None:
    """The room type called `name`, or None if there is none."""
    return _ROOM_TYPE_BY_FOLDED_NAME.get(fold_name(name))


def relation_from_name(name: str) -> int | None:
    """The relation called `name`, or None if there is none."""
    return _RELATION_BY_FOLDED_NAME.get(fold_name(name))


def inverse_relation(relation: np.ndarray | int) -> np.ndarray | int:
    """The label 9 - r that stands for r when the two rooms swap places."""
    return NUM_RELATIONS - 1 - relation


def _frozen(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array


@dataclass(frozen=True)
class Vocabulary:
    """The layout of a token row for diagrams of up to `n_max` rooms.

    A row is `n_max` node tokens followed by `n_max * (n_max - 1) / 2` edge tokens: the upper
    triangle of the relation matrix, row by row. With `levels` it goes on with the four sides
    (x0, y0, x1, y1) of each room's box, each in one of so many steps of the plan
    (`bd_gen.diagrams.box_rows`). All arrays returned are read-only.

    Attributes:
        n_max: most rooms.
        levels: steps of the plan in which sides of boxes are told; 0 for rows without boxes.

    Raises:
        ValueError: if `n_max` is not between 1 and `LARGEST_N_MAX`, or `levels` not 0 or between 2
            and `MOST_LEVELS`.
    """

    n_max: int = 8
    levels: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.n_max <= LARGEST_N_MAX:
            raise ValueError(f"n_max must be between 1 and {LARGEST_N_MAX}, got {self.n_max}")
        if self.levels and not 2 <= self.levels <= MOST_LEVELS:
            raise ValueError(f"levels must be 0 or 2 to {MOST_LEVELS}, got {self.levels}")

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
        return (NODE_VOCABULARY_SIZE, EDGE_VOCABULARY_SIZE, *sides)

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
