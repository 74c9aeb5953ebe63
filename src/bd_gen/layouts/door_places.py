"""Where doors stand: near a corner, so that the wall can be used, and clear of one another.

Lengths are in pixels.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bd_gen.diagrams.floor_plan import Segment
from bd_gen.layouts.walls import Wall

if TYPE_CHECKING:
    from shapely import Polygon

_STEPS = 12  # places that are looked at along a wall

_TOUCHING = 1e-6  # pixels²


@dataclass(frozen=True)
class DoorSizes:
    """Lengths in pixels.

    Attributes:
        width: of a door.
        entrance: of the entrance.
        opening: of a passage without a door, at most.
        corner: what is left between a door and the next corner, where the wall has it.
        swing: doors further apart than this do not meet when they open.
        landing: what is free outside the entrance.
    """

    width: float
    entrance: float
    opening: float
    corner: float
    swing: float
    landing: float

    @classmethod
    def in_pixels(cls, metre: float) -> "DoorSizes":
        """Usual sizes, for so many pixels a metre."""
        return cls(
            width=0.8 * metre,
            entrance=0.9 * metre,
            opening=2.4 * metre,
            corner=0.1 * metre,
            swing=0.8 * metre,
            landing=1.0 * metre,
        )


def door_place(
    walls: Sequence[Wall], width: float, taken: Iterable[Segment], sizes: DoorSizes
) -> Segment:
    """Where a door goes: clear of other doors as it opens, then at a corner of the longest wall.

    Args:
        walls: those that it may stand in, at least as wide, the best first.
        width: of the door.
        taken: doors that are there.
        sizes: what to keep free.
    """
    others = list(taken)
    places = [wall.part(at, at + width) for wall in walls for at in _offsets(wall, width, sizes)]
    # Of equally free places the first one is taken.
    return max(places, key=lambda place: round(_room_around(place, others, sizes.swing), 6))


def passage_place(wall: Wall, sizes: DoorSizes) -> Segment:
    """A passage without a door: in the middle of a wall, as wide as it may be."""
    width = min(sizes.opening, wall.length - 2 * min(sizes.corner, wall.length / 20))
    start = (wall.length - width) / 2
    return wall.part(start, start + width)


def place_nearest(walls: Sequence[Wall], width: float, to: "Polygon", sizes: DoorSizes) -> Segment:
    """Where a door goes that should be at some place: as near to its middle as walls allow."""
    import shapely

    def distance(place: Segment) -> float:
        middle = shapely.Point((place[0] + place[2]) / 2, (place[1] + place[3]) / 2)
        return round(float(middle.distance(to.centroid)), 6)

    places = []
    for wall in walls:
        line = shapely.LineString([wall.segment[:2], wall.segment[2:]])
        margin = _margin(wall, width, sizes)
        at = line.project(to.centroid) - width / 2
        at = min(max(at, margin), wall.length - width - margin)
        places.append(wall.part(at, at + width))
    return min(places, key=distance)


def is_free_outside(
    place: Segment, outward: tuple[float, float], depth: float, rooms: Sequence["Polygon"]
) -> bool:
    """Does nothing of the plan stand within `depth` of a place in an outer wall?"""
    import shapely

    start, end = place[:2], place[2:]
    # what begins a little off the wall, so that the room itself is not met
    near = tuple(0.1 * part for part in outward)
    far = tuple(depth * part for part in outward)
    yard = shapely.Polygon(
        [_moved(start, near), _moved(end, near), _moved(end, far), _moved(start, far)]
    )
    # A wall at the end of this one, in an inner corner of the outline, merely touches its yard.
    return not any(room.intersection(yard).area > _TOUCHING for room in rooms if not room.is_empty)


def _moved(point: Sequence[float], by: Sequence[float]) -> tuple[float, float]:
    return point[0] + by[0], point[1] + by[1]


def _margin(wall: Wall, width: float, sizes: DoorSizes) -> float:
    # what is left at a corner; on a short wall the same at both
    return max(min(sizes.corner, (wall.length - width) / 2), 0.0)


def _offsets(wall: Wall, width: float, sizes: DoorSizes) -> list[float]:
    """Where on a wall a door may begin: at its two ends, then further and further from them."""
    margin = _margin(wall, width, sizes)
    slack = wall.length - width - 2 * margin
    if slack <= sizes.corner:
        return [max(margin + slack / 2, 0.0)]
    found = []
    for step in range(_STEPS // 2 + 1):
        inward = slack * step / _STEPS
        found += [margin + inward, margin + slack - inward]
    return found


def _room_around(place: Segment, others: Sequence[Segment], enough: float) -> float:
    """How far the nearest other door is, as far as it matters."""
    import shapely

    line = shapely.LineString([place[:2], place[2:]])
    lines = [shapely.LineString([other[:2], other[2:]]) for other in others]
    return min((min(line.distance(other), enough) for other in lines), default=enough)
