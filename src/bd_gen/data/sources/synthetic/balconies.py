"""Balconies that hang on the outer wall of a synthetic plan."""

import numpy as np

from bd_gen.data.sources.synthetic.floorplan_rows import Rows
from bd_gen.data.sources.synthetic.floorplan_sides import (
    BOTTOM,
    LEFT,
    OUTSIDE,
    RIGHT,
    SIDES,
    TOP,
    per_type,
)

# How readily a side gets a balcony: left, right, top, bottom.
_SIDE_WEIGHTS = (0.25, 0.25, 0.45, 1.6)
# How readily a room gets one, against the living room's 0.75.
_HOST_BONUS = {
    "MasterRoom": (0.75,),
    "SecondRoom": (0.5,),
    "Kitchen": (0.45,),
    "Bathroom": (-0.5,),
    "Storage": (-0.6,),
}
_LIVING_BONUS = 0.75
_BONUS = per_type(_HOST_BONUS)[:, 0]
_REACHES_ON = 0.5
_NEVER = -9.0
_SHORTEST = 24


def hang_balconies(
    boxes: np.ndarray,
    rows: Rows,
    living: np.ndarray,
    programmes: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Hang every outside balcony on a side of its own, before a room; changes `boxes`.

    Args:
        boxes: (M, K, 4) wall lines of the rooms; the balconies' are filled in.
        rows: the rows of rooms.
        living: (M, 4) wall lines of the living room.
        programmes: (M, K) room types.
        rng: its state decides all.

    Returns:
        (M,) bool: has every balcony found a wall?
    """
    hangs = rows.side == OUTSIDE
    turn_of = np.cumsum(hangs, axis=1) - 1
    # Weighted random order without repetition: exponential clocks.
    clocks = -np.log1p(-rng.random((len(boxes), 4))) / _SIDE_WEIGHTS
    sides = np.argsort(clocks, axis=1)
    found_all = np.ones(len(boxes), bool)
    for turn in range(len(SIDES)):
        plans, slots = np.nonzero(hangs & (turn_of == turn))
        found, box = _hang_one(
            boxes[plans], rows.select(plans), living[plans], programmes[plans],
            sides[plans, turn], rng,
        )  # fmt: skip
        boxes[plans, slots] = box
        found_all[plans] &= found
    return found_all & (hangs.sum(1) <= len(SIDES))


def _hang_one(
    boxes: np.ndarray,
    rows: Rows,
    living: np.ndarray,
    programmes: np.ndarray,
    side: np.ndarray,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """(M,) bool: is there a wall to hang on? And (M, 4) the balcony on `side` (M,)."""
    m = np.arange(len(side))
    is_flat = (side == TOP) | (side == BOTTOM)
    along = np.where(is_flat, 0, 1)
    away = 1 - along + 2 * ((side == RIGHT) | (side == BOTTOM))  # which of a box's four lines
    line = np.select([side == RIGHT, side == BOTTOM], [rows.size[:, 0], rows.size[:, 1]], 0)
    at_wall = np.take_along_axis(boxes, away[:, None, None], 2)[..., 0] == line[:, None]
    # An empty slot's type is -1, the last row of the table.
    score = np.where(
        at_wall & (rows.side < OUTSIDE), rng.random(at_wall.shape) + _BONUS[programmes], _NEVER
    )
    best = score.argmax(1)
    low, high = boxes[m, best, along], boxes[m, best, along + 2]
    open_low, open_high = _opening(boxes, rows, side)
    living_score = np.where(
        (living[m, away] == line) & (open_high - open_low >= _SHORTEST),
        rng.random(len(side)) + _LIVING_BONUS,
        _NEVER,
    )
    is_living = living_score > score[m, best]
    low, high = np.where(is_living, open_low, low), np.where(is_living, open_high, high)
    found = (np.maximum(living_score, score[m, best]) > _NEVER) & (high - low >= _SHORTEST - 8)
    most = np.where(is_flat, rows.size[:, 0], rows.size[:, 1])
    start, end, out = _draw_extent(low, high, most, rng)
    box = np.empty((len(side), 4))
    is_before = (side == LEFT) | (side == TOP)
    box[m, along], box[m, along + 2] = start, end
    box[m, 1 - along] = np.where(is_before, line - out, line)
    box[m, 3 - along] = np.where(is_before, line, line + out)
    return found, box


def _opening(boxes: np.ndarray, rows: Rows, side: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(M,), (M,) where along `side` the living room lies at the outer wall."""
    m = np.arange(len(side))
    low, high = rows.gap[m, side].T
    for where in SIDES:
        neighbours = (LEFT, RIGHT) if where in (TOP, BOTTOM) else (TOP, BOTTOM)
        along = 0 if where in (TOP, BOTTOM) else 1
        is_far = where in (RIGHT, BOTTOM)
        line = rows.size[:, 1 - along] * is_far
        away = 1 - along + 2 * is_far
        # Rooms of the neighbouring rows that fill the corner.
        fills = boxes[..., away] == line[:, None]
        first = np.where(fills & (rows.side == neighbours[0]), boxes[..., along + 2], 0).max(1)
        last = np.where(fills & (rows.side == neighbours[1]), boxes[..., along], np.inf).min(1)
        low = np.where(side == where, np.maximum(low, first), low)
        high = np.where(side == where, np.minimum(high, last), high)
    return low, high


def _draw_extent(
    low: np.ndarray, high: np.ndarray, most: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Start, end and depth (M,) of a balcony before a wall from `low` to `high`.

    It may reach on before the neighbouring room, but not beyond the outer wall's end at `most`.
    """
    u = rng.random((6, len(low)))
    span = high - low
    wanted = 28 + 46 * u[0]
    length = np.where((u[1] < 0.45) | (wanted > span - 8), np.minimum(span, 84), wanted)
    slack = span - length
    start = low + np.select([u[2] < 0.4, u[2] < 0.8], [0, slack], slack * u[3])
    end = start + length
    on = np.where(u[4] < _REACHES_ON, 6 + 18 * u[5], 0)
    start = np.where(u[2] < 0.4, np.maximum(start - on, 0), start)
    end = np.where((u[2] >= 0.4) & (u[2] < 0.8), np.minimum(end + on, most), end)
    return np.rint(start), np.rint(end), np.rint(12 + 16 * u[3])
