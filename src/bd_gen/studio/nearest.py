"""The layout nearest to what is wished, in L1; and what people wish who drew bubbles."""

import numpy as np

from bd_gen.layouts.bounds import Bounded
from bd_gen.layouts.cp_sat import Search
from bd_gen.layouts.problem import Problem
from bd_gen.layouts.rule_statements import grid_of
from bd_gen.layouts.search import box_model, boxes_of
from bd_gen.studio.sketch import Sketch

_LONGEST = 20.0  # seconds by the clock after which a search ends whatever its effort
_FULLNESS = 0.8
"""Share of the rectangle around all rooms that rooms take."""


def nearest(
    problem: Problem,
    rest: Bounded,
    wished: np.ndarray,
    weights: np.ndarray,
    start: np.ndarray,
    effort: float,
) -> np.ndarray:
    """(n, 4) boxes of the least weighted sum of distances of sides from where they are wished.

    Args:
        problem: what must hold.
        rest: what its bounds leave.
        wished: (n, 4) boxes.
        weights: (n, 4) integers of a pixel of each side.
        start: (n, 4) any solution; the answer where the search finds no other.
        effort: in CP-SAT's deterministic time.
    """
    model = box_model(problem, rest)
    costs = []
    sides = zip(wished.reshape(-1).tolist(), weights.reshape(-1).tolist(), strict=True)
    for k, (at, weight) in enumerate(sides):
        distance = model.integer(0, problem.grid.largest)
        model.linear([(distance, 1), (k, -1)], low=-at)
        model.linear([(distance, 1), (k, 1)], low=at)
        costs.append((distance, weight))
    model.minimise(costs)
    model.hint(start.reshape(-1).tolist())
    answer = model.solve(Search(_LONGEST, effort, 2, quick_restart=False, presolve=True))
    return start if answer.values is None else boxes_of(answer.values, problem.num_rooms)


def drawn_boxes(sketch: Sketch) -> np.ndarray | None:
    """(n, 4) int64 squares of typical sizes where the bubbles are; None where nobody drew any.

    All bubbles are moved together so far that rooms of these sizes have space, and no further. On a
    plot their squares are as large as fills it, and lie within the box around it.
    """
    if not sketch.places:
        return None
    options, largest = sketch.options(), grid_of(sketch.words).largest
    areas = sketch.words.typical_areas[list(sketch.room_types)].copy()
    if options.outline is not None:
        areas *= options.outline.area / areas.sum()  # so that they fill it
    for k, room_type in enumerate(sketch.room_types):
        areas[k] = np.clip(areas[k], *(options.area_bounds_of(k, room_type) or (0, np.inf)))
    half = np.sqrt(areas)[:, None] / 2
    at = np.array(sketch.places, float)
    if options.outline is not None:
        low, high = np.array(options.outline.box[:2]), np.array(options.outline.box[2:])
        share = (at - at.min(axis=0)) / np.maximum(np.ptp(at, axis=0), 1.0)
        half = np.minimum(half, (high - low) / 2)
        at = low + half + share * (high - low - 2 * half)
        return np.rint(np.concatenate([at - half, at + half], axis=1)).astype(np.int64)
    at -= at.mean(axis=0)
    span = np.ptp(at, axis=0).max()
    around = np.sqrt(areas.sum() / _FULLNESS) - half.mean() * 2
    at *= max(around, 1.0) / max(span, 1.0)
    boxes = np.concatenate([at - half, at + half], axis=1)
    boxes += largest / 2
    return np.clip(np.rint(boxes), 0, largest).astype(np.int64)
