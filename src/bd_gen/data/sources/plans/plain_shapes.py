"""The shapes of a plan as plain values of the open format, as `plan_shapes.py` reads them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from bd_gen.data.sources.plans.plan_shapes import PlanShapes
from bd_gen.diagrams.floor_plan import FloorPlan, rooms_seen

if TYPE_CHECKING:
    from shapely import LinearRing, Polygon


def short(number: float) -> float | int:
    """The shortest number that is the same in float32."""
    return int(number) if float(number).is_integer() else float(str(np.float32(number)))


def shapes_of_floor_plan(plan: FloorPlan, boxes: np.ndarray) -> PlanShapes:
    """What is to be written of a floor plan: no polygons if they are what is seen of the boxes."""
    names = plan.names or (None,) * len(plan.rooms)
    rooms: tuple[Polygon | None, ...] = tuple(
        None if room.is_empty else room for room in plan.rooms
    )
    if all(room.equals(seen) for room, seen in zip(plan.rooms, rooms_seen(boxes), strict=True)):
        rooms = (None,) * len(rooms)
    return PlanShapes(rooms, names, plan.doors, plan.windows, plan.plot, plan.north)


def add_shapes(plan: dict[str, Any], shapes: PlanShapes) -> None:
    """Add what a plan has besides boxes to its plain values."""
    for room, polygon, name in zip(plan["rooms"], shapes.rooms, shapes.names, strict=True):
        if name is not None:
            room["name"] = name
        if polygon is not None:
            room["polygon"] = _ring(polygon.exterior)
            if polygon.interiors:
                room["holes"] = [_ring(ring) for ring in polygon.interiors]
    if shapes.doors:
        plan["doors"] = [
            {"rooms": list(door.rooms), "at": _numbers(door.segment), "kind": door.kind}
            for door in shapes.doors
        ]
    if shapes.front_door is not None:
        plan["front_door"] = _numbers(shapes.front_door)
    if shapes.windows:
        plan["windows"] = [
            {"room": window.room, "at": _numbers(window.segment)} for window in shapes.windows
        ]
    if shapes.plot is not None:
        plan["plot"] = _ring(shapes.plot.exterior)
    if shapes.north:
        plan["north"] = short(shapes.north)


def _ring(ring: "LinearRing") -> list[list[float]]:
    """The corners, the first not repeated."""
    return [_numbers(point) for point in ring.coords[:-1]]


def _numbers(numbers: Iterable[float]) -> list[float]:
    return [short(number) for number in numbers]
