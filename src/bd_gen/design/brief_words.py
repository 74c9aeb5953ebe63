"""From the words of a brief, in a file, on the command line or in Python, to a `Brief`.

One table of fields says everything; a file and the options of `bd-gen design` are two ways to write
them down, and where both do, the command line goes before the file.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bd_gen.design.brief import Brief, Kept
from bd_gen.design.measures import (
    ROOM_AREA,
    ROOM_SIDE,
    TOTAL_AREA,
    Quantity,
    Range,
    metres,
    metres_range,
)
from bd_gen.design.plot import Plot, facade_sides, plot_from
from bd_gen.design.programme import AskedRoom, Programme, programme_from
from bd_gen.design.room_rules import RuleWords, parse_rule
from bd_gen.design.rule_meaning import OPENS, DesignRule, Kind, RoomPhrase, RoomRule
from bd_gen.design.usable import least_size
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.laid_out import checked_scale, scale_of
from bd_gen.diagrams.names import RoomLabels
from bd_gen.diagrams.words import Words
from bd_gen.layouts.options import LARGEST_AREA, SolverOptions
from bd_gen.layouts.outline import Box, Outline
from bd_gen.layouts.room_limits import RoomLimits
from bd_gen.sampling.conditions import Condition
from bd_gen.system.errors import InputError, printable
from bd_gen.system.names import did_you_mean

EVERY_SIDE = Quantity("least side of every room", 0.3, 5)

FIELDS = (
    "name", "rooms", "plot", "area", "require", "forbid", "min_side", "min_area", "max_area",
    "facade", "defaults", "count", "seed", "pool", "min_difference", "most_drawn", "improve",
    "scale",
)  # fmt: skip
_INTEGERS = ("count", "seed", "pool", "min_difference", "most_drawn")


@dataclass(frozen=True)
class Around:
    """What goes with a brief and is not of it.

    Attributes:
        where: how messages name a field.
        labels: what foreign names of room types mean.
        programme: the rooms, where they do not stand in the brief.
        known: what is known of their relations.
        solver: what the layout must satisfy besides.
        fixed: boxes of rooms, in pixels, by index.
        near: a plan that the diagrams shall be like.
        kept: what was kept of another plan.
        more_rules: rules of the command line, beside those of a file, by kind.
    """

    where: Callable[[str], str] = str
    labels: RoomLabels = field(default_factory=RoomLabels)
    programme: Programme | None = None
    known: Condition | None = None
    solver: SolverOptions | None = None
    outline: Outline | None = None
    fixed: Mapping[int, Box] = field(default_factory=dict)
    near: Diagram | None = None
    kept: Kept | None = None
    more_rules: Mapping[str, Sequence[str]] = field(default_factory=dict)


def checked_fields(values: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The fields of a brief under their names, with _ for blanks and hyphens.

    Raises:
        InputError: a field that nobody knows, or that stands there twice.
    """
    found: dict[str, Any] = {}
    for key, value in values.items():
        name = str(key).strip().replace(" ", "_").replace("-", "_").casefold()
        if name not in FIELDS:
            hint = did_you_mean(name, FIELDS) or f"; known: {', '.join(FIELDS)}"
            raise InputError(f"{where}: unknown field {printable(str(key))[:40]!r}{hint}")
        if name in found:
            raise InputError(f"{where}: {name}: is given twice")
        found[name] = value
    return found


def brief_from(values: Mapping[str, Any], around: Around | None = None) -> Brief:
    """The brief that these fields describe (`FIELDS`).

    Raises:
        InputError: a field that cannot be read, or that binds nothing.
    """
    around = around or Around()
    where = around.where
    scale = _scale(values.get("scale"), where("scale"), around.labels.words)
    programme = _programme(values, around, scale)
    plot = None
    if values.get("plot") is not None:
        plot = plot_from(values["plot"], where("plot"), scale)
    programme = _with_options(programme, values, around, scale)
    total: Range = (None, None)
    if values.get("area") is not None:
        total = metres_range(values["area"], TOTAL_AREA, where("area"), scale)
    wants_defaults = _boolean(values.get("defaults", True), where("defaults"))
    assumed: tuple[str, ...] = ()
    if wants_defaults:
        programme, assumed = with_defaults(programme, around.fixed)
    turns = 0 if plot is None else plot.quarter_turns
    return Brief(
        programme.room_types,
        rules_from(values, programme, around, turns),
        solver=_solver(values, programme, plot, total, around, scale),
        known=around.known,
        names=programme.names if any(room.name for room in programme.rooms) else (),
        title=_text(values.get("name", ""), where("name")),
        plot=plot,
        total_area=total,
        scale=scale,
        assumed=assumed,
        near=around.near,
        kept=around.kept,
        words=programme.words,
        alike=programme.alike if len({*programme.alike}) > len({*programme.room_types}) else (),
        **_integers(values, where),
    )


