"""Pieces of wall: where sides of rooms face each other, and where they face nothing.

Lengths are in pixels. Pieces that continue one another are one wall; see `walls`.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from shapely import Polygon

SLANT = math.radians(8)
"""Two sides are parallel, or a wall runs along an axis, within this angle."""

_OVERLAP = 1.0  # rooms of real plans may reach into each other by a rounding error
_SHORTEST = 0.5
_AIR = 0.5  # how far outside the outline is looked whether a side lies on it
_TINY = 1e-6


class Sides(NamedTuple):
    """The sides of all rooms: whose (E,), from where (E, 2), which way (E, 2), how long (E,).

    A room lies to the left of its sides' directions, as seen where y grows upwards.
    """

    room: np.ndarray
    start: np.ndarray
    along: np.ndarray
    length: np.ndarray

    def outward(self, side: int) -> np.ndarray:
        """(2,) unit vector from a side away from its room."""
        return np.array([self.along[side, 1], -self.along[side, 0]])


class Facing(NamedTuple):
    """Two sides that face each other, and the pixels along the first one where they do."""

    first: int
    second: int
    low: float
    high: float


class Piece(NamedTuple):
    """A piece of wall: whose, its direction, its place across and its ends along that."""

    rooms: tuple[int, ...]
    along: tuple[float, float]
    outward: tuple[float, float]
    across: float
    low: float
    high: float


def sides_of(rooms: Sequence["Polygon"]) -> Sides:
    """All sides of some rooms, also those of their holes; rooms without a shape have none."""
    from shapely.geometry.polygon import orient

    owners, starts, ends = [], [], []
    for k, room in enumerate(rooms):
        if room.is_empty:
            continue
        turned = orient(room)
        for ring in (turned.exterior, *turned.interiors):
            points = np.asarray(ring.coords)[:, :2]
            owners += [k] * (len(points) - 1)
            starts.append(points[:-1])
            ends.append(points[1:])
    if not owners:
        return Sides(np.zeros(0, int), np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0))
    start = np.concatenate(starts)
    step = np.concatenate(ends) - start
    length = np.hypot(step[:, 0], step[:, 1])
    is_side = length > _TINY
    length = length[is_side]
    return Sides(np.array(owners)[is_side], start[is_side], step[is_side] / length[:, None], length)


def facing_sides(sides: Sides, distance: float) -> list[Facing]:
    """All pairs of sides of different rooms that face each other over at most `distance`."""
    along, start = sides.along, sides.start
    are_opposed = along @ along.T <= -math.cos(SLANT)
    are_opposed &= sides.room[:, None] != sides.room[None, :]
    first, second = np.nonzero(np.triu(are_opposed))
    # where the second side begins and ends, along and across the first one
    to_start = start[second] - start[first]
    to_end = to_start + along[second] * sides.length[second, None]
    begin = np.einsum("ij,ij->i", to_end, along[first])
    finish = np.einsum("ij,ij->i", to_start, along[first])
    outward = np.stack([along[first, 1], -along[first, 0]], axis=1)
    gap = (to_start + to_end) / 2
    gap = np.einsum("ij,ij->i", gap, outward)
    low, high = np.maximum(begin, 0), np.minimum(finish, sides.length[first])
    do_face = (high - low > _SHORTEST) & (gap >= -_OVERLAP) & (gap <= distance + _TINY)
    return [
        Facing(int(first[k]), int(second[k]), float(low[k]), float(high[k]))
        for k in np.flatnonzero(do_face)
    ]


def common_pieces(
    rooms: Sequence["Polygon"], sides: Sides, facing: Iterable[Facing]
) -> list[Piece]:
    """Where sides that face each other have no room between them: pieces on the line midway."""
    import shapely

    pieces = []
    for face in facing:
        start, along = sides.start[face.first], sides.along[face.first]
        one = start + along * face.low, start + along * face.high
        other = [_onto(point, sides, face.second) for point in one]
        strip = shapely.Polygon([one[0], one[1], other[1], other[0]])
        between = shapely.get_parts(shapely.intersection(strip, np.array(rooms)))
        extents = [(part.area, _extent(part, start, along)) for part in between if part.area]
        # what is thinner than that is the rounding error of a room that touches
        taken = [(a, b) for area, (a, b) in extents if area > _OVERLAP * (b - a)]
        pair = sorted((int(sides.room[face.first]), int(sides.room[face.second])))
        middle = [(a + b) / 2 for a, b in zip(one, other, strict=True)]
        for low, high in _left_over(face.low, face.high, taken):
            share = np.array([low - face.low, high - face.low]) / (face.high - face.low)
            ends = [middle[0] + (middle[1] - middle[0]) * part for part in share]
            pieces.append(_piece(tuple(pair), ends[0], ends[1], np.zeros(2)))
    return pieces


def _onto(point: np.ndarray, sides: Sides, side: int) -> np.ndarray:
    # the foot of the perpendicular from a point on a side's line
    start, along = sides.start[side], sides.along[side]
    foot: np.ndarray = start + along * np.dot(point - start, along)
    return foot


def _extent(part: "Polygon", start: np.ndarray, along: np.ndarray) -> tuple[float, float]:
    places = (np.asarray(part.exterior.coords)[:, :2] - start) @ along
    return float(places.min()), float(places.max())


def outer_pieces(sides: Sides, facing: Iterable[Facing], outline: "Polygon") -> list[Piece]:
    """What is left of sides without what other sides face, as far as it lies on the outline."""
    import shapely

    covered: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for face in facing:
        covered[face.first].append((face.low, face.high))
        start, along = sides.start[face.second], sides.along[face.second]
        ends = [
            sides.start[face.first] + sides.along[face.first] * place
            for place in (face.low, face.high)
        ]
        places = sorted(float(np.dot(end - start, along)) for end in ends)
        covered[face.second].append((places[0], places[1]))
    pieces = []
    for side in range(len(sides.room)):
        outward = sides.outward(side)
        for low, high in _left_over(0.0, float(sides.length[side]), covered[side]):
            ends = [sides.start[side] + sides.along[side] * place for place in (low, high)]
            outside = (ends[0] + ends[1]) / 2 + _AIR * outward
            if not shapely.contains_xy(outline, *outside):
                room = (int(sides.room[side]),)
                pieces.append(_piece(room, ends[0], ends[1], outward))
    return pieces


def _left_over(
    low: float, high: float, taken: Sequence[tuple[float, float]]
) -> list[tuple[float, float]]:
    """What is left of an interval without others, in order."""
    left = []
    for begin, end in sorted(taken):
        if begin - low > _SHORTEST:
            left.append((low, min(begin, high)))
        low = max(low, end)
    if high - low > _SHORTEST:
        left.append((low, high))
    return left


def _piece(
    rooms: tuple[int, ...], start: np.ndarray, end: np.ndarray, outward: np.ndarray
) -> Piece:
    along = (end - start) / np.hypot(*(end - start))
    along = _along_axis(along)
    if (along[0], along[1]) < (0.0, 0.0):
        along = -along
    across = np.dot((start + end) / 2, [along[1], -along[0]])
    places = sorted((float(np.dot(start, along)), float(np.dot(end, along))))
    straight = _along_axis(outward) if outward.any() else outward
    return Piece(
        rooms,
        (float(along[0]), float(along[1])),
        (float(straight[0]), float(straight[1])),
        float(across),
        *places,
    )


def _along_axis(along: np.ndarray) -> np.ndarray:
    # a direction that is nearly that of an axis, exactly so
    rounded = along.round()
    is_near = np.abs(rounded).sum() == 1 and float(along @ rounded) >= math.cos(SLANT)
    return rounded + 0.0 if is_near else along
