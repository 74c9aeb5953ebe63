"""Rooms and walls that are dragged in the plan: the nearest layout that the relations allow."""

from dataclasses import dataclass, replace

import numpy as np

from bd_gen.layouts.constraints import Grid
from bd_gen.layouts.rule_statements import grid_of
from bd_gen.layouts.search import find_boxes
from bd_gen.layouts.tiling import tile
from bd_gen.studio.demands import demands_of, problem
from bd_gen.studio.nearest import nearest
from bd_gen.studio.reading import Reading
from bd_gen.studio.sketch import Sketch
from bd_gen.studio.solving import FIRST_EFFORT, LONGEST, fits

_EFFORT = 0.04  # deterministic time: about 0.15 s
_DRAGGED, _BESIDE = 100, 10
"""What a pixel weighs by which the dragged side, or one that went along, is not where it should
be; a pixel of any other side weighs 1."""


@dataclass(frozen=True, eq=False)
class Move:
    """What came of a drag.

    Attributes:
        boxes: (n, 4) the nearest layout with all that is decided; None if there is none.
        wished: (n, 4) boxes as they were dragged.
        broken: (i, j, relation as it was, as it would be) for what the drag would break.
        broken_rules: numbers of the rules that it would break.
    """

    boxes: np.ndarray | None
    wished: np.ndarray
    broken: tuple[tuple[int, int, int, int], ...]
    broken_rules: tuple[int, ...]


def move(sketch: Sketch, boxes: np.ndarray, room: int, target: np.ndarray) -> Move:
    """Drag a room, or one of its walls, to where the user wants it.

    Walls of other rooms that lie along a dragged wall go with it.

    Args:
        sketch: what is decided.
        boxes: (n, 4) where rooms are.
        room: which one is dragged.
        target: (4,) its box as dragged.

    Raises:
        InputError: OR-tools is missing.
    """
    still = frozenset(sketch.fixed) - {room}
    wished, weights = _wishes(boxes, room, target, still, grid_of(sketch.words))
    kept = {k: box for k, box in sketch.fixed.items() if k != room}
    if room in sketch.fixed:  # a room that stays where it is stays where it is dragged to
        x0, y0, x1, y1 = (int(side) for side in wished[room])
        kept[room] = (x0, y0, x1, y1)
    sketch = _replaced(sketch, kept)
    reading = Reading(sketch, wished)
    broken = reading.broken
    broken_rules = tuple(k for k in range(len(sketch.rules)) if not reading.keeps(k))
    if fits(sketch, wished):
        return Move(_as_seen(sketch, wished), wished, broken, broken_rules)
    if room in sketch.fixed:
        kept.pop(room)
        sketch = _replaced(sketch, kept)
    return Move(_nearest(sketch, boxes, wished, weights), wished, broken, broken_rules)


def _replaced(sketch: Sketch, fixed: dict[int, tuple[int, int, int, int]]) -> Sketch:
    return replace(sketch, fixed=fixed)


def _wishes(
    boxes: np.ndarray, room: int, target: np.ndarray, still: frozenset[int], grid: Grid
) -> tuple[np.ndarray, np.ndarray]:
    """Boxes as they would be after the drag, and what each side weighs; both (n, 4)."""
    wished, weights = boxes.copy(), np.ones(boxes.shape, np.int64)
    wished[room] = _whole(target, grid.largest)
    moved = wished[room] != boxes[room]
    weights[room, moved] = _DRAGGED
    is_wall = moved.sum() == 1
    for side in np.flatnonzero(moved) if is_wall else ():
        axis, shift = side % 2, int(wished[room, side] - boxes[room, side])
        across = 1 - axis
        for other in range(len(boxes)):
            if other == room or other in still:
                continue
            overlap = min(boxes[room, across + 2], boxes[other, across + 2]) - max(
                boxes[room, across], boxes[other, across]
            )
            opposite = (side + 2) % 4
            if overlap > 0 and abs(boxes[other, opposite] - boxes[room, side]) <= grid.touch:
                at = int(np.clip(boxes[other, opposite] + shift, 0, grid.largest))
                low, high = (at, boxes[other, side]) if opposite < 2 else (boxes[other, side], at)
                if low < high:
                    wished[other, opposite] = at
                    weights[other, opposite] = _BESIDE
    return wished, weights


def _whole(target: np.ndarray, largest: int) -> np.ndarray:
    """The box in whole pixels of the plan, at least a pixel wide; a room slides along its edge."""
    box = np.rint(target).astype(np.int64)
    for axis in range(2):
        size = max(1, min(int(box[axis + 2] - box[axis]), largest))
        box[axis] = np.clip(box[axis], 0, largest - size)
        box[axis + 2] = box[axis] + size
    return box


def _nearest(
    sketch: Sketch, boxes: np.ndarray, wished: np.ndarray, weights: np.ndarray
) -> np.ndarray | None:
    """The layout with the least weighted sum of distances of sides from where they are wished."""
    for apart in (True, False):
        whole = problem(sketch, demands_of(sketch, apart))
        first = find_boxes(whole, LONGEST, effort_limit=FIRST_EFFORT)
        if first.boxes is None or first.rest is None:
            continue
        start = boxes if fits(sketch, boxes) else first.boxes
        found = nearest(whole, first.rest, wished, weights, start, _EFFORT)
        if fits(sketch, found):
            return _as_seen(sketch, found)
    return None


def _as_seen(sketch: Sketch, boxes: np.ndarray) -> np.ndarray:
    """Boxes of the rooms' shapes: where two boxes overlap, one room gives way.

    What is kept is then what is drawn, if it still has all that is decided.
    """
    shapes = tile(Reading(sketch, boxes).diagram, boxes, sketch.options()).floor_plan.rooms
    if any(shape.is_empty for shape in shapes):
        return boxes
    seen = np.array([shape.bounds for shape in shapes])
    whole = np.rint(seen).astype(boxes.dtype)
    return whole if np.array_equal(whole, seen) and fits(sketch, whole) else boxes
