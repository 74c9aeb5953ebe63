"""What kinds of rooms are for, as far as doors and windows depend on it.

The one place that knows it: all else in doors, windows and circulation asks a `Role`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words


@dataclass(frozen=True)
class Role:
    """What a room of some type is for.

    Attributes:
        is_passage: it may be crossed on the way to other rooms.
        is_bedroom: somebody sleeps there; what is en suite opens to such a room.
        is_en_suite: it may open to a bedroom alone.
        is_common: one of its kind should be reached without crossing a bedroom, if any can.
        is_outside: it is open to the air, so windows may look onto it.
        daylight: a window is wanted in it, or welcome where there is an outer wall, or not.
        entrance: how well the front door suits it, 0 best; None: never.
    """

    is_passage: bool = False
    is_bedroom: bool = False
    is_en_suite: bool = False
    is_common: bool = False
    is_outside: bool = False
    daylight: Literal["wanted", "welcome", "none"] = "none"
    entrance: int | None = None


_BEDROOM = Role(is_bedroom=True, daylight="wanted", entrance=9)
_STORE = Role()

_ROLES: dict[str, Role] = {
    "Entrance": Role(is_passage=True, entrance=0),
    "LivingRoom": Role(is_passage=True, daylight="wanted", entrance=1),
    "DiningRoom": Role(is_passage=True, daylight="wanted", entrance=2),
    "Kitchen": Role(is_passage=True, daylight="wanted", entrance=3),
    "MasterRoom": _BEDROOM,
    "SecondRoom": _BEDROOM,
    "ChildRoom": _BEDROOM,
    "GuestRoom": _BEDROOM,
    "StudyRoom": Role(daylight="wanted", entrance=8),
    "Bathroom": Role(is_en_suite=True, is_common=True, daylight="welcome"),
    "Balcony": Role(is_en_suite=True, is_outside=True),
    "Wall-in": Role(is_en_suite=True),
    "Storage": _STORE,
}

_PAIR_COSTS: dict[tuple[str, str], int] = {
    # the room that the door is chosen for, the room on the way to it
    ("MasterRoom", "LivingRoom"): 0,
    ("Bathroom", "MasterRoom"): 0,
    ("Bathroom", "SecondRoom"): 0,
    ("Bathroom", "ChildRoom"): 0,
    ("Bathroom", "GuestRoom"): 0,
    ("Storage", "Kitchen"): 0,
    ("Storage", "Entrance"): 0,
    ("Wall-in", "MasterRoom"): 0,
    ("Wall-in", "Entrance"): 1,
    ("Entrance", "Kitchen"): 3,
    ("Kitchen", "Entrance"): 2,
    ("Kitchen", "LivingRoom"): 1,
    ("LivingRoom", "Kitchen"): 1,
    ("Kitchen", "DiningRoom"): 0,
    ("DiningRoom", "Kitchen"): 0,
}
_THROUGH_KITCHEN = 4

_OPEN = frozenset(
    frozenset(pair)
    for pair in (
        ("LivingRoom", "DiningRoom"),
        ("LivingRoom", "Entrance"),
        ("DiningRoom", "Entrance"),
    )
)

_FACADES = ("LivingRoom", "Kitchen", "StudyRoom")


_USUAL = {
    "living": "LivingRoom", "bedroom": "SecondRoom", "kitchen": "Kitchen", "dining": "DiningRoom",
    "bathroom": "Bathroom", "study": "StudyRoom", "hall": "Entrance", "stairs": "Entrance",
    "storage": "Storage", "balcony": "Balcony", "outside": "Balcony",
}  # fmt: skip
"""The type of RPLAN that stands for each kind of rooms of other vocabularies."""


def usual_types(diagram: Diagram) -> tuple[int, ...]:
    """The type of RPLAN that is most like that of each room: what a `Role` is known of."""
    return tuple(usual_type(diagram.words, room_type) for room_type in diagram.room_types)


def usual_type(words: Words, room_type: int) -> int:
    """The type of RPLAN that is most like a type of other words: one of its kind.

    What is of no kind counts as a hall where it may be crossed, else as a store.
    """
    if words == RPLAN:
        return room_type
    one = words.room_types[room_type]
    name = _USUAL.get(one.kind, "Entrance" if one.passage else "Storage")
    return RPLAN.room_names.index(name)


def role(room_type: int) -> Role:
    """What rooms of a type of RPLAN are for; a store without windows where nothing is known."""
    return _ROLES.get(_name(room_type), _STORE)


def may_open(room_type: int, onto: int) -> bool:
    """May a room be reached from one of another type, which is crossed on the way?"""
    crossed = role(onto)
    return crossed.is_passage or (crossed.is_bedroom and role(room_type).is_en_suite)


def door_cost(room_type: int, onto: int) -> int:
    """How little a door from one type of room, on the way, to another suits a home; 0 best.

    A bathroom rather opens to a bedroom than to the hall where both can be (a first one for all is
    seen to elsewhere), nothing opens to a kitchen that can open to the hall but a store, and a
    balcony opens to where people sit.
    """
    known = _PAIR_COSTS.get((_name(room_type), _name(onto)))
    if known is not None:
        return known
    if _name(onto) == "Kitchen":
        return _THROUGH_KITCHEN
    return 1


def is_open(one: int, other: int) -> bool:
    """Are rooms of the two types usually one space, with a passage and no door between them?"""
    return frozenset((_name(one), _name(other))) in _OPEN


def wants_facade(room_type: int) -> bool:
    """Should rooms of a type have an outer wall: bedrooms, living rooms, kitchens, balconies?"""
    known = role(room_type)
    return known.is_bedroom or known.is_outside or _name(room_type) in _FACADES


def entrance_order(room_types: Sequence[int]) -> list[int]:
    """The rooms that the front door may lead to, the best first."""
    ranks = [(rank, k) for k, t in enumerate(room_types) if (rank := role(t).entrance) is not None]
    return [room for _, room in sorted(ranks)]


def _name(room_type: int) -> str:
    return RPLAN.room_names[room_type] if 0 <= room_type < RPLAN.num_room_types else ""
