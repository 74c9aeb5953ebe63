"""Rows of rooms along the four sides of a rectangle: the skeleton of a synthetic plan.

The living room is what the rows leave free. All arrays hold M candidate plans of up to K rooms;
coordinates are wall lines in whole pixels.
"""

from dataclasses import dataclass, fields

import numpy as np

from bd_gen.data.sources.synthetic.floorplan_sides import (
    BOTTOM,
    LEFT,
    RIGHT,
    SIDES,
    TOP,
    draw_recesses,
    draw_sizes,
    level,
    order_keys,
)

PASSAGE = 18
"""Narrower openings are closed: the rooms beside them grow."""

# Chance that an opening at a corner belongs to the living room and is no recess.
_OPEN = 0.50
# How much larger a room is that another one is cut out of.
_HOST_GROWTH = 1.2
_GLIMPSE = 6  # a shorter stretch of a wall than this does not count as seen


@dataclass
class Rows:
    """Where everything stands along and away from the sides.

    Attributes:
        side: (M, K) which side, or OUTSIDE, WITHIN, NOWHERE.
        start, end: (M, K) along the side, from the left or from the top.
        near, far: (M, K) away from the outer wall.
        gap: (M, 4, 2) the opening of each side, from and to; of no length if there is none.
        gap_is_open: (M, 4) does the living room reach the outer wall there, or is the opening
            a recess of the outline?
        size: (M, 2) width and height of the rectangle.
    """

    side: np.ndarray
    start: np.ndarray
    end: np.ndarray
    near: np.ndarray
    far: np.ndarray
    gap: np.ndarray
    gap_is_open: np.ndarray
    size: np.ndarray

    def select(self, plans: np.ndarray) -> "Rows":
        """The rows of these plans alone."""
        return Rows(*(getattr(self, field.name)[plans] for field in fields(self)))

    def deepest(self, side: int) -> np.ndarray:
        """(M,) depth of the deepest room of a side, 0 if it has none."""
        return np.where(self.side == side, self.far, 0).max(1)

    def boxes(self) -> np.ndarray:
        """(M, K, 4) wall lines of the rooms on the four sides, 0 for the others."""
        W, H = self.size[:, :1], self.size[:, 1:]
        boxes = np.zeros((*self.side.shape, 4))
        for side, lines in (
            (LEFT, (self.near, self.start, self.far, self.end)),
            (RIGHT, (W - self.far, self.start, W - self.near, self.end)),
            (TOP, (self.start, self.near, self.end, self.far)),
            (BOTTOM, (self.start, H - self.far, self.end, H - self.near)),
        ):
            boxes = np.where((self.side == side)[..., None], np.stack(lines, -1), boxes)
        return boxes


def lay_rows(
    programmes: np.ndarray, side: np.ndarray, host: np.ndarray, rng: np.random.Generator
) -> tuple[Rows, np.ndarray]:
    """Rows on all four sides, and (M,) bool: do they fit?"""
    length, depth = draw_sizes(programmes, side, rng)
    is_host = np.arange(side.shape[1]) == host[:, None]
    depth = level(np.where(is_host, np.rint(_HOST_GROWTH * depth), depth), side, rng)
    key = order_keys(programmes, side, rng)
    size = _draw_rectangle(side, length, depth, rng)
    near = draw_recesses(side, depth, rng)
    rows = Rows(
        side=side,
        start=np.zeros_like(depth),
        end=np.zeros_like(depth),
        near=near,
        far=near + depth,
        gap=np.zeros((len(side), 4, 2)),
        gap_is_open=rng.random((len(side), 4)) < _OPEN,
        size=size,
    )
    zero = np.zeros(len(side))
    for where in (LEFT, RIGHT):
        _lay_row(rows, where, length, key, zero, size[:, 1], rng)
    is_sound = np.ones(len(side), bool)
    for band in (TOP, BOTTOM):
        limits = []
        for upright in (LEFT, RIGHT):
            limit, fits = _make_corner(rows, band, upright)
            limits.append(limit)
            is_sound &= fits
        _lay_row(rows, band, length, key, limits[0], size[:, 0] - limits[1], rng)
    return rows, is_sound & (rows.gap[..., 1] >= rows.gap[..., 0]).all(1)


