"""What a floor plan is built of: the floors of its rooms and the walls between and around them.

Rooms that stand apart, as the boxes of real plans and measured rooms do, have the space between
them for a wall. Rooms that share a side have a wall of `INNER_WALL` with its middle on that side.
Where all that is known are boxes that lie over one another, the wall around the smaller room is
as thick as the spaces between other boxes are. A wall of `OUTER_WALL` runs around all rooms,
outside of them, and a thin one around balconies.
All is in pixels of the plan, y downwards, with polygons (shapely) instead of a grid.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bd_gen.diagrams.laid_out import METRES_PER_PIXEL, LaidOut
from bd_gen.diagrams.word_parts import USUAL_TOUCH

if TYPE_CHECKING:
    from shapely import Geometry, Polygon

INNER_WALL, OUTER_WALL = 0.1, 0.2
"""Least thickness of walls between rooms and around them, in metres."""
PARAPET = 0.1
"""Thickness of what runs around balconies, in metres."""

_OPEN_AIR = frozenset({"balcony", "outside"})
_THICKEST = (
    0.45  # metres; between rooms farther apart than this there is a hollow between two walls
)
_THICKER = 1.5
"""Times `OUTER_WALL`: walls between boxes are not taken to be thicker."""
_SLIVER = 6.0  # pixels; what is seen of a large box beside a smaller one, narrower than this
_SPLINTER = 0.14  # metres; what is left of a room between walls, narrower than this


@dataclass(frozen=True, eq=False)
class Structure:
    """The parts of a floor plan.

    Attributes:
        rooms: (n,) the shapes that areas are measured on; empty where a room is all covered.
        floors: (n,) the same less the walls.
        shell: the outer faces of the building with all that is within.
        hollows: spaces between rooms that are too wide for a wall: shafts, and what no room has.
        scale: metres per pixel.
    """

    rooms: tuple["Polygon", ...]
    floors: tuple["Geometry", ...]
    shell: "Geometry"
    hollows: "Geometry"
    scale: float

    @cached_property
    def walls(self) -> "Geometry":
        """All that is solid, doors and windows left out of account."""
        import shapely

        return self.shell.difference(shapely.union_all([*self.floors, self.hollows]))

    @property
    def bounds(self) -> np.ndarray:
        """(2, 2) the least and the largest coordinates of the building."""
        return np.array(self.shell.bounds).reshape(2, 2)


def structure_of(plan: LaidOut, scale: float = METRES_PER_PIXEL) -> Structure:
    """The parts of a plan with boxes or shapes.

    Args:
        plan: what is built.
        scale: metres per pixel, for the thickness of walls.

    Raises:
        ValueError: the plan has no layout.
    """
    import shapely

    rooms = plan.shapes
    solid = rooms if plan.floor_plan is not None else tuple(map(_without_slivers, rooms))
    apart = _distances(solid)
    inner, outer = INNER_WALL / scale, OUTER_WALL / scale
    if plan.floor_plan is None:
        between = apart[(apart > 0) & (apart <= USUAL_TOUCH)]
        usual = min(float(np.median(between)), outer * _THICKER) if len(between) else inner
        outer, inner = max(outer, usual), max(inner, usual)
        floors = _floors_of_boxes(solid, apart, inner)
    else:
        floors = _floors(solid, apart, inner, scale)
    whole = closed(solid, USUAL_TOUCH)
    open_air = is_open_air(plan)
    indoors = closed([room for room, is_open in zip(solid, open_air, strict=True) if not is_open])
    shell = shapely.union_all([_grown(indoors, outer), _grown(whole, PARAPET / scale)])
    gaps = whole.difference(shapely.union_all(solid))
    hollows = _grown(_opened(gaps, _THICKEST / scale), -inner)
    return Structure(rooms, floors, shell, hollows, scale)


def is_open_air(plan: LaidOut) -> list[bool]:
    """Which rooms are balconies, without walls of a house around them?"""
    kinds = [one.kind for one in plan.diagram.words.room_types]
    return [kinds[room_type] in _OPEN_AIR for room_type in plan.diagram.room_types]


def closed(shapes: "Iterable[Geometry]", gap: float = USUAL_TOUCH) -> "Geometry":
    """The union of shapes with gaps of up to `gap` pixels between them filled.

    That is a morphological closing with mitred corners: nothing is added beyond straight sides.
    """
    import shapely

    union = shapely.union_all(list(shapes))
    filled = _grown(_grown(union, gap / 2), -gap / 2)
    return shapely.union_all([union, shapely.set_precision(filled, 1e-6)])


def _distances(rooms: "tuple[Polygon, ...]") -> np.ndarray:
    """(n, n) distances between rooms; infinite to a room itself and to one that is not seen."""
    import shapely

    shapes = np.array(rooms, object)
    apart = np.asarray(shapely.distance(shapes[:, None], shapes[None]), float)
    np.fill_diagonal(apart, np.inf)
    return np.nan_to_num(apart, nan=np.inf, posinf=np.inf)


def _floors(
    rooms: "tuple[Polygon, ...]", apart: np.ndarray, inner: float, scale: float
) -> "tuple[Geometry, ...]":
    """The rooms less their half of each wall that the space between them does not hold."""
    floors = []
    for room, distances in zip(rooms, apart, strict=True):
        near = np.flatnonzero(distances < inner)
        walls = [_grown(rooms[k], (inner + distances[k]) / 2) for k in near]
        floors.append(_less(room, walls, _SPLINTER / scale))
    return tuple(floors)


def _floors_of_boxes(
    rooms: "tuple[Polygon, ...]", apart: np.ndarray, inner: float
) -> "tuple[Geometry, ...]":
    """The same for boxes: walls stand on the larger of two rooms, whose box holds them."""
    areas = np.array([room.area for room in rooms])
    floors = []
    for k, (room, distances) in enumerate(zip(rooms, apart, strict=True)):
        is_smaller = (areas < areas[k]) | ((areas == areas[k]) & (np.arange(len(areas)) < k))
        near = np.flatnonzero((distances < inner) & is_smaller)
        floors.append(_less(room, [_grown(rooms[j], inner) for j in near], _SLIVER))
    return tuple(floors)


def _less(room: "Polygon", walls: "list[Geometry]", splinter: float) -> "Geometry":
    """A room without walls, and without splinters beside them that are narrower than so much."""
    import shapely

    if not walls:
        return room
    floor = room.difference(shapely.union_all(walls))
    clear = _opened(floor, splinter)
    # Narrower than its walls: better seen without them than not at all.
    return next((shape for shape in (clear, floor) if not shape.is_empty), room)


def _without_slivers(room: "Polygon") -> "Polygon":
    """The largest part without strips narrower than `_SLIVER`, if there is more than such strips.

    Such a strip is seen where a large box reaches a little beyond the small ones that lie on it.
    """
    import shapely

    wide = shapely.set_precision(_opened(room, _SLIVER), 1e-6)
    parts = shapely.get_parts(wide)
    return max(parts, key=lambda part: part.area) if len(parts) and wide.area > 0 else room


def _opened(shape: "Geometry", width: float) -> "Geometry":
    """What a square of that width can reach without leaving the shape."""
    return _grown(_grown(shape, -width / 2), width / 2).intersection(shape)


def _grown(shape: "Geometry", by: float) -> "Geometry":
    import shapely

    return shapely.buffer(shape, by, join_style="mitre", mitre_limit=3.0)
