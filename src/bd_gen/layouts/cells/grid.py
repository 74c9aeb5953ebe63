"""Many plans at once, as grids of cells: who owns what of the floor.

All sides of a plan's boxes, drawn across the whole plan, cut it into cells. A cell belongs to the
smallest of the rooms whose boxes hold it; the living room, or whatever else wraps the others, has
what is left. So a plan is its boxes, and its rooms are polygons that never overlap.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bd_gen.diagrams.words import Words
from bd_gen.layouts.outline import Box

FAR = 1 << 12
"""Where lines stand that a plan does not have."""

_MODULUS = 67  # the powers of two up to 2^65 differ by it


def wrapping_rooms(room_types: Sequence[int], words: Words) -> tuple[int, ...]:
    """Rooms that have what the others leave: living rooms, else the room of the largest type."""
    living = words.types_of_kind("living")
    rooms = tuple(k for k, t in enumerate(room_types) if t in living)
    if rooms or not room_types:
        return rooms
    return (int(np.argmax(words.typical_areas[list(room_types)])),)


@dataclass(frozen=True, eq=False)
class Cells:
    """B plans of n rooms on grids of R rows and C columns, none of them thinner than a pixel.

    Grids of plans with fewer lines end in rows and columns of no width that belong to nobody.

    Attributes:
        owners: (B, R + 2, C + 2) uint8 room + 1, or 0 for outside, with a rim of outside.
        xs: (B, C + 1) int64 the upright lines in pixels; `ys` (B, R + 1) the others.
        widths: (B, C) int64 of columns; `heights` (B, R) of rows.
        num_lines: (B,) lines on both axes.
    """

    owners: np.ndarray
    xs: np.ndarray
    ys: np.ndarray
    widths: np.ndarray
    heights: np.ndarray
    num_lines: np.ndarray

    @property
    def inner(self) -> np.ndarray:
        """(B, R, C) uint8 the owners without the rim."""
        return self.owners[:, 1:-1, 1:-1]


class CellMaker:
    """Cuts plans of the same rooms into cells.

    Args:
        areas: (n,) what is aimed at; of two rooms the smaller one lies over the other.
        wrapping: rooms that lie below all others.
        holes: boxes where no room can be.
    """

    def __init__(
        self, areas: np.ndarray, wrapping: tuple[int, ...], holes: tuple[Box, ...] = ()
    ) -> None:
        self.num_rooms = len(areas)
        self.holes = np.array(holes, np.int64).reshape(-1, 4)
        order = sorted(range(len(areas)), key=lambda room: (room in wrapping, areas[room], room))
        # Bits of a cell say whose boxes hold it; the lowest one wins.
        self._hole_bits = np.int64(1) << np.arange(len(self.holes), dtype=np.int64)
        self._room_bits = np.zeros(len(areas), np.int64)
        self._room_bits[order] = np.int64(1) << (
            len(self.holes) + np.arange(len(areas), dtype=np.int64)
        )
        self._owner_of_bit = np.zeros(_MODULUS, np.uint8)
        self._owner_of_bit[self._room_bits % _MODULUS] = np.arange(len(areas)) + 1

    def cells(self, boxes: np.ndarray) -> Cells:
        """The cells of boxes (B, n, 4) int64."""
        xs, widths, across = self._axis(boxes, 0)
        ys, heights, down = self._axis(boxes, 1)
        held = down[:, :, None] & across[:, None, :]
        owners = np.zeros((len(boxes), held.shape[1] + 2, held.shape[2] + 2), np.uint8)
        owners[:, 1:-1, 1:-1] = self._owner_of_bit[(held & -held) % _MODULUS]
        num_lines = (xs < FAR).sum(axis=1) + (ys < FAR).sum(axis=1)
        return Cells(owners, xs, ys, widths, heights, num_lines)

    def _axis(self, boxes: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The lines, the widths between them, and bits of the rooms and holes that hold each."""
        holes = np.broadcast_to(self.holes, (len(boxes), *self.holes.shape))
        low = np.concatenate([holes[..., axis], boxes[..., axis]], axis=1)
        high = np.concatenate([holes[..., axis + 2], boxes[..., axis + 2]], axis=1)
        lines = np.sort(np.concatenate([low, high], axis=1), axis=1)
        is_again = np.zeros(lines.shape, bool)
        is_again[:, 1:] = lines[:, 1:] == lines[:, :-1]
        lines = np.sort(np.where(is_again, FAR, lines), axis=1)
        lines = lines[:, : int((lines < FAR).sum(axis=1).max())]
        start, end = lines[:, None, :-1], lines[:, None, 1:]
        is_held = (low[..., None] <= start) & (high[..., None] >= end)
        bits = np.concatenate([self._hole_bits, self._room_bits])
        widths = np.where(end[:, 0] == FAR, 0, end[:, 0] - start[:, 0])
        return lines, widths, np.where(is_held, bits[:, None], 0).sum(axis=1)
