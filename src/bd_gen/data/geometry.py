"""What the boxes of plans are like: areas, proportions, outlines, walls, overlaps."""

from dataclasses import dataclass

import numpy as np

from bd_gen.data.plan_table import PlanTable

_LIVING = "LivingRoom"
_CLOSING = 4.0
"""Pixels by which boxes grow so that walls between them close: walls of RPLAN have 4 or 6."""
_CHUNK = 4096  # plans at a time, so that their grids stay small


@dataclass(frozen=True, eq=False)
class Geometry:
    """Statistics of the boxes of N plans, in pixels of a 256-pixel plan.

    Attributes:
        num_plans: N.
        area: (T, 3) quartiles of the area of rooms' boxes by type; NaN for types without rooms.
        aspect: (T,) median ratio of the longer to the shorter side; NaN likewise.
        upright: (T,) share of rooms that are higher than wide; NaN likewise.
        corners: mean number of corners of the outline around all boxes; see `outline_corners`.
        plain_living: share of the plans in which no other box overlaps that of the living room.
        overlaps: mean number of pairs of overlapping boxes of a plan, living rooms left out.
        thin_walls: share of gaps of 4 pixels among those under 10 between rooms that face each
            other.
        thick_walls: share of gaps of 6 pixels among them.
    """

    num_plans: int
    area: np.ndarray
    aspect: np.ndarray
    upright: np.ndarray
    corners: float
    plain_living: float
    overlaps: float
    thin_walls: float
    thick_walls: float


def geometry_of(table: PlanTable) -> Geometry:
    """Statistics of those plans of a table that have boxes.

    Raises:
        ValueError: none has.
    """
    if not table.has_boxes.any():
        raise ValueError("geometry is that of boxes, and no plan has any")
    types = table.room_types[table.has_boxes].astype(np.int64)
    boxes = table.boxes[table.has_boxes].astype(np.float64)
    words = table.vocabulary.words
    is_room = types < words.node_pad
    area, aspect, upright = _of_rooms(types[is_room], boxes[is_room], words.num_room_types)
    is_plain, overlaps, gaps = _of_pairs(types == words.room_type(_LIVING), boxes, is_room)
    return Geometry(
        num_plans=len(types),
        area=area,
        aspect=aspect,
        upright=upright,
        corners=float(outline_corners(boxes, is_room).mean()),
        plain_living=float(is_plain.mean()),
        overlaps=overlaps / len(types),
        thin_walls=float(gaps[4] / max(gaps.sum(), 1)),
        thick_walls=float(gaps[6] / max(gaps.sum(), 1)),
    )


