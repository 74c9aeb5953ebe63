"""Rooms of the sizes that are aimed at."""

import numpy as np

from bd_gen.layouts.cells.tilings import Tilings
from bd_gen.layouts.shape_costs import shape_cost

_TOLERATED = 0.15  # of an area; what goes beyond counts three times
_WRAPPING_SHARE = 0.6  # what an error of a room that has what others leave counts


@shape_cost("area", 30, "areas seen against those aimed at, as shares, added up over rooms")
def area(plans: Tilings) -> np.ndarray:
    """Small errors cost little, so that walls can be in line."""
    error = np.abs(plans.areas / plans.sizes.areas - 1)
    share = np.where(plans.is_wrapping, _WRAPPING_SHARE, 1.0)
    return np.asarray(((error + 2 * np.maximum(error - _TOLERATED, 0)) * share).sum(axis=1))


@shape_cost("slender", 30, "what short sides of boxes lack of the usual, as shares")
def slender(plans: Tilings) -> np.ndarray:
    """What lacks a quarter or more counts three times."""
    short, usual = plans.sides.min(axis=2), plans.sizes.short_sides
    lack = np.maximum(usual - short, 0) + 2 * np.maximum(0.75 * usual - short, 0)
    return np.asarray((lack / usual).sum(axis=1))


@shape_cost("long", 15, "long sides over short ones, beyond the usual proportion")
def long(plans: Tilings) -> np.ndarray:
    """Rooms that wrap others are left out of account."""
    proportion = plans.sides.max(axis=2) / plans.sides.min(axis=2)
    beyond = np.maximum(proportion - plans.sizes.proportions, 0)
    return np.asarray((beyond * ~plans.is_wrapping).sum(axis=1))
