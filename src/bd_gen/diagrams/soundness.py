"""What a sound diagram satisfies: connected, rooms that occur once, relations without circles,
and no room inside one that cannot hold it.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet, reachable
from bd_gen.diagrams.words import Words

_NOTHING = 255  # no relation has this number
Axis = tuple[np.ndarray, np.ndarray]
"""(R + 1,) bool each: which labels of a slot (i, j) order i before j, and which j before i."""


@lru_cache(maxsize=64)
def _is_forbidden(words: Words) -> np.ndarray:
    # One row and column more than there are types: what has no type contains anything.
    table = np.zeros((words.num_room_types + 1, words.num_room_types + 1), bool)
    for inner, outers in words.forbidden_outer_types.items():
        table[inner, list(outers)] = True
    return table


@lru_cache(maxsize=64)
def horizontal(words: Words) -> Axis:
    """Which relations order rooms from left to right."""
    return words.says("left"), words.says("right")


@lru_cache(maxsize=64)
def vertical(words: Words) -> Axis:
    """Which relations order rooms vertically.

    "Before" means further down here; that way round or the other, a cycle is a cycle.
    """
    return words.says("below"), words.says("above")


def is_connected(samples: DiagramSet) -> np.ndarray:
    """(N,) bool: every room can be reached from room 0; a single room is connected."""
    if not samples.vocabulary.num_edges:
        return np.ones(len(samples), bool)
    from_first = reachable(samples.arrows(samples.has_edge, samples.has_edge))[0]
    every_room = (np.uint64(1) << samples.num_rooms.astype(np.uint64)) - np.uint64(1)
    return (from_first.astype(np.uint64) | np.uint64(1)) & every_room == every_room


def has_valid_types(samples: DiagramSet) -> np.ndarray:
    """(N,) bool: at most one room of each type that occurs once (RPLAN: LivingRoom, Entrance)."""
    valid = np.ones(len(samples), bool)
    for room_type in samples.vocabulary.words.at_most_one:
        valid &= (samples.room_types == room_type).sum(axis=1) <= 1
    return valid


def has_order(samples: DiagramSet, axis: Axis) -> np.ndarray:
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
        (M,) sample, and (M,) type of the inner and of the outer room, `no_type` for none.
    """
    words = samples.vocabulary.words
    says_inside = samples.relations == _or_nothing(words.inside)
    says_surrounding = samples.relations == _or_nothing(words.surrounding)
    sample, slot = np.nonzero(says_inside | says_surrounding)
    first = samples.room_types[sample, samples.vocabulary.edge_rows[slot]]
    second = samples.room_types[sample, samples.vocabulary.edge_cols[slot]]
    first_is_inner = says_inside[sample, slot]
    inner = np.where(first_is_inner, first, second)
    return sample, inner, np.where(first_is_inner, second, first)


def _or_nothing(relation: int | None) -> int:
    return _NOTHING if relation is None else relation


def has_forbidden_containment(samples: DiagramSet) -> np.ndarray:
    """(N,) bool: some room lies inside one of a type that cannot hold it."""
    sample, inner, outer = containments(samples)
    found = np.zeros(len(samples), bool)
    found[sample[_is_forbidden(samples.vocabulary.words)[inner, outer]]] = True
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
