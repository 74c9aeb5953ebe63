"""From the cells of a grid to the outline around them."""

import numpy as np

# Directions of travel with the inside on the right hand: east, south, west, north.
_STEPS = ((1, 0), (0, 1), (-1, 0), (0, -1))

Edge = tuple[int, int, int]
"""An edge of a cell: the corner (x, y) where it starts, and the direction in which it runs."""


def outlines_of(mask: np.ndarray) -> list[np.ndarray]:
    """The closed outlines of a mask (H, W), holes included.

    Returns:
        loops, each (k, 2) int corners (x, y) in units of cells; an outer one runs clockwise as
        seen with y downwards, a hole the other way, so the nonzero rule fills the mask.
    """
    small, xs, ys = _compressed(mask)
    edges = _edges(small)
    loops = []
    while edges:
        corners = np.array(_loop(edges))
        loops.append(np.stack([xs[corners[:, 0]], ys[corners[:, 1]]], axis=1))
    return loops


def _compressed(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The mask without rows and columns like the one before, and where the kept ones begin."""
    padded = np.pad(mask, 1)
    rows = np.flatnonzero(np.append(True, (padded[1:] != padded[:-1]).any(axis=1)))
    columns = np.flatnonzero(np.append(True, (padded[:, 1:] != padded[:, :-1]).any(axis=0)))
    return padded[np.ix_(rows, columns)], columns - 1, rows - 1


def _edges(mask: np.ndarray) -> dict[Edge, None]:
    """The edges between cells of the mask and others, row by row."""
    edges: dict[Edge, None] = {}
    for y, x in np.argwhere(mask).tolist():
        sides = ((y - 1, x), (y, x + 1), (y + 1, x), (y, x - 1))
        corners = ((x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1))
        for direction, (side, corner) in enumerate(zip(sides, corners, strict=True)):
            if not mask[side]:
                edges[(*corner, direction)] = None
    return edges


def _loop(edges: dict[Edge, None]) -> list[tuple[int, int]]:
    """Take one closed loop out of the edges: its corners."""
    first = next(iter(edges))
    corners = []
    x, y, direction = first
    while True:
        x, y = x + _STEPS[direction][0], y + _STEPS[direction][1]
        # Where cells meet at a corner only, the turn to the right keeps them apart.
        turns = ((direction + turn) % 4 for turn in (1, 0, 3))
        ahead = next(turn for turn in turns if (x, y, turn) in edges)
        if ahead != direction:
            corners.append((x, y))
        direction = ahead
        del edges[x, y, direction]
        if (x, y, direction) == first:
            return corners
