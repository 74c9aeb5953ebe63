"""What a floor plan has besides boxes: the real shapes of rooms, doors, windows and the plot.

Lengths are in pixels of a 256-pixel plan, y growing downwards, as those of boxes are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from shapely import Polygon

Segment = tuple[float, float, float, float]
"""Two points (x0, y0, x1, y1) on a wall, the first one left of the second, or above it."""

DoorKind = Literal["door", "open", "entrance"]


@dataclass(frozen=True)
class Door:
    """A way through a wall.

    Attributes:
        rooms: the one room that an entrance leads to from outside, or the two that are joined.
        segment: where it is, along the wall.
        kind: a door, a passage without one, or the entrance of the home.

    Raises:
        ValueError: an entrance with two rooms, another kind with one, or a segment turned round.
    """

    rooms: tuple[int, ...]
    segment: Segment
    kind: DoorKind = "door"

    def __post_init__(self) -> None:
        if len(set(self.rooms)) != (1 if self.kind == "entrance" else 2):
            raise ValueError(f"{self.kind}: expected other rooms than {self.rooms}")
        _check(self.segment)


@dataclass(frozen=True)
class Window:
    """A window in an outer wall of a room.

    Raises:
        ValueError: a segment turned round.
    """

    room: int
    segment: Segment

    def __post_init__(self) -> None:
        _check(self.segment)


def _check(segment: Segment) -> None:
    x0, y0, x1, y1 = segment
    if not (np.isfinite(segment).all() and (x0, y0) <= (x1, y1)):  # walls may be slanted
        raise ValueError(f"segment {segment}: expected x0 < x1, or x0 = x1 and y0 <= y1")


@dataclass(frozen=True, eq=False)
class FloorPlan:
    """The shapes of the rooms of one layout, and what is in their walls.

    Attributes:
        rooms: one polygon a room, in the diagram's order; they do not overlap, and the bounding
            box of each is the room's box.
        doors: ways between rooms, and the entrance.
        windows: in outer walls.
        names: what the user calls the rooms; None: the names of their types.
        plot: what may be built on, with setbacks taken off; None: unknown.
        north: degrees clockwise from the top of the page to north, 0 to 360.
    """

    rooms: tuple["Polygon", ...]
    doors: tuple[Door, ...] = ()
    windows: tuple[Window, ...] = ()
    names: tuple[str, ...] | None = None
    plot: "Polygon | None" = None
    north: float = 0.0

    @property
    def areas(self) -> np.ndarray:
        """(n,) float64 area of each room, in pixels²."""
        return np.array([room.area for room in self.rooms])

    @property
    def outline(self) -> "Polygon":
        """The union of all rooms; a MultiPolygon where they do not hang together."""
        import shapely

        return shapely.union_all(self.rooms)


def rooms_seen(boxes: np.ndarray) -> tuple["Polygon", ...]:
    """The shapes of rooms of which only boxes (n, 4) are known: smaller ones lie over larger ones.

    The boxes of real plans overlap: that of an L-shaped living room reaches over other rooms.

    Returns:
        a polygon each, of which the largest part is taken; empty where a room is all covered or
        its box has no area.
    """
    import shapely

    order = by_size(np.asarray(boxes, float))
    shapes: dict[int, Polygon] = {}
    above: Sequence[Polygon] = []
    for room in order[::-1]:
        whole = shapely.box(*boxes[room])
        if whole.area == 0:
            shapes[int(room)] = shapely.Polygon()
            continue
        left = whole.difference(shapely.union_all(above)) if above else whole
        largest = max(shapely.get_parts(left), key=lambda part: part.area, default=left)
        shapes[int(room)] = with_corners_only(largest)
        above = [*above, whole]
    return tuple(shapes[k] for k in range(len(boxes)))


def with_corners_only(polygon: "Polygon") -> "Polygon":
    """A polygon whose sides run along the axes, without points on straight sides."""
    from shapely import Polygon

    def corners(ring: np.ndarray) -> np.ndarray:
        points = ring[:-1]
        is_upright = points[:, 0] == np.roll(points[:, 0], -1)  # the side that starts there
        return points[is_upright != np.roll(is_upright, 1)]

    if polygon.is_empty:
        return polygon
    holes = [corners(np.asarray(ring.coords)) for ring in polygon.interiors]
    return Polygon(corners(np.asarray(polygon.exterior.coords)), holes)


def by_size(boxes: np.ndarray) -> np.ndarray:
    """(n,) rooms in the order in which they are drawn: the largest first."""
    sides = boxes[:, 2:] - boxes[:, :2]
    return np.argsort(-sides.prod(axis=1), kind="stable")
