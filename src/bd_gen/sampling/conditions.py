"""Conditions: rooms and relations that every sample keeps; the rest is drawn around them."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from bd_gen.diagrams.names import relation_of, room_type_of
from bd_gen.diagrams.relations import relations_from_boxes
from bd_gen.diagrams.vocabulary import (
    LARGEST_N_MAX,
    NO_EDGE,
    NODE_MASK,
    NUM_RELATIONS,
    NUM_ROOM_TYPES,
    RELATIONS,
    ROOM_TYPES,
    Vocabulary,
    inverse_relation,
)
from bd_gen.errors import InputError
from bd_gen.files import read_small
from bd_gen.json_text import JsonError, parse_json
from bd_gen.metrics.samples import DiagramSet
from bd_gen.metrics.transitivity import transitivity_checks
from bd_gen.metrics.validity import AT_MOST_ONE

_LARGEST_FILE = 1 << 20
_COUNTED = re.compile(r"\s*(?:(?P<count>\d{1,9})\s*[x×]?\s+)?(?P<name>\S.*?)\s*$", re.DOTALL)


@dataclass(frozen=True)
class Condition:
    """What is known of a diagram.

    Attributes:
        room_types: type 0..12 of every room, None where it is to be drawn.
        relations: (i, j, r) with i < j and r in 0..9, or 10 for rooms that must not be joined.

    Raises:
        InputError: a value that is no room or relation, or parts that contradict each other.
    """

    room_types: tuple[int | None, ...]
    relations: tuple[tuple[int, int, int], ...] = ()

    def __post_init__(self) -> None:
        _check_num_rooms(self.num_rooms)
        for room_type in self.room_types:
            if room_type is not None and not 0 <= room_type < NUM_ROOM_TYPES:
                raise InputError(f"given: expected a room type 0..12 or None, got {room_type}")
        for room_type in AT_MOST_ONE:
            if self.room_types.count(room_type) > 1:
                raise InputError(
                    f"given: a home has at most one {ROOM_TYPES[room_type]}, "
                    f"here are {self.room_types.count(room_type)}"
                )
        known: dict[tuple[int, int], int] = {}
        for i, j, relation in self.relations:
            if not 0 <= i < j < self.num_rooms:
                raise InputError(
                    f"given: relation ({i}, {j}): rooms are numbered 0..{self.num_rooms - 1}"
                )
            if not 0 <= relation <= NO_EDGE:
                raise InputError(f"given: expected a relation 0..10, got {relation}")
            if known.setdefault((i, j), relation) != relation:
                raise InputError(
                    f"given: rooms {i} and {j} are both {_name(known[i, j])} and {_name(relation)}"
                )

    @property
    def num_rooms(self) -> int:
        """Number of rooms."""
        return len(self.room_types)

    @property
    def as_plain(self) -> dict[str, Any]:
        """What `read_condition` reads: names of rooms and relations."""
        return {
            "rooms": [None if t is None else ROOM_TYPES[t] for t in self.room_types],
            "relations": [[i, j, _name(r)] for i, j, r in sorted(self.relations)],
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
        real = vocabulary.real_mask(self.num_rooms)
        row = np.where(real, vocabulary.mask_row, vocabulary.pad_row)
        for k, room_type in enumerate(self.room_types):
            row[k] = NODE_MASK if room_type is None else room_type
        for i, j, relation in self.relations:
            row[vocabulary.n_max + vocabulary.edge_index(i, j)] = relation
        checks = transitivity_checks(DiagramSet(row[None], vocabulary))
        for axis, name in (("h_consistent", "left and right"), ("v_consistent", "above and below")):
            if not checks[axis].all():
                raise InputError(
                    f"given: the relations contradict each other: {name} form a circle"
                )
        return row

    def with_rooms(self, num_rooms: int) -> "Condition":
        """The same with more rooms, of which nothing is known.

        Raises:
            InputError: fewer rooms than are given, or more than any model knows.
        """
        _check_num_rooms(num_rooms)
        if num_rooms < self.num_rooms:
            raise InputError(f"given: {self.num_rooms} rooms, but only {num_rooms} are asked for")
        more = (None,) * (num_rooms - self.num_rooms)
        return Condition((*self.room_types, *more), self.relations)

    def with_absent_edges(self) -> "Condition":
        """The same, and rooms whose relation is not given must not be joined."""
        known = {(i, j) for i, j, _ in self.relations}
        absent = [
            (i, j, NO_EDGE)
            for i, j in combinations(range(self.num_rooms), 2)
            if (i, j) not in known
        ]
        return Condition(self.room_types, (*self.relations, *absent))


def _check_num_rooms(num_rooms: int) -> None:
    if num_rooms < 1:
        raise InputError("given: expected at least one room")
    if num_rooms > LARGEST_N_MAX:
        raise InputError(f"given: expected at most {LARGEST_N_MAX} rooms, got {num_rooms}")


def condition_from_rooms(text: str) -> Condition:
    """The condition that every diagram has these rooms; see `room_types_from_text`.

    Raises:
        InputError: an unknown name, or a number that no diagram has.
    """
    return Condition(room_types_from_text(text))


def room_types_from_text(text: str) -> tuple[int, ...]:
    """Rooms as a list of names, with numbers where there are several: "Kitchen, 2 Bathroom".

    Raises:
        InputError: an unknown name, or a number that no diagram has.
    """
    room_types: list[int] = []
    for part in text.split(","):
        found = _COUNTED.match(part)
        if found is None:
            continue
        count = int(found["count"] or 1)
        if not 1 <= count <= LARGEST_N_MAX:
            raise InputError(f"--rooms: {part.strip()[:40]!r}: expected 1 to {LARGEST_N_MAX} rooms")
        room_types += [room_type_of(found["name"], "--rooms")] * count
    return tuple(room_types)


def read_condition(path: str | Path) -> Condition:
    """Read `{"rooms": [...], "relations": [[i, j, name], ...]}`.

    A room is a name, `{"type": name}`, or null if it is to be drawn. "i name j" is a relation
    of the vocabulary, or "none" for rooms that must not be joined. Rooms that all have a "box",
    without "relations", are related by their boxes.

    Raises:
        InputError: the file is missing or damaged, names something unknown, or contradicts
            itself.
    """
    data = read_small(path, _LARGEST_FILE, "expected one diagram, got more than 1 MB")
    try:
        content = parse_json(data)
    except JsonError as error:
        raise InputError(f"{path}: expected a JSON object with rooms ({error})") from error
    try:
        return condition_from_plain(content)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def condition_from_plain(content: Any) -> Condition:
    """The condition that `Condition.as_plain` is, or the content of a file of `read_condition`.

    Raises:
        InputError: it names something unknown, or contradicts itself.
    """
    if not isinstance(content, dict) or not isinstance(content.get("rooms"), list):
        raise InputError('expected {"rooms": [...], "relations": [[i, j, name], ...]}')
    rooms = content["rooms"]
    _check_num_rooms(len(rooms))
    room_types = tuple(_room(room, k) for k, room in enumerate(rooms))
    if "relations" in content:
        entries = content["relations"]
        if not isinstance(entries, list):
            raise InputError("relations: expected a list of [i, j, name]")
        return Condition(room_types, tuple(_relation(entry) for entry in entries))
    boxes = [room.get("box") for room in rooms if isinstance(room, dict) and "box" in room]
    if boxes and len(boxes) == len(rooms):
        return Condition(room_types, _relations_of(boxes))
    if boxes:
        raise InputError("rooms: either all of them have a box or none")
    return Condition(room_types)


def _room(room: Any, k: int) -> int | None:
    name = room.get("type") if isinstance(room, dict) else room
    if name is None:
        return None
    if not isinstance(name, str):
        raise InputError(f"rooms[{k}]: expected a name, an object with type, or null")
    return room_type_of(name, f"rooms[{k}]")


def _relation(entry: Any) -> tuple[int, int, int]:
    good = (
        isinstance(entry, list)
        and len(entry) == 3
        and all(type(k) is int for k in entry[:2])
        and isinstance(entry[2], str)
    )
    if not good:
        raise InputError(f"relations: expected [i, j, name], got {str(entry)[:60]}")
    i, j, name = entry
    relation = relation_of(name, "relations")
    if i == j:
        raise InputError(f"relations: room {i} is related to itself")
    if i < j:
        return i, j, relation
    return j, i, relation if relation == NO_EDGE else int(inverse_relation(relation))


def _relations_of(boxes: Sequence[Any]) -> tuple[tuple[int, int, int], ...]:
    good = all(
        isinstance(box, list)
        and len(box) == 4
        and all(type(x) in (int, float) and abs(x) < 1e6 for x in box)
        and box[0] <= box[2]
        and box[1] <= box[3]
        for box in boxes
    )
    if not good:
        raise InputError("rooms: expected every box as [x0, y0, x1, y1] with x0 <= x1, y0 <= y1")
    vocabulary = Vocabulary(len(boxes))
    labels = relations_from_boxes(
        np.array([boxes], np.float64), np.array([len(boxes)]), vocabulary
    )[0]
    return tuple(
        (int(i), int(j), int(r))
        for i, j, r in zip(vocabulary.edge_rows, vocabulary.edge_cols, labels, strict=True)
    )


def _name(relation: int) -> str:
    return RELATIONS[relation] if relation < NUM_RELATIONS else "none"
