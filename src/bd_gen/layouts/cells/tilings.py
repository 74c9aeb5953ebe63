"""What can be measured of many plans at once: areas, corners, common walls, narrow places.

Everything follows from patterns of neighbouring cells, so that hundreds of plans are measured in
a few milliseconds.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.layouts.cells.grid import Cells
from bd_gen.layouts.cells.sizes import Sizes
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.wording import Direction

NARROW_SLIT = 15
"""Pixels, 1 m: gaps between two outer walls that are narrower are slits."""
NARROW_PASSAGE = 13
"""Pixels, 0.9 m: the least width of a passage within a room that wraps others."""


@dataclass(frozen=True, eq=False)
class Tilings:
    """B plans of the n rooms of one diagram.

    Attributes:
        boxes: (B, n, 4) int64.
        cells: who owns what of their floor.
        diagram: whose plans these are.
        options: what they must satisfy.
        sizes: what is aimed at.
        is_wrapping: (n,) bool: has this room what the others leave?
    """

    boxes: np.ndarray
    cells: Cells
    diagram: Diagram
    options: SolverOptions
    sizes: Sizes
    is_wrapping: np.ndarray

    @property
    def num_owners(self) -> int:
        """Rooms, and outside as the first."""
        return self.diagram.num_rooms + 1

    @cached_property
    def areas(self) -> np.ndarray:
        """(B, n) float64 area seen of each room, in pixels²."""
        floor = self.cells.heights[:, :, None] * self.cells.widths[:, None, :]
        return self._by_owner(self.cells.inner, floor)[:, 1:]

    @cached_property
    def unfilled(self) -> np.ndarray:
        """(B,) float64 what no room has of the outline that is given, in pixels²."""
        outline = self.options.outline
        return (
            np.zeros(len(self.boxes)) if outline is None else outline.area - self.areas.sum(axis=1)
        )

    @cached_property
    def sides(self) -> np.ndarray:
        """(B, n, 2) int64 width and height of the boxes."""
        return self.boxes[..., 2:] - self.boxes[..., :2]

    @cached_property
    def common_walls(self) -> np.ndarray:
        """(B, n + 1, n + 1) float64 length of wall that rooms share, in pixels; 0 is outside."""
        cells, n = self.cells, self.num_owners
        owners = cells.owners.astype(np.int64)
        total = np.zeros(len(owners) * n * n)
        for one, other, lengths in (
            (owners[:, 1:-1, :-1], owners[:, 1:-1, 1:], cells.heights[:, :, None]),
            (owners[:, :-1, 1:-1], owners[:, 1:, 1:-1], cells.widths[:, None, :]),
        ):
            pairs = (np.arange(len(owners))[:, None, None] * n + one) * n + other
            weights = np.broadcast_to(lengths, pairs.shape).ravel()
            total += np.bincount(pairs.ravel(), weights, len(total))
        walls = total.reshape(-1, n, n)
        return walls + walls.transpose(0, 2, 1)

    @cached_property
    def longest_walls(self) -> np.ndarray:
        """(B, n + 1, n + 1) float64 longest straight wall that two rooms share, in pixels.

        What is shared with outside, 0, is left out.
        """
        cells, n = self.cells, self.num_owners
        owners = cells.owners.astype(np.int64)
        turned = owners.transpose(0, 2, 1)
        longest = np.zeros(len(owners) * n * n)
        for along, lengths in ((owners, cells.heights), (turned, cells.widths)):
            one, other = along[:, 1:-1, :-1], along[:, 1:-1, 1:]
            pairs = (np.arange(len(owners))[:, None, None] * n + one) * n + other
            ends = lengths.cumsum(axis=1)[:, :, None]
            # A wall begins where the pair of rooms is another one than a cell before.
            begins = np.ones(pairs.shape, bool)
            begins[:, 1:] = pairs[:, 1:] != pairs[:, :-1]
            start = np.maximum.accumulate((ends - lengths[:, :, None]) * begins, axis=1)
            is_wall = (one != other) & (one > 0) & (other > 0)
            np.maximum.at(longest, pairs[is_wall], (ends - start)[is_wall])
        walls = longest.reshape(-1, n, n)
        return np.maximum(walls, walls.transpose(0, 2, 1))

    @cached_property
    def outer_walls(self) -> dict[Direction, np.ndarray]:
        """By side of the page: (B, n + 1) float64 length of the walls that face out there."""
        cells = self.cells
        heights = np.broadcast_to(cells.heights[:, :, None], cells.inner.shape)
        widths = np.broadcast_to(cells.widths[:, None, :], cells.inner.shape)
        beyond: dict[Direction, tuple[np.ndarray, np.ndarray]] = {
            "left": (cells.owners[:, 1:-1, :-2], heights),
            "right": (cells.owners[:, 1:-1, 2:], heights),
            "above": (cells.owners[:, :-2, 1:-1], widths),
            "below": (cells.owners[:, 2:, 1:-1], widths),
        }
        return {
            side: self._by_owner(cells.inner, (neighbours == 0) * lengths)
            for side, (neighbours, lengths) in beyond.items()
        }

    @cached_property
    def _corner_counts(self) -> tuple[np.ndarray, np.ndarray]:
        """(B, n + 1) corners of each owner that point outwards, and inwards."""
        owners = self.cells.owners
        beside = owners[:, :, :-1] == owners[:, :, 1:]
        below = owners[:, :-1] == owners[:, 1:]
        falling = owners[:, :-1, :-1] == owners[:, 1:, 1:]
        rising = owners[:, :-1, 1:] == owners[:, 1:, :-1]
        outwards, inwards = np.zeros(owners.shape, np.uint8), np.zeros(owners.shape, np.uint8)
        first, last, all_plans = slice(None, -1), slice(1, None), slice(None)
        # each cell at each of its four corners: like the cell beside, above or below, across?
        for rows, columns, across in (
            (first, first, falling),
            (first, last, rising),
            (last, first, rising),
            (last, last, falling),
        ):
            like_beside, like_below = beside[:, rows], below[:, :, columns]
            outwards[all_plans, rows, columns] += ~like_beside & ~like_below
            inwards[all_plans, rows, columns] += like_beside & like_below & ~across
        return self._by_owner(owners, outwards), self._by_owner(owners, inwards)

    @property
    def inward_corners(self) -> np.ndarray:
        """(B, n) corners of each room that point inwards: 0 for a rectangle, 1 for an L."""
        return self._corner_counts[1][:, 1:]

    @cached_property
    def parts(self) -> np.ndarray:
        """(B, n + 1) pieces of each owner less the holes in them; the first counts plans.

        The Euler number of a pattern is a quarter of its outward less its inward corners.
        """
        outwards, inwards = self._corner_counts
        euler = (outwards - inwards) / 4
        # The rim of outside is one piece, whose own four corners are not seen: a plan in one
        # piece makes one hole in it.
        euler[:, 0] = -euler[:, 0]
        return euler

    @cached_property
    def outline(self) -> "Outlines":
        """The walls between rooms and outside."""
        is_room = self.cells.owners > 0
        return Outlines(
            is_room[:, :, :-1] ^ is_room[:, :, 1:],
            is_room[:, :-1] ^ is_room[:, 1:],
            self.cells,
        )

    @cached_property
    def narrow(self) -> np.ndarray:
        """(B, n + 1) float64 length of slits in the outline, and of narrow places in each room."""
        least = np.array([NARROW_SLIT, *map(self.options.min_side_of, range(self.num_owners - 1))])
        least[1:][self.is_wrapping] = np.maximum(least[1:][self.is_wrapping], NARROW_PASSAGE)
        return self.narrow_places(least)

    def narrow_places(self, least: np.ndarray) -> np.ndarray:
        """(B, n + 1) float64 length of places narrower than (n + 1,) `least` pixels, by owner.

        A place is one or two cells across. Outside is narrow only between two walls.
        """
        cells = self.cells
        turned = cells.owners.transpose(0, 2, 1)
        total = np.zeros(len(self.boxes) * self.num_owners)
        for owners, widths, heights in (
            (cells.owners, cells.widths, cells.heights),
            (turned, cells.heights, cells.widths),
        ):
            differ = owners[:, 1:-1, :-1] != owners[:, 1:-1, 1:]
            one = differ[..., :-1] & differ[..., 1:]
            two = differ[..., :-2] & ~differ[..., 1:-1] & differ[..., 2:]
            for count, places in ((1, one), (2, two)):
                plan, row, column = places.nonzero()
                last = column + count - 1
                across = widths[plan, column]
                if count == 2:
                    across = across + widths[plan, last]
                own, rim = owners[plan, row + 1, column + 1], owners[plan, row + 1]
                each = np.arange(len(plan))
                shut = (own > 0) | ((rim[each, column] > 0) & (rim[each, last + 2] > 0))
                narrow = shut & (across < least[own]) & (widths[plan, last] > 0)
                keys = plan * self.num_owners + own
                total += np.bincount(keys, heights[plan, row] * narrow, len(total))
        return total.reshape(-1, self.num_owners)

    @cached_property
    def are_in_their_boxes(self) -> np.ndarray:
        """(B, n) bool: does each room reach all four sides of its box?"""
        cells, boxes = self.cells, self.boxes
        owner = np.arange(1, self.num_owners, dtype=np.uint8)[:, None, None]
        is_own = cells.inner[:, None] == owner
        result = np.ones(boxes.shape[:2], bool)
        for axis, lines in ((0, cells.xs), (1, cells.ys)):
            has = is_own.any(axis=2 + axis)
            start, end = has.argmax(axis=2), has.shape[2] - has[..., ::-1].argmax(axis=2)
            result &= np.take_along_axis(lines, start, axis=1) == boxes[..., axis]
            result &= np.take_along_axis(lines, end, axis=1) == boxes[..., axis + 2]
        return result

    def owners_at(self, x: float, y: float) -> np.ndarray:
        """(B,) uint8 who owns the floor at a place that lies on no line; 0 is outside."""
        column, row = (self.cells.xs < x).sum(axis=1), (self.cells.ys < y).sum(axis=1)
        return self.cells.owners[np.arange(len(self.boxes)), row, column]

    def _by_owner(self, owners: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """(B, n + 1) sums of weights over the cells of each owner."""
        count, n = len(owners), self.num_owners
        keys = owners + (np.arange(count) * n)[:, None, None]
        return np.bincount(keys.ravel(), weights.ravel(), count * n).reshape(count, n)


@dataclass(frozen=True, eq=False)
class Outlines:
    """The outer walls of B plans, cell by cell.

    Attributes:
        upright: (B, R + 2, C + 1) bool: is there a wall between a cell and the next to the right?
        level: (B, R + 1, C + 2) bool: the same between a cell and the next below.
        cells: of the plans.
    """

    upright: np.ndarray
    level: np.ndarray
    cells: Cells

    @cached_property
    def _turns(self) -> np.ndarray:
        """(B, R + 1, C + 1) int8 corners of the outline where lines cross: 0, 1 or 2."""
        above, below = self.upright[:, :-1], self.upright[:, 1:]
        left, right = self.level[:, :, :-1], self.level[:, :, 1:]
        is_corner = (above ^ below) & (left ^ right)
        are_two = above & below & left & right
        return is_corner.astype(np.int8) + 2 * are_two.astype(np.int8)

    @cached_property
    def corners(self) -> np.ndarray:
        """(B,) corners of the outline, 4 for a rectangle."""
        return self._turns.sum(axis=(1, 2))

    def steps(self, shorter: int) -> tuple[np.ndarray, np.ndarray]:
        """(B,) walls of the outline shorter than so many pixels, and what they lack of it."""
        turned = self._turns.transpose(0, 2, 1) > 0
        count, missing = np.zeros(len(self.upright)), np.zeros(len(self.upright))
        for walls, turns, lengths in (
            (self.upright, self._turns > 0, self.cells.heights),
            (self.level.transpose(0, 2, 1), turned, self.cells.widths),
        ):
            wall, start, end = walls[:, 1:-1], turns[:, :-1], turns[:, 1:]
            length = lengths[:, :, None]
            one = wall & start & end & (length < shorter)
            both = length[:, :-1] + length[:, 1:]
            two = wall[:, :-1] & wall[:, 1:] & start[:, :-1] & ~end[:, :-1] & end[:, 1:]
            two &= both < shorter
            count += one.sum(axis=(1, 2)) + two.sum(axis=(1, 2))
            missing += ((shorter - length) * one).sum(axis=(1, 2))
            missing += ((shorter - both) * two).sum(axis=(1, 2))
        return count, missing
