"""The outlines around the cells of a grid, and around the boxes of a layout."""

from typing import TYPE_CHECKING

import numpy as np

from bd_gen.diagrams.word_parts import USUAL_TOUCH

if TYPE_CHECKING:
    from shapely import Geometry


def outlines_of(mask: np.ndarray) -> list[np.ndarray]:
    """The closed outlines of a mask (H, W), holes included.

    Returns:
        loops, each (k, 2) int corners (x, y) in units of cells; an outer one runs clockwise as
        seen with y downwards, a hole the other way, so the nonzero rule fills the mask.
    """
    import shapely

    padded = np.pad(mask, 1)
    # Rows and columns like the one before are left out.
    ys = np.flatnonzero(np.append(True, (padded[1:] != padded[:-1]).any(axis=1)))
    xs = np.flatnonzero(np.append(True, (padded[:, 1:] != padded[:, :-1]).any(axis=0)))
    rows, columns = np.nonzero(padded[np.ix_(ys, xs)])
    cells = shapely.box(xs[columns], ys[rows], xs[columns + 1], ys[rows + 1])
    return [loop.astype(int) - 1 for loop in _loops(shapely.union_all(cells))]


def footprint(boxes: np.ndarray, gap: float = USUAL_TOUCH) -> list[np.ndarray]:
    """The outlines around boxes (n, 4), y downwards, outer ones clockwise and holes the other way.

    Boxes of rooms lie up to the thickness of a wall apart. Gaps of up to `gap` pixels are closed
    (a morphological closing with a square), so that joined rooms share one outline; nothing
    beyond the boxes' own sides is added elsewhere.

    Args:
        boxes: (n, 4) boxes (x0, y0, x1, y1).
        gap: width of the gaps that are closed, in pixels; 0 for the plain union.

    Returns:
        loops, each (k, 2) float64 corners (x, y), with only horizontal and vertical sides; boxes
        without area have no outline.
    """
    import shapely

    boxes = np.asarray(boxes, np.float64)
    boxes = boxes[(boxes[:, :2] < boxes[:, 2:]).all(axis=1)]
    wide = boxes + np.array([-gap, -gap, gap, gap]) / 2
    union = shapely.union_all(shapely.box(*wide.T))
    if gap == 0 or union.is_empty:
        return _loops(union)
    sides = np.concatenate([wide[:, :2] + gap / 2, wide[:, 2:] - gap / 2])

    def on_sides(points: np.ndarray) -> np.ndarray:
        """The points (k, 2) where exact arithmetic has them: on sides of the boxes."""
        nearest = np.abs(points[:, None] - sides).argmin(axis=1)
        return np.take_along_axis(sides, nearest, axis=0)

    return _loops(shapely.transform(union.buffer(-gap / 2, join_style="mitre"), on_sides))


def _loops(shape: "Geometry") -> list[np.ndarray]:
    """The rings of polygons whose sides run along the axes, without corners on straight sides.

    Each ends at its leftmost corner, the topmost of such; they stand in the order of these.
    """
    import shapely

    oriented = shapely.orient_polygons(shape)
    rings = shapely.get_rings(shapely.get_parts(oriented))
    loops = []
    for ring in rings:
        points = shapely.get_coordinates(ring)[:-1]
        is_upright = points[:, 0] == np.roll(points[:, 0], -1)  # the side that starts there
        corners = points[is_upright != np.roll(is_upright, 1)]
        first = int(np.lexsort(corners.T[::-1])[0])
        loops.append(np.roll(corners, -first - 1, axis=0))
    return sorted(loops, key=lambda loop: tuple(loop[-1]))
