"""Ways: doors to every room."""

from functools import lru_cache

import numpy as np

from bd_gen.diagrams.words import Words
from bd_gen.layouts.cells.tilings import Tilings
from bd_gen.layouts.circulation import DoorGraph, Pair
from bd_gen.layouts.room_limits import DOOR_WIDTH
from bd_gen.layouts.shape_costs import shape_cost


@shape_cost("access", 40, "rooms that nobody reaches without crossing a private one")
def access(plans: Tilings) -> np.ndarray:
    """Over walls in common of a door's width; which rooms may be crossed see `circulation`."""
    openings, closed = plans.options.openings, frozenset(plans.options.closed)
    opens = frozenset(one.pairs[0] for one in openings if len(one.pairs) == 1)
    allowed, start = _allowed(plans.diagram.room_types, opens, closed, plans.diagram.words)
    arcs = allowed & (plans.common_walls[:, 1:, 1:] >= DOOR_WIDTH)
    reached = np.zeros(arcs.shape[:2], bool)
    reached[:, start] = True
    num_reached, before = len(arcs), 0
    while num_reached > before:
        reached |= (reached[:, :, None] & arcs).any(axis=1)
        num_reached, before = int(np.count_nonzero(reached)), num_reached
    return np.asarray((~reached).sum(axis=1).astype(np.float64))


@lru_cache(maxsize=16)
def _allowed(
    types: tuple[int, ...], opens: frozenset[Pair], closed: frozenset[Pair], words: Words
) -> tuple[np.ndarray, int]:
    """(n, n) bool: may room a be crossed to room b? And the room behind the entrance.

    Walls are no matter here, only what types and the user allow.
    """
    n = len(types)
    graph = DoorGraph(types, np.ones((n, n)), 1.0, opens, closed, words)
    is_arc = np.array([[graph.is_arc(a, b) for b in range(n)] for a in range(n)], bool)
    return is_arc, [*graph.roles.entrance_order(types), 0][0]
