"""What is asked of single rooms, and of how they open, as statements on their boxes.

Statements on boxes alone. Whether the shapes that are made of them keep what is said here is looked
at by other code (`design.plan_check`).
"""

from collections.abc import Iterable, Mapping, Sequence

from bd_gen.layouts.constraints import X0, X1, Y0, Y1, Clause, Linear, variable
from bd_gen.layouts.outline import Outline
from bd_gen.layouts.room_limits import DOOR_WIDTH, Opening, RoomLimits
from bd_gen.layouts.statement import Statement
from bd_gen.layouts.wording import DIRECTIONS, Direction, Wording

_SIDES: dict[Direction, int] = {"left": X0, "above": Y0, "right": X1, "below": Y1}


def side_statements(
    limits: Mapping[int, RoomLimits], names: Sequence[str], wording: Wording
) -> Iterable[Statement]:
    """That rooms are as wide and as deep as they have to be."""
    for room, asked in sorted(limits.items()):
        if asked.min_side > 1:
            text = f"{names[room]} is at least {wording.length(asked.min_side)} wide and deep"
            sides = tuple((_length(room, axis, asked.min_side),) for axis in range(2))
            yield Statement(text, (room,), None, sides)


def facade_statements(
    limits: Mapping[int, RoomLimits],
    num_rooms: int,
    outline: Outline | None,
    names: Sequence[str],
    wording: Wording,
    width: int = DOOR_WIDTH,
) -> Iterable[Statement]:
    """That rooms have an outer wall where they have to."""
    for room, asked in sorted(limits.items()):
        if asked.facade:
            where = " or ".join(wording.side(side) for side in asked.facade)
            where = "" if len(asked.facade) == len(DIRECTIONS) else f" {where}"
            ways = [
                way
                for side in asked.facade
                for way in outer_wall(room, side, num_rooms, outline, width)
            ]
            text = f"{names[room]} has an outer wall{where}"
            yield Statement(text, (room,), None, choices=tuple(ways))


def entrance_statement(
    side: Direction,
    rooms: Sequence[int],
    num_rooms: int,
    outline: Outline | None,
    names: Sequence[str],
    wording: Wording,
    width: int = DOOR_WIDTH,
) -> Statement:
    """That one of the rooms that a front door may lead to has an outer wall where it is."""
    ways = [way for room in rooms for way in outer_wall(room, side, num_rooms, outline, width)]
    text = f"the entrance, to {' or '.join(names[k] for k in rooms)}, is {wording.side(side)}"
    return Statement(text, tuple(rooms), None, choices=tuple(ways))


def outer_wall(
    room: int, side: Direction, num_rooms: int, outline: Outline | None, width: int = DOOR_WIDTH
) -> list[tuple[Clause, ...]]:
    """The ways in which a room can have an outer wall at a side of the page.

    With an outline, `width` pixels of its wall lie on an edge of the outline that faces that way.
    Without, no other room reaches beyond it there, but to the left or right of its whole wall.

    Returns:
        alternatives, of each of which all clauses hold together.
    """
    own, across = _SIDES[side], 1 - _SIDES[side] % 2
    low, high = variable(room, across), variable(room, across + 2)
    wide: Clause = (Linear(((low, 1), (high, -1)), -width),)
    sign = 1 if own in (X0, Y0) else -1
    if outline is None:
        clauses = []
        for other in range(num_rooms):
            if other != room:
                not_beyond = Linear(((variable(room, own), sign), (variable(other, own), -sign)), 0)
                before = Linear(((variable(other, across + 2), 1), (low, -1)), 0)
                behind = Linear(((high, 1), (variable(other, across), -1)), 0)
                clauses.append((not_beyond, before, behind))
        return [(wide, *clauses)]
    ways: list[tuple[Clause, ...]] = []
    for place, first, last in outline_edges(outline, side):
        there = Linear(((variable(room, own), 1),), place)
        not_before = Linear(((variable(room, own), -1),), -place)
        reaches = Linear(((high, -1),), -first - width)
        begins = Linear(((low, 1),), last - width)
        ways.append((wide, (there,), (not_before,), (reaches,), (begins,)))
    return ways


def outline_edges(outline: Outline, side: Direction) -> list[tuple[int, int, int]]:
    """The edges of an outline that face a side of the page: place, and where each begins and ends.

    The place is the x of upright edges and the y of level ones; the outermost come first.
    """
    import shapely

    axis = _SIDES[side] % 2
    outwards = -1 if _SIDES[side] in (X0, Y0) else 1
    edges = []
    for start, end in zip(outline.polygon, (*outline.polygon[1:], outline.polygon[0]), strict=True):
        first, last = sorted((start[1 - axis], end[1 - axis]))
        beyond = [(first + last) / 2] * 2
        beyond[axis] = start[axis] + outwards / 2
        if first < last and not shapely.contains_xy(outline.shape, *beyond):
            edges.append((start[axis], first, last))
    return sorted(edges, key=lambda edge: (-outwards * edge[0], edge[1]))


def opening_statements(
    openings: Iterable[Opening], names: Sequence[str], wording: Wording, width: int = DOOR_WIDTH
) -> Iterable[Statement]:
    """That rooms have a door's worth of wall in common.

    Two boxes have if they touch or overlap on one axis and overlap by `width` pixels on the other.
    """
    for opening in openings:
        text = " or ".join(f"{names[i]} opens to {names[j]}" for i, j in opening.pairs)
        rooms = tuple(sorted({room for pair in opening.pairs for room in pair}))
        ways = tuple(
            (*_overlap(i, j, axis, width), *_overlap(i, j, 1 - axis, 0))
            for i, j in opening.pairs
            for axis in range(2)
        )
        text = f"{text} (a common wall of {wording.length(width)})"
        yield Statement(text, rooms, None, choices=ways)


def _overlap(i: int, j: int, axis: int, least: int) -> list[Clause]:
    """Two boxes have at least so many pixels of an axis in common."""
    return [
        (Linear(((variable(a, axis), 1), (variable(b, axis + 2), -1)), -least),)
        for a, b in ((i, j), (j, i), (i, i), (j, j))
    ]


def _length(room: int, axis: int, least: int) -> Linear:
    return Linear(((variable(room, axis), 1), (variable(room, axis + 2), -1)), -least)
