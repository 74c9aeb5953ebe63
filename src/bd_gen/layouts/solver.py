"""From a diagram to a plan, exactly: boxes, a proof that there are none, or neither in time."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.floor_plan import FloorPlan
from bd_gen.diagrams.words import Words
from bd_gen.layouts.bounds import Bounded
from bd_gen.layouts.cells.grid import wrapping_rooms
from bd_gen.layouts.checking import check_layout
from bd_gen.layouts.constraints import Grid
from bd_gen.layouts.cp_sat import Search
from bd_gen.layouts.cycles import shortest_cycle
from bd_gen.layouts.objective import add_costs
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.problem import Problem, problem_of
from bd_gen.layouts.search import Status, box_model, boxes_of, find_boxes
from bd_gen.layouts.tiling import tile
from bd_gen.layouts.ways import way_openings

_EFFORT = 0.0625
"""CP-SAT's deterministic time for better boxes at the usual effort: a quarter of a second."""
_WAYS_EFFORT = 0.25
"""CP-SAT's deterministic time for boxes with ways to every room, where a plan lacks some."""
_LONGEST = 600.0
"""Seconds after which the clock ends it all the same, as it does on no machine that works."""


@dataclass(frozen=True, eq=False)
class Layout:
    """The answer of the solver.

    Attributes:
        status: realizable, unrealizable (proven), time limit (not known), or not tiled: rectangles
            were found, but no plan of them that keeps all that is asked.
        boxes: (n, 4) int64 boxes (x0, y0, x1, y1) in pixels 0..255, y downwards; None unless
            realizable.
        seconds: time that the answer took.
        floor_plan: the rooms as polygons whose bounding boxes these are; None where nothing was
            improved.
        why: in words, which limit a time limit was, or what the best plan not tiled lacks.
        by_clock: did the clock end the search? Another time it may go otherwise.
        left: what no room has of the outline that was given, in pixels².
        unreached: rooms that nobody reaches without crossing a private one.
    """

    status: Status
    boxes: np.ndarray | None
    seconds: float
    floor_plan: FloorPlan | None = None
    why: str = ""
    by_clock: bool = False
    left: int = 0
    unreached: int = 0


def solve(
    diagram: Diagram, options: SolverOptions | None = None, grid: Grid | None = None
) -> Layout:
    """Find a plan whose relations by the rule are exactly those of the diagram.

    Relations that go round in a circle are looked for first, since that costs next to nothing.
    Then any boxes, within `time_limit` and `effort_limit`. Then, with `improve_effort`, more
    plausible ones, of which `tiling` makes rooms that leave no gap.

    Areas are those seen, once rooms are polygons: a living room that wraps others may have a box
    larger than its largest area.

    Args:
        diagram: the rooms and their relations.
        options: what else the plan must satisfy, and limits of time.
        grid: another plan than 256 pixels where rooms touch within 9; for boxes alone.

    Raises:
        InputError: OR-tools is missing, or a box is given for a room that does not exist.
    """
    start = time.perf_counter()
    options = options or SolverOptions()
    is_plan = options.improve_effort > 0
    of_boxes = for_boxes(options, diagram.room_types, diagram.words) if is_plan else options
    problem = problem_of(diagram, of_boxes, grid)
    if shortest_cycle(diagram):
        return Layout(Status.UNREALIZABLE, None, time.perf_counter() - start)
    status, boxes, rest = find_boxes(
        problem, options.time_limit, options.seed, options.effort_limit
    )
    if boxes is None or rest is None:
        seconds = time.perf_counter() - start
        by_clock = status is Status.TIME_LIMIT and seconds >= options.time_limit
        why = no_layout_within(options, by_clock) if status is Status.TIME_LIMIT else ""
        return Layout(status, None, seconds, why=why, by_clock=by_clock)
    check_layout(diagram, boxes, of_boxes, grid)
    if not is_plan:
        return Layout(status, boxes, time.perf_counter() - start)
    boxes = _improved(diagram, problem, rest, boxes, of_boxes)
    tiled = tile(
        diagram, boxes, options, with_ways=lambda: _with_ways(diagram, of_boxes, options.seed)
    )
    seconds = time.perf_counter() - start
    if tiled.why_not:
        why = f"rectangles were found, but no plan that keeps all that is asked: {tiled.why_not}"
        return Layout(Status.NOT_TILED, None, seconds, why=why)
    areas = tiled.floor_plan.areas.sum()
    left = 0 if options.outline is None else options.outline.area - round(areas)
    return Layout(
        status, tiled.boxes, seconds, tiled.floor_plan, left=left, unreached=tiled.unreached
    )


def no_layout_within(options: SolverOptions, by_clock: bool) -> str:
    """Which limit was met, in words."""
    if by_clock:
        return f"no layout found within {options.time_limit:g} s by the clock"
    return f"no layout found with an effort of {options.effort_limit:g}"


def for_boxes(
    options: SolverOptions, room_types: Sequence[int], words: Words | None = None
) -> SolverOptions:
    """What boxes must satisfy of the options: those that wrap others may be larger.

    The types are those of `words`; without, of the words of the options.
    """
    wrapping = wrapping_rooms(room_types, words or options.words)
    types = {room_types[k] for k in wrapping}
    most = {t: area for t, area in options.max_areas.items() if t not in types}
    rooms = {
        room: replace(asked, max_area=None) if room in wrapping else asked
        for room, asked in options.rooms.items()
    }
    return replace(options, max_areas=most, rooms=rooms)


def _with_ways(diagram: Diagram, options: SolverOptions, seed: int) -> np.ndarray | None:
    """(n, 4) boxes with a door's worth of wall on the way to every room; None if none are found."""
    openings = way_openings(diagram, options)
    if openings is None:
        return None
    asked = replace(options, openings=(*options.openings, *openings))
    problem = problem_of(diagram, asked)
    _, boxes, rest = find_boxes(problem, options.time_limit, seed, _WAYS_EFFORT)
    if boxes is None or rest is None:
        return None
    return _improved(diagram, problem, rest, boxes, asked)


def _improved(
    diagram: Diagram, problem: Problem, rest: Bounded, boxes: np.ndarray, options: SolverOptions
) -> np.ndarray:
    """(n, 4) boxes of the least cost found, starting from `boxes`."""
    model = box_model(problem, rest)
    add_costs(model, diagram, options)
    model.hint(boxes.reshape(-1).tolist())
    search = Search(
        seconds=_LONGEST,
        effort=_EFFORT * options.improve_effort,
        linearization=2,
        quick_restart=False,
        presolve=True,
        seed=options.seed,
    )
    answer = model.solve(search)
    return boxes if answer.values is None else boxes_of(answer.values, diagram.num_rooms)
