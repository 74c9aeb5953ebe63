"""What a layout of a sketch must satisfy, each demand with where it comes from."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bd_gen.diagrams.word_parts import TouchRule
from bd_gen.layouts.constraints import X0, X1, Y0, Y1, Clause, Linear, variable
from bd_gen.layouts.problem import Problem, option_statements
from bd_gen.layouts.rule_statements import grid_of, pair_statement, touch_statement
from bd_gen.layouts.solver import for_boxes
from bd_gen.layouts.statement import Statement
from bd_gen.sampling.rules import Literal as TokenLiteral
from bd_gen.sampling.rules import any_relation
from bd_gen.studio.sketch import Sketch

Kind = Literal["relation", "rule", "place", "area", "room area", "plot", "entrance", "open"]


@dataclass(frozen=True, eq=False)
class Demand:
    """A statement, and what the user did that made it.

    Attributes:
        statement: what must hold.
        kind: a relation (or that rooms touch, or do not), a rule, a place, an area of a type or of
            a room, the plot or the side of the entrance; "open": no wish of the user's, only what
            is usual.
        number: of the rule, for a rule; the room's, for a place or its own area; the room's type,
            for an area.
    """

    statement: Statement
    kind: Kind
    number: int = -1


def usual_side(sketch: Sketch) -> int:
    """Pixels: about a metre, the least side of a room where nothing else is said."""
    return math.ceil(1 / sketch.scale)


def demands_of(sketch: Sketch, apart: bool = True) -> list[Demand]:
    """Everything that is asked of a layout.

    Args:
        sketch: what is decided.
        apart: is what is usual asked for as well: rooms of a metre at least, that do not overlap
            where nothing is said of them? Where the rule knows of touching alone, rooms never do.

    Raises:
        InputError: a rule speaks of rooms that are not there.
    """
    demands = [*_relations(sketch), *_rules(sketch), *_options(sketch)]
    if apart or isinstance(sketch.words.rule, TouchRule):
        names = sketch.labels
        for i, j in (*sketch.open_pairs, *sketch.joined):
            words = f"{names[i]} and {names[j]} do not overlap"
            demands.append(Demand(Statement(words, (i, j), None, (_beside(i, j),)), "open"))
    if apart:
        least = usual_side(sketch)
        free = sorted({*range(sketch.num_rooms)} - {*sketch.fixed})
        demands += [
            Demand(Statement("", (room,), None, _wide(room, least)), "open") for room in free
        ]
    return demands


def problem(sketch: Sketch, demands: Sequence[Demand]) -> Problem:
    """The demands as a problem for the solver."""
    statements = tuple(demand.statement for demand in demands)
    return Problem(sketch.num_rooms, statements, grid_of(sketch.words))


def pair_demand(sketch: Sketch, i: int, j: int, relation: int) -> Demand:
    """That rooms i < j are related in that way, or with no-edge not joined."""
    words, names = sketch.words, sketch.labels
    return Demand(pair_statement(i, j, relation, words, names, grid_of(words)), "relation")


def touching_demand(sketch: Sketch, i: int, j: int) -> Demand:
    """That rooms i < j touch, in whatever way."""
    words, names = sketch.words, sketch.labels
    return Demand(touch_statement(i, j, names, words, grid_of(words), False), "relation")


def _relations(sketch: Sketch) -> Iterator[Demand]:
    for i, j, relation in sketch.relations:
        yield pair_demand(sketch, i, j, relation)
    for i, j in sketch.joined:
        yield touching_demand(sketch, i, j)


def _rules(sketch: Sketch) -> Iterator[Demand]:
    """What rules say of one pair each; a choice between pairs is looked at in the layout."""
    for number, rule in enumerate(sketch.token_rules):
        for clause in rule.clauses:
            if len(clause) == 1:
                found = _of_literal(sketch, clause[0])
                if found is not None:
                    statement = replace(found, text=rule.text, relation=None)
                    yield Demand(statement, "rule", number)


def _of_literal(sketch: Sketch, literal: TokenLiteral) -> Statement | None:
    i, j = sketch.pairs[literal.position]
    if len(literal.allowed) == 1:
        return pair_demand(sketch, i, j, next(iter(literal.allowed))).statement
    if literal.allowed <= any_relation(sketch.words):
        return touching_demand(sketch, i, j).statement
    return None


def _options(sketch: Sketch) -> Iterator[Demand]:
    options = for_boxes(sketch.options(), sketch.room_types, sketch.words)
    of_rooms = replace(options, outline=None, entrance=None)
    if not of_rooms.ask_nothing:
        for statement in option_statements(sketch.diagram, of_rooms):
            yield _of_room(sketch, statement)
    of_plot = replace(options, rooms={}, fixed={})
    if not of_plot.ask_nothing:
        for statement in option_statements(sketch.diagram, of_plot):
            if statement.clauses:
                text = f"{sketch.labels[statement.rooms[0]]} lies in the plot"
                yield Demand(replace(statement, text=text), "plot")
            else:
                yield Demand(statement, "entrance")


def _of_room(sketch: Sketch, statement: Statement) -> Demand:
    """A statement on the area or the place of a room."""
    (room,) = statement.rooms
    name, room_type = sketch.labels[room], sketch.room_types[room]
    if statement.area is None:
        return Demand(replace(statement, text=f"{name} stays where it is"), "place", room)
    if room in sketch.room_areas:
        return Demand(
            replace(statement, text=f"{name}: the area that it may have"), "room area", room
        )
    text = f"{name}: the area that a {sketch.words.room_names[room_type]} may have"
    return Demand(replace(statement, text=text), "area", room_type)


def _wide(room: int, least: int) -> tuple[Clause, ...]:
    """Both sides of a room are so long."""
    return tuple(
        (Linear(((variable(room, low), 1), (variable(room, high), -1)), -least),)
        for low, high in ((X0, X1), (Y0, Y1))
    )


def _beside(i: int, j: int) -> Clause:
    """A side of one box does not go beyond the opposite side of the other."""
    return tuple(
        Linear(((variable(a, high), 1), (variable(b, low), -1)), 0)
        for low, high in ((X0, X1), (Y0, Y1))
        for a, b in ((i, j), (j, i))
    )
