"""What the boxes of two rooms must satisfy for their relation, by the rule of the words."""

from collections.abc import Sequence

from bd_gen.diagrams.relations import rule_of
from bd_gen.diagrams.word_parts import MEANINGS, TouchRule
from bd_gen.diagrams.words import Words
from bd_gen.layouts.constraints import X0, X1, Y0, Y1, Clause, Grid, Linear, relation_clauses
from bd_gen.layouts.constraints import touching_clauses as touching_clauses
from bd_gen.layouts.constraints import variable as side_of
from bd_gen.layouts.statement import Statement

_AXES = ((X0, X1), (Y0, Y1))


def grid_of(words: Words) -> Grid:
    """Where boxes may lie, and how near they touch.

    Raises:
        InputError: the words have no rule that reads relations off boxes.
    """
    rule = rule_of(words)
    return Grid(rule.canvas - 1, rule.touch)


def meaning_of(relation: int, words: Words) -> int:
    """What an edge token says, as `relation_clauses` takes it."""
    if relation == words.no_edge:
        return len(MEANINGS)
    return MEANINGS.index(words.relations[relation].means)


def pair_statement(
    i: int, j: int, relation: int, words: Words, names: Sequence[str], grid: Grid
) -> Statement:
    """That rooms i < j have a relation, or none.

    Args:
        i: the first room.
        j: the second room.
        relation: the edge token of the pair.
        words: what it means; they have a rule.
        names: of all rooms.
        grid: size of the plan and the distance of touching.
    """
    is_edge = relation != words.no_edge
    said = words.relation_names[relation] if is_edge else ""
    text = f"{names[i]} {said} {names[j]}" if is_edge else f"{names[i]} and {names[j]} do not touch"
    rule = rule_of(words)
    if not isinstance(rule, TouchRule):
        clauses = relation_clauses(i, j, meaning_of(relation, words), grid)
        return Statement(text, (i, j), relation, clauses)
    apart = _apart(i, j)
    if is_edge:
        return Statement(text, (i, j), relation, (apart,), _with_common_wall(i, j, rule))
    if rule.complete:
        return Statement(text, (i, j), relation, (apart, *_without_common_wall(i, j, rule)))
    return Statement(f"{names[i]} and {names[j]} do not overlap", (i, j), relation, (apart,))


def touch_statement(
    i: int, j: int, names: Sequence[str], words: Words, grid: Grid, is_apart: bool
) -> Statement:
    """That rooms i < j are joined, in whatever way; with `is_apart` they do not overlap, too."""
    text, rule = f"{names[i]} touches {names[j]}", rule_of(words)
    if isinstance(rule, TouchRule):
        return Statement(text, (i, j), None, (_apart(i, j),), _with_common_wall(i, j, rule))
    clauses = touching_clauses(i, j, grid) + ((_apart(i, j),) if is_apart else ())
    return Statement(text, (i, j), None, clauses)


def _at_least(terms: tuple[tuple[int, int], ...], least: int) -> Linear:
    return Linear(tuple((variable, -factor) for variable, factor in terms), -least)


def _apart(i: int, j: int) -> Clause:
    """The two boxes do not overlap: one ends where the other begins, or before."""
    return tuple(
        Linear(((side_of(a, high), 1), (side_of(b, low), -1)), 0)
        for low, high in _AXES
        for a, b in ((i, j), (j, i))
    )


def _common(i: int, j: int, axis: tuple[int, int]) -> list[tuple[tuple[int, int], ...]]:
    """Lengths of which the least is what the boxes have in common along an axis."""
    low, high = axis
    return [((side_of(a, high), 1), (side_of(b, low), -1)) for a in (i, j) for b in (i, j)]


def _gaps(i: int, j: int, axis: tuple[int, int]) -> list[tuple[tuple[int, int], ...]]:
    """Lengths of which the largest is the gap between the boxes along an axis."""
    low, high = axis
    return [((side_of(b, low), 1), (side_of(a, high), -1)) for a, b in ((i, j), (j, i))]


def _with_common_wall(i: int, j: int, rule: TouchRule) -> tuple[tuple[Linear, ...], ...]:
    """The wall runs along one axis or the other."""
    return tuple(
        (
            *(_at_least(length, rule.wall) for length in _common(i, j, along)),
            *(Linear(gap, rule.touch) for gap in _gaps(i, j, across)),
        )
        for along, across in (_AXES, _AXES[::-1])
    )


def _without_common_wall(i: int, j: int, rule: TouchRule) -> tuple[Clause, ...]:
    """Along each axis the boxes have less in common than a wall, or are apart across it."""
    return tuple(
        (
            *(Linear(length, rule.wall - 1) for length in _common(i, j, along)),
            *(_at_least(gap, rule.touch + 1) for gap in _gaps(i, j, across)),
        )
        for along, across in (_AXES, _AXES[::-1])
    )
