"""What kinds of rooms are for, as far as doors and windows depend on it.

Words of a data set say of what kind a room type is and whether rooms of it are passages; what
follows from that for doors, windows and access stands here alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from bd_gen.diagrams.folded import fold_name
from bd_gen.diagrams.word_parts import USUAL_TOUCH, RoomType
from bd_gen.diagrams.words import Words

_WARDROBES = frozenset(map(fold_name, ("Wall-in", "Walk-in closet", "Wardrobe", "Dressing room")))
_ENTRANCES = {"hall": 0, "living": 1, "dining": 2, "kitchen": 3, "study": 8, "bedroom": 9}
_DAYLIGHT = frozenset(("living", "dining", "kitchen", "bedroom", "study"))
_FACADES = frozenset(("living", "kitchen", "bedroom", "study", "balcony", "outside"))
_OPEN = frozenset(("living", "dining", "hall"))

_PAIR_COSTS: dict[tuple[str, str], int] = {
    # the kind of room that the door is chosen for, and that of the room on the way to it
    ("bathroom", "bedroom"): 0,
    ("wardrobe", "bedroom"): 0,
    ("storage", "kitchen"): 1,
    ("storage", "hall"): 0,
    ("kitchen", "dining"): 0,
    ("dining", "kitchen"): 0,
    ("kitchen", "hall"): 2,
    ("kitchen", "living"): 1,
    ("living", "kitchen"): 1,
    ("hall", "kitchen"): 3,
}
_THROUGH_KITCHEN, _USUAL = 4, 1


@dataclass(frozen=True)
class Role:
    """What rooms of some type are for.

    Attributes:
        kind: as words say it, but "wardrobe" for storage that belongs to a bedroom.
        is_passage: it may be crossed on the way to other rooms.
        is_bedroom: somebody sleeps there; what is en suite opens to such a room.
        is_en_suite: it may open to a bedroom alone.
        is_common: one of its kind should be reached without crossing a bedroom, if any can.
        is_outside: it is open to the air, so windows may look onto it.
        daylight: a window is wanted in it, or welcome where there is an outer wall, or not.
        wants_facade: it should have an outer wall.
        entrance: how well the front door suits it, 0 best; None: never.
    """

    kind: str = ""
    is_passage: bool = False
    is_bedroom: bool = False
    is_en_suite: bool = False
    is_common: bool = False
    is_outside: bool = False
    daylight: Literal["wanted", "welcome", "none"] = "none"
    wants_facade: bool = False
    entrance: int | None = None


def _role(one: RoomType) -> Role:
    kind = one.kind
    if kind == "storage" and fold_name(one.name) in _WARDROBES:
        kind = "wardrobe"
    # Without ways through kitchens a quarter of RPLAN's plans had rooms that nobody reaches, not a
    # tenth.
    is_passage = one.passage or kind == "kitchen"
    return Role(
        kind,
        is_passage,
        kind == "bedroom",
        kind in ("bathroom", "balcony", "outside", "wardrobe"),
        kind == "bathroom",
        kind in ("balcony", "outside"),
        "wanted" if kind in _DAYLIGHT else "welcome" if kind == "bathroom" else "none",
        kind in _FACADES,
        _ENTRANCES.get(kind, 4 if is_passage else None),
    )


@dataclass(frozen=True)
class RoomRoles:
    """The roles of all room types of a vocabulary; see `room_roles`.

    Attributes:
        words: the vocabulary.
        of_type: the role of each type.
    """

    words: Words
    of_type: tuple[Role, ...]

    def may_open(self, room_type: int, onto: int) -> bool:
        """May a room be reached from one of another type, which is crossed on the way?"""
        crossed = self.of_type[onto]
        return crossed.is_passage or (crossed.is_bedroom and self.of_type[room_type].is_en_suite)

    def door_cost(self, room_type: int, onto: int) -> int:
        """How little a door to a room from another, on the way to it, suits a home; 0 best.

        A bathroom rather opens to a bedroom than to the hall where both can be (a first one for
        all is seen to elsewhere), nothing but a store opens to a kitchen that can open to the
        hall, and a kitchen rather opens to where people eat.
        """
        kinds = self.of_type[room_type].kind, self.of_type[onto].kind
        if kinds in _PAIR_COSTS:
            return _PAIR_COSTS[kinds]
        return _THROUGH_KITCHEN if kinds[1] == "kitchen" else _USUAL

    def is_open(self, one: int, other: int) -> bool:
        """Are rooms of the two types usually one space, with a passage and no door between?"""
        return {self.of_type[one].kind, self.of_type[other].kind} <= _OPEN and one != other

    def entrance_order(self, room_types: Sequence[int]) -> list[int]:
        """The rooms that the front door may lead to, the best first.

        Types that the words name as entries come first, in their order.
        """
        entries = {t: k - len(self.words.entry_types) for k, t in enumerate(self.words.entry_types)}
        ranks = []
        for room, room_type in enumerate(room_types):
            rank = entries.get(room_type, self.of_type[room_type].entrance)
            if rank is not None:
                ranks.append((rank, room))
        return [room for _, room in sorted(ranks)]


@lru_cache(maxsize=16)
def room_roles(words: Words) -> RoomRoles:
    """The roles of the room types of a vocabulary."""
    return RoomRoles(words, tuple(_role(one) for one in words.room_types))


def thickest_wall(words: Words) -> float:
    """Pixels over which two rooms still have a wall in common: as far as the rule joins them."""
    return USUAL_TOUCH if words.rule is None else max(float(words.rule.touch), 1.0)
