"""Shapes as squares of a panel, for the places of text."""

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from bd_gen.drawing.lettering import FINENESS, Fit

if TYPE_CHECKING:
    from shapely import Geometry


def squares_in(shape: "Geometry", fit: Fit, side: float) -> np.ndarray:
    """The squares of a panel whose middles lie in a shape, by the even-odd rule.

    Args:
        shape: polygons in pixels of the plan.
        fit: how the plan lies in the panel.
        side: of the panel in points.

    Returns:
        (H, W) bool.
    """
    import shapely

    count = int(side * FINENESS)
    crossings = np.zeros((count, count + 1), np.int32)
    for ring in shapely.get_rings(shapely.get_parts(shape)):
        # In squares, so that the middle of square k is the whole number k.
        points = fit.points(shapely.get_coordinates(ring)) * FINENESS - 0.5
        for (x0, y0), (x1, y1) in pairwise(points):
            low, high = sorted((y0, y1))
            first, last = max(0, int(np.ceil(low))), min(count, int(np.ceil(high)))
            if first < last:
                rows = np.arange(first, last)
                columns = np.ceil(x0 + (rows - y0) * (x1 - x0) / (y1 - y0))
                np.add.at(crossings, (rows, np.clip(columns, 0, count).astype(int)), 1)
    return crossings.cumsum(axis=1)[:, :-1] % 2 == 1
