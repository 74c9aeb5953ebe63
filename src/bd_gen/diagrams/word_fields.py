"""What the words of a data set are made of, before anything is worked out from them."""

from dataclasses import dataclass
from functools import cached_property

from bd_gen.diagrams.word_parts import Relation, RoomType, Rule

Forbidden = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, eq=False)
class WordFields:
    """What the words of a data set are made of; `bd_gen.diagrams.words.Words` says what it means.

    Attributes:
        name: what tables call it.
        room_types: at least one.
        relations: at least one.
        rule: what reads relations off boxes; None: nothing does, they stand in the data.
        never_inside: for inner room types those that must not contain them.
        entries: room types that a front door leads into; of those that a plan has the first.
        footprint: width times height of a plan in pixels², without rooms and for each room;
            (0, 0): from the typical areas.
        metres_per_pixel: the unit of boxes; None: not known.
    """

    name: str
    room_types: tuple[RoomType, ...]
    relations: tuple[Relation, ...]
    rule: Rule | None = None
    never_inside: Forbidden = ()
    entries: tuple[str, ...] = ()
    footprint: tuple[float, float] = (0, 0)
    metres_per_pixel: float | None = None

    @property
    def num_room_types(self) -> int:
        """T, how many room types there are."""
        return len(self.room_types)

    @property
    def num_relations(self) -> int:
        """R, how many relations there are."""
        return len(self.relations)

    @cached_property
    def room_names(self) -> tuple[str, ...]:
        """(T,) name of each room type."""
        return tuple(one.name for one in self.room_types)

    @cached_property
    def relation_names(self) -> tuple[str, ...]:
        """(R,) name of each relation."""
        return tuple(one.name for one in self.relations)

    @cached_property
    def meaning(self) -> dict[str, int]:
        """The relation that has each meaning, where there is one."""
        return {one.means: k for k, one in enumerate(self.relations) if one.means}

    @property
    def inside(self) -> int | None:
        """The relation of a room that lies inside another, if there is one."""
        return self.meaning.get("inside")

    @property
    def surrounding(self) -> int | None:
        """The relation of a room that another lies inside of, if there is one."""
        return self.meaning.get("surrounding")
