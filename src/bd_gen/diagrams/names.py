"""Names that people write for rooms and relations; what is unknown is answered with near names."""

from bd_gen.diagrams.vocabulary import (
    NO_EDGE,
    RELATIONS,
    ROOM_TYPES,
    fold_name,
    relation_from_name,
    room_type_from_name,
)
from bd_gen.system.errors import InputError
from bd_gen.system.names import nearest

NO_EDGE_NAMES = frozenset({"noedge", "none"})
JOINED_NAME = "joined"
_JOINED_NAMES = frozenset(
    ("", "?", "any", JOINED_NAME, "touches", "touching", "adjacent", "adjacentto", "nextto",
     "connected", "connectedto", "edge", "door")
)  # fmt: skip
_LONGEST_SHOWN = 40


def is_joined_name(name: str | None) -> bool:
    """Does this say that two rooms are joined, and not how? So does no name at all."""
    return name is None or fold_name(name) in _JOINED_NAMES


def room_type_of(name: str, where: str) -> int:
    """The room type 0..12 called `name`.

    Raises:
        InputError: there is none; the message starts with `where`.
    """
    room_type = room_type_from_name(name)
    if room_type is None:
        hint = _hint(name, ROOM_TYPES)
        raise InputError(f"{where}: unknown room {name[:_LONGEST_SHOWN]!r}{hint}")
    return room_type


def relation_of(name: str, where: str) -> int:
    """The relation 0..9 called `name`, or 10 for "none": rooms that must not be joined.

    Raises:
        InputError: there is none; the message starts with `where`.
    """
    if fold_name(name) in NO_EDGE_NAMES:
        return NO_EDGE
    relation = relation_from_name(name)
    if relation is None:
        raise InputError(
            f"{where}: unknown relation {name[:_LONGEST_SHOWN]!r}; "
            f"known: {', '.join(RELATIONS)}, none"
        )
    return relation


def _hint(name: str, known: tuple[str, ...]) -> str:
    by_folded = {fold_name(other): other for other in known}
    near = nearest(fold_name(name[:_LONGEST_SHOWN]), by_folded)
    return f"; did you mean {by_folded[near[0]]}?" if near else f"; known: {', '.join(known)}"


class RoomLabels:
    """Which room type a label means; case, blanks, hyphens and underscores do not count.

    Attributes:
        mapping: folded foreign label -> room type; goes before the built-in names.
    """

    def __init__(self, mapping: dict[str, int] | None = None) -> None:
        self.mapping = dict(mapping or {})
        self._known: dict[str, int] = {}

    def find(self, label: str) -> int | None:
        """The room type 0..12 that `label` means, or None."""
        room_type = self._known.get(label)
        if room_type is None:
            room_type = self.mapping.get(fold_name(label))
            if room_type is None:
                room_type = room_type_from_name(label)
            if room_type is not None and len(self._known) < 10_000:
                self._known[label] = room_type  # most labels come a hundred thousand times
        return room_type
