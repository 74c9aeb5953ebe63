"""Plans as they are handed out: shapes with the user's names, plot, north, doors and windows."""

from dataclasses import replace

from bd_gen.design.brief import Brief
from bd_gen.design.plot import Plot
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.floor_plan import FloorPlan
from bd_gen.layouts.openings import OpeningsResult, add_openings
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.problem import entry_rooms
from bd_gen.layouts.walls import Walls, walls_of
from bd_gen.layouts.wording import Direction

_OUTWARD: dict[Direction, tuple[int, int]] = {
    "left": (-1, 0),
    "above": (0, -1),
    "right": (1, 0),
    "below": (0, 1),
}
_WALL = 3.0
"""Pixels, 0.2 m: the rooms of these plans touch, so what is further apart has no wall in common.
In other plans it may be the thickness of walls, up to 9 pixels, that keeps rooms apart."""
_LEAST_FACING = 0.7  # of a wall that is turned towards a side: the cosine of 45 degrees


def finished(brief: Brief, diagram: Diagram, floor_plan: FloorPlan) -> OpeningsResult:
    """A plan of a brief with everything that belongs to it, and what it could not have.

    Args:
        brief: what was asked for.
        diagram: the rooms and their relations.
        floor_plan: their shapes.
    """
    return with_openings(
        diagram, replace(floor_plan, names=brief.names or None), brief.options, brief.plot,
        brief.scale,
    )  # fmt: skip


def with_openings(
    diagram: Diagram,
    floor_plan: FloorPlan,
    options: SolverOptions,
    plot: Plot | None,
    scale: float,
) -> OpeningsResult:
    """A plan with north, doors and windows, and what it could not have.

    Args:
        diagram: the rooms and their relations.
        floor_plan: their shapes.
        options: the openings, closed pairs and place of the front door that are asked for.
        plot: where the home stands; None: anywhere.
        scale: metres per pixel.
    """
    plan = floor_plan if plot is None else replace(floor_plan, north=plot.north)
    walls = walls_of(plan.rooms, _WALL)
    return add_openings(
        diagram,
        plan,
        required=_chosen(options, walls),
        forbidden=options.closed,
        front_door=_front_door(options, diagram, walls),
        scale=scale,
        walls=walls,
    )


def _chosen(options: SolverOptions, walls: Walls) -> list[tuple[int, int]]:
    """Of each choice of openings the pair with the longest common wall."""
    return [
        max(opening.pairs, key=lambda pair: (walls.longest(*pair), pair))
        for opening in options.openings
    ]


def _front_door(
    options: SolverOptions, diagram: Diagram, walls: Walls
) -> tuple[float, float, float, float] | None:
    """Where the front door should be; None: wherever it suits."""
    if options.outline is not None and options.outline.front_door is not None:
        return options.outline.front_door
    if options.entrance is None:
        return None
    dx, dy = _OUTWARD[options.entrance]
    facing = [
        wall
        for room in entry_rooms(diagram)
        for wall in walls.outer_of(room)
        if wall.outward[0] * dx + wall.outward[1] * dy > _LEAST_FACING
    ]
    if not facing:
        return None
    x0, y0, x1, y1 = max(facing, key=lambda wall: wall.length).segment
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    return x - 1, y - 1, x + 1, y + 1
