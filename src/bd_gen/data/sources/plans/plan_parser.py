"""One plan of the open format: from a line of JSON to numbers, or what is wrong with it."""

import math
from dataclasses import dataclass
from typing import Any

from bd_gen.diagrams.names import RoomLabels, is_joined_name
from bd_gen.diagrams.relations import tells_relations
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.system.plain import JsonError, parse_json

LARGEST_COORDINATE = 4096
"""Boxes are in pixels of a 256-pixel plan; beyond this a number is nonsense."""

LONGEST_ID = 200

_MOST_VALUES = 100_000
"""Values of one plan, of which 32 rooms with all their relations need 2,500; the rest is for what
other programs add."""

_NUMBERS = {int, float}


class BadPlanError(Exception):
    """What is wrong with one plan: its kind, and the detail."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = detail


@dataclass(frozen=True, slots=True)
class ParsedPlan:
    """A sound plan.

    Attributes:
        name: its id.
        types: room type of each room.
        numbers: 4 box coordinates for each room, or None.
        edges: (edge slot, relation) of each given relation; relations that follow from boxes
            are not among them.
        is_related: are relations given, be it none? Then none are read off the boxes.
        joined: (i, j) with i < j, rooms that are joined without a word on how.
    """

    name: str
    types: list[int]
    numbers: list[float] | None
    edges: list[tuple[int, int]]
    is_related: bool
    joined: tuple[tuple[int, int], ...] = ()


class PlanParser:
    """Parses the lines of one file; it remembers their ids.

    Args:
        vocabulary: plans of more than its n_max rooms are bad.
        labels: what room labels mean.
        unit: what a plan is called in this file, for messages.
        takes_joined: are pairs without a direction taken? Else such a plan is bad.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        labels: RoomLabels,
        unit: str = "line",
        takes_joined: bool = False,
    ) -> None:
        self.vocabulary = vocabulary
        self.labels = labels
        self.unit = unit
        self.takes_joined = takes_joined
        self.seen: dict[str, int] = {}
        self._inverse = vocabulary.words.inverse.tolist()
        self._has_rule = tells_relations(vocabulary.words)

    def __call__(self, line: bytes | None, number: int) -> ParsedPlan:
        """The plan on line `number`; None is a line that was too long to keep.

        Raises:
            BadPlanError: the plan is bad.
        """
        plan = _load(line)
        name = _id_of(plan)
        rooms: Any = plan.get("rooms")
        types = self._types(rooms)
        has_box = any("box" in room for room in rooms)
        has_relations = "relations" in plan
        if not has_box and not has_relations:
            raise BadPlanError("neither boxes nor relations")
        if not has_relations and not self._has_rule:
            name = self.vocabulary.words.name
            raise BadPlanError("no relations", f"the vocabulary {name} reads none off boxes")
        boxes = _boxes_of(rooms) if has_box else None
        related = self._edges(plan["relations"], len(rooms)) if has_relations else {}
        # Last, so that a bad plan does not take the id away from a good one.
        first = self.seen.setdefault(name, number)
        if first != number:
            raise BadPlanError("duplicate id", f"{name!r} is {self._place(first)}")
        edges = [
            (slot, relation) for slot, (_, relation) in related.items() if relation is not None
        ]
        joined = tuple(pair for pair, relation in related.values() if relation is None)
        return ParsedPlan(name, types, boxes, edges, has_relations, joined)

    def _place(self, number: int) -> str:
        return f"on line {number}" if self.unit == "line" else f"{self.unit} {number}"

    def _types(self, rooms: Any) -> list[int]:
        if rooms is None:
            raise BadPlanError("missing field", "rooms")
        if type(rooms) is not list:
            raise BadPlanError("malformed plan", "rooms is not a list")
        if not rooms:
            raise BadPlanError("no rooms")
        if len(rooms) > self.vocabulary.n_max:
            raise BadPlanError("too many rooms", f"{len(rooms)} > n_max {self.vocabulary.n_max}")
        types = []
        for k, room in enumerate(rooms):
            if type(room) is not dict:
                raise BadPlanError("malformed plan", f"room {k} is not an object")
            label = room.get("type")
            if type(label) is not str:
                kind = "missing field" if label is None else "malformed plan"
                raise BadPlanError(kind, f"type of room {k}")
            room_type = self.labels.find(label)
            if room_type is None:
                raise BadPlanError("unknown label", repr(label[:80]))
            types.append(room_type)
        return types

    def _edges(
        self, relations: Any, num_rooms: int
    ) -> dict[int, tuple[tuple[int, int], int | None]]:
        """By edge slot the pair and its relation, None where no direction is said."""
        if type(relations) is not list:
            raise BadPlanError("bad relation", "relations is not a list")
        edges: dict[int, tuple[tuple[int, int], int | None]] = {}
        for entry in relations:
            if type(entry) is not list or len(entry) not in (2, 3):
                raise BadPlanError("bad relation", "an entry is not [i, j, name]")
            i, j, name = (*entry, None)[:3]
            if type(i) is not int or type(j) is not int or type(name) not in (str, type(None)):
                raise BadPlanError("bad relation", "an entry is not [i, j, name]")
            if not (0 <= i < num_rooms and 0 <= j < num_rooms):
                raise BadPlanError("bad relation", "there is no such room")
            if i == j:
                raise BadPlanError("bad relation", f"room {i} to itself")
            relation = self._relation(name, i, j)
            if i > j:
                i, j = j, i
                relation = None if relation is None else self._inverse[relation]
            slot = self.vocabulary.edge_index(i, j)
            if slot in edges:
                raise BadPlanError("bad relation", f"rooms {i} and {j} twice")
            edges[slot] = (i, j), relation
        return edges

    def _relation(self, name: str | None, i: int, j: int) -> int | None:
        if name is None or is_joined_name(name, self.vocabulary.words):
            if not self.takes_joined:
                where = f"rooms {i} and {j}; draw, design and generate --given take these"
                raise BadPlanError("joined without a direction", where)
            return None
        relation = self.vocabulary.words.relation(name)
        if relation is None:
            raise BadPlanError("bad relation", f"unknown name {name[:40]!r}")
        return relation


