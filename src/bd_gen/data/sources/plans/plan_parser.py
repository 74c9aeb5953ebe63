"""One plan of the open format: from a line of JSON to numbers, or what is wrong with it."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from bd_gen.data.problems import one_line
from bd_gen.data.sources.plans.bad_plan import LARGEST_COORDINATE, BadPlanError, unknown_labels
from bd_gen.data.sources.plans.plan_boxes import boxes_of, in_pixels
from bd_gen.data.sources.plans.plan_object import LONGEST_ID, id_of, plan_object
from bd_gen.data.sources.plans.plan_shapes import (
    PLAN_KEYS,
    ROOM_KEYS,
    PlanShapes,
    shapes_of,
)
from bd_gen.data.sources.plans.plan_units import (
    PIXELS,
    UNIT_KEYS,
    Units,
    UnitsError,
)
from bd_gen.diagrams.names import RoomLabels, is_joined_name
from bd_gen.diagrams.relations import tells_relations
from bd_gen.diagrams.vocabulary import Vocabulary

__all__ = ["LARGEST_COORDINATE", "LONGEST_ID", "BadPlanError", "ParsedPlan", "PlanParser"]

_MOST_KEYS = 6
_PLAN_KEYS = frozenset(("id", "rooms", "relations", *PLAN_KEYS, *UNIT_KEYS))
_UNIT_KEYS = frozenset(UNIT_KEYS)
_ROOM_KEYS = frozenset(("type", "box", *ROOM_KEYS))


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
        shapes: what is said besides boxes; None if nothing is.
    """

    name: str
    types: list[int]
    numbers: list[float] | None
    edges: list[tuple[int, int]]
    is_related: bool
    joined: tuple[tuple[int, int], ...] = ()
    shapes: PlanShapes | None = None


class PlanParser:
    """Parses the lines of one file; it remembers their ids.

    Args:
        vocabulary: plans of more than its n_max rooms are bad.
        labels: what room labels mean.
        unit: what a plan is called in this file, for messages.
        takes_joined: are pairs without a direction taken? Else such a plan is bad.
        units: what the coordinates of all plans are measured in.
        keeps_shapes: is everything kept that is drawn? Else an entrance is not looked at, and a
            room with holes is bad.

    Attributes:
        unread: how many plans have each key that is not read.
        num_converted: plans whose coordinates were not pixels.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        labels: RoomLabels,
        unit: str = "line",
        takes_joined: bool = False,
        units: Units = PIXELS,
        keeps_shapes: bool = False,
    ) -> None:
        self.vocabulary = vocabulary
        self.labels = labels
        self.unit = unit
        self.takes_joined = takes_joined
        self.units = units
        self.keeps_shapes = keeps_shapes
        self.seen: dict[str, int | str] = {}
        self.unread: Counter[str] = Counter()
        self.num_converted = 0
        self._inverse = vocabulary.words.inverse.tolist()
        self._has_rule = tells_relations(vocabulary.words)

    def __call__(
        self, text: bytes | dict[str, Any] | BadPlanError | None, number: int | str
    ) -> ParsedPlan:
        """The plan on line `number`, or of that name.

        Args:
            text: JSON; the plan as plain values; what is wrong with it; or None for a line that
                was too long to keep.
            number: what messages call it, behind `unit`.

        Raises:
            BadPlanError: the plan is bad.
        """
        if isinstance(text, BadPlanError):
            raise text
        plan = text if type(text) is dict else plan_object(text)
        name = id_of(plan)
        rooms: Any = plan.get("rooms")
        types = self._types(rooms)
        # Most plans of most files have nothing but types and boxes: those take the short way.
        usual = 2 + ("relations" in plan) + ("front_door" in plan and not self.keeps_shapes)
        says_more = len(plan) > usual or any(
            len(room) > 2 or ("box" not in room and len(room) > 1) for room in rooms
        )
        units = self._units(plan) if says_more else self.units
        largest = units.largest
        shapes = self._shapes(plan, rooms, largest) if says_more else None
        has_box = any("box" in room for room in rooms) or (
            shapes is not None and any(room is not None for room in shapes.rooms)
        )
        has_relations = "relations" in plan
        if not has_box and not has_relations:
            raise BadPlanError("neither boxes nor relations")
        if not has_relations and not self._has_rule:
            name = self.vocabulary.words.name
            raise BadPlanError("no relations", f"the vocabulary {name} reads none off boxes")
        boxes = boxes_of(rooms, largest, shapes) if has_box else None
        related = self._edges(plan["relations"], len(rooms)) if has_relations else {}
        if boxes is not None:
            boxes, shapes = in_pixels(boxes, shapes, units)
            self.num_converted += not units.is_pixels
        elif shapes is not None:
            shapes = None
            self.unread["names, doors, windows and plot where there are no boxes"] += 1
        # Last, so that a bad plan does not take the id away from a good one.
        first = self.seen.setdefault(name, number)
        if first != number:
            raise BadPlanError("duplicate id", f"{name!r} is {self._place(first)}")
        edges = [
            (slot, relation) for slot, (_, relation) in related.items() if relation is not None
        ]
        joined = tuple(pair for pair, relation in related.values() if relation is None)
        return ParsedPlan(name, types, boxes, edges, has_relations, joined, shapes)

    def _units(self, plan: dict[str, Any]) -> Units:
        """What this plan's coordinates are measured in."""
        if _UNIT_KEYS.isdisjoint(plan):
            return self.units
        try:
            return self.units.joined(Units.of(plan), "the plan")
        except UnitsError as error:
            raise BadPlanError("bad unit", str(error)) from None

    def _shapes(
        self, plan: dict[str, Any], rooms: list[dict[str, Any]], largest: float
    ) -> PlanShapes | None:
        """What a plan says besides boxes, if anything; counts the keys that are not read."""
        keys = PLAN_KEYS.intersection(plan).union(*(ROOM_KEYS.intersection(room) for room in rooms))
        unread = {key for key in plan if key not in _PLAN_KEYS}
        unread |= {f"{key} of rooms" for room in rooms for key in room if key not in _ROOM_KEYS}
        if len(self.unread) < 1_000:
            self.unread.update(unread)
        return shapes_of(plan, rooms, largest, self.keeps_shapes) if keys else None

    def _place(self, number: int | str) -> str:
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
                raise unknown_labels(self._unknown(rooms))
            types.append(room_type)
        return types

    def _unknown(self, rooms: list[Any]) -> list[str]:
        """All labels of a plan that are not known."""
        labels = [room.get("type") for room in rooms if type(room) is dict]
        return [one for one in labels if type(one) is str and self.labels.find(one) is None]

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


def unread_notes(unread: Counter[str]) -> list[str]:
    """Which keys were not read, in a sentence; none if all were."""
    if not unread:
        return []
    shown = [f"{one_line(key)} ({count:,} plans)" for key, count in unread.most_common(_MOST_KEYS)]
    more = ", ..." if len(unread) > _MOST_KEYS else ""
    return [f"keys that are not read: {', '.join(shown)}{more}"]
