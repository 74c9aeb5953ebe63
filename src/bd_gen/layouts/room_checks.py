"""Is a plan what was asked of single rooms, openings and the whole? Knows no solver."""

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from bd_gen.diagrams.floor_plan import FloorPlan
from bd_gen.layouts.constraints import DOOR_WIDTH
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.wording import Direction

if TYPE_CHECKING:
    from shapely import Polygon

_OUTWARDS: dict[Direction, tuple[float, float]] = {
    "left": (-0.25, 0),
    "above": (0, -0.25),
    "right": (0.25, 0),
    "below": (0, 0.25),
}


def what_is_wrong_with_boxes(boxes: np.ndarray, options: SolverOptions) -> str | None:
    """What boxes (n, 4) lack of what is asked of single rooms."""
    for room in options.rooms:
        if (boxes[room, 2:] - boxes[room, :2]).min() < options.min_side_of(room):
            return f"room {room} is too narrow"
    return None


def what_is_wrong_with_shapes(
    plan: FloorPlan, options: SolverOptions, entries: tuple[int, ...]
) -> str | None:
    """What the shapes of rooms lack of what is asked of single rooms and of how they open."""
    for room, asked in options.rooms.items():
        shape, least = plan.rooms[room], options.min_side_of(room)
        if least > 1 and shape.buffer(-0.49 * least, join_style="mitre").is_empty:
            return f"room {room} is too narrow"
        walls = (outer_wall(plan, room, side) for side in asked.facade)
        if asked.facade and max(walls) < DOOR_WIDTH:
            return f"room {room} has no outer wall"
    for opening in options.openings:
        if max(common_wall(plan.rooms[i], plan.rooms[j]) for i, j in opening.pairs) < DOOR_WIDTH:
            return f"no wall for a door between rooms {opening.pairs}"
    if options.entrance is not None and entries:
        walls = (outer_wall(plan, room, options.entrance) for room in entries)
        if max(walls) < DOOR_WIDTH:
            return "the entrance is not where it should be"
    if options.total_area is not None:
        total = plan.areas.sum()
        if not options.total_area[0] <= total <= options.total_area[1]:
            return f"all rooms together have {total:g} pixels²"
    return None


def common_wall(a: "Polygon", b: "Polygon") -> float:
    """Length of wall that two rooms share, in pixels."""
    return float(a.intersection(b).length)


def outer_wall(plan: FloorPlan, room: int, side: Direction) -> float:
    """Length of a room's walls to the outside that face a side of the page, in pixels."""
    import shapely

    whole, shape = plan.outline, plan.rooms[room]
    outwards = np.array(_OUTWARDS[side])
    total = 0.0
    for a, b in pairwise(np.asarray(shape.exterior.coords)):
        if bool(a[0] == b[0]) == bool(outwards[0]):
            wall = shapely.LineString([a + outwards, b + outwards])
            if not shape.covers(shapely.Point((a + b) / 2 + outwards)):
                total += float(wall.difference(whole).length)
    return total
