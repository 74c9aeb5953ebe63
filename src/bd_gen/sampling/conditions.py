"""Conditions: rooms and relations that every sample keeps; the rest is drawn around them."""

import hashlib
import json
import re
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.diagrams.names import JOINED_NAME, RoomLabels, room_type_of
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.soundness import has_order, horizontal, vertical
from bd_gen.diagrams.vocabulary import LARGEST_N_MAX, Vocabulary
from bd_gen.diagrams.words import Words
from bd_gen.sampling.rules import any_relation
from bd_gen.system.errors import InputError

_COUNTED = re.compile(r"\s*(?:(?P<count>\d{1,9})\s*[x×]?\s+)?(?P<name>\S.*?)\s*$", re.DOTALL)


@dataclass(frozen=True)
class Condition:
    """What is known of a diagram.

    Attributes:
        room_types: type of every room, None where it is to be drawn.
        relations: (i, j, r) with i < j; r is no-edge for rooms that must not be joined.
        joined: (i, j) with i < j: rooms that are joined, their relation to be drawn. Pairs that
            have a relation as well are left out of it.
        words: what the numbers mean.

    Raises:
        InputError: a value that is no room or relation, or parts that contradict each other.
    """

    room_types: tuple[int | None, ...]
    relations: tuple[tuple[int, int, int], ...] = ()
    joined: tuple[tuple[int, int], ...] = ()
    words: Words = RPLAN

    def __post_init__(self) -> None:
        check_num_rooms(self.num_rooms)
        self._check_types()
        known: dict[tuple[int, int], int] = {}
        no_edge = self.words.no_edge
        for i, j, relation in self.relations:
            self._check_pair(i, j)
            if not 0 <= relation <= no_edge:
                raise InputError(f"given: expected a relation 0..{no_edge}, got {relation}")
            if known.setdefault((i, j), relation) != relation:
                raise InputError(
                    f"given: rooms {i} and {j} are both {self._name(known[i, j])} "
                    f"and {self._name(relation)}"
                )
        for i, j in self.joined:
            self._check_pair(i, j)
            if known.get((i, j)) == no_edge:
                raise InputError(f"given: rooms {i} and {j} are both {JOINED_NAME} and none")
        object.__setattr__(self, "joined", tuple(sorted({*self.joined}.difference(known))))

    def _check_types(self) -> None:
        num_types = self.words.num_room_types
        for room_type in self.room_types:
            if room_type is not None and not 0 <= room_type < num_types:
                raise InputError(
                    f"given: expected a room type 0..{num_types - 1} or None, got {room_type}"
                )
        for room_type in self.words.at_most_one:
            if self.room_types.count(room_type) > 1:
                raise InputError(
                    f"given: a home has at most one {self.words.room_names[room_type]}, "
                    f"here are {self.room_types.count(room_type)}"
                )

    def _check_pair(self, i: int, j: int) -> None:
        if not 0 <= i < j < self.num_rooms:
            raise InputError(
                f"given: relation ({i}, {j}): rooms are numbered 0..{self.num_rooms - 1}"
            )

    @property
    def num_rooms(self) -> int:
        """Number of rooms."""
        return len(self.room_types)

    @property
    def is_complete(self) -> bool:
        """Is nothing left to draw: are all rooms and all relations given?"""
        num_pairs = self.num_rooms * (self.num_rooms - 1) // 2
        return None not in self.room_types and len({r[:2] for r in self.relations}) == num_pairs

    def check_open(self) -> None:
        """Refuse a condition of which every sample would be a copy.

        Raises:
            InputError: nothing is left to draw.
        """
        if self.is_complete:
            raise InputError(
                "given: nothing is left to draw, all rooms and relations are given; leave some "
                "out, or let those that are not joined be drawn (--absent-edges drawn)"
            )

    @property
    def as_plain(self) -> dict[str, Any]:
        """What `condition_reader` reads: names of rooms and relations."""
        names = self.words.room_names
        return {
            "rooms": [None if t is None else names[t] for t in self.room_types],
            "relations": [
                *([i, j, self._name(r)] for i, j, r in sorted(self.relations)),
                *([i, j, JOINED_NAME] for i, j in self.joined),
            ],
        }

    @property
    def digest(self) -> str:
        """Eight hex digits that stand for this condition in the name of a folder."""
        text = json.dumps(self.as_plain, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    def row(self, vocabulary: Vocabulary) -> np.ndarray:
        """(length,) uint8 token row: what is known, MASK where it is not, PAD beyond.

        Raises:
            InputError: too many rooms, or relations that no arrangement of rooms can satisfy.
        """
        if self.num_rooms > vocabulary.n_max:
            raise InputError(
                f"given: {self.num_rooms} rooms, but this model knows at most {vocabulary.n_max}"
            )
        if vocabulary.words != self.words:
            raise InputError(
                f"given: in the words of {self.words.name}, but this model knows those of "
                f"{vocabulary.words.name}"
            )
        real = vocabulary.real_mask(self.num_rooms)
        row = np.where(real, vocabulary.mask_row, vocabulary.pad_row)
        for k, room_type in enumerate(self.room_types):
            row[k] = vocabulary.node_mask if room_type is None else room_type
        for i, j, relation in self.relations:
            row[vocabulary.n_max + vocabulary.edge_index(i, j)] = relation
        known = DiagramSet(row[None], vocabulary)
        for axis, name in ((horizontal, "left and right"), (vertical, "above and below")):
            if not has_order(known, axis(self.words)).all():
                raise InputError(
                    f"given: the relations contradict each other: {name} form a circle"
                )
        return row

    def allowed(self, vocabulary: Vocabulary) -> dict[int, frozenset[int]]:
        """By position in the row, the values of tokens that are limited to a set of them."""
        values = any_relation(self.words)
        return {vocabulary.n_max + vocabulary.edge_index(*pair): values for pair in self.joined}

    def with_rooms(self, num_rooms: int) -> "Condition":
        """The same with more rooms, of which nothing is known.

        Raises:
            InputError: fewer rooms than are given, or more than any model knows.
        """
        check_num_rooms(num_rooms)
        if num_rooms < self.num_rooms:
            raise InputError(f"given: {self.num_rooms} rooms, but only {num_rooms} are asked for")
        more = (None,) * (num_rooms - self.num_rooms)
        return replace(self, room_types=(*self.room_types, *more))

    def with_absent_edges(self) -> "Condition":
        """The same, and rooms whose relation is not given must not be joined."""
        known = {*self.joined, *((i, j) for i, j, _ in self.relations)}
        absent = [
            (i, j, self.words.no_edge)
            for i, j in combinations(range(self.num_rooms), 2)
            if (i, j) not in known
        ]
        return replace(self, relations=(*self.relations, *absent))

    def _name(self, relation: int) -> str:
        names = self.words.relation_names
        return names[relation] if relation < len(names) else "none"


def check_num_rooms(num_rooms: int) -> None:
    """Refuse a number of rooms that no diagram has.

    Raises:
        InputError: fewer than one, or more than any model knows.
    """
    if num_rooms < 1:
        raise InputError("given: expected at least one room")
    if num_rooms > LARGEST_N_MAX:
        raise InputError(f"given: expected at most {LARGEST_N_MAX} rooms, got {num_rooms}")


def condition_from_rooms(text: str, labels: RoomLabels | None = None) -> Condition:
    """The condition that every diagram has these rooms; see `room_types_from_text`.

    Raises:
        InputError: an unknown name, or a number that no diagram has.
    """
    labels = labels or RoomLabels()
    return Condition(room_types_from_text(text, labels), words=labels.words)


def room_types_from_text(text: str, labels: RoomLabels | None = None) -> tuple[int, ...]:
    """Rooms as a list of names, with numbers where there are several: "Kitchen, 2 Bathroom".

    Raises:
        InputError: an unknown name, or a number that no diagram has.
    """
    labels = labels or RoomLabels()
    room_types: list[int] = []
    for part in text.split(","):
        found = _COUNTED.match(part)
        if found is None:
            continue
        count = int(found["count"] or 1)
        if not 1 <= count <= LARGEST_N_MAX:
            raise InputError(f"--rooms: {part.strip()[:40]!r}: expected 1 to {LARGEST_N_MAX} rooms")
        room_type = labels.find(found["name"])
        if room_type is None:
            room_type = room_type_of(found["name"], "--rooms", labels.words)
        room_types += [room_type] * count
    return tuple(room_types)
