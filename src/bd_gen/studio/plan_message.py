"""A layout as the page draws it: shapes, doors, windows, areas, and the relations it has."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bd_gen.design.finished import with_openings
from bd_gen.design.openings import closed_pairs, openings_of
from bd_gen.design.plot import Plot
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.layouts.leftovers import what_is_left
from bd_gen.layouts.tiling import tile
from bd_gen.studio.demands import usual_side
from bd_gen.studio.reading import Reading
from bd_gen.studio.sketch import Sketch, named

if TYPE_CHECKING:
    from shapely import Polygon


class Finished(NamedTuple):
    """A plan, what it could not have, and what it leaves of the plot, in sentences."""

    plan: LaidOut
    problems: tuple[str, ...]
    left: str = ""


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
    diagram = Reading(sketch, boxes).diagram
    choices = openings_of(sketch.rules, sketch.room_types)
    options = replace(
        sketch.options(effort),
        # where a rule leaves a choice of rooms to open to, walls are not moved for it
        openings=tuple(opening for opening in choices if len(opening.pairs) == 1),
        min_side=_least_side(sketch, boxes),
    )
    tiled = tile(diagram, boxes, options)
    floor = replace(tiled.floor_plan, names=sketch.labels)
    if any(shape.is_empty for shape in floor.rooms):
        return Finished(LaidOut(name, diagram, tiled.boxes), ())
    closed = closed_pairs(sketch.rules, sketch.room_types)
    asked = replace(sketch.options(), openings=choices, closed=closed)
    opened = with_openings(diagram, floor, asked, sketch.plot, sketch.scale)
    plan = LaidOut(name, diagram, tiled.boxes, floor_plan=opened.floor_plan)
    left = what_is_left(floor, sketch.labels, options.wording)
    return Finished(plan, tuple(opened.problems(sketch.labels)), left and f"{left}.")


def _least_side(sketch: Sketch, boxes: np.ndarray) -> int:
    """No room gets thinner than a metre, or than the thinnest one is."""
    return int(min(usual_side(sketch), (boxes[:, 2:] - boxes[:, :2]).min()))


def plan_message(finished_plan: Finished, scale: float) -> dict[str, Any]:
    """What the page draws of a plan; lengths are pixels of its grid, y downwards.

    Args:
        finished_plan: the plan.
        scale: metres per pixel.
    """
    plan = finished_plan.plan
    assert plan.boxes is not None  # noqa: S101
    floor = plan.floor_plan
    return {
        "boxes": plan.boxes.tolist(),
        "shapes": [_rings(shape) for shape in plan.shapes],
        "areas": [round(shape.area * scale**2, 1) for shape in plan.shapes],
        "relations": named(plan.diagram),
        "problems": list(finished_plan.problems),
        "left": finished_plan.left,
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


def plot_message(sketch: Sketch) -> dict[str, Any] | None:
    """What the page draws of a plot: corners in pixels, north in degrees, and its area in m²."""
    plot = sketch.plot
    if plot is None:
        return None
    entrance = plot.entrance
    return {
        "north": plot.north,
        "entrance": entrance if isinstance(entrance, str) else None,
        "door": None if sketch.outline is None else sketch.outline.front_door,
        "corners": _points(plot, plot.corners, sketch.scale),
        "whole": _points(plot, plot.whole, sketch.scale),
        "area": round(plot.area, 1) if plot.corners else None,
    }


def _points(plot: Plot, corners: tuple[tuple[float, float], ...], scale: float) -> Any:
    return plot.in_pixels(corners, scale) if corners else []


def _rings(shape: "Polygon") -> list[list[list[float]]]:
    """The outer ring of a polygon and those of its holes, without the repeated last point."""
    if shape.is_empty:
        return []
    rings = [shape.exterior, *shape.interiors]
    return [np.asarray(ring.coords)[:-1].round(2).tolist() for ring in rings]
