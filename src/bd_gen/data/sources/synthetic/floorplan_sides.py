"""Which side of a synthetic plan each room goes to, and how large it is.

Every room beside the living room gets a side, a length along it and a depth away from it. All
arrays hold M candidate plans of up to K rooms; lengths are whole pixels, walls included.
"""

from collections.abc import Mapping

import numpy as np

from bd_gen.data.sources.synthetic.programmes import TYPE
from bd_gen.diagrams.rplan import RPLAN

LEFT, RIGHT, TOP, BOTTOM = range(4)
SIDES = (LEFT, RIGHT, TOP, BOTTOM)
OUTSIDE = 4
"""A balcony that hangs on the outer wall."""
WITHIN = 5
"""A room cut out of a corner of another one, such as a bathroom of the master room."""
NOWHERE = 6
"""An empty slot."""

WALL = 4
"""Thickness in pixels of the thinner walls: the gap between two neighbouring rooms' boxes."""

# Area (square pixels), its relative spread, the ratio of the sides, and the share of rooms that are
# higher than wide (before some plans are turned); calibrated to RPLAN.
_ROOM_SIZES = {
    "MasterRoom": (2770, 0.19, 1.32, 0.90),
    "Kitchen": (1120, 0.23, 1.62, 0.50),
    "Bathroom": (810, 0.24, 1.34, 0.50),
    "DiningRoom": (1600, 0.38, 1.33, 0.40),
    "ChildRoom": (2030, 0.21, 1.25, 0.70),
    "StudyRoom": (2000, 0.22, 1.25, 0.70),
    "SecondRoom": (2080, 0.21, 1.25, 0.70),
    "GuestRoom": (2080, 0.21, 1.25, 0.70),
    "Balcony": (850, 0.45, 2.20, 0.43),
    "Entrance": (800, 0.50, 1.50, 0.47),
    "Storage": (430, 0.60, 1.60, 0.42),
}
# Chance of a room to stand at the left or right, and at the top; else it stands at the bottom.
_PLACES = {
    "MasterRoom": (0.86, 0.04),
    "Kitchen": (0.52, 0.42),
    "Bathroom": (0.74, 0.20),
    "DiningRoom": (0.55, 0.35),
    "ChildRoom": (0.78, 0.15),
    "StudyRoom": (0.78, 0.15),
    "SecondRoom": (0.78, 0.15),
    "GuestRoom": (0.78, 0.15),
    "Balcony": (0.60, 0.20),
    "Entrance": (0.40, 0.40),
    "Storage": (0.80, 0.15),
}
_INDOOR_BALCONY = 0.10
# How strongly bathrooms keep to the middle of a row, and kitchens to its ends.
_MIDDLE, _END = 0.85, 0.9
# Master rooms stand in this last part of a row that runs downwards.
_SOUTH = 0.55


def per_type(table: Mapping[str, tuple[float, ...]]) -> np.ndarray:
    """(13 + 1, k) rows of `table` by room type; 0 for other types, and in the last row."""
    rows = np.zeros((RPLAN.num_room_types + 1, len(next(iter(table.values())))))
    for name, row in table.items():
        rows[TYPE[name]] = row
    return rows


ROOM_SIZES = per_type(_ROOM_SIZES)
_PLACE_CHANCES = per_type(_PLACES)


def draw_sides(programmes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(M, K) a side for every room."""
    u, v, w = rng.random((3, *programmes.shape))
    chance = _PLACE_CHANCES[programmes]
    # Plans lean to one side: many living rooms have the outer wall all along the other.
    lean = 0.5 + 0.42 * (2 * rng.random((len(programmes), 1)) - 1)
    upright = np.where(v < lean, LEFT, RIGHT)
    flat = np.where(u < chance.sum(-1), TOP, BOTTOM)
    side = np.where(u < chance[..., 0], upright, flat)
    hangs = (programmes == TYPE["Balcony"]) & (w > _INDOOR_BALCONY)
    return np.where(programmes < 0, NOWHERE, np.where(hangs, OUTSIDE, side))


def draw_sizes(
    programmes: np.ndarray, side: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """(M, K) length along the side and depth away from it, walls included."""
    area, spread, aspect, is_high = np.moveaxis(ROOM_SIZES[programmes], -1, 0)
    u = rng.random((6, *programmes.shape))
    bell = u[0] + u[1] + u[2] - 1.5  # standard deviation 0.5, never beyond 3 of them
    area = area * np.exp(2 * spread * bell - spread**2 / 2)
    aspect = np.maximum(1.0, aspect * np.exp(0.5 * (u[3] + u[4] - 1)))
    long, short = np.sqrt(area * aspect) + WALL, np.sqrt(area / np.maximum(aspect, 1)) + WALL
    is_upright = (side == LEFT) | (side == RIGHT)
    lengthwise = u[5] < np.where(is_upright, is_high, 1 - is_high)
    here = side != NOWHERE
    length = np.rint(np.where(lengthwise, long, short)) * here
    depth = np.rint(np.where(lengthwise, short, long)) * here
    return length, depth


def level(depth: np.ndarray, side: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Rooms nearly as deep as the deepest of their side become as deep: straight walls."""
    tolerance = 5 + 3 * rng.random((len(depth), 4))
    for where in SIDES:
        here = side == where
        most = np.where(here, depth, 0).max(1, keepdims=True)
        near = here & (most - depth < tolerance[:, where, None])
        depth = np.where(near, most, depth)
    return depth


def order_keys(programmes: np.ndarray, side: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(M, K) in [0, 1): rooms stand along their side in this order."""
    u, v = rng.random((2, *programmes.shape))
    middle = (programmes == TYPE["Bathroom"]) & (v < _MIDDLE)
    end = (programmes == TYPE["Kitchen"]) & (v < _END)
    squeezed = 0.4 + 0.2 * u
    pushed = np.where(u < 0.5, 0.1 * u, 1 - 0.1 * u)
    # Along the left and right, which run downwards: master rooms last, second rooms rather first.
    is_upright = (side == LEFT) | (side == RIGHT)
    u = np.where(is_upright & (programmes == TYPE["MasterRoom"]), 1 - (1 - _SOUTH) * u, u)
    return np.where(middle, squeezed, np.where(end, pushed, u))


def draw_recesses(side: np.ndarray, depth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(M, K) how far each room keeps off the outer wall: shallow ones may line up inside."""
    near = np.zeros_like(depth)
    lines_up = rng.random(side.shape) < 0.55
    for where in SIDES:
        here = side == where
        most = np.where(here, depth, 0).max(1, keepdims=True)
        near = np.where(here & lines_up, most - depth, near)
    return near