def _scale(value: object, where: str, words: Words) -> float:
    if value is None:
        return scale_of(words)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{where}: expected metres per pixel, got {value!r:.40}")
    return checked_scale(float(value))


def _integers(values: Mapping[str, Any], where: Callable[[str], str]) -> dict[str, int]:
    found = {}
    for name in _INTEGERS:
        value = values.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int):
            raise InputError(f"{where(name)}: expected a whole number, got {value!r:.40}")
        found[name] = value
    return found


def _boolean(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise InputError(f"{where}: expected true or false, got {value!r:.40}")
    return value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value.isprintable() or len(value) > 100:
        raise InputError(f"{where}: expected a line of at most 100 letters, got {value!r:.40}")
    return value


def _programme(values: Mapping[str, Any], around: Around, scale: float) -> Programme:
    rooms = values.get("rooms")
    if around.programme is not None:
        if rooms is not None:
            raise InputError(f"{around.where('rooms')}: the rooms are those of the plan given")
        return around.programme
    if rooms is None:
        raise InputError(f"{around.where('rooms')}: expected the rooms of the home")
    return programme_from(rooms, around.labels, around.where("rooms"), scale)


def _with_options(
    programme: Programme, values: Mapping[str, Any], around: Around, scale: float
) -> Programme:
    """The programme with what is asked by room or type, outside of the list of rooms."""
    where, labels = around.where, around.labels
    for name in ("min_side", "min_area", "max_area", "facade"):
        for room_name, value in _by_room(values.get(name), where(name)):
            at = where(name) + (f" {room_name}" if room_name else "")
            rooms = range(len(programme.rooms))
            if room_name:
                rooms = programme.find(room_name, labels, where(name))  # type: ignore[assignment]
            for k in rooms:
                programme = _asked(programme, k, name, value, not room_name, at, scale)
    return programme


def _asked(
    programme: Programme, k: int, name: str, value: object, is_all: bool, at: str, scale: float
) -> Programme:
    room = programme.rooms[k]
    if name == "facade":
        if not isinstance(value, str):
            raise InputError(f"{at}: expected any, none or a side, got {value!r:.40}")
        return programme.with_room(k, facade=value)
    if name == "min_side":
        side = metres(value, EVERY_SIDE if is_all else ROOM_SIDE, at, scale)
        return programme.with_room(k, side=max(side, room.side or 0.0))
    least, most = room.area
    area = metres(value, ROOM_AREA, at, scale)
    least, most = (area, most) if name == "min_area" else (least, area)
    if least is not None and most is not None and most < least:
        raise InputError(f"{at}: at most {most:g} m² is less than the least, {least:g} m²")
    return programme.with_room(k, area=(least, most))


def _by_room(value: object, where: str) -> list[tuple[str, object]]:
    """Values by name of room: a mapping, "Kitchen=6" or several, or one for all ("")."""
    if value is None:
        return []
    if isinstance(value, Mapping):
        return [(str(name), part) for name, part in value.items()]
    parts = [value] if isinstance(value, str) or not isinstance(value, Sequence) else value
    found: list[tuple[str, object]] = []
    for part in parts:
        name, equals, rest = str(part).rpartition("=")
        if equals and (not name.strip() or not rest.strip()):
            raise InputError(f"{where} {part!r:.40}: expected ROOM=VALUE as in Kitchen=6")
        found.append((name.strip(), rest if equals else part))
    if where.endswith("area") and any(not name for name, _ in found):
        raise InputError(f"{where} {value!r:.40}: expected ROOM=M² as in Kitchen=6")
    return found


def with_defaults(
    programme: Programme, fixed: Mapping[int, Box]
) -> tuple[Programme, tuple[str, ...]]:
    """The programme with usable sizes where a brief asks for none, and what was added, in words."""
    words: dict[str, str] = {}
    for k, room in enumerate(programme.rooms):
        usual = least_size(programme.words, room.room_type)
        if usual is None or k in fixed:
            continue
        least, most = room.area
        side, area = room.side, least
        if side is None:
            side = min(usual[0], math.sqrt(most) * 0.8) if most is not None else usual[0]
        if area is None:
            area = min(usual[1], most) if most is not None else usual[1]
        name = room.group or programme.words.room_names[room.room_type]
        if room.side is None or least is None:
            parts = [f"{side:.2g} m"] if room.side is None else []
            parts += [f"{area:.3g} m²"] if least is None else []
            words[name] = f"{name} at least {' and '.join(parts)}"
        programme = programme.with_room(k, side=side, area=(area, most))
    return programme, tuple(words.values())


def rules_from(
    values: Mapping[str, Any], programme: Programme, around: Around, quarter_turns: int
) -> tuple[DesignRule, ...]:
    """The rules of a brief: required, forbidden, and what rooms say that they open to.

    Raises:
        InputError: a text is no rule.
    """
    words = RuleWords(around.labels, programme.own_names, programme.spelled, quarter_turns)
    kinds: tuple[Kind, Kind] = ("require", "forbid")
    rules: list[DesignRule] = [
        parse_rule(text, kind, words=words, where=where)
        for kind in kinds
        for texts, where in (
            (values.get(kind), around.where(kind)),
            (around.more_rules.get(kind), f"--{kind}"),
        )
        for text in _texts(texts, where)
    ]
    for k, room in enumerate(programme.rooms):
        subject = RoomPhrase(
            room.room_type, own=(k,), text=programme.names[k], words=programme.words
        )
        for name in room.opens_to:
            others = programme.find(name, around.labels, f"{programme.names[k]}: opens to")
            others = [other for other in others if other != k]
            rule = RoomRule("require", subject, OPENS, RoomPhrase(0, own=tuple(others), text=name))
            rules.append(rule)
    return tuple(rules)


def _texts(value: object, where: str) -> list[str]:
    if value is None:
        return []
    parts = [value] if isinstance(value, str) else value
    if not isinstance(parts, Sequence) or not all(isinstance(part, str) for part in parts):
        raise InputError(f"{where}: expected rules in words, got {value!r:.60}")
    return list(parts)


def _solver(
    values: Mapping[str, Any],
    programme: Programme,
    plot: Plot | None,
    total: Range,
    around: Around,
    scale: float,
) -> SolverOptions:
    solver = around.solver or SolverOptions()
    solver = replace(solver, words=programme.words)
    turns = 0 if plot is None else plot.quarter_turns
    outline = around.outline or solver.outline
    if plot is not None and plot.corners:
        outline = plot.outline(scale)
    entrance = None if plot is None or not isinstance(plot.entrance, str) else plot.entrance
    whole = solver.total_area
    if total != (None, None):
        least = 1 if total[0] is None else _pixels(total[0], scale, 2)
        most = LARGEST_AREA if total[1] is None else _most(total[1], scale)
        whole = (least, max(least, most))
    improve = values.get("improve")
    if improve is not None and (isinstance(improve, bool) or not isinstance(improve, int | float)):
        raise InputError(f"{around.where('improve')}: expected a number, got {improve!r:.40}")
    limits = {
        k: room_limits
        for k, room in enumerate(programme.rooms)
        if (room_limits := _limits(room, turns, around, scale)) != RoomLimits()
    }
    return replace(
        solver,
        outline=outline,
        rooms={**solver.rooms, **limits},
        fixed={**solver.fixed, **around.fixed},
        entrance=entrance,
        total_area=whole,
        improve_effort=solver.improve_effort if improve is None else float(improve),
    )


def _limits(room: AskedRoom, turns: int, around: Around, scale: float) -> RoomLimits:
    least, most = room.area
    name = room.name or around.labels.words.room_names[room.room_type]
    return RoomLimits(
        min_side=1 if room.side is None else _pixels(room.side, scale, 1),
        min_area=None if least is None else _pixels(least, scale, 2),
        max_area=None if most is None else _most(most, scale),
        facade=facade_sides(room.facade, turns, f"{around.where('rooms')}: {name}: facade"),
    )


def _pixels(size: float, scale: float, power: int) -> int:
    """Pixels, or pixels², that are at least so many metres, or m²."""
    return max(1, math.ceil(size / scale**power - 1e-6))


def _most(area: float, scale: float) -> int:
    return max(1, math.floor(area / scale**2 + 1e-6))
