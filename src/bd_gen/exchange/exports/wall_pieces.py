"""The walls of a plan as separate straight pieces."""

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from shapely import Geometry, Polygon

THICKEST = 0.7
"""Metres; what is thicker is no wall but a block, such as the solid between two shafts."""

_SHORTEST = 0.4
"""Metres of width and length together from which on a rectangle beside slanted walls counts."""
_SAME = 1e-4
"""Metres within which two coordinates are one."""


def wall_pieces(walls: "Geometry") -> "list[Polygon]":
    """Pieces that fill the walls without overlap: rectangles along the axes, the longest first.

    What is left beside walls that run aslant follows, as it hangs together.

    Args:
        walls: what is solid, in metres, without gaps for doors and windows.
    """
    import shapely

    pieces: list[Polygon] = []
    for part in shapely.get_parts(walls):
        if part.geom_type == "Polygon" and part.area > _SAME:
            straight = _rectangles(part)
            rest = shapely.get_parts(part.difference(shapely.union_all(straight)))
            pieces += [*straight, *(one for one in rest if one.area > _SAME)]
    return pieces


def _rectangles(part: "Polygon") -> "list[Polygon]":
    """The longest thin rectangle, and so on with what is left."""
    import shapely

    corners = shapely.get_coordinates(part)
    xs, ys = _distinct(corners[:, 0]), _distinct(corners[:, 1])
    x, y = np.meshgrid(xs, ys)
    cells = shapely.box(x[:-1, :-1], y[:-1, :-1], x[1:, 1:], y[1:, 1:])
    grown = part.buffer(_SAME, join_style="mitre")  # but for rounding
    is_wall = shapely.contains(grown, cells)
    # Beside walls that run aslant the cells are crumbs.
    shortest = 0.0 if _are_all(cells[is_wall], part) else _SHORTEST
    found = []
    while is_wall.any():
        rows, columns = _longest(is_wall, xs, ys)
        is_wall[rows, columns] = False
        piece = shapely.box(xs[columns.start], ys[rows.start], xs[columns.stop], ys[rows.stop])
        if piece.length / 2 > shortest:
            found.append(piece)
    return found


def _are_all(cells: np.ndarray, part: "Polygon") -> bool:
    """Do these cells make up a part, so that all of its sides run along the axes?"""
    import shapely

    return bool(abs(shapely.area(cells).sum() - part.area) < _SAME)


def _distinct(values: np.ndarray) -> np.ndarray:
    """Coordinates in order, those that are the same but for rounding once."""
    values = np.unique(values)
    return values[np.append(True, np.diff(values) > _SAME)]


def _longest(is_wall: np.ndarray, xs: np.ndarray, ys: np.ndarray) -> tuple[slice, slice]:
    """Rows and columns of the longest rectangle of cells, the thickest of such."""
    across = _longest_in_rows(is_wall, xs, ys)
    upright = _longest_in_rows(is_wall.T, ys, xs)
    if across[0] >= upright[0]:
        return across[1:]
    return upright[2], upright[1]


def _longest_in_rows(
    is_wall: np.ndarray, xs: np.ndarray, ys: np.ndarray
) -> tuple[tuple[float, float], slice, slice]:
    """(length, thickness), rows and columns of the longest run along a band of rows."""
    best = ((-1.0, 0.0), slice(0, 0), slice(0, 0))
    for first in range(len(ys) - 1):
        whole = is_wall[first].copy()
        for stop in range(first + 1, len(ys)):
            thickness = round(float(ys[stop] - ys[first]), 4)
            if stop > first + 1:
                whole &= is_wall[stop - 1]
                if thickness > THICKEST:
                    break
            for start, end in _runs(whole):
                size = (round(float(xs[end] - xs[start]), 4), thickness)
                if size > best[0]:
                    best = size, slice(first, stop), slice(start, end)
    return best


def _runs(row: np.ndarray) -> list[tuple[int, int]]:
    """Starts and stops of stretches that are true."""
    changes = np.flatnonzero(np.diff(np.concatenate([[False], row, [False]]).astype(int)))
    return list(pairwise(changes.tolist()))[::2]
