"""What the page sends of a sketch, read and checked."""

from typing import Any

import numpy as np

from bd_gen.design.plot import Plot, plot_from
from bd_gen.design.room_rules import DesignRule, parse_rule
from bd_gen.diagrams.laid_out import scale_of
from bd_gen.diagrams.names import RoomLabels, relation_of, room_type_of
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.vocabulary import LARGEST_N_MAX
from bd_gen.diagrams.words import Words
from bd_gen.layouts.options import LARGEST_AREA
from bd_gen.studio.fields import Box, box_of, items, number, table, text, whole
from bd_gen.studio.sketch import Bounds, Pair, Sketch, apart_in, touches_in
from bd_gen.system.errors import InputError, printable

MOST_RULES = 50
LONGEST_NAME = 60
_LONGEST_FIELD = 2_000  # characters of a plot's corners
_MOST_FIELDS = 12


def sketch_of(message: Any, words: Words = RPLAN) -> Sketch:
    """The sketch that a message of the page holds.

    Raises:
        InputError: it is none; the message says which field.
    """
    content = table(message, "sketch")
    rooms = [table(r, "rooms") for r in items(content.get("rooms", []), "rooms", LARGEST_N_MAX)]
    if not rooms:
        raise InputError("rooms: expected at least one room")
    types = tuple(_type_of(room, k, words) for k, room in enumerate(rooms))
    relations, joined = _relations(content.get("relations", []), len(types), words)
    lows, highs = _areas(content.get("areas", {}), words)
    return Sketch(
        types,
        tuple(text(room.get("name", ""), "name", LONGEST_NAME) for room in rooms),
        relations,
        joined,
        _fixed(content.get("fixed", {}), len(types)),
        lows,
        highs,
        _room_areas(rooms, words),
        tuple(
            rule_of(rule, words) for rule in items(content.get("rules", []), "rules", MOST_RULES)
        ),
        _places([room.get("at") for room in rooms]),
        plot_of(content.get("plot"), words),
        words,
    )


def rule_of(rule: Any, words: Words = RPLAN) -> DesignRule:
    """A rule in words, {"kind": "require" or "forbid", "text"}.

    Raises:
        InputError: it is none.
    """
    content = table(rule, "rules")
    kind = content.get("kind")
    if kind not in ("require", "forbid"):
        raise InputError(f"rules: expected 'require' or 'forbid', got {printable(repr(kind))[:40]}")
    return parse_rule(text(content.get("text"), "rules", 200), kind, RoomLabels(words=words))


def plot_of(value: Any, words: Words = RPLAN) -> Plot | None:
    """A plot with the fields of a brief file: size or corners, north, setbacks, entrance.

    Raises:
        InputError: it is none, or larger than a plan.
    """
    if value is None:
        return None
    fields = plot_fields(value)
    if not fields:
        return None
    plot = plot_from(fields, "plot", scale_of(words))
    try:
        plot.outline(scale_of(words))
    except InputError as error:  # too large; without the option of the terminal that would do
        raise InputError(str(error).partition(" (--scale")[0]) from None
    return plot


def plot_fields(value: Any) -> dict[str, Any]:
    """The fields of a plot that say something: texts, and setbacks as texts by side.

    Raises:
        InputError: another kind of value.
    """
    found: dict[str, Any] = {}
    for key, one in table(value, "plot").items():
        where = f"plot: {printable(key)[:40]}"
        if isinstance(one, dict):
            if len(one) > _MOST_FIELDS:
                raise InputError(f"{where}: expected at most {_MOST_FIELDS} sides")
            one = {k: v for k, part in one.items() if (v := text(part, where, 40).strip())}
        else:
            one = text(one, where, _LONGEST_FIELD).strip()
        if one:
            found[key] = one
    return found


def box_table(value: Any, num_rooms: int) -> np.ndarray:
    """(n, 4) int64 boxes of a message.

    Raises:
        InputError: there is not one for each room, or one is none.
    """
    rows = items(value, "boxes", LARGEST_N_MAX)
    if len(rows) != num_rooms:
        raise InputError(f"boxes: expected {num_rooms}, one a room, got {len(rows)}")
    return np.array([box_of(row, "boxes") for row in rows], np.int64)


def relations_of(
    value: Any, num_rooms: int, words: Words = RPLAN
) -> tuple[tuple[int, int, int], ...]:
    """Relations of a message, all with a name or "apart".

    Raises:
        InputError: they are none.
    """
    relations, joined = _relations(value, num_rooms, words)
    if joined:
        raise InputError("relations: expected relations that have a name")
    return relations


def _type_of(room: dict[str, Any], number: int, words: Words) -> int:
    where = f"room {number + 1}"
    return room_type_of(text(room.get("type"), where, 200), where, words)


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
    value: Any, num_rooms: int, words: Words
) -> tuple[tuple[tuple[int, int, int], ...], tuple[Pair, ...]]:
    touches, apart = touches_in(words), apart_in(words)
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
        if name == touches:
            joined.append(pair)
            continue
        relation = words.no_edge if name == apart else relation_of(name, "relations", words)
        known[pair] = int(words.inverse[relation]) if i > j else relation
    return tuple((i, j, r) for (i, j), r in sorted(known.items())), tuple(sorted(joined))


def _fixed(value: Any, num_rooms: int) -> dict[int, Box]:
    fixed = {}
    for key, box in table(value, "fixed").items():
        if not (key.isascii() and key.isdecimal() and len(key) < 3 and int(key) < num_rooms):
            raise InputError(f"fixed: expected numbers of rooms below {num_rooms}")
        fixed[int(key)] = box_of(box, "fixed")
    return fixed


def _areas(value: Any, words: Words) -> tuple[dict[int, int], dict[int, int]]:
    """Least and largest areas by type, in pixels², of square metres by name."""
    lows: dict[int, int] = {}
    highs: dict[int, int] = {}
    for name, bounds in table(value, "areas").items():
        room_type = room_type_of(text(name, "areas", 200), "areas", words)
        for end, into in zip(
            _bounds(bounds, words.room_names[room_type], words), (lows, highs), strict=True
        ):
            if end is not None:
                into[room_type] = end
    return lows, highs


def _room_areas(rooms: list[dict[str, Any]], words: Words) -> dict[int, Bounds]:
    found = {}
    for k, room in enumerate(rooms):
        if room.get("area") is None:
            continue
        name = f"room {k + 1}"
        bounds = _bounds(room["area"], name, words)
        if bounds != (None, None):
            found[k] = bounds
    return found


def _bounds(value: Any, name: str, words: Words) -> Bounds:
    ends = items(value, "areas", 2)
    if len(ends) != 2:
        raise InputError("areas: expected [least, largest] in m²")
    least, most = (None if end is None else _pixels(end, name, words) for end in ends)
    if least is not None and most is not None and least > most:
        raise InputError(f"areas: {name}: expected a largest area of at least the least area")
    return least, most


def _pixels(area: Any, name: str, words: Words) -> int:
    square_metre = scale_of(words) ** 2
    is_number = isinstance(area, int | float) and not isinstance(area, bool)
    largest = LARGEST_AREA * square_metre
    if not is_number or not 0 < area <= largest:
        raise InputError(f"areas: {name}: expected m² above 0, at most {int(largest)}")
    return max(1, round(area / square_metre))
