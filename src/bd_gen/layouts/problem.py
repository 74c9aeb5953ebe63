"""What a layout must satisfy, as a list of statements that people can read and a solver can use."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bd_gen.diagrams.diagram import Diagram, room_names
from bd_gen.layouts.constraints import (
    X0,
    X1,
    Y0,
    Y1,
    Clause,
    Grid,
    Linear,
    side_at_least,
    side_at_most,
    variable,
)
from bd_gen.layouts.options import LARGEST_AREA, SolverOptions
from bd_gen.layouts.outline import Outline
from bd_gen.layouts.room_statements import (
    entrance_statement,
    facade_statements,
    opening_statements,
    side_statements,
)
from bd_gen.layouts.rule_statements import grid_of, pair_statement
from bd_gen.layouts.statement import Statement
from bd_gen.system.errors import InputError


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
        InputError: a box is given for a room that the diagram does not have, or its words have no
            rule that reads relations off boxes.
        ValueError: the diagram has no rooms.
    """
    if diagram.num_rooms == 0:
        raise ValueError("a diagram without rooms has no layout")
    grid = grid or grid_of(diagram.words)
    names = options.wording.names or room_names(diagram)
    if len(names) != diagram.num_rooms:
        raise InputError(
            f"names: expected one for each of {diagram.num_rooms} rooms, got {len(names)}"
        )
    statements = _relation_statements(diagram, names, grid)
    if not options.ask_nothing:
        statements += _option_statements(diagram, options, names, grid)
    return Problem(diagram.num_rooms, tuple(statements), grid)


def option_statements(diagram: Diagram, options: SolverOptions) -> list[Statement]:
    """What the options ask of the rooms of a diagram, whatever their relations.

    Raises:
        InputError: something is asked of a room that the diagram does not have.
    """
    names = options.wording.names or room_names(diagram)
    return _option_statements(diagram, options, names, grid_of(diagram.words))


def _relation_statements(diagram: Diagram, names: Sequence[str], grid: Grid) -> list[Statement]:
    relations = {(i, j): relation for i, j, relation in diagram.edges}
    statements = []
    for j in range(diagram.num_rooms):
        for i in range(j):
            relation = relations.get((i, j), diagram.words.no_edge)
            statements.append(pair_statement(i, j, relation, diagram.words, names, grid))
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
        text = f"{names[room]} has box {box}"
        if options.wording.metres_per_pixel is not None:
            text = f"{names[room]} stays where it is"
        statements.append(Statement(text, (room,), None, tuple(sides)))
    for room, (name, room_type) in enumerate(zip(names, diagram.room_types, strict=True)):
        if options.min_side > 1:
            length = options.wording.length(options.min_side).removesuffix(" pixels")
            text = f"{name} is at least {length} wide and high"
            clauses: tuple[Clause, ...] = tuple(
                (_side_length(room, axis, options.min_side),) for axis in range(2)
            )
            statements.append(Statement(text, (room,), None, clauses))
        if options.outline is not None:
            clauses = _within(room, options.outline)
            statements.append(Statement(f"{name} lies in the outline", (room,), None, clauses))
        area = options.area_bounds_of(room, room_type)
        if area is not None:
            text = _area_text(name, area, options)
            statements.append(Statement(text, (room,), None, area=area))
    if options.outline is not None:
        statements += _front_door_statement(diagram, options.outline, names, grid)
    return statements + _brief_statements(diagram, options, names)


def _brief_statements(
    diagram: Diagram, options: SolverOptions, names: Sequence[str]
) -> list[Statement]:
    """What a designer asks of single rooms, of how they open, and of the whole."""
    wording, num_rooms = options.wording, diagram.num_rooms
    for room in (*options.rooms, *(k for o in options.openings for pair in o.pairs for k in pair)):
        if room >= num_rooms:
            raise InputError(f"rooms: expected a room in 0..{num_rooms - 1}, got {room}")
    statements = [
        *side_statements(options.rooms, names, wording),
        *facade_statements(options.rooms, num_rooms, options.outline, names, wording),
        *opening_statements(options.openings, names, wording),
    ]
    entries = entry_rooms(diagram)
    if options.entrance is not None and entries:
        where = options.entrance, entries, num_rooms, options.outline
        statements.append(entrance_statement(*where, names, wording))
    if options.extent is not None:
        least, most = (wording.area(area) for area in options.extent)
        text = f"all rooms together have {least} to {most}"
        rooms = tuple(range(num_rooms))
        statements.append(Statement(text, rooms, None, extent=options.extent))
    if options.total_area is not None:
        least_total = options.total_area[0]  # the box around all rooms is not smaller than they are
        text = f"all rooms together have at least {wording.area(least_total)}"
        whole = least_total, LARGEST_AREA
        statements.append(Statement(text, tuple(range(num_rooms)), None, extent=whole))
    return statements


def _area_text(name: str, area: tuple[int, int], options: SolverOptions) -> str:
    if options.wording.metres_per_pixel is None:
        return f"{name} has an area of {area[0]} to {area[1]}"
    least, most = (options.wording.area(bound) for bound in area)
    if area[1] >= LARGEST_AREA:
        return f"{name} has at least {least}"
    return f"{name} has at most {most}" if area[0] <= 1 else f"{name} has {least} to {most}"


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
    """Rooms that a front door may lead to: of the first type of the words that there is."""
    for entry_type in diagram.words.entry_types:
        rooms = tuple(k for k, t in enumerate(diagram.room_types) if t == entry_type)
        if rooms:
            return rooms
    return ()
