"""Plans like boxes that are wanted, where there are any."""

import numpy as np

from bd_gen.layouts.cells.tilings import Tilings
from bd_gen.layouts.shape_costs import shape_cost

_WALL = 3  # pixels by which a side may be off for nothing: drawn boxes leave room for walls


@shape_cost("away", 0.15, "way of sides to where they are wanted (targets), beyond 3 pixels")
def away(plans: Tilings) -> np.ndarray:
    """Nothing without targets."""
    targets = plans.options.targets
    if not targets:
        return np.zeros(len(plans.boxes))
    rooms = list(targets)
    wanted = np.array([targets[room] for room in rooms])
    way = np.abs(plans.boxes[:, rooms] - wanted)
    return np.asarray(np.maximum(way - _WALL, 0).sum(axis=(1, 2)))
