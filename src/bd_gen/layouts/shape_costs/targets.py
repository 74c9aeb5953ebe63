"""Rooms where they are wanted."""

import numpy as np

from bd_gen.layouts.cells.tilings import Tilings
from bd_gen.layouts.shape_costs import shape_cost


@shape_cost(
    "nearest", 0.25, "pixels from each side of a box to where it is wanted (targets), added up"
)
def nearest(plans: Tilings) -> np.ndarray:
    """A plan keeps the place, the sizes and the proportions that boxes were drawn with."""
    targets = plans.options.targets
    if not targets:
        return np.zeros(len(plans.boxes))
    rooms = list(targets)
    wanted = np.array([targets[room] for room in rooms])
    return np.asarray(np.abs(plans.boxes[:, rooms] - wanted).sum(axis=(1, 2)), np.float64)
