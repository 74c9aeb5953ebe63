"""Ways: doors to every room."""

import numpy as np

from bd_gen.layouts.cells.tilings import Tilings
from bd_gen.layouts.circulation import DoorGraph
from bd_gen.layouts.room_limits import DOOR_WIDTH
from bd_gen.layouts.shape_costs import shape_cost


@shape_cost("access", 40, "rooms that nobody reaches without crossing a private one")
def access(plans: Tilings) -> np.ndarray:
    """Over walls in common of a door's width; which rooms may be crossed see `circulation`."""
    types = plans.diagram.room_types
    n = len(types)
    openings, closed = plans.options.openings, frozenset(plans.options.closed)
    opens = frozenset(one.pairs[0] for one in openings if len(one.pairs) == 1)
    # where walls are no matter, to know what types and the user allow
    allowed = DoorGraph(types, np.ones((n, n)), 1.0, opens, closed, plans.diagram.words)
    is_arc = np.array([[allowed.is_arc(a, b) for b in range(n)] for a in range(n)], bool)
    arcs = is_arc & (plans.common_walls[:, 1:, 1:] >= DOOR_WIDTH)
    start = [*allowed.roles.entrance_order(types), 0][0]
    reached = np.zeros((len(arcs), n), bool)
    reached[:, start] = True
    for _ in range(n - 1):
        reached |= (reached[:, :, None] & arcs).any(axis=1)
    return np.asarray((~reached).sum(axis=1).astype(np.float64))
