"""Rooms of a sketch on a plot, grown into what no room has, as far as what is decided allows.

Where pairs are open their relations are no matter, and a room may grow past another's corner; walls
that `layouts.tiling` moves keep the relations that the boxes happen to have.
"""

from collections.abc import Callable

import numpy as np

from bd_gen.layouts.outline import Outline
from bd_gen.studio.sketch import Sketch

_STEP = 20  # pixels that a side moves at a time, 1.4 m: so that all rooms get their part
_MOST_ROUNDS = 8


def filled(
    sketch: Sketch, boxes: np.ndarray, fits: Callable[[Sketch, np.ndarray], bool]
) -> np.ndarray:
    """(n, 4) boxes whose sides were moved outwards on the plot while they fit.

    Args:
        sketch: what is decided; it has a plot with an outline.
        boxes: (n, 4) that fit.
        fits: do boxes have all that is decided?
    """
    outline = sketch.outline
    assert outline is not None  # noqa: S101
    boxes = boxes.copy()
    rooms = [k for k in range(sketch.num_rooms) if k not in sketch.fixed]
    for _ in range(_MOST_ROUNDS):
        grown = False
        # the smallest first: what is left goes to those who have least
        for room in sorted(rooms, key=lambda k: int((boxes[k, 2:] - boxes[k, :2]).prod())):
            for side in range(4):
                tried = _moved(boxes, room, side, outline)
                if tried is None or not _is_small_enough(sketch, tried, room):
                    continue
                if fits(sketch, tried):
                    boxes, grown = tried, True
        if not grown:
            break
    return boxes


def _moved(boxes: np.ndarray, room: int, side: int, outline: Outline) -> np.ndarray | None:
    """Boxes with one side moved outwards up to what is in its way; None where it cannot move."""
    axis, is_high = side % 2, side >= 2
    sign = 1 if is_high else -1
    box, across = boxes[room], 1 - axis
    others = np.concatenate(
        [np.delete(boxes, room, axis=0), np.array(outline.missing, np.int64).reshape(-1, 4)]
    )
    is_beside = (others[:, across] < box[across + 2]) & (others[:, across + 2] > box[across])
    # the near side of what lies beyond the side that moves
    faces = others[:, axis if is_high else axis + 2]
    ahead = sign * (faces - box[side])
    ahead = ahead[is_beside & (ahead >= 0)]
    edge = sign * (outline.box[side] - box[side])
    step = int(min(_STEP, edge, *ahead.tolist()))
    if step <= 0:
        return None
    tried = boxes.copy()
    tried[room, side] += sign * step
    return tried


def _is_small_enough(sketch: Sketch, boxes: np.ndarray, room: int) -> bool:
    most = sketch.area_of(room)[1]
    return most is None or int((boxes[room, 2:] - boxes[room, :2]).prod()) <= most