def _of_rooms(
    types: np.ndarray, boxes: np.ndarray, num_types: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Areas, proportions and directions of R rooms (R,), (R, 4) by type, as `Geometry` has them."""
    sides = boxes[:, 2:] - boxes[:, :2]
    area, aspect = np.full((num_types, 3), np.nan), np.full(num_types, np.nan)
    upright = np.full(num_types, np.nan)
    for room_type in np.unique(types):
        width, height = sides[types == room_type].T
        area[room_type] = np.percentile(width * height, (25, 50, 75))
        longer, shorter = np.maximum(width, height), np.maximum(np.minimum(width, height), 1)
        aspect[room_type] = np.median(longer / shorter)
        upright[room_type] = (height > width).mean()
    return area, aspect, upright


def _of_pairs(
    is_living: np.ndarray, boxes: np.ndarray, is_room: np.ndarray
) -> tuple[np.ndarray, int, np.ndarray]:
    """(N,) bool is the living room plain; overlapping pairs of other rooms; (10,) gaps by width."""
    is_plain = np.asarray(is_living.any(axis=1))
    overlaps, gaps = 0, np.zeros(10, np.int64)
    first, second = np.triu_indices(is_room.shape[1], 1)
    for i, j in zip(first, second, strict=True):
        both = is_room[:, i] & is_room[:, j]
        u, v = boxes[:, i], boxes[:, j]
        shared = np.minimum(u[:, 2:], v[:, 2:]) - np.maximum(u[:, :2], v[:, :2])
        overlap = both & (shared > 0).all(axis=1)
        with_living = is_living[:, i] | is_living[:, j]
        is_plain &= ~(overlap & with_living)
        overlaps += int((overlap & ~with_living).sum())
        for axis in range(2):
            facing = both & (shared[:, 1 - axis] > 0) & (shared[:, axis] <= 0)
            width = np.rint(-shared[facing, axis]).astype(np.int64)
            gaps += np.bincount(width[width < 10], minlength=10)
    return is_plain, overlaps, gaps


def outline_corners(boxes: np.ndarray, is_room: np.ndarray) -> np.ndarray:
    """(N,) int64 corners of the outlines of plans: 4 for a rectangle, 6 for an L.

    Boxes grow by 4 pixels, which closes the walls; gaps inside the outline count as filled.

    Args:
        boxes: (N, K, 4) boxes.
        is_room: (N, K) bool, False where there is no room.
    """
    parts = [
        _corners(boxes[start : start + _CHUNK], is_room[start : start + _CHUNK])
        for start in range(0, len(boxes), _CHUNK)
    ]
    return np.concatenate(parts)


def _corners(boxes: np.ndarray, is_room: np.ndarray) -> np.ndarray:
    grown = boxes + _CLOSING * np.array([-1, -1, 1, 1])
    covered = _covered(np.where(is_room[..., None], grown, np.nan))
    inside = ~_outside(np.pad(covered, ((0, 0), (1, 1), (1, 1))))
    here, right = inside[:, :-1, :-1], inside[:, :-1, 1:]
    below, beyond = inside[:, 1:, :-1], inside[:, 1:, 1:]
    count = here.astype(np.int64) + right + below + beyond
    # One or three of the four cells at a point make a corner, two opposite ones make two.
    opposite = (count == 2) & (here == beyond)
    return (count % 2 + 2 * opposite).sum(axis=(1, 2))


def _covered(boxes: np.ndarray) -> np.ndarray:
    """(M, c, c) bool: cells between all sides of a plan's boxes that lie in one of them."""
    across = np.sort(boxes[..., [0, 2]].reshape(len(boxes), -1), axis=1)
    down = np.sort(boxes[..., [1, 3]].reshape(len(boxes), -1), axis=1)
    covered = np.zeros((len(boxes), down.shape[1] - 1, across.shape[1] - 1), bool)
    x, y = ((lines[:, 1:] + lines[:, :-1]) / 2 for lines in (across, down))
    for box in np.moveaxis(boxes, 1, 0):
        in_x = (x > box[:, None, 0]) & (x < box[:, None, 2])
        in_y = (y > box[:, None, 1]) & (y < box[:, None, 3])
        covered |= in_y[:, :, None] & in_x[:, None]
    covered = _without_empty(covered, across[:, 1:] > across[:, :-1], 2)
    return _without_empty(covered, down[:, 1:] > down[:, :-1], 1)


def _without_empty(cells: np.ndarray, has_width: np.ndarray, axis: int) -> np.ndarray:
    """The cells with those of no width as the nearest before them; none covered beyond the last."""
    before = np.maximum.accumulate(np.where(has_width, np.arange(has_width.shape[1]), 0), axis=1)
    beyond = np.cumsum(has_width[:, ::-1], axis=1)[:, ::-1] == 0
    shape = (slice(None), None) if axis == 2 else (slice(None), slice(None), None)
    filled = np.take_along_axis(cells, np.broadcast_to(before[shape], cells.shape), axis)
    return filled & ~beyond[shape]


def _outside(covered: np.ndarray) -> np.ndarray:
    """(M, c, c) bool: cells that can be reached from the border, on which nothing is covered."""
    reached = np.zeros_like(covered)
    reached[:, 0] = reached[:, -1] = True
    reached[:, :, 0] = reached[:, :, -1] = True
    while True:
        further = reached.copy()
        further[:, 1:] |= reached[:, :-1]
        further[:, :-1] |= reached[:, 1:]
        further[:, :, 1:] |= reached[:, :, :-1]
        further[:, :, :-1] |= reached[:, :, 1:]
        further &= ~covered
        if (further == reached).all():
            return reached
        reached = further
