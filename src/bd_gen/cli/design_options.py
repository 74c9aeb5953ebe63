"""What the options of `bd-gen design` say: the programme, and what a layout must be like."""

from typing import TYPE_CHECKING

from bd_gen.cli.checkpoint_notes import say_file_notes
from bd_gen.system.errors import InputError

if TYPE_CHECKING:
    from bd_gen.diagrams.names import RoomLabels
    from bd_gen.layouts.options import SolverOptions
    from bd_gen.layouts.outline import Box
    from bd_gen.sampling.conditions import Condition


def programme_of(
    rooms: str | None, given: str | None, absent_edges: str | None, labels: "RoomLabels"
) -> "tuple[Condition | None, tuple[int, ...]]":
    """What is known of the diagram, if it is given, and its rooms.

    Raises:
        InputError: not one of --rooms and --given, or a room without a type.
    """
    from bd_gen.exchange.given import read_given
    from bd_gen.sampling.conditions import room_types_from_text

    if (rooms is None) == (given is None):
        raise InputError("expected --rooms or --given, one of the two")
    if rooms is not None:
        if absent_edges is not None:
            raise InputError("--absent-edges: goes with --given")
        return None, room_types_from_text(rooms, labels)
    known = read_given(
        given or "",
        absent_edges,
        labels,
        lambda note: say_file_notes([note]),
    )
    room_types = tuple(t for t in known.room_types if t is not None)
    if len(room_types) < known.num_rooms:
        room = known.room_types.index(None)
        raise InputError(f"{given}: room {room} has no type, and a design needs all of them")
    return known, room_types


def solver_of(
    min_side: int,
    min_area: tuple[str, ...],
    max_area: tuple[str, ...],
    outline: str | None,
    notch: str | None,
    front_door: str | None,
    improve: float,
    labels: "RoomLabels",
) -> "SolverOptions":
    """What a layout must satisfy.

    Raises:
        InputError: an option that cannot be read, or options that do not go together.
    """
    from bd_gen.layouts.options import SolverOptions
    from bd_gen.layouts.outline import Outline

    shape = None
    if outline is not None:
        shape = Outline(
            _box(outline, "--outline"),
            None if notch is None else _box(notch, "--notch"),
            None if front_door is None else _box(front_door, "--front-door"),
        )
    elif notch is not None or front_door is not None:
        raise InputError("--notch and --front-door: go with --outline")
    return SolverOptions(
        min_side=min_side,
        min_areas=_areas(min_area, "--min-area", labels),
        max_areas=_areas(max_area, "--max-area", labels),
        outline=shape,
        improve_effort=improve,
    )


def _box(text: str, option: str) -> "Box":
    from bd_gen.layouts.outline import checked_box

    try:
        sides = [int(part) for part in text.split(",")]
    except ValueError:
        sides = []
    if len(sides) != 4:
        raise InputError(f"{option} {text[:40]!r}: expected four integers as in 20,20,220,180")
    return checked_box(option, sides)


def _areas(texts: tuple[str, ...], option: str, labels: "RoomLabels") -> dict[int, int]:
    areas = {}
    for text in texts:
        name, _, number = text.partition("=")
        room_type = labels.find(name)
        if room_type is None or not number.strip().isdecimal():
            raise InputError(f"{option} {text[:40]!r}: expected ROOM=PIXELS as in Kitchen=900")
        areas[room_type] = int(number)
    return areas
