"""From a layout to a plan: rooms as polygons that leave no gap, walls in line, a simple outline."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.floor_plan import FloorPlan
from bd_gen.layouts.cells.polygons import polygons_of
from bd_gen.layouts.cells.search import TilingSearch, steps_of
from bd_gen.layouts.cells.sizes import Sizes, drawn_sizes
from bd_gen.layouts.checking import what_is_wrong_with_plan
from bd_gen.layouts.options import SolverOptions

_FLAW_TRIES = 3
"""Walks, as long as the best plan so far has slits, steps, holes or rooms that nobody reaches. What
lacks something that is asked, or leaves some of the outline, has `SolverOptions.tries`."""

if TYPE_CHECKING:
    from shapely import Polygon


@dataclass(frozen=True, eq=False)
class Tiled:
    """A plan whose rooms tile it.

    Attributes:
        boxes: (n, 4) int64 bounding boxes of the rooms; a layout of the diagram.
        floor_plan: the rooms as polygons.
        why_not: what it lacks of what is asked; "" if it satisfies all.
        unreached: rooms that nobody reaches without crossing a private one.
    """

    boxes: np.ndarray
    floor_plan: FloorPlan
    why_not: str
    unreached: int = 0


def tile(
    diagram: Diagram,
    boxes: np.ndarray,
    options: SolverOptions | None = None,
    sizes: Sizes | None = None,
    with_ways: Callable[[], np.ndarray | None] = lambda: None,
) -> Tiled:
    """Move the walls of a layout until its rooms tile a plan that a builder would draw.

    Relations stay exactly those of the diagram, as the rule reads them off the bounding boxes of
    the polygons. How long is counted by `options.improve_effort`, so that the same arguments give
    the same plan on any machine, however busy.

    Args:
        diagram: the rooms and their relations.
        boxes: (n, 4) a layout of it, in whole pixels.
        options: what the plan must satisfy.
        sizes: what is aimed at; None draws sizes as they vary in real plans.
        with_ways: another layout, whose boxes leave room for doors on the way to every room, if
            there is one; asked for where the first walk leaves rooms that nobody reaches.
    """
    options = options or SolverOptions()
    sizes = sizes or drawn_sizes(diagram, options)
    search = TilingSearch(diagram, options, sizes)
    start = np.asarray(boxes, np.int64)
    steps = steps_of(options.improve_effort, diagram.num_rooms)
    found: list[tuple[bool, int, float, int, Tiled]] = []
    for attempt in range(max(_FLAW_TRIES, options.tries)):
        moved, cost = search.walk(start, steps, [options.seed, attempt])
        plan = FloorPlan(polygons_of(search.maker, moved), plot=_plot(options))
        why_not = what_is_wrong_with_plan(diagram, plan, options) or ""
        tiled = Tiled(moved, plan, why_not, search.num_unreached(moved))
        found.append((why_not != "", tiled.unreached, cost, attempt, tiled))
        *_, best = min(found)
        fails = bool(best.why_not) or search.left(best.boxes) > 0
        most = options.tries if fails else _FLAW_TRIES
        has_flaws = fails or best.unreached > 0 or search.has_flaws(best.boxes)
        if attempt + 1 >= most or not has_flaws:
            break
        if attempt == 0 and best.unreached:
            other = with_ways()
            start = start if other is None else other
    return best


def _plot(options: SolverOptions) -> "Polygon | None":
    return None if options.outline is None else options.outline.shape
