"""How thick the walls of synthetic plans are."""

import numpy as np

THICKNESSES = (4, 6)
"""Gaps between the boxes of neighbours in RPLAN, in pixels: nine in ten are one of these two."""

_THICK = 0.40  # share of wall lines with the thicker one
_PERIOD = 64  # lines so many pixels apart have walls of one kind, which nobody will see


def without_walls(boxes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Rooms without their halves of the walls around them.

    All that stands on one line of a plan, across or down, has the same wall there.

    Args:
        boxes: (M, K, 4) wall lines, whole pixels.
        rng: its state decides all.

    Returns:
        (M, K, 4) float64 boxes of the rooms themselves.
    """
    is_thick = rng.random((len(boxes), 2, _PERIOD), dtype=np.float32) < _THICK
    plan = np.arange(len(boxes))[:, None, None]
    axis = np.array([0, 1, 0, 1])
    line = boxes.astype(np.int64) % _PERIOD
    half = np.where(is_thick[plan, axis, line], THICKNESSES[1], THICKNESSES[0]) / 2
    return boxes + half * [1, 1, -1, -1]