def _load(line: bytes | None) -> dict[str, Any]:
    if line is None:
        raise BadPlanError("broken line", "too long")
    try:
        plan = parse_json(line, _MOST_VALUES)
    except JsonError as error:
        raise BadPlanError("broken line", str(error).removeprefix("is ")) from error
    if type(plan) is not dict:
        raise BadPlanError("broken line", "not a JSON object")
    return plan


def _id_of(plan: dict[str, Any]) -> str:
    name = plan.get("id")
    if name is None:
        raise BadPlanError("missing field", "id")
    if type(name) is int and abs(name) < 10**18:
        return str(name)
    if type(name) is not str or not 0 < len(name) <= LONGEST_ID or not name.isprintable():
        raise BadPlanError("malformed plan", f"id is not 1 to {LONGEST_ID} printable characters")
    return name


def _boxes_of(rooms: list[dict[str, Any]]) -> list[float]:
    numbers: list[float] = []
    most = LARGEST_COORDINATE
    for k, room in enumerate(rooms):
        box = room.get("box")
        if box is None:
            raise BadPlanError("missing field", f"box of room {k}")
        if type(box) is not list or len(box) != 4 or not _NUMBERS.issuperset(map(type, box)):
            raise BadPlanError("bad box", f"room {k}: not four numbers")
        x0, y0, x1, y1 = box
        if not (-most <= x0 <= x1 <= most and -most <= y0 <= y1 <= most):
            _raise_bad_box(k, box)
        numbers += box
    return numbers


def _raise_bad_box(room: int, box: list[float]) -> None:
    for number in box:
        if type(number) is float and not math.isfinite(number):
            raise BadPlanError("bad box", f"room {room}: {number} is no number")
    if not all(abs(number) <= LARGEST_COORDINATE for number in box):
        raise BadPlanError("bad box", f"room {room}: not within {LARGEST_COORDINATE} pixels")
    raise BadPlanError("box turned inside out", f"room {room}: {box}")
