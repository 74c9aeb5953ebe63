"""Conditions out of JSON files and out of what `Condition.as_plain` gives."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bd_gen.data.odd_plans import OddPlans
from bd_gen.diagrams.names import RoomLabels, is_joined_name, relation_of, room_type_of
from bd_gen.diagrams.relations import relations_from_boxes
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.diagrams.words import Words
from bd_gen.sampling.conditions import Condition, check_num_rooms
from bd_gen.system.errors import InputError
from bd_gen.system.files import read_small
from bd_gen.system.plain import JsonError, parse_json

_LARGEST_FILE = 1 << 20


def read_condition(
    path: str | Path, labels: RoomLabels | None = None, odd: OddPlans | None = None
) -> Condition:
    """Read `{"rooms": [...], "relations": [[i, j, name], ...]}`.

    A room is a name, `{"type": name}`, or null if it is to be drawn. "i name j" is a relation
    of the vocabulary, "none" for rooms that must not be joined, or "joined" for rooms that are,
    in a way to be drawn; `[i, j]` without a name says the same. Rooms that all have a "box",
    without "relations", are related by their boxes. `odd` counts it if its boxes look odd.

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
        return condition_from_plain(content, labels, odd)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def condition_from_plain(
    content: Any, labels: RoomLabels | None = None, odd: OddPlans | None = None
) -> Condition:
    """The condition that `Condition.as_plain` is, or the content of a file of `read_condition`.

    Raises:
        InputError: it names something unknown, or contradicts itself.
    """
    if not isinstance(content, dict) or not isinstance(content.get("rooms"), list):
        raise InputError('expected {"rooms": [...], "relations": [[i, j, name], ...]}')
    rooms = content["rooms"]
    check_num_rooms(len(rooms))
    labels = labels or RoomLabels()
    words = labels.words
    room_types = tuple(_room(room, k, labels) for k, room in enumerate(rooms))
    boxes = [room.get("box") for room in rooms if isinstance(room, dict) and "box" in room]
    if "relations" in content:
        entries = content["relations"]
        if not isinstance(entries, list):
            raise InputError("relations: expected a list of [i, j, name]")
        pairs = [_relation(entry, words) for entry in entries]
        if odd is not None and len(boxes) == len(rooms) and _are_sound(boxes):
            # What is not said may be drawn, so it contradicts no box.
            said = {(i, j, relation) for i, j, relation in pairs if relation is not None}
            odd.add(np.array(boxes, np.float64), said.issubset(_relations_of(boxes, words)))
        return Condition(
            room_types,
            tuple((i, j, relation) for i, j, relation in pairs if relation is not None),
            tuple((i, j) for i, j, relation in pairs if relation is None),
            words,
        )
    if boxes and len(boxes) == len(rooms):
        relations = _relations_of(boxes, words)
        if odd is not None:
            odd.add(np.array(boxes, np.float64), follows_from_boxes=True)
        return Condition(room_types, relations, words=words)
    if boxes:
        raise InputError("rooms: either all of them have a box or none")
    return Condition(room_types, words=words)


def _room(room: Any, k: int, labels: RoomLabels) -> int | None:
    name = room.get("type") if isinstance(room, dict) else room
    if name is None:
        return None
    if not isinstance(name, str):
        raise InputError(f"rooms[{k}]: expected a name, an object with type, or null")
    room_type = labels.find(name)
    return room_type_of(name, f"rooms[{k}]", labels.words) if room_type is None else room_type


def _relation(entry: Any, words: Words) -> tuple[int, int, int | None]:
    """The pair with its relation, or None for rooms that are joined in whatever way."""
    good = (
        isinstance(entry, list)
        and len(entry) in (2, 3)
        and all(type(k) is int for k in entry[:2])
        and isinstance(entry[2] if len(entry) == 3 else None, str | None)
    )
    if not good:
        raise InputError(f"relations: expected [i, j, name] or [i, j], got {str(entry)[:60]}")
    i, j, name = (*entry, None)[:3]
    relation = None if is_joined_name(name, words) else relation_of(name, "relations", words)
    if i == j:
        raise InputError(f"relations: room {i} is related to itself")
    if i > j:
        i, j = j, i
        if relation is not None:
            relation = int(words.inverse[relation])
    return i, j, relation


def _are_sound(boxes: Sequence[Any]) -> bool:
    return all(
        isinstance(box, list)
        and len(box) == 4
        and all(type(x) in (int, float) and abs(x) < 1e6 for x in box)
        and box[0] <= box[2]
        and box[1] <= box[3]
        for box in boxes
    )


def _relations_of(boxes: Sequence[Any], words: Words) -> tuple[tuple[int, int, int], ...]:
    if not _are_sound(boxes):
        raise InputError("rooms: expected every box as [x0, y0, x1, y1] with x0 <= x1, y0 <= y1")
    vocabulary = Vocabulary(len(boxes), words)
    labels = relations_from_boxes(
        np.array([boxes], np.float64), np.array([len(boxes)]), vocabulary
    )[0]
    return tuple(
        (int(i), int(j), int(r))
        for i, j, r in zip(vocabulary.edge_rows, vocabulary.edge_cols, labels, strict=True)
    )
