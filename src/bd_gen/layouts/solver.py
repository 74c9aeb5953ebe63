"""From a diagram to rectangles, exactly: boxes, a proof that there are none, or neither in time."""

import time
from dataclasses import dataclass

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.layouts.bounds import Bounded
from bd_gen.layouts.checking import check_layout
from bd_gen.layouts.constraints import Grid
from bd_gen.layouts.cp_sat import Search
from bd_gen.layouts.cycles import shortest_cycle
from bd_gen.layouts.objective import add_costs
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.problem import Problem, problem_of
from bd_gen.layouts.search import Status, box_model, boxes_of, find_boxes

_EFFORT_PER_SECOND = 0.25
_PATIENCE = 6
"""Improving is limited by CP-SAT's deterministic time, so that a busy machine finds the same
layout: `_EFFORT_PER_SECOND` of it pass in a second of an idle core (0.20 to 0.32 measured). The
clock ends it only after `_PATIENCE` times the seconds asked for."""


@dataclass(frozen=True, eq=False)
class Layout:
    """The answer of the solver.

    Attributes:
        status: realizable, unrealizable (proven), or time limit (not known).
        boxes: (n, 4) int64 boxes (x0, y0, x1, y1) in pixels 0..255, y downwards; None unless
            realizable.
        seconds: time that the answer took.
        is_best: is the layout proven the most plausible, by the costs of `objective`?
    """

    status: Status
    boxes: np.ndarray | None
    seconds: float
    is_best: bool = False


def solve(
    diagram: Diagram, options: SolverOptions | None = None, grid: Grid | None = None
) -> Layout:
    """Find boxes whose relations by the rule are exactly those of the diagram.

    Relations that go round in a circle are looked for first, since that costs next to nothing.
    Then any layout, within `time_limit` and `effort_limit`. Then, for `improve_seconds`, more
    plausible ones: rooms of typical sizes, little overlap, a compact plan.

    Args:
        diagram: the rooms and their relations.
        options: what else the layout must satisfy, and limits of time.
        grid: another plan than 256 pixels where rooms touch within 9.

    Raises:
        InputError: OR-tools is missing, or a box is given for a room that does not exist.
    """
    start = time.perf_counter()
    options = options or SolverOptions()
    problem = problem_of(diagram, options, grid)
    if shortest_cycle(diagram):
        return Layout(Status.UNREALIZABLE, None, time.perf_counter() - start)
    status, boxes, rest = find_boxes(
        problem, options.time_limit, options.seed, options.effort_limit
    )
    is_best = False
    if boxes is not None and rest is not None:
        check_layout(diagram, boxes, options, grid)
        if options.improve_seconds > 0:
            boxes, is_best = _improved(diagram, problem, rest, boxes, options)
            check_layout(diagram, boxes, options, grid)
    return Layout(status, boxes, time.perf_counter() - start, is_best)


def _improved(
    diagram: Diagram, problem: Problem, rest: Bounded, boxes: np.ndarray, options: SolverOptions
) -> tuple[np.ndarray, bool]:
    """(n, 4) boxes of the least cost found, starting from `boxes`; is it proven the least?"""
    model = box_model(problem, rest)
    add_costs(model, diagram, options)
    model.hint(boxes.reshape(-1).tolist())
    search = Search(
        seconds=_PATIENCE * options.improve_seconds,
        effort=_EFFORT_PER_SECOND * options.improve_seconds,
        linearization=2,
        quick_restart=False,
        presolve=True,
        seed=options.seed,
    )
    answer = model.solve(search)
    if answer.values is None:
        return boxes, False
    return boxes_of(answer.values, diagram.num_rooms), answer.is_best
