"""What a sound diagram satisfies: connected, rooms that occur once, relations without circles,
and no room inside one that cannot hold it.
"""

from collections import deque
from collections.abc import Mapping, Sequence

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet, reachable
from bd_gen.diagrams.vocabulary import NO_EDGE, NUM_ROOM_TYPES, RELATIONS, ROOM_TYPES

INSIDE, SURROUNDING = RELATIONS.index("inside"), RELATIONS.index("surrounding")

AT_MOST_ONE = tuple(ROOM_TYPES.index(name) for name in ("LivingRoom", "Entrance"))
"""Room types of which a valid diagram has at most one."""

FORBIDDEN_OUTER_TYPES = {
    0: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
    1: (2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
    2: (1, 3, 5, 6, 7, 8, 9, 10, 11),
    3: (10,),
    4: (1, 3, 5, 8, 9, 10, 11),
    5: (2, 3, 4, 9, 10, 11),
    6: (3, 9, 10),
    7: (3, 9, 10),
    8: (3, 9, 10),
    9: (2, 3, 6, 10, 11),
    10: (1, 2, 3, 4, 5, 6, 7, 8, 9, 11),
    11: (9,),
}
"""For each inner room type the types that must not contain it (METRICS.md, section 1)."""


def _forbidden_table() -> np.ndarray:
    # One row and column more than there are types: NO_TYPE contains anything.
    table = np.zeros((NUM_ROOM_TYPES + 1, NUM_ROOM_TYPES + 1), bool)
    for inner, outers in FORBIDDEN_OUTER_TYPES.items():
        table[inner, list(outers)] = True
    return table


_IS_FORBIDDEN = _forbidden_table()


def _labels(*words: str) -> np.ndarray:
    table = np.zeros(NO_EDGE + 1, bool)
    for k, name in enumerate(RELATIONS):
        table[k] = any(word in name.split("-") for word in words)
    return table


# Which labels of a slot (i, j) order i before j, and which j before i. Vertically "before" means
# further down; that way round or the other, a cycle is a cycle.
HORIZONTAL = (_labels("left"), _labels("right"))
VERTICAL = (_labels("below"), _labels("above"))


def is_connected(samples: DiagramSet) -> np.ndarray:
    """(N,) bool: every room can be reached from room 0; a single room is connected."""
    if not samples.vocabulary.num_edges:
        return np.ones(len(samples), bool)
    from_first = reachable(samples.arrows(samples.has_edge, samples.has_edge))[0]
    every_room = (np.uint64(1) << samples.num_rooms.astype(np.uint64)) - np.uint64(1)
    return (from_first.astype(np.uint64) | np.uint64(1)) & every_room == every_room


def has_valid_types(samples: DiagramSet) -> np.ndarray:
    """(N,) bool: at most one LivingRoom and at most one Entrance."""
    valid = np.ones(len(samples), bool)
    for room_type in AT_MOST_ONE:
        valid &= (samples.room_types == room_type).sum(axis=1) <= 1
    return valid


def has_order(samples: DiagramSet, axis: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """(N,) bool: the arrows that the relations give along one axis form no directed cycle."""
    forward, backward = axis
    arrows = samples.arrows(forward[samples.relations], backward[samples.relations])
    closure = reachable(arrows)
    in_cycle = np.zeros(len(samples), bool)
    for room, reached in enumerate(closure):
        in_cycle |= (reached >> np.uint32(room)) & np.uint32(1) == 1
    return ~in_cycle


def containments(samples: DiagramSet) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Edges that say that one room is inside another.

    Returns:
        (M,) sample, and (M,) type of the inner and of the outer room, NO_TYPE for none.
    """
    sample, slot = np.nonzero((samples.relations == INSIDE) | (samples.relations == SURROUNDING))
    first = samples.room_types[sample, samples.vocabulary.edge_rows[slot]]
    second = samples.room_types[sample, samples.vocabulary.edge_cols[slot]]
    first_is_inner = samples.relations[sample, slot] == INSIDE
    inner = np.where(first_is_inner, first, second)
    return sample, inner, np.where(first_is_inner, second, first)


def has_forbidden_containment(samples: DiagramSet) -> np.ndarray:
    """(N,) bool: some room lies inside one of a type that cannot hold it."""
    sample, inner, outer = containments(samples)
    found = np.zeros(len(samples), bool)
    found[sample[_IS_FORBIDDEN[inner, outer]]] = True
    return found


def shortest_circle(after: Mapping[int, Sequence[int]]) -> list[int]:
    """The rooms of a shortest directed circle, in their order; empty if there is none.

    Args:
        after: for each room those that an arrow leads to. Of circles of one length the first
            counts, in the order in which the rooms and the arrows are given.
    """
    best: list[int] = []
    for start in after:
        circle = _circle_through(start, after)
        if circle and (not best or len(circle) < len(best)):
            best = circle
    return best


def _circle_through(start: int, after: Mapping[int, Sequence[int]]) -> list[int]:
    # a shortest way from a room back to itself, breadth first
    came_from: dict[int, int] = {}
    ahead = deque([start])
    while ahead and start not in came_from:
        room = ahead.popleft()
        for following in after.get(room, ()):
            if following not in came_from:
                came_from[following] = room
                ahead.append(following)
    if start not in came_from:
        return []
    way = [came_from[start]]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]
