"""What the page sends: rooms, what is decided of their relations, rules and limits, checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np

from bd_gen.design.room_rules import DesignRule, parse_rule
from bd_gen.diagrams.diagram import Diagram, room_names
from bd_gen.diagrams.laid_out import METRES_PER_PIXEL
from bd_gen.diagrams.names import relation_of, room_type_of
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.vocabulary import LARGEST_N_MAX, Vocabulary
from bd_gen.layouts.options import LARGEST_AREA, SolverOptions
from bd_gen.sampling.rules import Rule
from bd_gen.studio.fields import Box, box_of, items, number, table, text, whole
from bd_gen.system.errors import InputError, printable

TOUCHES, APART = "touches", "apart"
"""What may stand in place of a relation: joined in whatever way, and not joined."""

MOST_RULES = 50
LONGEST_NAME = 60
_SQUARE_METRE = METRES_PER_PIXEL**2

Pair = tuple[int, int]


@dataclass(frozen=True)
class Sketch:
    """A diagram under way. What is said of no pair is open: the plan may do as it likes.

    Attributes:
        room_types: type 0..12 of every room.
        names: what the user calls them; "" for the name of the type.
        relations: (i, j, r) with i < j and r in 0..10; 10: not joined.
        joined: (i, j) with i < j, joined in whatever way.
        fixed: boxes of rooms that stay where they are.
        min_areas: least area of rooms by type, in pixels².
        max_areas: largest.
        rules: in words.
        places: (x, y) where each room is drawn, in whatever unit; () where nobody drew them.
    """

    room_types: tuple[int, ...]
    names: tuple[str, ...] = ()
    relations: tuple[tuple[int, int, int], ...] = ()
    joined: tuple[Pair, ...] = ()
    fixed: Mapping[int, Box] = field(default_factory=dict)
    min_areas: Mapping[int, int] = field(default_factory=dict)
    max_areas: Mapping[int, int] = field(default_factory=dict)
    rules: tuple[DesignRule, ...] = ()
    places: tuple[tuple[float, float], ...] = ()

    @property
    def num_rooms(self) -> int:
        """Number of rooms."""
        return len(self.room_types)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Of rows with exactly these rooms."""
        return Vocabulary(self.num_rooms)

    @cached_property
    def diagram(self) -> Diagram:
        """The rooms, and those relations that have a name."""
        return Diagram(
            self.room_types, tuple(e for e in self.relations if e[2] < RPLAN.num_relations)
        )

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """What to call each room: the user's name, else that of its type."""
        own = self.names or ("",) * self.num_rooms
        return tuple(a or b for a, b in zip(own, room_names(self.diagram), strict=True))

    @cached_property
    def open_pairs(self) -> tuple[Pair, ...]:
        """Pairs (i, j) of which nothing is said."""
        said = {(i, j) for i, j, _ in self.relations} | set(self.joined)
        return tuple(p for p in combinations(range(self.num_rooms), 2) if p not in said)

    @cached_property
    def token_rules(self) -> tuple[Rule, ...]:
        """The rules over rows of `vocabulary`.

        Raises:
            InputError: a rule speaks of rooms that are not there.
        """
        return tuple(r.for_programme(self.room_types, self.vocabulary) for r in self.rules)

    def options(self, effort: float = 0.0) -> SolverOptions:
        """What a layout must satisfy besides; `effort` is for making it better.

        Raises:
            InputError: areas that contradict one another.
        """
        return SolverOptions(
            min_areas=self.min_areas,
            max_areas=self.max_areas,
            fixed=self.fixed,
            improve_effort=effort,
        )

    def holds(self, diagram: Diagram) -> bool:
        """Does a complete diagram of these rooms have all that is decided?"""
        found = {(i, j): r for i, j, r in diagram.edges}
        return (
            all(found.get((i, j), RPLAN.no_edge) == r for i, j, r in self.relations)
            and all(pair in found for pair in self.joined)
            and all(rule.holds(row_of(diagram)).all() for rule in self.token_rules)
        )


def row_of(diagram: Diagram) -> np.ndarray:
    """(1, length) token row of a diagram in the vocabulary of its own size."""
    from bd_gen.diagrams.tokens import tokens_from_diagrams

    return tokens_from_diagrams([diagram], Vocabulary(diagram.num_rooms))


def sketch_of(message: Any) -> Sketch:
    """The sketch that a message of the page holds.

    Raises:
        InputError: it is none; the message says which field.
    """
    content = table(message, "sketch")
    rooms = items(content.get("rooms", []), "rooms", LARGEST_N_MAX)
    if not rooms:
        raise InputError("rooms: expected at least one room")
    types = tuple(_type_of(table(room, "rooms"), k) for k, room in enumerate(rooms))
    relations, joined = _relations(content.get("relations", []), len(types))
    lows, highs = _areas(content.get("areas", {}))
    return Sketch(
        types,
        tuple(text(table(r, "rooms").get("name", ""), "name", LONGEST_NAME) for r in rooms),
        relations,
        joined,
        _fixed(content.get("fixed", {}), len(types)),
        lows,
        highs,
        tuple(rule_of(rule) for rule in items(content.get("rules", []), "rules", MOST_RULES)),
        _places([table(room, "rooms").get("at") for room in rooms]),
    )


