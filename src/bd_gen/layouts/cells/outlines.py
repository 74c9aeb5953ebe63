"""How simple the outline of a plan is meant to be.

Without anything to go by, as simple as it can be: a builder's rectangle. Where boxes to come near
are given for all rooms, as simple as those have it: real plans have ten corners, and not all of
them have sides of more than 0.6 m.
"""

import numpy as np

from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.walls import outline_of

SHORT_STEP = 9
"""Pixels, 0.6 m: walls of an outline that are shorter are steps."""

_STEP_SHARES = (0.743, 0.180, 0.050, 0.027)
"""Shares of RPLAN's plans with 0, 1, 2 and 3 steps (600 plans, evenly spaced). What is drawn near
real plans has more of them, which are mistakes of the draw."""


def wished_outline(
    options: SolverOptions, num_rooms: int, rng: np.random.Generator
) -> tuple[int, int]:
    """Corners and, of its sides, steps that an outline may have.

    Args:
        options: with targets, and no outline, or there is nothing to go by.
        num_rooms: of the plan.
        rng: draws how many steps there are; a plan of targets without steps has none.
    """
    if options.outline is not None or set(options.targets) != set(range(num_rooms)):
        return 4, 0
    import shapely

    boxes = np.array([options.targets[room] for room in range(num_rooms)], float)
    outline = outline_of(list(shapely.box(*boxes.T)))
    if outline.geom_type != "Polygon":
        return 4, 0
    points = np.asarray(outline.simplify(0).exterior.coords)
    sides = np.abs(np.diff(points, axis=0)).sum(axis=1)
    steps = int((sides < SHORT_STEP).sum())
    drawn = int(np.searchsorted(np.cumsum(_STEP_SHARES), rng.random()))
    kept = min(steps, drawn)
    # A step that goes takes two corners with it.
    return max(4, len(sides) - 2 * (steps - kept)), kept
