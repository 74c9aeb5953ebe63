"""Are boxes what was asked of single rooms, openings and the whole? Knows no solver."""

import numpy as np

from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outline import Outline
from bd_gen.layouts.room_limits import DOOR_WIDTH
from bd_gen.layouts.wording import Direction

_AXES: dict[Direction, tuple[int, int]] = {
    "left": (0, -1),
    "above": (1, -1),
    "right": (0, 1),
    "below": (1, 1),
}
"""The axis that a side of the page lies on, and whether it is where numbers grow."""


def what_is_wrong_with_rooms(
    boxes: np.ndarray, options: SolverOptions, entries: tuple[int, ...]
) -> str | None:
    """What the boxes (n, 4) lack of what is asked of single rooms and of how they open."""
    for room, asked in options.rooms.items():
        if (boxes[room, 2:] - boxes[room, :2]).min() < asked.min_side:
            return f"room {room} is too narrow"
        walls = (has_outer_wall(boxes, room, side, options.outline) for side in asked.facade)
        if asked.facade and not any(walls):
            return f"room {room} has no outer wall"
    for opening in options.openings:
        if not any(common_wall(boxes[i], boxes[j]) >= DOOR_WIDTH for i, j in opening.pairs):
            return f"no wall for a door between rooms {opening.pairs}"
    if options.entrance is not None and entries:
        walls = (has_outer_wall(boxes, k, options.entrance, options.outline) for k in entries)
        if not any(walls):
            return "the entrance is not where it should be"
    if options.extent is not None:
        extent = int((boxes[:, 2:].max(axis=0) - boxes[:, :2].min(axis=0)).prod())
        if not options.extent[0] <= extent <= options.extent[1]:
            return f"all rooms together have {extent} pixels²"
    return None


def common_wall(a: np.ndarray, b: np.ndarray) -> int:
    """How much of a wall two boxes can have in common, in pixels; negative if they are apart."""
    overlap = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    return int(overlap.max()) if overlap.min() >= 0 else -1


def has_outer_wall(
    boxes: np.ndarray, room: int, side: Direction, outline: Outline | None, width: int = DOOR_WIDTH
) -> bool:
    """Has a room an outer wall at a side of the page, at least `width` pixels long?"""
    axis, sign = _AXES[side]
    across = 1 - axis
    place = boxes[room, axis + 2 * (sign > 0)]
    first, last = boxes[room, across], boxes[room, across + 2]
    if outline is not None:
        probe = np.zeros((last - first, 2))
        probe[:, axis], probe[:, across] = place + sign / 2, np.arange(first, last) + 0.5
        inner = probe.copy()
        inner[:, axis] -= sign
        return int((_within(inner, outline) & ~_within(probe, outline)).sum()) >= width
    others = np.delete(boxes, room, axis=0)
    is_beside = (others[:, across + 2] <= first) | (others[:, across] >= last)
    is_beyond = sign * (others[:, axis + 2 * (sign > 0)] - place) > 0
    return bool(last - first >= width and (is_beside | ~is_beyond).all())


def _within(points: np.ndarray, outline: Outline) -> np.ndarray:
    inside = np.all((points > outline.box[:2]) & (points < outline.box[2:]), axis=1)
    for missing in outline.missing:
        inside &= ~((points > missing[:2]) & (points < missing[2:])).all(axis=1)
    return np.asarray(inside)
