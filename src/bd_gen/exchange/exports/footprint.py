"""The outline around the rooms of a layout: their union, with the gaps of walls closed."""

import numpy as np

from bd_gen.diagrams.relations import TOUCH_DISTANCE

Corner = tuple[float, float]

_RIGHT_TURNS = {(1, 0): (0, 1), (0, 1): (-1, 0), (-1, 0): (0, -1), (0, -1): (1, 0)}


def footprint(boxes: np.ndarray, gap: float = TOUCH_DISTANCE) -> list[list[Corner]]:
    """The polygons around boxes (n, 4), y downwards, outer ones clockwise and holes the other way.

    Boxes of rooms lie up to the thickness of a wall apart. Gaps of up to `gap` pixels are closed
    (a morphological closing with a square), so that joined rooms share one outline; nothing
    beyond the boxes' own sides is added elsewhere.

    Args:
        boxes: (n, 4) boxes (x0, y0, x1, y1).
        gap: width of the gaps that are closed, in pixels; 0 for the plain union.

    Returns:
        the corners of each polygon, which is closed and has only horizontal and vertical sides;
        boxes without area have no outline.
    """
    boxes = np.asarray(boxes, np.float64)
    boxes = boxes[(boxes[:, :2] < boxes[:, 2:]).all(axis=1)]
    if len(boxes) == 0:
        return []
    out = np.array([-gap, -gap, gap, gap]) / 2
    wide = boxes + out
    low, high = wide[:, :2].min(axis=0) - 1 - gap, wide[:, 2:].max(axis=0) + 1 + gap
    xs, ys = (np.unique([low[a], *wide[:, a], *wide[:, a + 2], high[a]]) for a in range(2))
    rows, columns = np.nonzero(~_covered(wide, xs, ys))
    # What no widened box covers, widened in turn: the rest is the closing.
    free = np.stack([xs[columns], ys[rows], xs[columns + 1], ys[rows + 1]], axis=1) + out
    xs, ys = (np.unique([*free[:, a], *free[:, a + 2]]) for a in range(2))
    return _loops(~_covered(free, xs, ys), xs, ys)


def _covered(boxes: np.ndarray, xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    """(rows, columns) bool: which cells between the coordinates lie in a box."""
    x, y = (xs[:-1] + xs[1:]) / 2, (ys[:-1] + ys[1:]) / 2
    in_x = (boxes[:, 0, None] < x) & (x < boxes[:, 2, None])
    in_y = (boxes[:, 1, None] < y) & (y < boxes[:, 3, None])
    return (in_y[:, :, None] & in_x[:, None, :]).any(axis=0)


def _loops(is_in: np.ndarray, xs: np.ndarray, ys: np.ndarray) -> list[list[Corner]]:
    """Walk round the cells with these on the right hand (y downwards)."""
    steps = _border_steps(is_in)
    loops = []
    while steps:
        start = min(steps)
        point, way = start, min(steps[start])
        corners = []
        while True:
            steps[point].remove(way)
            if not steps[point]:
                del steps[point]
            after = (point[0] + way[0], point[1] + way[1])
            turn = _RIGHT_TURNS[way]
            ways = steps.get(after, set())
            # Where two cells meet at a corner only, the right turn keeps them apart.
            follow = turn if turn in ways else next(iter(sorted(ways)), None)
            if follow != way:
                corners.append((float(xs[after[0]]), float(ys[after[1]])))
            if follow is None:  # back at the start, where every step has been taken
                break
            point, way = after, follow
        loops.append(_without_straight_start(corners))
    return loops


def _border_steps(is_in: np.ndarray) -> dict[tuple[int, int], set[tuple[int, int]]]:
    """From each grid point the unit steps along the border that have cells on their right."""
    steps: dict[tuple[int, int], set[tuple[int, int]]] = {}
    padded = np.pad(is_in, 1)
    for row, column in np.argwhere(padded).tolist():
        x, y = column - 1, row - 1
        sides = (
            (row - 1, column, (x, y), (1, 0)),
            (row, column + 1, (x + 1, y), (0, 1)),
            (row + 1, column, (x + 1, y + 1), (-1, 0)),
            (row, column - 1, (x, y + 1), (0, -1)),
        )
        for other_row, other_column, point, way in sides:
            if not padded[other_row, other_column]:
                steps.setdefault(point, set()).add(way)
    return steps


def _without_straight_start(corners: list[Corner]) -> list[Corner]:
    """The loop without its last corner if that lies on a straight side."""
    (x0, y0), (x, y), (x1, y1) = corners[-2], corners[-1], corners[0]
    return corners[:-1] if (x0 == x == x1) or (y0 == y == y1) else corners
