"""Boxes that layouts should come near, fitted to a plot and to whole pixels."""

import numpy as np

from bd_gen.layouts.constraints import LARGEST_COORDINATE
from bd_gen.layouts.outline import Box


def stretched(boxes: np.ndarray, outline: Box) -> np.ndarray:
    """(n, 4) boxes moved and stretched so that the smallest box around all is the outline's."""
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    start, end = np.array(outline[:2]), np.array(outline[2:])
    scale = (end - start) / np.maximum(high - low, 1)
    return np.asarray((boxes - np.tile(low, 2)) * np.tile(scale, 2) + np.tile(start, 2))


def as_targets(boxes: np.ndarray) -> list[Box]:
    """Boxes (n, 4) as whole pixels of a plan, with sides of at least one."""
    low = np.clip(np.rint(boxes[:, :2]), 0, LARGEST_COORDINATE - 1).astype(np.int64)
    high = np.clip(np.rint(boxes[:, 2:]), 1, LARGEST_COORDINATE).astype(np.int64)
    whole = np.concatenate([low, np.maximum(high, low + 1)], axis=1).tolist()
    return [(x0, y0, x1, y1) for x0, y0, x1, y1 in whole]
