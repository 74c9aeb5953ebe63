"""An outline that a builder would draw."""

import numpy as np

from bd_gen.layouts.cells.outlines import SHORT_STEP
from bd_gen.layouts.cells.tilings import Tilings
from bd_gen.layouts.shape_costs import shape_cost

_LACKING = 0.5  # what a corner or a step counts that is wished and not there


@shape_cost("corners", 6, "corners of the outline beyond those wished, or beyond four")
def corners(plans: Tilings) -> np.ndarray:
    """0 for a rectangle where nothing is wished; a corner that is lacking counts half."""
    beyond = plans.outline.corners - plans.sizes.corners
    return np.where(beyond > 0, beyond, -_LACKING * beyond)


@shape_cost("steps", 25, "walls of the outline shorter than 0.6 m beyond those wished")
def steps(plans: Tilings) -> np.ndarray:
    """A step counts one, and a tenth more for each pixel that it lacks: it grows or goes."""
    count, missing = plans.outline.steps(SHORT_STEP)
    beyond = count - plans.sizes.steps
    return np.where(beyond > 0, beyond + missing / 10, -_LACKING * beyond)


@shape_cost("slits", 4, "length of gaps in the outline narrower than 1 m, in pixels")
def slits(plans: Tilings) -> np.ndarray:
    """Gaps between two walls, open at one end or at both."""
    return plans.narrow[:, 0]


@shape_cost("outer_wall", 0.04, "length of the outline, in pixels")
def outer_wall(plans: Tilings) -> np.ndarray:
    """Less for a compact plan."""
    return np.asarray(plans.common_walls[:, 0, 1:].sum(axis=1))
