"""From the options of `bd-gen design`, and the brief file, to a brief.

What an option says goes before what the file says, and the output tells where that was so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bd_gen.cli.checkpoint_notes import say_file_notes
from bd_gen.cli.vocabulary_options import labels_of
from bd_gen.system.errors import InputError

if TYPE_CHECKING:
    from bd_gen.design.brief import Brief
    from bd_gen.design.locks import Locks
    from bd_gen.design.programme import Programme
    from bd_gen.diagrams.names import RoomLabels
    from bd_gen.diagrams.words import Words
    from bd_gen.layouts.outline import Outline
    from bd_gen.sampling.conditions import Condition

OF_BRIEF = (
    "rooms", "plot", "area", "min_side", "min_area", "max_area", "facade", "defaults", "count",
    "seed", "pool", "min_difference", "most_drawn", "improve", "scale",
)  # fmt: skip
"""Options that are fields of a brief under the same name; `--require` and `--forbid` add to it."""
_OF_PLOT = {"north": "north", "setback": "setbacks", "entrance": "entrance"}
_BY_ROOM = ("min_side", "min_area", "max_area", "facade")


@dataclass(frozen=True)
class DesignOptions:
    """What the command line says of a brief; None and () where it says nothing.

    Attributes:
        file: the brief.
        fields: options that are fields of a brief.
        plot: options that are fields of its plot.
        rules: by kind.
        outline: `--outline`, `--notch` and `--front-door`.
        given: a diagram instead of rooms.
        absent_edges: as in `generate`.
        labels: a file of foreign names.
        source: the plan that something is kept of.
        keep: rooms to keep.
        keeps_relations: are their relations kept?
        keeps_boxes: are their boxes kept?
        more_like: shall plans be like that plan?
    """

    file: Path | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    plot: Mapping[str, Any] = field(default_factory=dict)
    rules: Mapping[str, Sequence[str]] = field(default_factory=dict)
    outline: tuple[str | None, str | None, str | None] = (None, None, None)
    given: str | None = None
    absent_edges: str | None = None
    labels: Path | None = None
    source: str | None = None
    keep: str | None = None
    keeps_relations: bool = False
    keeps_boxes: bool = False
    more_like: bool = False


def options_from(values: Mapping[str, Any]) -> DesignOptions:
    """Sort the options of the command, as click gives them, by what they are of."""

    def given(names: Sequence[str]) -> dict[str, Any]:
        return {name: values[name] for name in names if values[name] not in (None, ())}

    fields = given(OF_BRIEF)
    fields |= {name: list(fields[name]) for name in _BY_ROOM if name in fields}
    return DesignOptions(
        file=values["brief"],
        fields=fields,
        plot={_OF_PLOT[name]: value for name, value in given(tuple(_OF_PLOT)).items()},
        rules={kind: values[kind] for kind in ("require", "forbid")},
        outline=(values["outline"], values["notch"], values["front_door"]),
        given=values["given"],
        absent_edges=values["absent_edges"],
        labels=values["labels"],
        source=values["source"],
        keep=values["keep"],
        keeps_relations=values["keep_relations"],
        keeps_boxes=values["keep_boxes"],
        more_like=values["more_like"],
    )


def brief_of(options: DesignOptions, words: "Words | None" = None) -> "tuple[Brief, list[str]]":
    """The brief, and what the command line says otherwise than the file, in sentences.

    Args:
        options: of the command line.
        words: what rooms and relations are called; RPLAN's by default.

    Raises:
        InputError: something cannot be read, does not go together, or binds nothing.
    """
    from bd_gen.design.brief_file import read_brief
    from bd_gen.design.brief_words import Around, brief_from
    from bd_gen.diagrams.laid_out import scale_of
    from bd_gen.diagrams.rplan import RPLAN

    of_file = {} if options.file is None else read_brief(options.file)
    values, notes = _merged(of_file, options)
    labels = labels_of(options.labels, words or RPLAN)
    programme, known = _programme_of(options, labels, "rooms" in of_file)
    if programme is not None and options.file is not None:
        values.pop("rooms", None)
    where = _where(of_file, options)
    locks = None
    if options.source is not None:
        locks = _locks(options, programme, values, labels, where)
        programme, known = locks.programme, _together(known, locks.known)
        values = {name: value for name, value in values.items() if name != "rooms"}
    elif options.keep or options.keeps_boxes or options.keeps_relations or options.more_like:
        raise InputError("--keep, --keep-boxes, --keep-relations and --more-like: go with --from")
    if options.more_like:
        values = {"min_difference": 1, **values}
    outline = _outline(options, values, scale_of(labels.words))
    around = Around(
        where=where,
        labels=labels,
        programme=programme,
        known=known,
        outline=outline,
        fixed={} if locks is None else locks.fixed,
        near=locks.plan if locks is not None and options.more_like else None,
        kept=None if locks is None else locks.kept,
        more_rules=options.rules,
    )
    return brief_from(values, around), notes


def _merged(of_file: Mapping[str, Any], options: DesignOptions) -> tuple[dict[str, Any], list[str]]:
    """Fields of the file with those of the command line in their place, and notes of it."""
    values, notes = dict(of_file), []
    for name, value in options.fields.items():
        if name in of_file and of_file[name] != value and name not in _BY_ROOM:
            notes.append(f"--{name.replace('_', '-')} goes before {name!r} of {options.file}")
        if name in _BY_ROOM and name in of_file:
            notes.append(f"--{name.replace('_', '-')} goes before {name!r} of {options.file}")
        values[name] = value
    if options.plot or "plot" in options.fields:
        plot = of_file.get("plot") or {}
        plot = {"size": plot} if not isinstance(plot, Mapping) else dict(plot)
        shape = options.fields.get("plot")
        if shape is not None:
            plot = {k: v for k, v in plot.items() if k not in ("size", "corners")}
            plot["corners" if ";" in shape else "size"] = shape
        for name, value in options.plot.items():
            if name in plot and plot[name] != value:
                option = next(key for key, of in _OF_PLOT.items() if of == name)
                notes.append(f"--{option} goes before {name!r} of {options.file}")
            plot[name] = _setback(value) if name == "setbacks" else value
        values["plot"] = plot
    return values, notes


def _setback(text: str) -> object:
    """`--setback 1.5` or `--setback north=3,south=1.5` as the file has it."""
    if "=" not in text:
        return text
    found = {}
    for part in text.split(","):
        side, _, distance = part.partition("=")
        found[side.strip()] = distance.strip()
    return found


def _where(of_file: Mapping[str, Any], options: DesignOptions) -> Any:
    """How messages name a field: by its option, or by the file that it stands in."""

    def where(name: str) -> str:
        is_of_option = name in options.fields or (name == "plot" and options.plot)
        if name in of_file and not is_of_option:
            return f"{options.file}: {name}"
        return f"--{name.replace('_', '-')}"

    return where


def _programme_of(
    options: DesignOptions, labels: "RoomLabels", file_has_rooms: bool
) -> "tuple[Programme | None, Condition | None]":
    """The rooms and relations of `--given`; None where they stand in the brief or on the line."""
    from bd_gen.design.programme import AskedRoom, Programme
    from bd_gen.exchange.given import read_given

    has_rooms = "rooms" in options.fields or file_has_rooms
    if options.given is None:
        if options.absent_edges is not None:
            raise InputError("--absent-edges: goes with --given")
        if not has_rooms and options.source is None:
            raise InputError("expected a brief, --rooms, --given or --from, one of them")
        return None, None
    if "rooms" in options.fields:
        raise InputError("--rooms and --given: one of the two says which rooms there are")
    if options.source is not None:
        raise InputError("--given and --from: give one of the two")
    known = read_given(
        options.given, options.absent_edges, labels, lambda note: say_file_notes([note])
    )
    room_types = tuple(t for t in known.room_types if t is not None)
    if len(room_types) < known.num_rooms:
        room = known.room_types.index(None)
        raise InputError(
            f"{options.given}: room {room} has no type, and a design needs all of them"
        )
    return Programme(tuple(AskedRoom(t) for t in room_types), labels.words), known


def _locks(
    options: DesignOptions,
    programme: "Programme | None",
    values: Mapping[str, Any],
    labels: "RoomLabels",
    where: Any,
) -> "Locks":
    """What is kept of the plan of `--from`."""
    from bd_gen.design.locks import locks_of
    from bd_gen.design.programme import programme_from
    from bd_gen.diagrams.laid_out import scale_of
    from bd_gen.exchange.given import read_named_plan

    source = options.source or ""
    if options.keep is None and not options.more_like:
        raise InputError("--from: keeps nothing by itself; add --keep ROOMS or --more-like")
    if options.keep is None and (options.keeps_boxes or options.keeps_relations):
        raise InputError("--keep-boxes and --keep-relations: go with --keep ROOMS")
    if programme is None and values.get("rooms") is not None:
        scale = values.get("scale") or scale_of(labels.words)
        programme = programme_from(values["rooms"], labels, where("rooms"), scale)
    keep = [name for name in (options.keep or "").split(",") if name.strip()]
    plan = read_named_plan(source, labels)
    locks = locks_of(plan, source, keep, options.keeps_boxes, programme, labels)
    if keep and locks.known is None and not locks.fixed:
        raise InputError(
            f"--keep {options.keep}: one room has no relations to keep; add --keep-boxes, or "
            "another room"
        )
    return locks


def _together(first: "Condition | None", second: "Condition | None") -> "Condition | None":
    return second if first is None else first


def _outline(
    options: DesignOptions, values: dict[str, Any], usual_scale: float
) -> "Outline | None":
    """`--outline` in pixels as it stands; in metres it is the plot of the brief.

    Raises:
        InputError: it cannot be read, or goes with a plot.
    """
    from bd_gen.cli.design_outline import outline_in_metres, outline_in_pixels

    outline, notch, door = options.outline
    if outline is None:
        if notch is not None or door is not None:
            raise InputError("--notch and --front-door: go with --outline")
        return None
    if "plot" in values:
        raise InputError("--outline: goes without a plot; --plot says where a home stands")
    texts = [text for text in options.outline if text is not None]
    in_pixels = [text.strip().endswith("px") for text in texts]
    if any(in_pixels) and not all(in_pixels):
        raise InputError("--outline, --notch and --front-door: all in metres, or all in px")
    if all(in_pixels):
        return outline_in_pixels(outline, notch, door, values.get("scale") or usual_scale)
    values["plot"] = outline_in_metres(outline, notch, door, values.get("scale") or usual_scale)
    return None