def _draw_rectangle(
    side: np.ndarray, length: np.ndarray, depth: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """(M, 2) width and height: room for every row, and for a living room between them."""
    total = np.stack([np.where(side == s, length, 0).sum(1) for s in SIDES], 1)
    deepest = np.stack([np.where(side == s, depth, 0).max(1) for s in SIDES], 1)
    u = rng.random((5, len(side)))
    across = deepest[:, LEFT] + deepest[:, RIGHT] + 38 + 40 * u[0] * u[1]
    width = np.maximum(across, np.maximum(total[:, TOP], total[:, BOTTOM]))
    width = np.maximum(width, 88 + 28 * u[2])
    down = deepest[:, TOP] + deepest[:, BOTTOM] + 40 + 52 * u[3]
    height = np.maximum(down, np.maximum(total[:, LEFT], total[:, RIGHT]))
    height = np.maximum(height, 84 + 40 * u[4])
    return np.rint(np.stack([width, height], axis=1))


def _lay_row(
    rows: Rows,
    where: int,
    length: np.ndarray,
    key: np.ndarray,
    begin: np.ndarray,
    finish: np.ndarray,
    rng: np.random.Generator,
) -> None:
    here = rows.side == where
    start, end, gap = _stack(length, here, key, begin, finish, rng)
    rows.start[here], rows.end[here] = start[here], end[here]
    rows.gap[:, where] = gap
    # Only an opening at a corner can be a recess of the outline; an empty side is all open.
    at_corner = (gap[:, 0] == begin) | (gap[:, 1] == finish)
    rows.gap_is_open[:, where] |= ~at_corner | ~here.any(1)


def _stack(
    length: np.ndarray,
    is_here: np.ndarray,
    key: np.ndarray,
    begin: np.ndarray,
    finish: np.ndarray,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Put rooms along a side from `begin` to `finish`, with at most one opening.

    What the rooms leave over becomes an opening before, behind or between them, or, if that
    would be too narrow, they grow to fill it.

    Returns:
        start and end (M, K), 0 for rooms elsewhere; gap (M, 2), of negative length where the
        rooms do not fit.
    """
    order = np.argsort(np.where(is_here, key, 2), axis=1)
    size = np.take_along_axis(np.where(is_here, length, 0), order, 1)
    count, total, space = is_here.sum(1), size.sum(1), finish - begin
    slack = space - total
    u, v = rng.random((2, len(length)))
    grow = (count > 0) & ((slack < PASSAGE) | ((v < 0.45) & (slack < 0.35 * total)))
    stretch = np.where(grow & (slack > 0), space / np.maximum(total, 1), 1.0)
    gap = np.where(grow, np.minimum(slack, 0), slack)
    ends = np.rint(np.cumsum(size * stretch[:, None], axis=1))
    starts = np.concatenate([np.zeros((len(ends), 1)), ends[:, :-1]], axis=1)
    # How many rooms stand before the opening: mostly none or all of them.
    before = np.minimum(np.where(u < 0.45, 0, np.where(u < 0.9, count, 1)), count)
    is_behind = np.arange(length.shape[1]) >= before[:, None]
    shift = begin[:, None] + np.where(is_behind, gap[:, None], 0)
    last_before = np.take_along_axis(ends, np.maximum(before - 1, 0)[:, None], 1)[:, 0]
    gap_start = begin + np.where(before > 0, last_before, 0)
    start, end = np.zeros_like(length), np.zeros_like(length)
    np.put_along_axis(start, order, starts + shift, 1)
    np.put_along_axis(end, order, ends + shift, 1)
    return start * is_here, end * is_here, np.stack([gap_start, gap_start + gap], axis=1)


def _make_corner(rows: Rows, band: int, upright: int) -> tuple[np.ndarray, np.ndarray]:
    """Let a left or right row make way for a top or bottom row.

    Returns:
        (M,) how far from the left or right wall the band must keep; and (M,) bool: does the
        corner work out?
    """
    depth = rows.deepest(band)
    low = depth * 0 if band == TOP else rows.size[:, 1] - depth
    high = low + depth
    beside = rows.side == upright
    beside &= (rows.start < high[:, None]) & (rows.end > low[:, None])
    limit = np.where(beside, rows.far, 0).max(1)
    # No dead corner between the rooms of the row and the band.
    rows.far = np.where(beside & (depth > 0)[:, None], limit[:, None], rows.far)
    gap = rows.gap[:, upright]
    shared = np.minimum(gap[:, 1], high) - np.maximum(gap[:, 0], low)
    beyond = gap[:, 1] - gap[:, 0] - shared
    is_blocked = (depth > 0) & (shared > 0) & (beyond < PASSAGE)
    return limit * (depth > 0), ~is_blocked


def living_room(rows: Rows) -> np.ndarray:
    """(M, 4) bounding box of what the rows leave free."""
    W, H = rows.size.T
    top_left, top_right = _corner_depth(rows, TOP, True), _corner_depth(rows, TOP, False)
    low_left, low_right = _corner_depth(rows, BOTTOM, True), _corner_depth(rows, BOTTOM, False)
    x0 = _reach(rows, LEFT, top_left, H - low_left)
    x1 = W - _reach(rows, RIGHT, top_right, H - low_right)
    y0 = _reach(rows, TOP, np.zeros_like(W), W)
    y1 = H - _reach(rows, BOTTOM, np.zeros_like(W), W)
    return np.stack([x0, y0, x1, y1], axis=1)


def _corner_depth(rows: Rows, band: int, at_start: bool) -> np.ndarray:
    """(M,) how deep the band is at its left (right) end; 0 where the living room reaches it."""
    here = rows.side == band
    position = np.where(here, rows.start if at_start else -rows.end, np.inf)
    outermost = position.argmin(1)[:, None]
    depth = np.take_along_axis(rows.far, outermost, 1)[:, 0] * here.any(1)
    edge = np.take_along_axis(position, outermost, 1)[:, 0]
    gap = rows.gap[:, band]
    has_gap = rows.gap_is_open[:, band] & (gap[:, 1] - gap[:, 0] >= PASSAGE)
    is_outer = (gap[:, 0] if at_start else -gap[:, 1]) < edge
    return np.where(has_gap & is_outer, 0, depth)


def _reach(rows: Rows, where: int, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """(M,) how near the living room comes to an outer wall, between low and high along it."""
    seen = rows.side == where
    seen &= (rows.start < high[:, None] - _GLIMPSE) & (rows.end > low[:, None] + _GLIMPSE)
    nearest = np.where(seen, rows.far, np.inf).min(1)
    nearest = np.where(np.isfinite(nearest), nearest, rows.deepest(where))
    gap = rows.gap[:, where]
    opening = np.minimum(gap[:, 1], high) - np.maximum(gap[:, 0], low)
    return np.where(rows.gap_is_open[:, where] & (opening >= PASSAGE - _GLIMPSE), 0, nearest)
