"""A layout as the page draws it: shapes, doors, windows, areas, and the relations it has."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bd_gen.design.openings import closed_pairs, openings_of
from bd_gen.diagrams.laid_out import METRES_PER_PIXEL, LaidOut
from bd_gen.layouts.openings import add_openings
from bd_gen.layouts.room_limits import Opening
from bd_gen.layouts.tiling import tile
from bd_gen.studio.demands import USUAL_SIDE
from bd_gen.studio.sketch import Sketch, named
from bd_gen.studio.solving import diagram_of

if TYPE_CHECKING:
    from shapely import Polygon


class Finished(NamedTuple):
    """A plan, and what it could not have, in sentences."""

    plan: LaidOut
    problems: tuple[str, ...]


def finished(
    sketch: Sketch, boxes: np.ndarray, effort: float = 0.0, name: str = "plan"
) -> Finished:
    """The plan of a layout: rooms as polygons, doors and windows.

    Args:
        sketch: whose layout it is.
        boxes: (n, 4).
        effort: to move walls until rooms leave no gap, as `SolverOptions.improve_effort`; 0 leaves
            boxes where they are.
        name: of the plan.
    """
    diagram = diagram_of(sketch.room_types, boxes)
    openings = tuple(Opening((pair,)) for pair in _opens(sketch))
    options = replace(sketch.options(effort), openings=openings, min_side=_least_side(boxes))
    tiled = tile(diagram, boxes, options)
    floor = replace(tiled.floor_plan, names=sketch.labels)
    if any(shape.is_empty for shape in floor.rooms):
        return Finished(LaidOut(name, diagram, tiled.boxes), ())
    closed = closed_pairs(sketch.rules, sketch.room_types)
    opened = add_openings(diagram, floor, required=_opens(sketch), forbidden=closed)
    plan = LaidOut(name, diagram, tiled.boxes, floor_plan=opened.floor_plan)
    return Finished(plan, tuple(opened.problems(sketch.labels)))


def _opens(sketch: Sketch) -> tuple[tuple[int, int], ...]:
    """Pairs of rooms that rules ask a door for, where they leave no choice."""
    asked = openings_of(sketch.rules, sketch.room_types)
    return tuple(opening.pairs[0] for opening in asked if len(opening.pairs) == 1)


def _least_side(boxes: np.ndarray) -> int:
    """No room gets thinner than a metre, or than the thinnest one is."""
    return int(min(USUAL_SIDE, (boxes[:, 2:] - boxes[:, :2]).min()))


def plan_message(finished_plan: Finished) -> dict[str, Any]:
    """What the page draws of a plan; lengths are pixels of a 256-pixel plan, y downwards."""
    plan = finished_plan.plan
    assert plan.boxes is not None  # noqa: S101
    floor = plan.floor_plan
    return {
        "boxes": plan.boxes.tolist(),
        "shapes": [_rings(shape) for shape in plan.shapes],
        "areas": [round(shape.area * METRES_PER_PIXEL**2, 1) for shape in plan.shapes],
        "relations": named(plan.diagram),
        "problems": list(finished_plan.problems),
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
