"""What a sound diagram satisfies: connected, rooms that occur once, relations without circles."""

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet, reachable
from bd_gen.diagrams.vocabulary import NO_EDGE, RELATIONS, ROOM_TYPES

AT_MOST_ONE = tuple(ROOM_TYPES.index(name) for name in ("LivingRoom", "Entrance"))
"""Room types of which a valid diagram has at most one."""


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
