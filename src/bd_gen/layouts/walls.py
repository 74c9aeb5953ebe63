"""Walls between rooms and to the outside, read off the polygons of the rooms.

Rooms of a plan stand apart by the thickness of a wall, up to the distance within which rooms touch.
Two sides that face each other over no more than that, with no room between them, have a common
wall on the line midway; a side that faces nothing and lies on the outline is an outer wall. Sides
need not run along the axes, as in real plans they do not always: sides that are parallel within
`SLANT` face each other, and pieces that continue one another are one wall.

Lengths are in pixels of a 256-pixel plan.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bd_gen.diagrams.floor_plan import Segment
from bd_gen.diagrams.word_parts import USUAL_TOUCH
from bd_gen.layouts.wall_pieces import (
    SLANT,
    Piece,
    common_pieces,
    facing_sides,
    outer_pieces,
    sides_of,
)

if TYPE_CHECKING:
    from shapely import Polygon

# Shares of the thickest wall. RPLAN's walls are up to 9 pixels thick, 3 to 5 mostly; no balcony is
# less than 7 deep.
_JOINT = 1 / 6  # pieces of a wall that are no further apart and off by no more are one
_SLIVER = 2 / 3


@dataclass(frozen=True)
class Wall:
    """A straight piece of wall.

    Attributes:
        rooms: the two that have it in common, or the one that it closes to the outside.
        segment: its ends; of a common wall on the line midway between the two rooms.
        outward: of an outer wall the unit vector to the outside; (0, 0) of a common one.
    """

    rooms: tuple[int, ...]
    segment: Segment
    outward: tuple[float, float] = (0.0, 0.0)

    @property
    def length(self) -> float:
        """Pixels from end to end."""
        x0, y0, x1, y1 = self.segment
        return math.hypot(x1 - x0, y1 - y0)

    def part(self, start: float, end: float) -> Segment:
        """The piece from `start` to `end`, in pixels from the wall's first end."""
        x0, y0, x1, y1 = self.segment
        ux, uy = (x1 - x0) / self.length, (y1 - y0) / self.length
        return x0 + start * ux, y0 + start * uy, x0 + end * ux, y0 + end * uy


@dataclass(frozen=True)
class Walls:
    """All walls of a plan.

    Attributes:
        common: between two rooms, in the order of the rooms.
        outer: to the outside, room by room.
        outline: the shape of the plan, walls included, without its holes; see `outline_of`.
        rooms: the polygons between which they stand: without what is no wider than a wall.
    """

    common: tuple[Wall, ...]
    outer: tuple[Wall, ...]
    outline: "Polygon"
    rooms: tuple["Polygon", ...]

    @cached_property
    def by_pair(self) -> dict[tuple[int, int], tuple[Wall, ...]]:
        """The common walls of each two rooms (i, j), i < j, the longest first."""
        found: dict[tuple[int, int], list[Wall]] = defaultdict(list)
        for wall in self.common:
            found[wall.rooms[0], wall.rooms[1]].append(wall)
        return {
            pair: tuple(sorted(walls, key=lambda wall: (-wall.length, wall.segment)))
            for pair, walls in found.items()
        }

    def longest(self, i: int, j: int) -> float:
        """Pixels of the longest straight wall that two rooms have in common; 0 without one."""
        walls = self.by_pair.get((min(i, j), max(i, j)))
        return walls[0].length if walls else 0.0

    def outer_of(self, room: int) -> list[Wall]:
        """The outer walls of a room, the longest first."""
        own = [wall for wall in self.outer if wall.rooms == (room,)]
        return sorted(own, key=lambda wall: (-wall.length, wall.segment))


def walls_of(rooms: Sequence["Polygon"], distance: float = USUAL_TOUCH) -> Walls:
    """The walls of rooms that do not overlap; rooms without a shape have none.

    What of a room is no wider than a wall is wall, too.

    Args:
        rooms: a polygon each, in pixels.
        distance: the thickest wall.
    """
    rooms = [_without_slivers(room, _SLIVER * distance) for room in rooms]
    outline = outline_of(rooms, distance)
    sides = sides_of(rooms)
    facing = facing_sides(sides, distance)
    joint = _JOINT * distance
    common = _joined(common_pieces(rooms, sides, facing), joint)
    outer = _joined(outer_pieces(sides, facing, outline), joint)
    return Walls(common, outer, outline, tuple(rooms))


def _without_slivers(room: "Polygon", width: float) -> "Polygon":
    # Between the boxes of two rooms what is seen of a larger one's box is the wall between them.
    import shapely

    if room.is_empty:
        return room
    worn = room.buffer(-width / 2, join_style="mitre")
    opened = worn.buffer(width / 2, join_style="mitre")
    largest = max(shapely.get_parts(opened), key=lambda part: part.area, default=opened)
    return room if largest.is_empty else largest


def outline_of(rooms: Sequence["Polygon"], distance: float = USUAL_TOUCH) -> "Polygon":
    """What a plan covers with its walls: the union of the rooms, gaps of up to `distance` closed.

    It is the morphological closing of the union by half the distance, whose holes are filled. A
    MultiPolygon where rooms stand further apart.
    """
    import shapely

    grown = shapely.union_all(list(rooms)).buffer(distance / 2, join_style="mitre")
    closed = grown.buffer(-distance / 2, join_style="mitre")
    filled = [shapely.Polygon(part.exterior) for part in shapely.get_parts(closed)]
    return shapely.union_all(filled)


def _joined(pieces: Iterable[Piece], joint: float) -> tuple[Wall, ...]:
    """Walls of pieces; those that go on where another one ends are one wall."""
    walls: list[Piece] = []
    for piece in sorted(pieces, key=lambda p: (p.rooms, p.outward, p.along, p.low, p.across)):
        match = next((k for k, wall in enumerate(walls) if _goes_on(wall, piece, joint)), None)
        if match is None:
            walls.append(piece)
        else:
            wall = walls[match]
            lengths = wall.high - wall.low, piece.high - piece.low
            across = np.average([wall.across, piece.across], weights=lengths)
            high = max(wall.high, piece.high)
            walls[match] = wall._replace(across=float(across), high=high)
    return tuple(_wall(piece) for piece in walls)


def _goes_on(wall: Piece, piece: Piece, joint: float) -> bool:
    return (
        wall.rooms == piece.rooms
        and math.dist(wall.along, piece.along) < SLANT
        and math.dist(wall.outward, piece.outward) < SLANT
        and abs(wall.across - piece.across) <= joint
        and piece.low <= wall.high + joint
    )


def _wall(piece: Piece) -> Wall:
    (ux, uy), across = piece.along, piece.across
    # the point at distance `across` from the origin along the normal (uy, -ux)
    base = (across * uy, -across * ux)
    x0, y0 = base[0] + piece.low * ux, base[1] + piece.low * uy
    x1, y1 = base[0] + piece.high * ux, base[1] + piece.high * uy
    return Wall(piece.rooms, (x0 + 0.0, y0 + 0.0, x1 + 0.0, y1 + 0.0), piece.outward)
