"""Ways: doors to every room."""

import numpy as np

from bd_gen.layouts.cells.tilings import Tilings
from bd_gen.layouts.room_limits import DOOR_WIDTH
from bd_gen.layouts.shape_costs import shape_cost
from bd_gen.layouts.ways import crossable


@shape_cost("access", 200, "rooms that nobody reaches without crossing a private one")
def access(plans: Tilings) -> np.ndarray:
    """Over straight walls in common of a door's width; which rooms may be crossed see
    `circulation`. It outweighs all but what is asked for.
    """
    allowed, start = crossable(plans.diagram, plans.options)
    arcs = allowed & (plans.longest_walls[:, 1:, 1:] >= DOOR_WIDTH)
    reached = np.zeros(arcs.shape[:2], bool)
    reached[:, start] = True
    num_reached, before = len(arcs), 0
    while num_reached > before:
        reached |= (reached[:, :, None] & arcs).any(axis=1)
        num_reached, before = int(np.count_nonzero(reached)), num_reached
    return np.asarray((~reached).sum(axis=1).astype(np.float64))
