"""Names by which people tell the rooms of one diagram apart."""

from collections import Counter

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.vocabulary import ROOM_TYPES


def room_names(diagram: Diagram) -> tuple[str, ...]:
    """A name for each room: its type, numbered from 1 where there are several of a type."""
    counts = Counter(diagram.room_types)
    seen: Counter[int] = Counter()
    names = []
    for room_type in diagram.room_types:
        seen[room_type] += 1
        number = f" {seen[room_type]}" if counts[room_type] > 1 else ""
        names.append(ROOM_TYPES[room_type] + number)
    return tuple(names)