def rule_of(rule: Any) -> DesignRule:
    """A rule in words, {"kind": "require" or "forbid", "text"}.

    Raises:
        InputError: it is none.
    """
    content = table(rule, "rules")
    kind = content.get("kind")
    if kind not in ("require", "forbid"):
        raise InputError(f"rules: expected 'require' or 'forbid', got {printable(repr(kind))[:40]}")
    return parse_rule(text(content.get("text"), "rules", 200), kind)


def box_table(value: Any, num_rooms: int) -> np.ndarray:
    """(n, 4) int64 boxes of a message.

    Raises:
        InputError: there is not one for each room, or one is none.
    """
    rows = items(value, "boxes", LARGEST_N_MAX)
    if len(rows) != num_rooms:
        raise InputError(f"boxes: expected {num_rooms}, one a room, got {len(rows)}")
    return np.array([box_of(row, "boxes") for row in rows], np.int64)


def relations_of(value: Any, num_rooms: int) -> tuple[tuple[int, int, int], ...]:
    """Relations of a message, all with a name or "apart".

    Raises:
        InputError: they are none.
    """
    relations, joined = _relations(value, num_rooms)
    if joined:
        raise InputError("relations: expected relations that have a name")
    return relations


def _type_of(room: dict[str, Any], number: int) -> int:
    return room_type_of(text(room.get("type"), f"room {number + 1}", 200), f"room {number + 1}")


def _places(values: list[Any]) -> tuple[tuple[float, float], ...]:
    if any(value is None for value in values):
        return ()
    places = []
    for value in values:
        ends = items(value, "at", 2)
        if len(ends) != 2:
            raise InputError("at: expected [x, y]")
        places.append((number(ends[0], "at"), number(ends[1], "at")))
    return tuple(places)


def _relations(
    value: Any, num_rooms: int
) -> tuple[tuple[tuple[int, int, int], ...], tuple[Pair, ...]]:
    known: dict[Pair, int] = {}
    joined: list[Pair] = []
    seen: set[Pair] = set()
    for entry in items(value, "relations", num_rooms * (num_rooms - 1) // 2):
        parts = items(entry, "relations", 3)
        if len(parts) != 3:
            raise InputError("relations: expected [room, room, relation]")
        i, j = (whole(part, "relations", 0, num_rooms - 1) for part in parts[:2])
        name = text(parts[2], "relations", 40)
        pair = (min(i, j), max(i, j))
        if i == j or pair in seen:
            raise InputError(f"relations: rooms {i} and {j}: expected two rooms, each pair once")
        seen.add(pair)
        if name == TOUCHES:
            joined.append(pair)
            continue
        relation = RPLAN.no_edge if name == APART else relation_of(name, "relations")
        is_turned = i > j and relation < RPLAN.num_relations
        known[pair] = int(RPLAN.inverse[relation]) if is_turned else relation
    return tuple((i, j, r) for (i, j), r in sorted(known.items())), tuple(sorted(joined))


def _fixed(value: Any, num_rooms: int) -> dict[int, Box]:
    fixed = {}
    for key, box in table(value, "fixed").items():
        if not (key.isascii() and key.isdecimal() and len(key) < 3 and int(key) < num_rooms):
            raise InputError(f"fixed: expected numbers of rooms below {num_rooms}")
        fixed[int(key)] = box_of(box, "fixed")
    return fixed


def _areas(value: Any) -> tuple[dict[int, int], dict[int, int]]:
    """Least and largest areas by type, in pixels², of square metres by name."""
    lows: dict[int, int] = {}
    highs: dict[int, int] = {}
    for name, bounds in table(value, "areas").items():
        room_type = room_type_of(text(name, "areas", 200), "areas")
        ends = items(bounds, "areas", 2)
        if len(ends) != 2:
            raise InputError("areas: expected [least, largest] in m²")
        for end, into in zip(ends, (lows, highs), strict=True):
            if end is not None:
                into[room_type] = _pixels(end, RPLAN.room_names[room_type])
    return lows, highs


def _pixels(area: Any, name: str) -> int:
    is_number = isinstance(area, int | float) and not isinstance(area, bool)
    if not is_number or not 0 < area <= LARGEST_AREA * _SQUARE_METRE:
        raise InputError(f"areas: {name}: expected m² above 0, at most 320")
    return max(1, round(area / _SQUARE_METRE))


def named(diagram: Diagram) -> list[list[Any]]:
    """The relations of a diagram for the page: [i, j, name]; other pairs are apart."""
    return [[i, j, RPLAN.relation_names[r]] for i, j, r in diagram.edges]
