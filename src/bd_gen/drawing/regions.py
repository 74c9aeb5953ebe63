"""What of each room is seen in a floor plan, and where the walls are.

The boxes of real plans overlap: that of an L-shaped living room reaches over other rooms. Large
rooms lie lowest and smaller ones over them, so what is left of a large box is its real shape.
Rooms that touch (within 9 pixels) have wall between them, at least `INNER_WALL` thick, and a
wall of `OUTER_WALL` runs around all. Everything is decided on a grid of small squares.
"""

from dataclasses import dataclass

import numpy as np

from bd_gen.diagrams.floor_plan import by_size
from bd_gen.diagrams.word_parts import USUAL_TOUCH

INNER_WALL = 3.0
"""Least thickness of the wall between two rooms, in pixels of the plan."""
OUTER_WALL = 4.0
"""Thickness of the wall around all rooms."""
USUAL_SIZE = 256.0
"""Pixels of a plan for which these are meant; walls of a larger one grow with it."""
NO_ROOM = -1

_SLIVER = 6.0  # pixels; what is seen of a large box beside a smaller one, narrower than this
_SPLINTER = 2.0  # pixels; what is left of a room between walls, narrower than this
_LARGEST_SHAFT = 150.0  # pixels²; smaller holes between rooms are wall
_MOST_CELLS = 640  # along a side; more are not seen
_FINEST_CELL = 0.5


@dataclass(frozen=True, eq=False)
class Regions:
    """A floor plan as a grid of H by W square cells.

    Attributes:
        boxes: (n, 4) float64 the boxes themselves.
        corner: (2,) x and y of the grid's upper left corner, in pixels of the plan.
        cell: side of a cell in pixels.
        seen: (H, W) int64 which room is seen there, walls left out of account; -1 for none.
        floor: (H, W) int64 the same less the walls.
        is_building: (H, W) bool: room or wall.
        areas: (n,) float64 what is seen of each room, in pixels²; exact for whole pixels in plans
            of up to 320, else with sides rounded to whole cells.
    """

    boxes: np.ndarray
    corner: np.ndarray
    cell: float
    seen: np.ndarray
    floor: np.ndarray
    is_building: np.ndarray
    areas: np.ndarray

    @property
    def size(self) -> np.ndarray:
        """(2,) width and height in pixels."""
        height, width = self.seen.shape
        return np.array([width, height]) * self.cell


def regions_of(boxes: np.ndarray) -> Regions:
    """The regions of boxes (n, 4) as (x0, y0, x1, y1) in pixels, y downwards.

    Raises:
        ValueError: there are no boxes.
    """
    boxes = np.asarray(boxes, np.float64).reshape(-1, 4)
    if not len(boxes):
        raise ValueError("there is no box to draw")
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    cell = max(_FINEST_CELL, float((high - low).max()) / _MOST_CELLS)
    # Larger plans than the usual ones have thicker walls, or none would be seen.
    walls = max(1.0, float((high - low).max()) / USUAL_SIZE)
    margin = int(np.ceil(walls * OUTER_WALL / cell)) + 1
    places = np.rint((boxes - np.tile(low, 2)) / cell).astype(int) + margin
    width, height = places[:, 2:].max(axis=0) + margin
    seen = np.full((height, width), NO_ROOM)
    for room in by_size(boxes):
        x0, y0, x1, y1 = places[room]
        seen[y0:y1, x0:x1] = room
    seen = _without_slivers(seen, round(_SLIVER / cell))
    areas = np.bincount(seen[seen >= 0], minlength=len(boxes)) * cell**2
    return Regions(
        boxes=boxes,
        corner=low - margin * cell,
        cell=cell,
        seen=seen,
        floor=_without_walls(seen, boxes, places, cell, walls),
        is_building=_building(seen, places, cell, walls),
        areas=areas,
    )


def _building(seen: np.ndarray, places: np.ndarray, cell: float, walls: float) -> np.ndarray:
    """Rooms, what lies between rooms that touch, and the wall around."""
    whole = seen >= 0
    reach = round(USUAL_TOUCH / cell)
    for k, one in enumerate(places):
        for other in places[:k]:
            # Where boxes overlap along an axis this is what they share, else what is between.
            low = np.maximum(one[:2], other[:2])
            high = np.minimum(one[2:], other[2:])
            (x0, y0), (x1, y1) = np.minimum(low, high), np.maximum(low, high)
            gap = low - high
            # Rooms that meet at their corners only have nothing between them to be filled.
            if gap.max() <= reach and gap.min() < 0:
                whole[y0:y1, x0:x1] = True
    return _with_small_holes_filled(_grown(whole, round(walls * OUTER_WALL / cell)), cell)


def _with_small_holes_filled(mask: np.ndarray, cell: float) -> np.ndarray:
    from scipy.ndimage import label

    parts, _ = label(~mask)
    small = np.bincount(parts.reshape(-1)) * cell**2 < _LARGEST_SHAFT
    small[parts[0, 0]] = False  # what lies outside, however little of it the grid has
    return np.asarray(mask | small[parts])


def _without_slivers(seen: np.ndarray, narrower: int) -> np.ndarray:
    """The regions without strips of fewer cells, where more than that is left of a room.

    Such a strip is seen where a large box reaches a little beyond the small ones that lie on it.
    """
    from scipy.ndimage import find_objects

    clean = np.full_like(seen, NO_ROOM)
    for room, window in enumerate(find_objects(seen + 1)):
        if window is not None:
            mask = seen[window] == room
            wide = _opened(mask, max(1, narrower))
            clean[window][wide if wide.any() else mask] = room
    return clean


def _opened(mask: np.ndarray, size: int) -> np.ndarray:
    """What a square of that size can reach without leaving the mask."""
    from scipy.ndimage import maximum_filter, minimum_filter

    core = minimum_filter(mask, size=size, mode="constant", cval=0)
    # The middle of an even square lies beside its centre, on the other side on the way back.
    origin = 0 if size % 2 else -1
    return np.asarray(maximum_filter(core, size=size, mode="constant", cval=0, origin=origin))


def _without_walls(
    seen: np.ndarray, boxes: np.ndarray, places: np.ndarray, cell: float, walls: float
) -> np.ndarray:
    """The rooms less half of each wall that the gap between two rooms does not hold."""
    floor, thickness = seen.copy(), walls * INNER_WALL
    margin = int(np.ceil(thickness / cell))
    for room, (x0, y0, x1, y1) in enumerate(places):
        window = slice(max(0, y0 - margin), y1 + margin), slice(max(0, x0 - margin), x1 + margin)
        here = seen[window]
        gaps = np.maximum(boxes[:, :2] - boxes[room, 2:], boxes[room, :2] - boxes[:, 2:])
        gap_of = np.rint(np.maximum(gaps.max(axis=1), 0))
        gap_of[room] = thickness
        for gap in np.unique(gap_of[gap_of < thickness]):
            others = np.append(gap_of == gap, False)[here]  # the last stands for no room
            wall = _grown(others, round((thickness + gap) / 2 / cell))
            floor[window][wall & (here == room)] = NO_ROOM
        if not (floor[window] == room).any():
            # Narrower than its walls: better seen without them than not at all.
            floor[window][here == room] = room
    return _without_slivers(floor, round(_SPLINTER / cell))


def _grown(mask: np.ndarray, by: int) -> np.ndarray:
    """The mask and all within `by` cells of it, as a square sees it."""
    from scipy.ndimage import maximum_filter

    if not mask.any():
        return mask
    return np.asarray(maximum_filter(mask, size=2 * by + 1, mode="constant", cval=0))
