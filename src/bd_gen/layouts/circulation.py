"""Which rooms a door joins, so that every room is reached without crossing one that is private.

The rooms are the nodes of a directed graph with an arc from room a to room b where they have
enough wall in common for a door and b may be reached by crossing a (`RoomRoles.may_open`, or the
user says that they open to each other). Every door but those asked for is on the way to some
room, so the doors are a spanning arborescence of what can be reached from the entrance. The one
of least cost is found exactly (Edmonds 1967, by networkx). Its cost is first how well the types
suit each other (`RoomRoles.door_cost`), summed up; what is equal in that is told apart by walls,
of which the longer are better.

That the home has a bathroom for all is no cost of a single door. So where all of them would open
to bedrooms, each in turn is kept from doing so, and the least cost wins.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words
from bd_gen.layouts.room_roles import Role, RoomRoles, room_roles

Pair = tuple[int, int]
Arc = tuple[int, int]
"""From the room that is crossed to the one that is reached."""


@dataclass(frozen=True)
class DoorGraph:
    """What could have doors, and which rooms may be crossed.

    Attributes:
        room_types: of each room.
        wall: (n, n) length of the longest straight wall that two rooms have in common.
        least: the wall that a door needs, in the same unit.
        required: pairs (i, j), i < j, that open to each other, whatever their types. Where types
            allow neither to be reached over the other, by the user's word each may.
        forbidden: pairs without a door.
        words: what the types mean.
    """

    room_types: tuple[int, ...]
    wall: np.ndarray
    least: float
    required: frozenset[Pair] = frozenset()
    forbidden: frozenset[Pair] = frozenset()
    words: Words = RPLAN

    @property
    def roles(self) -> RoomRoles:
        """What each type is for."""
        return room_roles(self.words)

    def role(self, room: int) -> Role:
        """What a room is for."""
        return self.roles.of_type[self.room_types[room]]

    def has_room(self, i: int, j: int) -> bool:
        """Is the wall of two rooms wide enough for a door?"""
        return bool(self.wall[i, j] >= self.least - 1e-6)

    def may_have_door(self, i: int, j: int) -> bool:
        """Is there room for a door, and nobody against it?"""
        return self.has_room(i, j) and ordered(i, j) not in self.forbidden

    def is_arc(self, crossed: int, reached: int) -> bool:
        """May one room be reached by crossing another?"""
        if crossed == reached or not self.may_have_door(crossed, reached):
            return False
        types = self.room_types[reached], self.room_types[crossed]
        if self.roles.may_open(*types):
            return True
        # An en-suite bathroom that is asked for is no way to its bedroom; of two bedrooms either
        # may be the way to the other.
        is_asked = ordered(crossed, reached) in self.required
        return is_asked and not self.roles.may_open(*types[::-1])

    def reached_from(self, start: int) -> list[int]:
        """All rooms that can be reached from one, itself first, in the order of the doors."""
        found, waiting = {start: None}, [start]
        while waiting:
            crossed = waiting.pop(0)
            new = [k for k in range(len(self.room_types)) if k not in found]
            new = [k for k in new if self.is_arc(crossed, k)]
            found |= dict.fromkeys(new)
            waiting += new
        return list(found)


def ordered(i: int, j: int) -> Pair:
    """A pair of rooms with the lower one first."""
    return (i, j) if i < j else (j, i)


def ways_in(graph: DoorGraph, start: int) -> list[Arc]:
    """The doors on the ways from the entrance: for each room reached, the last one before it.

    Args:
        graph: what could have doors.
        start: the room behind the entrance.

    Returns:
        arcs (room crossed, room reached) of the cheapest spanning arborescence, in the order of
        the rooms reached. Rooms that cannot be reached have none.
    """
    rooms = graph.reached_from(start)
    arcs = [(a, b) for a in rooms for b in rooms if b != start and graph.is_arc(a, b)]
    best = _arborescence(graph, arcs)
    if _has_common(graph, start, best):
        return best
    common = [room for room in rooms if graph.role(room).is_common]
    others = []
    for room in common:
        passages = [arc for arc in arcs if arc[1] == room and _is_passage(graph, arc[0])]
        if passages:
            kept = [arc for arc in arcs if arc[1] != room or arc in passages]
            others.append(_arborescence(graph, kept))
    return min(others, key=lambda found: _cost(graph, found), default=best)


def _has_common(graph: DoorGraph, start: int, ways: Iterable[Arc]) -> bool:
    """Is one bathroom, or what else all need, reached without crossing a bedroom?"""
    return graph.role(start).is_common or any(
        graph.role(reached).is_common and _is_passage(graph, crossed) for crossed, reached in ways
    )


def _is_passage(graph: DoorGraph, room: int) -> bool:
    return graph.role(room).is_passage


def _arborescence(graph: DoorGraph, arcs: Collection[Arc]) -> list[Arc]:
    import networkx

    if not arcs:
        return []
    # Whole numbers, so that nothing is rounded and the same arcs always give the same doors.
    rank = {arc: k for k, arc in enumerate(sorted(arcs, key=lambda arc: _key(graph, arc)))}
    network = networkx.DiGraph()
    for arc in sorted(arcs):
        network.add_edge(*arc, weight=_weight(graph, arc, rank[arc], len(arcs)))
    tree = networkx.minimum_spanning_arborescence(network)
    return sorted(tree.edges, key=lambda arc: arc[1])


def _key(graph: DoorGraph, arc: Arc) -> tuple[float, ...]:
    return (-float(graph.wall[arc]), *arc)


def _weight(graph: DoorGraph, arc: Arc, rank: int, count: int) -> int:
    # At most `count` arcs are summed up, so the ranks of all of them stay below count².
    return _pair_cost(graph, arc) * count * count + rank


def _pair_cost(graph: DoorGraph, arc: Arc) -> int:
    if ordered(*arc) in graph.required:
        return 0
    return graph.roles.door_cost(graph.room_types[arc[1]], graph.room_types[arc[0]])


def _cost(graph: DoorGraph, ways: Sequence[Arc]) -> tuple[float, ...]:
    suits = sum(_pair_cost(graph, arc) for arc in ways)
    return (
        suits,
        -sum(float(graph.wall[arc]) for arc in ways),
        *(room for arc in ways for room in arc),
    )
