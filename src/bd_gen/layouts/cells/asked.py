"""How wide rooms are that are no rectangles, and the area of the whole, as faults of plans.

Each number is 0 where all is well, and larger the further a plan is from it.
"""

from collections.abc import Iterator

import numpy as np

from bd_gen.layouts.cells.grid import FAR
from bd_gen.layouts.cells.tilings import Tilings


def asked_faults(plans: Tilings) -> Iterator[np.ndarray]:
    """(B,) numbers of each kind of fault."""
    yield _narrowness(plans)
    options = plans.options
    if options.total_area is not None:
        low, high = options.total_area
        total = plans.areas.sum(axis=1)
        beyond = np.maximum(low - total, 0) + np.maximum(total - high, 0)
        yield (beyond > 0) + 10 * beyond / low


def _narrowness(plans: Tilings) -> np.ndarray:
    """(B,) for each room 0 where a square with sides of its least length fits in, else up to 2."""
    total = np.zeros(len(plans.boxes))
    least = np.array([plans.options.min_side_of(room) for room in range(plans.diagram.num_rooms)])
    # Rooms without inward corners are as wide as their boxes.
    rows, rooms = np.nonzero((plans.inward_corners > 0) & (least > 1))
    if len(rows):
        lack = 1 - _fullest_square(plans, rows, rooms, least[rooms]) / least[rooms] ** 2
        np.add.at(total, rows, np.where(lack > 1e-9, 1 + lack, 0.0))
    return total


def _fullest_square(
    plans: Tilings, rows: np.ndarray, rooms: np.ndarray, sides: np.ndarray
) -> np.ndarray:
    """(K,) largest area that each of K rooms has within a square that starts where lines cross.

    A square that fits can be moved to the left and up until it meets a wall, so no other places
    need to be looked at.
    """
    cells = plans.cells
    is_own = (cells.inner[rows] == (rooms + 1)[:, None, None]).astype(np.float64)
    within = (
        _within(cells.ys[rows], sides) @ is_own @ _within(cells.xs[rows], sides).transpose(0, 2, 1)
    )
    areas: np.ndarray = within.max(axis=(1, 2))
    return areas


def _within(lines: np.ndarray, sides: np.ndarray) -> np.ndarray:
    """(K, L, L - 1) float64 what each cell between lines (K, L) has of the span of a length (K,)
    that starts at each line.
    """
    start, end = lines[:, None, :-1], lines[:, None, 1:]
    first = lines[:, :, None]
    overlap = np.minimum(end, first + sides[:, None, None]) - np.maximum(start, first)
    # Lines that a plan does not have stand far off: what is between them is no cell.
    return np.where(end < FAR, np.maximum(overlap, 0), 0).astype(np.float64)
