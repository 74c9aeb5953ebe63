"""The boxes of a plan of the open format, checked and in pixels."""

import math
from typing import Any

import numpy as np

from bd_gen.data.sources.plans.bad_plan import LARGEST_COORDINATE, BadPlanError
from bd_gen.data.sources.plans.plan_shapes import PlanShapes, box_of
from bd_gen.data.sources.plans.plan_units import Units, check_pixels, to_pixels

_NUMBERS = {int, float}
_SAME_CORNER = 1 / 64
"""A box and the bounding box of a polygon are taken for the same within this, in pixels."""


def boxes_of(rooms: list[dict[str, Any]], largest: float, shapes: PlanShapes | None) -> list[float]:
    """4 numbers a room: its box, or the bounding box of its polygon.

    Raises:
        BadPlanError: a box that is none, is beyond `largest` or contradicts its polygon.
    """
    numbers: list[float] = []
    for k, room in enumerate(rooms):
        box = room.get("box")
        polygon = None if shapes is None else shapes.rooms[k]
        if box is None:
            if polygon is None:
                raise BadPlanError("missing field", f"box of room {k}")
            numbers += box_of(polygon)
            continue
        if type(box) is not list or len(box) != 4 or not _NUMBERS.issuperset(map(type, box)):
            raise BadPlanError("bad box", f"room {k}: not four numbers")
        x0, y0, x1, y1 = box
        if not (-largest <= x0 <= x1 <= largest and -largest <= y0 <= y1 <= largest):
            _raise_bad_box(k, box, largest)
        if polygon is not None and not np.allclose(box, polygon.bounds, 1e-6, _SAME_CORNER):
            raise BadPlanError("bad polygon", f"room {k}: box is not its bounding box")
        numbers += box
    return numbers


def _raise_bad_box(room: int, box: list[float], largest: float) -> None:
    for number in box:
        if type(number) is float and not math.isfinite(number):
            raise BadPlanError("bad box", f"room {room}: {number} is no number")
    if not all(abs(number) <= largest for number in box):
        raise BadPlanError("bad box", f"room {room}: not within {largest:.0f} pixels")
    raise BadPlanError("box turned inside out", f"room {room}: {box}")


def in_pixels(
    numbers: list[float], shapes: PlanShapes | None, units: Units
) -> tuple[list[float], PlanShapes | None]:
    """Boxes and shapes in pixels of a 256-pixel plan.

    Raises:
        BadPlanError: they cannot be what they are said to be.
    """
    if units.is_pixels:
        if units.unit is None:
            width = max(numbers[2::4]) - min(numbers[0::4])
            height = max(numbers[3::4]) - min(numbers[1::4])
            check_pixels(width if width > height else height)
        return numbers, shapes
    boxes = np.array(numbers, np.float64).reshape(-1, 4)
    move = to_pixels(units, boxes)
    moved = move.boxes(boxes)
    if np.abs(moved).max() > LARGEST_COORDINATE:
        raise BadPlanError("bad box", f"not within {LARGEST_COORDINATE} pixels")
    return moved.ravel().tolist(), None if shapes is None else shapes.moved(move)
