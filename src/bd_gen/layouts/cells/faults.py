"""What a plan must not have: numbers that are 0 where all is well, and larger the worse it is."""

from collections.abc import Iterator

import numpy as np

from bd_gen.layouts.cells.asked import asked_faults
from bd_gen.layouts.cells.tilings import Tilings
from bd_gen.layouts.constraints import DOOR_WIDTH
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.problem import entry_rooms


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
    if options.min_areas or options.max_areas or options.rooms:
        yield _beyond_bounds(plans)
    if options.opens:
        rooms = np.array(options.opens) + 1
        common = plans.common_walls[:, rooms[:, 0], rooms[:, 1]]
        lack = np.maximum(DOOR_WIDTH - common, 0)
        yield ((lack > 0) + lack / DOOR_WIDTH).sum(axis=1)
    yield from asked_faults(plans)
    yield _shut_entrance(plans)


def _beyond_bounds(plans: Tilings) -> np.ndarray:
    """How far areas seen are from their bounds, as shares, and one for each room beyond them."""
    total = np.zeros(len(plans.boxes))
    for room, room_type in enumerate(plans.diagram.room_types):
        bounds = plans.options.area_bounds_of(room, room_type)
        if bounds is not None:
            area = plans.areas[:, room]
            beyond = np.maximum(bounds[0] - area, 0) + np.maximum(area - bounds[1], 0)
            total += (beyond > 0) + beyond / plans.sizes.areas[room]
    return total


def _shut_entrance(plans: Tilings) -> np.ndarray:
    """1 where no room for it lies behind the front door."""
    place = behind_front_door(plans.options)
    rooms = entry_rooms(plans.diagram)
    if place is None or not rooms:
        return np.zeros(len(plans.boxes))
    return ~np.isin(plans.owners_at(*place), np.array(rooms) + 1)


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
