"""A layout as the page draws it: shapes, doors, windows, areas, and the relations it has."""

from typing import TYPE_CHECKING, Any

import numpy as np

from bd_gen.diagrams.laid_out import METRES_PER_PIXEL, LaidOut
from bd_gen.studio.sketch import Sketch, named
from bd_gen.studio.solving import diagram_of

if TYPE_CHECKING:
    from shapely import Polygon


def plan_of(sketch: Sketch, boxes: np.ndarray, name: str = "plan") -> LaidOut:
    """A layout of the sketch with the relations that its boxes have."""
    return LaidOut(name, diagram_of(sketch.room_types, boxes), boxes)


def plan_message(plan: LaidOut) -> dict[str, Any]:
    """What the page draws of a plan; lengths are pixels of a 256-pixel plan, y downwards."""
    assert plan.boxes is not None  # noqa: S101
    floor = plan.floor_plan
    return {
        "boxes": plan.boxes.tolist(),
        "shapes": [_rings(shape) for shape in plan.shapes],
        "areas": [round(shape.area * METRES_PER_PIXEL**2, 1) for shape in plan.shapes],
        "relations": named(plan.diagram),
        "doors": []
        if floor is None
        else [
            {"rooms": list(door.rooms), "at": list(door.segment), "kind": door.kind}
            for door in floor.doors
        ],
        "windows": []
        if floor is None
        else [{"room": window.room, "at": list(window.segment)} for window in floor.windows],
    }


def _rings(shape: "Polygon") -> list[list[list[float]]]:
    """The outer ring of a polygon and those of its holes, without the repeated last point."""
    if shape.is_empty:
        return []
    rings = [shape.exterior, *shape.interiors]
    return [np.asarray(ring.coords)[:-1].round(2).tolist() for ring in rings]
