"""One bubble diagram as a person would write it down, and the names of its rooms."""

from collections import Counter
from dataclasses import dataclass

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words


@dataclass(frozen=True)
class Diagram:
    """Rooms and the relations between them.

    Attributes:
        room_types: number of the type of every room.
        edges: (i, j, r) with i < j, sorted: "room i is r of room j".
        words: what the numbers mean.

    Raises:
        ValueError: unknown type or relation, i >= j, a room that does not exist, or two
            edges between the same rooms.
    """

    room_types: tuple[int, ...]
    edges: tuple[tuple[int, int, int], ...] = ()
    words: Words = RPLAN

    def __post_init__(self) -> None:
        n, num_types = len(self.room_types), self.words.num_room_types
        num_relations = self.words.num_relations
        for k, room_type in enumerate(self.room_types):
            if not 0 <= room_type < num_types:
                raise ValueError(f"room {k}: type {room_type} is not in 0..{num_types - 1}")
        for i, j, relation in self.edges:
            if not 0 <= i < j < n:
                raise ValueError(f"edge ({i}, {j}): rooms must satisfy 0 <= i < j < {n}")
            if not 0 <= relation < num_relations:
                raise ValueError(
                    f"edge ({i}, {j}): relation {relation} is not in 0..{num_relations - 1}"
                )
        pairs = [(i, j) for i, j, _ in self.edges]
        if len(set(pairs)) != len(pairs):
            raise ValueError("two edges join the same rooms")
        object.__setattr__(self, "edges", tuple(sorted(self.edges)))

    @property
    def num_rooms(self) -> int:
        """Number of rooms."""
        return len(self.room_types)

    def __str__(self) -> str:
        types, relations = self.words.room_names, self.words.relation_names
        names = [f"{types[t]}[{k}]" for k, t in enumerate(self.room_types)]
        facts = [f"{names[i]} {relations[r]} {names[j]}" for i, j, r in self.edges]
        return ", ".join(names) + (": " + "; ".join(facts) if facts else "")


def room_names(diagram: Diagram) -> tuple[str, ...]:
    """A name for each room: its type, numbered from 1 where there are several of a type."""
    counts = Counter(diagram.room_types)
    seen: Counter[int] = Counter()
    names = []
    for room_type in diagram.room_types:
        seen[room_type] += 1
        number = f" {seen[room_type]}" if counts[room_type] > 1 else ""
        names.append(diagram.words.room_names[room_type] + number)
    return tuple(names)
