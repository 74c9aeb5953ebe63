"""Rows that go on with the boxes of the rooms: sides of boxes as tokens, in steps of the plan.

With L levels a side lies in step `floor(side * L / 256)` of a 256-pixel plan. Where a plan lies
on the canvas says nothing of it, so plans are centred first: the middle of the box around all
rooms comes to the middle of the canvas.
"""

import numpy as np

from bd_gen.diagrams.vocabulary import Vocabulary

CANVAS = 256
"""Pixels of a plan each way."""


def levels_of(boxes: np.ndarray, levels: int) -> np.ndarray:
    """(..., 4) uint8 levels of the sides of boxes (..., 4) in pixels; beyond, the outermost."""
    steps = np.floor(np.asarray(boxes, np.float64) * levels / CANVAS)
    return np.clip(steps, 0, levels - 1).astype(np.uint8)


def boxes_of_levels(sides: np.ndarray, levels: int) -> np.ndarray:
    """(..., 4) float64 boxes in pixels whose sides lie in the middle of their steps (..., 4).

    Where a drawn far side lies before the near one they change places.
    """
    middle = (np.asarray(sides, np.float64) + 0.5) * CANVAS / levels
    low = np.minimum(middle[..., :2], middle[..., 2:])
    high = np.maximum(middle[..., :2], middle[..., 2:])
    return np.concatenate([low, high], axis=-1)


def centred(boxes: np.ndarray, num_rooms: np.ndarray) -> np.ndarray:
    """Plans moved by whole pixels so that they lie in the middle of the canvas.

    Args:
        boxes: (N, n_max, 4) boxes in pixels; slots beyond `num_rooms` are ignored.
        num_rooms: (N,) at least 1.

    Returns:
        (N, n_max, 4) of the same kind; 0 in slots without a room.
    """
    is_room = (np.arange(boxes.shape[1]) < num_rooms[:, None])[..., None]
    low = np.where(is_room, boxes[..., :2], np.inf).min(axis=1)
    high = np.where(is_room, boxes[..., 2:], -np.inf).max(axis=1)
    shift = np.rint((CANVAS - low - high) / 2)
    moved = boxes + np.tile(shift, 2)[:, None]
    return np.where(is_room, moved, 0).astype(boxes.dtype)


def rows_with_boxes(
    tokens: np.ndarray, boxes: np.ndarray | None, num_rooms: np.ndarray, vocabulary: Vocabulary
) -> np.ndarray:
    """Rows of diagrams, with the boxes of their rooms behind them.

    Args:
        tokens: (N, .) uint8 rows of diagrams, without boxes.
        boxes: (N, n_max, 4) boxes in pixels, or None: sides are MASK.
        num_rooms: (N,) number of rooms.
        vocabulary: a layout with levels.

    Returns:
        (N, length) uint8.
    """
    if boxes is None:
        sides = np.full((len(tokens), vocabulary.num_sides), vocabulary.levels, np.uint8)
    else:
        sides = levels_of(boxes, vocabulary.levels).reshape(len(tokens), -1)
    rows = np.concatenate([tokens, sides], axis=1)
    return np.where(vocabulary.real_mask(num_rooms), rows, vocabulary.pad_row)
