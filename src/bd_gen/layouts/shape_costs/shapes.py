"""Rooms of simple shapes that can be used everywhere."""

import numpy as np

from bd_gen.layouts.cells.tilings import Tilings
from bd_gen.layouts.shape_costs import shape_cost

_WRAPPING_SHARE = 0.3  # what corners of rooms that wrap others count


@shape_cost("bends", 8, "corners of rooms that point inwards")
def bends(plans: Tilings) -> np.ndarray:
    """One for an L."""
    share = np.where(plans.is_wrapping, _WRAPPING_SHARE, 1.0)
    return np.asarray((plans.inward_corners * share).sum(axis=1))


@shape_cost("narrow", 1.5, "length of places in rooms narrower than 0.9 m, in pixels")
def narrow(plans: Tilings) -> np.ndarray:
    """Rooms that wrap others have them; for the rest the short side of the box counts."""
    return np.asarray(plans.narrow[:, 1:].sum(axis=1))


@shape_cost("pieces", 200, "pieces of the plan and of rooms, and holes in them, beyond one each")
def pieces(plans: Tilings) -> np.ndarray:
    """A shaft between rooms is a hole in the plan, a room in the middle of another one in that."""
    return np.asarray(np.abs(plans.parts - 1).sum(axis=1))
