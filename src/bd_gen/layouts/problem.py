"""What a layout must satisfy, as a list of statements that people can read and a solver can use."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bd_gen.diagrams.diagram import Diagram, room_names
from bd_gen.diagrams.vocabulary import NO_EDGE, RELATIONS, ROOM_TYPES
from bd_gen.layouts.constraints import (
    DOOR_WIDTH,
    X0,
    X1,
    Y0,
    Y1,
    Clause,
    Grid,
    Linear,
    relation_clauses,
    sharing_wall,
    side_at_least,
    side_at_most,
    variable,
)
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outline import Outline
from bd_gen.system.errors import InputError

_ENTRY_TYPES = (ROOM_TYPES.index("Entrance"), ROOM_TYPES.index("LivingRoom"))


@dataclass(frozen=True)
class Statement:
    """One thing that must hold.

    Attributes:
        text: in words.
        rooms: the rooms that it speaks of.
        relation: the edge token 0..10 if it is about a pair of rooms; None for an option.
        clauses: all of these must hold, each a choice of linear conditions.
        one_of: all conditions of at least one of these must hold too.
        area: least and largest area of the one room in `rooms`, in pixels².
    """

    text: str
    rooms: tuple[int, ...]
    relation: int | None = None
    clauses: tuple[Clause, ...] = ()
    one_of: tuple[tuple[Linear, ...], ...] = ()
    area: tuple[int, int] | None = None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Problem:
    """Find boxes of `num_rooms` rooms on a grid, sides of at least one pixel, so that all hold."""

    num_rooms: int
    statements: tuple[Statement, ...]
    grid: Grid = field(default_factory=Grid)

    def only(self, statements: Sequence[Statement]) -> "Problem":
        """The same problem with these statements alone."""
        return Problem(self.num_rooms, tuple(statements), self.grid)


def problem_of(diagram: Diagram, options: SolverOptions, grid: Grid | None = None) -> Problem:
    """Everything that a layout of `diagram` must satisfy.

    Raises:
        InputError: a box is given for a room that the diagram does not have.
        ValueError: the diagram has no rooms.
    """
    if diagram.num_rooms == 0:
        raise ValueError("a diagram without rooms has no layout")
    grid = grid or Grid()
    names = room_names(diagram)
    statements = _relation_statements(diagram, names, grid)
    if not options.ask_nothing:
        statements += _option_statements(diagram, options, names, grid)
    return Problem(diagram.num_rooms, tuple(statements), grid)


def _relation_statements(diagram: Diagram, names: Sequence[str], grid: Grid) -> list[Statement]:
    relations = {(i, j): relation for i, j, relation in diagram.edges}
    statements = []
    for j in range(diagram.num_rooms):
        for i in range(j):
            relation = relations.get((i, j), NO_EDGE)
            if relation == NO_EDGE:
                text = f"{names[i]} and {names[j]} do not touch"
            else:
                text = f"{names[i]} {RELATIONS[relation]} {names[j]}"
            clauses = relation_clauses(i, j, relation, grid)
            statements.append(Statement(text, (i, j), relation, clauses))
    return statements


def _option_statements(
    diagram: Diagram, options: SolverOptions, names: Sequence[str], grid: Grid
) -> list[Statement]:
    statements = []
    for room, box in options.fixed.items():
        if not 0 <= room < diagram.num_rooms:
            raise InputError(f"fixed: expected a room in 0..{diagram.num_rooms - 1}, got {room!r}")
        sides = [(side_at_least(room, side, box[side]),) for side in range(4)]
        sides += [(side_at_most(room, side, box[side]),) for side in range(4)]
        statements.append(Statement(f"{names[room]} has box {box}", (room,), None, tuple(sides)))
    for i, j in options.opens:
        if j >= diagram.num_rooms:
            raise InputError(f"opens: expected rooms in 0..{diagram.num_rooms - 1}, got {j}")
        text = f"{names[i]} opens to {names[j]}"
        walls = sharing_wall(i, j, DOOR_WIDTH)
        statements.append(Statement(text, (i, j), one_of=walls))
    for room, (name, room_type) in enumerate(zip(names, diagram.room_types, strict=True)):
        if options.min_side > 1:
            text = f"{name} is at least {options.min_side} wide and high"
            clauses: tuple[Clause, ...] = tuple(
                (_side_length(room, axis, options.min_side),) for axis in range(2)
            )
            statements.append(Statement(text, (room,), None, clauses))
        if options.outline is not None:
            clauses = _within(room, options.outline)
            statements.append(Statement(f"{name} lies in the outline", (room,), None, clauses))
        area = options.area_bounds(room_type)
        if area is not None:
            text = f"{name} has an area of {area[0]} to {area[1]}"
            statements.append(Statement(text, (room,), None, area=area))
    if options.outline is not None:
        statements += _front_door_statement(diagram, options.outline, names, grid)
    return statements


def _side_length(room: int, axis: int, least: int) -> Linear:
    return Linear(((variable(room, axis), 1), (variable(room, axis + 2), -1)), -least)


def _within(room: int, outline: Outline) -> tuple[Clause, ...]:
    clauses: list[Clause] = [(side_at_least(room, side, outline.box[side]),) for side in (X0, Y0)]
    clauses += [(side_at_most(room, side, outline.box[side]),) for side in (X1, Y1)]
    x0, y0, x1, y1 = outline.box
    for left, top, right, bottom in outline.missing:
        ways_past = (
            (left > x0, side_at_most(room, X1, left)),
            (right < x1, side_at_least(room, X0, right)),
            (top > y0, side_at_most(room, Y1, top)),
            (bottom < y1, side_at_least(room, Y0, bottom)),
        )
        clauses.append(tuple(way for is_possible, way in ways_past if is_possible))
    return tuple(clauses)


def _front_door_statement(
    diagram: Diagram, outline: Outline, names: Sequence[str], grid: Grid
) -> list[Statement]:
    rooms = entry_rooms(diagram)
    if outline.front_door is None or not rooms:
        return []
    x0, y0, x1, y1 = outline.front_door
    touching = tuple(
        (
            side_at_most(room, X0, x1 + grid.touch),
            side_at_least(room, X1, x0 - grid.touch),
            side_at_most(room, Y0, y1 + grid.touch),
            side_at_least(room, Y1, y0 - grid.touch),
        )
        for room in rooms
    )
    text = f"{' or '.join(names[room] for room in rooms)} touches the front door"
    return [Statement(text, rooms, one_of=touching)]


def entry_rooms(diagram: Diagram) -> tuple[int, ...]:
    """Rooms that a front door may lead to: of type Entrance, else of type LivingRoom."""
    for entry_type in _ENTRY_TYPES:
        rooms = tuple(k for k, t in enumerate(diagram.room_types) if t == entry_type)
        if rooms:
            return rooms
    return ()
