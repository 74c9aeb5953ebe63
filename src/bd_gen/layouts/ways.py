"""Walls for doors on the way to every room, as a demand on boxes."""

from functools import lru_cache

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.words import Words
from bd_gen.layouts.circulation import DoorGraph, Pair, ordered
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.room_limits import Opening


def crossable(diagram: Diagram, options: SolverOptions) -> tuple[np.ndarray, int]:
    """(n, n) bool: may room a be crossed to room b? And the room where ways begin.

    Walls are no matter here, only what types and the user allow.
    """
    opens = frozenset(one.pairs[0] for one in options.openings if len(one.pairs) == 1)
    return _crossable(diagram.room_types, opens, frozenset(options.closed), diagram.words)


@lru_cache(maxsize=16)
def _crossable(
    types: tuple[int, ...], opens: frozenset[Pair], closed: frozenset[Pair], words: Words
) -> tuple[np.ndarray, int]:
    n = len(types)
    graph = DoorGraph(types, np.ones((n, n)), 1.0, opens, closed, words)
    is_arc = np.array([[graph.is_arc(a, b) for b in range(n)] for a in range(n)], bool)
    return is_arc, [*graph.roles.entrance_order(types), 0][0]


def way_openings(diagram: Diagram, options: SolverOptions) -> tuple[Opening, ...] | None:
    """For each room those joined to it over which it may be reached, one of which must open to it.

    Boxes of every plan whose rooms are all reached satisfy this; boxes that do may still go round
    in a circle. None where some room is joined to none that may be crossed on the way to it.
    """
    may_cross, start = crossable(diagram, options)
    joined = {(i, j) for i, j, _ in diagram.edges}
    openings = []
    for room in range(diagram.num_rooms):
        pairs = sorted({ordered(int(a), room) for a in np.flatnonzero(may_cross[:, room])} & joined)
        if room != start and not pairs:
            return None
        if room != start:
            openings.append(Opening(tuple(pairs)))
    return tuple(openings)
