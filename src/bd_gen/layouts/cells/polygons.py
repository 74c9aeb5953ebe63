"""From cells to polygons."""

from typing import TYPE_CHECKING

import numpy as np

from bd_gen.diagrams.floor_plan import with_corners_only
from bd_gen.layouts.cells.grid import CellMaker

if TYPE_CHECKING:
    from shapely import Polygon


def polygons_of(maker: CellMaker, boxes: np.ndarray) -> tuple["Polygon", ...]:
    """The polygon of each room of boxes (n, 4); of a room in pieces the largest one."""
    import shapely

    cells = maker.cells(boxes[None])
    xs, ys = cells.xs[0], cells.ys[0]
    shapes = []
    for room in range(len(boxes)):
        rows, columns = np.nonzero(cells.inner[0] == room + 1)
        squares = shapely.box(xs[columns], ys[rows], xs[columns + 1], ys[rows + 1])
        pieces = shapely.get_parts(shapely.union_all(squares))
        largest = max(pieces, key=lambda piece: piece.area, default=shapely.Polygon())
        shapes.append(with_corners_only(largest))
    return tuple(shapes)
