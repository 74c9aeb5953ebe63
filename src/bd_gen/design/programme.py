"""The rooms of a brief: by their own names, with what is asked of each."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bd_gen.design.measures import ROOM_AREA, ROOM_SIDE, Range, metres, metres_range
from bd_gen.design.room_words import room_type_named
from bd_gen.diagrams.diagram import Diagram, room_names
from bd_gen.diagrams.folded import fold_name
from bd_gen.diagrams.names import RoomLabels
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.vocabulary import LARGEST_N_MAX
from bd_gen.diagrams.words import Words
from bd_gen.system.errors import InputError, printable
from bd_gen.system.names import did_you_mean

LONGEST_NAME = 40
_COUNTED = re.compile(r"(?:(?P<count>\d{1,9})\s*[x×]?\s+)?(?P<name>\S.*)", re.DOTALL)
_FIELDS = ("type", "number", "area", "side", "facade", "opens to")


@dataclass(frozen=True)
class AskedRoom:
    """One room of a brief.

    Attributes:
        room_type: its type.
        name: its own name; "" if it goes by its type.
        group: the name that it shares with others; the same as `name` if there is one room.
        area: least and largest area in m².
        side: least side in metres.
        facade: words for the sides at one of which it has an outer wall, see `design.plot`.
        opens_to: names of rooms that it opens to, each of them.
    """

    room_type: int
    name: str = ""
    group: str = ""
    area: Range = (None, None)
    side: float | None = None
    facade: str = ""
    opens_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Programme:
    """All rooms of a brief, in their order, and what their types are called."""

    rooms: tuple[AskedRoom, ...]
    words: Words = RPLAN

    @property
    def room_types(self) -> tuple[int, ...]:
        """Type of each room."""
        return tuple(room.room_type for room in self.rooms)

    @property
    def names(self) -> tuple[str, ...]:
        """A name for each room: its own, or that of its type with a number."""
        by_type = room_names(Diagram(self.room_types, words=self.words))
        return tuple(room.name or name for room, name in zip(self.rooms, by_type, strict=True))

    @property
    def alike(self) -> tuple[int, ...]:
        """A number for each room: rooms of one type that share a name, or have none, are alike."""
        kinds: dict[tuple[int, str], int] = {}
        return tuple(
            kinds.setdefault((room.room_type, fold_name(room.group)), len(kinds))
            for room in self.rooms
        )

    @property
    def own_names(self) -> dict[str, tuple[int, ...]]:
        """By folded name the rooms that have it: each by its own, and those that share one."""
        found: dict[str, tuple[int, ...]] = {}
        for k, room in enumerate(self.rooms):
            for name in dict.fromkeys((fold_name(room.name), fold_name(room.group))):
                if name:
                    found[name] = (*found.get(name, ()), k)
        return found

    @property
    def spelled(self) -> dict[str, str]:
        """By folded name how the brief writes it."""
        names = [name for room in self.rooms for name in (room.group, room.name) if name]
        return {fold_name(name): name for name in names}

    def find(self, name: str, labels: RoomLabels, where: str) -> list[int]:
        """The rooms that a name means: their own, or all of a type.

        Raises:
            InputError: there are none.
        """
        found = self.own_names.get(fold_name(name))
        if found:
            return list(found)
        room_type = room_type_named(name, labels)
        rooms = [k for k, room in enumerate(self.rooms) if room.room_type == room_type]
        if not rooms:
            types = self.words.room_names
            known = dict.fromkeys((*self.names, *(types[t] for t in self.room_types)))
            hint = did_you_mean(name, known) or f"; there are {', '.join(known)}"
            raise InputError(f"{where}: the programme has no {printable(name)[:60]!r}{hint}")
        return rooms

    def with_room(self, k: int, **changes: Any) -> "Programme":
        """The same with other things asked of room k."""
        rooms = list(self.rooms)
        rooms[k] = replace(rooms[k], **changes)
        return replace(self, rooms=tuple(rooms))


def programme_from(value: object, labels: RoomLabels, where: str, scale: float) -> Programme:
    """Read rooms: a text "Kitchen, 2 Bathroom, Anna's room: SecondRoom", a list, or by name.

    Raises:
        InputError: a room or a field that nobody knows, or a number that no home has.
    """
    if isinstance(value, str):
        parts = [part.strip() for part in value.split(",")]
        rooms = [room for part in parts if part for room in _listed(part, labels, where)]
    elif isinstance(value, Mapping):
        rooms = [
            room
            for name, fields in value.items()
            for room in _named(str(name), fields, labels, where, scale)
        ]
    elif isinstance(value, Iterable):
        rooms = [room for part in value for room in _in_list(part, labels, where, scale)]
    else:
        raise InputError(f"{where}: expected rooms, got {value!r:.60}")
    if len(rooms) > LARGEST_N_MAX:
        raise InputError(f"{where}: expected at most {LARGEST_N_MAX} rooms, got {len(rooms)}")
    programme = Programme(tuple(rooms), labels.words)
    _check_names(programme, where)
    return programme


def _in_list(part: object, labels: RoomLabels, where: str, scale: float) -> list[AskedRoom]:
    if isinstance(part, Mapping):
        return [
            room
            for name, fields in part.items()
            for room in _named(str(name), fields, labels, where, scale)
        ]
    if not isinstance(part, str):
        raise InputError(f"{where}: expected names of rooms, got {part!r:.60}")
    return _listed(part.strip(), labels, where)


def _listed(part: str, labels: RoomLabels, where: str) -> list[AskedRoom]:
    """Rooms of a list: "2 Bathroom", "Anna's room: SecondRoom"."""
    name, colon, type_name = part.partition(":")
    if colon:
        return _named(name.strip(), type_name.strip(), labels, where, 1.0)
    match = _COUNTED.fullmatch(part)
    count = int(match["count"] or 1) if match else 0
    if match is None or not 1 <= count <= LARGEST_N_MAX:
        raise InputError(f"{where}: {part[:40]!r}: expected 1 to {LARGEST_N_MAX} rooms")
    return [AskedRoom(_type(match["name"], labels, where))] * count


def _named(
    name: str, fields: object, labels: RoomLabels, where: str, scale: float
) -> list[AskedRoom]:
    """One room, or several that share a name, with what is asked of each."""
    at = f"{where}: {printable(name)[:LONGEST_NAME]}"
    if fields is None:
        fields = {}
    if isinstance(fields, str):
        fields = {"type": fields}
    if isinstance(fields, int) and not isinstance(fields, bool):
        fields = {"number": fields}
    if not isinstance(fields, Mapping):
        raise InputError(f"{at}: expected a type or fields, got {fields!r:.60}")
    fields = {str(key).replace("_", " "): value for key, value in fields.items()}
    for key in fields:
        if key not in _FIELDS:
            hint = did_you_mean(key, _FIELDS) or f"; known: {', '.join(_FIELDS)}"
            raise InputError(f"{at}: unknown field {printable(key)[:40]!r}{hint}")
    type_name = fields.get("type", name)
    if not isinstance(type_name, str):
        raise InputError(f"{at}: type: expected the name of a room type, got {type_name!r:.40}")
    asked = AskedRoom(
        _type(type_name, labels, at if "type" in fields else where),
        area=_area(fields.get("area"), f"{at}: area", scale),
        side=_side(fields.get("side"), f"{at}: side", scale),
        facade=_word(fields.get("facade"), f"{at}: facade"),
        opens_to=_words(fields.get("opens to"), f"{at}: opens to"),
    )
    count = fields.get("number", 1)
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= LARGEST_N_MAX:
        raise InputError(f"{at}: number: expected 1 to {LARGEST_N_MAX}, got {count!r:.40}")
    own = " ".join(name.split())
    if len(own) > LONGEST_NAME or not own.isprintable():
        raise InputError(f"{at}: expected a name of at most {LONGEST_NAME} letters")
    return [
        replace(asked, name=f"{own} {k + 1}" if count > 1 else own, group=own) for k in range(count)
    ]


def _type(name: str, labels: RoomLabels, where: str) -> int:
    room_type = room_type_named(name, labels)
    if room_type is None:
        known = labels.words.room_names
        hint = did_you_mean(name, known) or f"; known: {', '.join(known)}"
        raise InputError(f"{where}: unknown room {printable(name)[:40]!r}{hint}")
    return room_type


def _area(value: object, where: str, scale: float) -> Range:
    return (None, None) if value is None else metres_range(value, ROOM_AREA, where, scale)


def _side(value: object, where: str, scale: float) -> float | None:
    if value is None:
        return None
    text = value
    if isinstance(value, str) and value.casefold().startswith("at least"):
        text = value[len("at least") :]
    return metres(text, ROOM_SIDE, where, scale)


def _word(value: object, where: str) -> str:
    if value is None:
        return "none"
    if not isinstance(value, str):
        raise InputError(f"{where}: expected any, none, or a side as in south, got {value!r:.40}")
    return value


def _words(value: object, where: str) -> tuple[str, ...]:
    parts: Sequence[object] = [value] if isinstance(value, str) else value  # type: ignore[assignment]
    if value is None:
        return ()
    if not isinstance(parts, Sequence) or not all(isinstance(part, str) for part in parts):
        raise InputError(f"{where}: expected names of rooms, got {value!r:.60}")
    return tuple(str(part) for part in parts)


def _check_names(programme: Programme, where: str) -> None:
    names = [fold_name(name) for name in programme.names]
    for k, name in enumerate(names):
        if name in names[:k]:
            raise InputError(f"{where}: two rooms are called {programme.names[k]!r}")
