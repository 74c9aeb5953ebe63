"""What a plan must not have: numbers that are 0 where all is well, and larger the worse it is."""

from collections.abc import Iterable, Iterator

import numpy as np

from bd_gen.layouts.cells.asked import asked_faults
from bd_gen.layouts.cells.tilings import Tilings
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.problem import entry_rooms
from bd_gen.layouts.room_limits import DOOR_WIDTH
from bd_gen.layouts.wording import Direction

_AXES: dict[Direction, tuple[int, int]] = {
    "left": (0, -1),
    "above": (1, -1),
    "right": (0, 1),
    "below": (1, 1),
}
"""The axis that a side of the page lies on, and whether it is where numbers grow."""


def faults(plans: Tilings) -> np.ndarray:
    """(B,) float64: 0 for plans that satisfy all that is asked."""
    total = np.zeros(len(plans.boxes))
    for part in _parts(plans):
        total += part
    return total


def _parts(plans: Tilings) -> Iterator[np.ndarray]:
    """Numbers of each kind of fault."""
    options = plans.options
    yield (~plans.are_in_their_boxes).sum(axis=1)
    yield np.maximum(plans.parts[:, 1:] - 1, 0).sum(axis=1)
    yield _beyond_bounds(plans)
    for opening in options.openings:
        rooms = np.array(opening.pairs) + 1
        yield _lack(plans.longest_walls[:, rooms[:, 0], rooms[:, 1]].max(axis=1))
    for room, asked in options.rooms.items():
        if asked.facade:
            yield _lack_of_outer_wall(plans, (room,), asked.facade)
    entries = entry_rooms(plans.diagram)
    if options.entrance is not None and entries:
        yield _lack_of_outer_wall(plans, entries, (options.entrance,))
    if options.extent is not None:
        yield _beyond_extent(plans, *options.extent)
    yield from asked_faults(plans)
    place = behind_front_door(options)
    if place is not None and entries:
        yield ~np.isin(plans.owners_at(*place), np.array(entries) + 1)


def _lack(wall: np.ndarray) -> np.ndarray:
    """What wall lacks of a door's width, in such widths, and one where it lacks anything."""
    lack = np.maximum(DOOR_WIDTH - wall, 0)
    return np.asarray((lack > 0) + lack / DOOR_WIDTH)


def _beyond_bounds(plans: Tilings) -> np.ndarray:
    """How far areas seen are from their bounds, as shares, and one for each room beyond them."""
    options, types = plans.options, plans.diagram.room_types
    bounds = [options.area_bounds_of(room, one) or (0, np.inf) for room, one in enumerate(types)]
    least, most = np.array(bounds).T
    beyond = np.maximum(np.maximum(least - plans.areas, plans.areas - most), 0)
    return np.asarray(((beyond > 0) + beyond / plans.sizes.areas).sum(axis=1))


def _lack_of_outer_wall(
    plans: Tilings, rooms: Iterable[int], sides: Iterable[Direction]
) -> np.ndarray:
    """What the best of these rooms lacks of an outer wall at one of these sides."""
    lacks = []
    for room in rooms:
        for side in sides:
            lack = _lack(plans.outer_walls[side][:, room + 1])
            if plans.options.outline is None:
                lack = lack + _rooms_before(plans.boxes, room, side)
            lacks.append(lack)
    return np.min(lacks, axis=0)


def _rooms_before(boxes: np.ndarray, room: int, side: Direction) -> np.ndarray:
    """(B,) boxes that reach beyond that of a room at a side of the page, where it is."""
    axis, sign = _AXES[side]
    across, end = 1 - axis, axis + 2 * (sign > 0)
    others = np.delete(boxes, room, axis=1)
    own = boxes[:, room, None]
    is_beside = (others[..., across + 2] <= own[..., across]) | (
        others[..., across] >= own[..., across + 2]
    )
    is_beyond = sign * (others[..., end] - own[..., end]) > 0
    return np.asarray((is_beyond & ~is_beside).sum(axis=1))


def _beyond_extent(plans: Tilings, least: int, most: int) -> np.ndarray:
    """How far the area of the box around all rooms is from its bounds, as a share, and one."""
    low, high = plans.boxes[..., :2].min(axis=1), plans.boxes[..., 2:].max(axis=1)
    extent = (high - low).prod(axis=1)
    beyond = np.maximum(least - extent, 0) + np.maximum(extent - most, 0)
    return np.asarray((beyond > 0) + beyond / extent)


def behind_front_door(options: SolverOptions) -> tuple[float, float] | None:
    """A place just within the outline, behind the middle of the front door."""
    from shapely import Point
    from shapely.ops import nearest_points

    outline = options.outline
    if outline is None or outline.front_door is None:
        return None
    x0, y0, x1, y1 = outline.front_door
    inside = outline.shape.buffer(-1.5, join_style="mitre")
    place = nearest_points(inside, Point((x0 + x1) / 2, (y0 + y1) / 2))[0]
    # Lines are at whole pixels: no place is on one, whichever way the outline goes.
    return float(np.floor(place.x)) + 0.5, float(np.floor(place.y)) + 0.5
