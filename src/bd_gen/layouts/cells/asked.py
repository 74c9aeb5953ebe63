"""How wide rooms are that are no rectangles, and the area of the whole, as faults of plans.

Each number is 0 where all is well, and larger the further a plan is from it.
"""

from collections.abc import Iterator

import numpy as np

from bd_gen.layouts.cells.tilings import Tilings


def asked_faults(plans: Tilings) -> Iterator[np.ndarray]:
    """(B,) numbers of each kind of fault."""
    options = plans.options
    for room in range(plans.diagram.num_rooms):
        least = options.min_side_of(room)
        if least > 1:
            yield _narrowness(plans, room, least)
    if options.total_area is not None:
        low, high = options.total_area
        total = plans.areas.sum(axis=1)
        beyond = np.maximum(low - total, 0) + np.maximum(total - high, 0)
        yield (beyond > 0) + 10 * beyond / low


def _narrowness(plans: Tilings, room: int, least: int) -> np.ndarray:
    """(B,) 0 where a square with sides of `least` pixels fits into a room, else up to 2."""
    total = np.zeros(len(plans.boxes))
    rows = np.flatnonzero(plans.inward_corners[:, room])  # other rooms are as wide as their boxes
    if len(rows):
        lack = 1 - _fullest_square(plans, rows, room, least) / least**2
        total[rows] = np.where(lack > 1e-9, 1 + lack, 0.0)
    return total


def _fullest_square(plans: Tilings, rows: np.ndarray, room: int, side: int) -> np.ndarray:
    """(K,) largest area that a room has within a square whose corner lies where lines cross.

    A square that fits can be moved to the left and up until it meets a wall, so no other places
    need to be looked at. The area is read off sums over cells, between lines by interpolation.
    """
    cells = plans.cells
    floor = cells.heights[rows, :, None] * cells.widths[rows, None, :]
    sums = np.where(cells.inner[rows] == room + 1, floor, 0).astype(float)
    sums = np.pad(sums.cumsum(axis=1).cumsum(axis=2), ((0, 0), (1, 0), (1, 0)))
    ends = _at(_at(sums, cells.xs[rows], side, 2), cells.ys[rows], side, 1)
    left, above = _at(sums, cells.ys[rows], side, 1), _at(sums, cells.xs[rows], side, 2)
    areas: np.ndarray = (ends - left - above + sums).max(axis=(1, 2))
    return areas


def _at(sums: np.ndarray, lines: np.ndarray, step: int, axis: int) -> np.ndarray:
    """Sums (K, R, C) at the lines (K, R) or (K, C) of one axis moved on by a step."""
    places = lines + step
    before = (lines[:, None, :] <= places[:, :, None]).sum(axis=2) - 1
    before = np.minimum(before, lines.shape[1] - 2)
    start = np.take_along_axis(lines, before, axis=1)
    width = np.take_along_axis(lines, before + 1, axis=1) - start
    share = np.clip((places - start) / np.maximum(width, 1), 0.0, 1.0)
    shape = (len(lines), -1, 1) if axis == 1 else (len(lines), 1, -1)
    index, share = before.reshape(shape), share.reshape(shape)
    low = np.take_along_axis(sums, index, axis=axis)
    high = np.take_along_axis(sums, index + 1, axis=axis)
    return np.asarray(low + (high - low) * share)
