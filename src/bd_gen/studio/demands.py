"""What a layout of a sketch must satisfy, each demand with where it comes from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.layouts.constraints import (
    X0,
    X1,
    Y0,
    Y1,
    Clause,
    Grid,
    Linear,
    relation_clauses,
    touching_clauses,
    variable,
)
from bd_gen.layouts.problem import Problem, problem_of
from bd_gen.layouts.solver import for_boxes
from bd_gen.layouts.statement import Statement
from bd_gen.sampling.rules import Literal as TokenLiteral
from bd_gen.sampling.rules import any_relation
from bd_gen.studio.sketch import Sketch

Kind = Literal["relation", "rule", "place", "area", "open"]

USUAL_SIDE = 15
"""Pixels: about a metre, the least side of a room where nothing else is said."""

_GRID = Grid()


@dataclass(frozen=True, eq=False)
class Demand:
    """A statement, and what the user did that made it.

    Attributes:
        statement: what must hold.
        kind: a relation (or that rooms touch, or do not), a rule, a place or an area that is
            given; "open": no wish of the user's, only what is usual.
        number: of the rule, for a rule; the room's, for a place; the room's type, for an area.
    """

    statement: Statement
    kind: Kind
    number: int = -1


def demands_of(sketch: Sketch, apart: bool = True) -> list[Demand]:
    """Everything that is asked of a layout.

    Args:
        sketch: what is decided.
        apart: is what is usual asked for as well: rooms of a metre at least, that do not overlap
            where nothing is said of them?

    Raises:
        InputError: a rule speaks of rooms that are not there.
    """
    demands = [*_relations(sketch), *_rules(sketch), *_options(sketch)]
    if apart:
        for i, j in (*sketch.open_pairs, *sketch.joined):
            demands.append(Demand(Statement("", (i, j), None, (_beside(i, j),)), "open"))
        free = sorted({*range(sketch.num_rooms)} - {*sketch.fixed})
        demands += [Demand(Statement("", (room,), None, _wide(room)), "open") for room in free]
    return demands


def problem(num_rooms: int, demands: Sequence[Demand]) -> Problem:
    """The demands as a problem for the solver."""
    return Problem(num_rooms, tuple(demand.statement for demand in demands), _GRID)


def pair_demand(sketch: Sketch, i: int, j: int, relation: int) -> Demand:
    """That rooms i < j are related in that way, or with 10 not joined."""
    names = sketch.labels
    if relation == RPLAN.no_edge:
        words = f"{names[i]} and {names[j]} do not touch"
    else:
        words = f"{names[i]} {RPLAN.relation_names[relation]} {names[j]}"
    clauses = relation_clauses(i, j, relation, _GRID)
    return Demand(Statement(words, (i, j), relation, clauses), "relation")


def touching_demand(sketch: Sketch, i: int, j: int) -> Demand:
    """That rooms i < j touch, in whatever way."""
    words = f"{sketch.labels[i]} touches {sketch.labels[j]}"
    return Demand(Statement(words, (i, j), None, touching_clauses(i, j, _GRID)), "relation")


def _relations(sketch: Sketch) -> Iterator[Demand]:
    for i, j, relation in sketch.relations:
        yield pair_demand(sketch, i, j, relation)
    for i, j in sketch.joined:
        yield touching_demand(sketch, i, j)


def _rules(sketch: Sketch) -> Iterator[Demand]:
    """What rules say of one pair each; a choice between pairs is looked at in the layout."""
    pairs = pair_by_position(sketch)
    for number, rule in enumerate(sketch.token_rules):
        for clause in rule.clauses:
            if len(clause) == 1:
                i, j = pairs[clause[0].position]
                clauses = _literal_clauses(i, j, clause[0])
                if clauses:
                    statement = Statement(rule.text, (i, j), None, clauses)
                    yield Demand(statement, "rule", number)


def pair_by_position(sketch: Sketch) -> dict[int, tuple[int, int]]:
    """The rooms (i, j) of each edge token of the sketch's rows."""
    v = sketch.vocabulary
    pairs = zip(v.edge_rows.tolist(), v.edge_cols.tolist(), strict=True)
    return {v.n_max + k: pair for k, pair in enumerate(pairs)}


def _literal_clauses(i: int, j: int, literal: TokenLiteral) -> tuple[Clause, ...]:
    if len(literal.allowed) == 1:
        return relation_clauses(i, j, next(iter(literal.allowed)), _GRID)
    if literal.allowed <= any_relation(RPLAN):
        return touching_clauses(i, j, _GRID)
    return ()


def _options(sketch: Sketch) -> Iterator[Demand]:
    options = for_boxes(sketch.options(), sketch.room_types)
    if options.ask_nothing:
        return
    names = sketch.labels
    for statement in problem_of(sketch.diagram, options).statements:
        if statement.relation is not None:
            continue
        (room,) = statement.rooms
        if statement.area is not None:
            room_type = sketch.room_types[room]
            words = f"the area that a {RPLAN.room_names[room_type]} may have"
            yield Demand(_said(statement, f"{names[room]}: {words}"), "area", room_type)
        else:
            yield Demand(_said(statement, f"{names[room]} stays where it is"), "place", room)


def _said(statement: Statement, words: str) -> Statement:
    return Statement(
        words, statement.rooms, None, statement.clauses, statement.one_of, statement.area
    )


def _wide(room: int) -> tuple[Clause, ...]:
    """Both sides of a room are a metre at least."""
    return tuple(
        (Linear(((variable(room, low), 1), (variable(room, high), -1)), -USUAL_SIDE),)
        for low, high in ((X0, X1), (Y0, Y1))
    )


def _beside(i: int, j: int) -> Clause:
    """A side of one box does not go beyond the opposite side of the other."""
    return tuple(
        Linear(((variable(a, high), 1), (variable(b, low), -1)), 0)
        for low, high in ((X0, X1), (Y0, Y1))
        for a, b in ((i, j), (j, i))
    )
