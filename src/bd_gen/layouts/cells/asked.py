"""What a brief asks of single rooms, openings and the whole, as faults of plans.

Each number is 0 where all is well, and larger the further a plan is from it.
"""

from collections.abc import Iterator

import numpy as np

from bd_gen.layouts.cells.tilings import Tilings
from bd_gen.layouts.constraints import DOOR_WIDTH
from bd_gen.layouts.problem import entry_rooms
from bd_gen.layouts.wording import Direction


def asked_faults(plans: Tilings) -> Iterator[np.ndarray]:
    """(B,) numbers of each kind of fault."""
    options = plans.options
    for opening in options.openings:
        yield _lack(np.stack([plans.common_walls[:, i + 1, j + 1] for i, j in opening.pairs]))
    for room, asked in options.rooms.items():
        if asked.facade:
            yield _lack(np.stack([outer_walls(plans, side)[:, room] for side in asked.facade]))
        least = options.min_side_of(room)
        if least > 1:
            yield _narrowness(plans, room, least)
    entries = list(entry_rooms(plans.diagram))
    if options.entrance is not None and entries:
        yield _lack(outer_walls(plans, options.entrance)[:, entries].T)
    if options.total_area is not None:
        least, most = options.total_area
        total = plans.areas.sum(axis=1)
        beyond = np.maximum(least - total, 0) + np.maximum(total - most, 0)
        yield (beyond > 0) + 10 * beyond / least


def _lack(walls: np.ndarray) -> np.ndarray:
    """(B,) what the longest of walls (K, B) lacks to take a door, and one if it lacks anything."""
    lack = np.maximum(DOOR_WIDTH - walls.max(axis=0), 0)
    return (lack > 0) + lack / DOOR_WIDTH


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


def outer_walls(plans: Tilings, side: Direction) -> np.ndarray:
    """(B, n) float64 length of each room's walls to the outside that face a side of the page."""
    owners, cells = plans.cells.owners, plans.cells
    if side in ("left", "right"):
        one, other = owners[:, 1:-1, :-1], owners[:, 1:-1, 1:]
        lengths = np.broadcast_to(cells.heights[:, :, None], one.shape)
    else:
        one, other = owners[:, :-1, 1:-1], owners[:, 1:, 1:-1]
        lengths = np.broadcast_to(cells.widths[:, None, :], one.shape)
    inner, outer = (one, other) if side in ("right", "below") else (other, one)
    n = plans.num_owners
    keys = inner + (np.arange(len(owners)) * n)[:, None, None]
    sums = np.bincount(keys.ravel(), (lengths * (outer == 0)).ravel(), len(owners) * n)
    return sums.reshape(-1, n)[:, 1:]
