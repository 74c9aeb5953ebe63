"""Names that people write for rooms and relations; what is unknown is answered with near names."""

from bd_gen.diagrams.folded import fold_name
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words
from bd_gen.system.errors import InputError
from bd_gen.system.names import nearest

NO_EDGE_NAMES = frozenset({"noedge", "none"})
JOINED_NAME = "joined"
_JOINED_NAMES = frozenset(
    ("", "?", "any", JOINED_NAME, "touches", "touching", "adjacent", "adjacentto", "nextto",
     "connected", "connectedto", "edge", "door")
)  # fmt: skip
_LONGEST_SHOWN = 40


def is_joined_name(name: str | None, words: Words = RPLAN) -> bool:
    """Does this say that two rooms are joined, and not how? So does no name at all.

    What the words have a relation for says how.
    """
    if name is None:
        return True
    return fold_name(name) in _JOINED_NAMES and words.relation(name) is None


def room_type_of(name: str, where: str, words: Words = RPLAN) -> int:
    """The number of the room type called `name`.

    Raises:
        InputError: there is none; the message starts with `where`.
    """
    room_type = words.room_type(name)
    if room_type is None:
        hint = _hint(name, words.room_names)
        raise InputError(f"{where}: unknown room {name[:_LONGEST_SHOWN]!r}{hint}")
    return room_type


def relation_of(name: str, where: str, words: Words = RPLAN) -> int:
    """The relation called `name`, or no-edge for "none": rooms that must not be joined.

    Raises:
        InputError: there is none; the message starts with `where`.
    """
    if fold_name(name) in NO_EDGE_NAMES:
        return words.no_edge
    relation = words.relation(name)
    if relation is None:
        raise InputError(
            f"{where}: unknown relation {name[:_LONGEST_SHOWN]!r}; "
            f"known: {', '.join(words.relation_names)}, none"
        )
    return relation


def _hint(name: str, known: tuple[str, ...]) -> str:
    by_folded = {fold_name(other): other for other in known}
    near = nearest(fold_name(name[:_LONGEST_SHOWN]), by_folded)
    return f"; did you mean {by_folded[near[0]]}?" if near else f"; known: {', '.join(known)}"


class RoomLabels:
    """Which room type a label means; case, blanks, hyphens and underscores do not count.

    Attributes:
        mapping: folded foreign label -> room type; goes before the names of the words.
        words: whose room types these are.
    """

    def __init__(self, mapping: dict[str, int] | None = None, words: Words = RPLAN) -> None:
        self.mapping = dict(mapping or {})
        self.words = words
        self._known: dict[str, int] = {}

    def find(self, label: str) -> int | None:
        """The room type that `label` means, or None."""
        room_type = self._known.get(label)
        if room_type is None:
            room_type = self.mapping.get(fold_name(label))
            if room_type is None:
                room_type = self.words.room_type(label)
            if room_type is not None and len(self._known) < 10_000:
                self._known[label] = room_type  # most labels come a hundred thousand times
        return room_type
