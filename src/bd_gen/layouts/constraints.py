"""The rule of relations as linear conditions on the sides of boxes.

`bd_gen.diagrams.relations` reads a relation off two boxes; the solver needs the way back. Seen
from the box of v, each zone for the centre of u is a rectangle, open on some sides, that wins or
loses a corner point to its neighbour. Over integers such a set is a polyhedron: "left of the
edge, or exactly at its upper end" is one inequality with a large coefficient, and a rectangle
without one corner is cut by a diagonal. So a relation is a conjunction of clauses; only "u does
not surround v" and "do not touch" are choices. All of this holds for boxes with sides of at
least one pixel: a box of no width has zones that overlap.
"""

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from bd_gen.diagrams.word_parts import MEANINGS, USUAL_TOUCH

LARGEST_COORDINATE = 255
"""Sides of boxes are pixels 0..255 of the 256-pixel plan (real plans use 13..243)."""

X0, Y0, X1, Y1 = range(4)


class Linear(NamedTuple):
    """The condition: sum of coefficient times variable <= bound.

    Variable 4 * room + side is a side (x0, y0, x1, y1) of a room's box, in pixels.
    """

    terms: tuple[tuple[int, int], ...]  # (variable, coefficient)
    bound: int


Clause = tuple[Linear, ...]
"""At least one of these conditions holds."""


@dataclass(frozen=True)
class Grid:
    """Where boxes may lie: sides at 0..largest, touching within `touch` pixels."""

    largest: int = LARGEST_COORDINATE
    touch: int = USUAL_TOUCH


def variable(room: int, side: int) -> int:
    """Index of a side (0..3 for x0, y0, x1, y1) of a room's box."""
    return 4 * room + side


def side_at_most(room: int, side: int, bound: int) -> Linear:
    """The side of the box is at `bound` or before."""
    return Linear(((variable(room, side), 1),), bound)


def side_at_least(room: int, side: int, bound: int) -> Linear:
    """The side of the box is at `bound` or beyond."""
    return Linear(((variable(room, side), -1),), -bound)


@cache
def relation_clauses(i: int, j: int, relation: int, grid: Grid) -> tuple[Clause, ...]:
    """What the boxes of rooms i < j must satisfy for the rule to say that of them.

    Args:
        i: the first room.
        j: the second room.
        relation: number of one of `MEANINGS`; 10: the boxes do not touch.
        grid: size of the plan and the distance of touching.

    Returns:
        Clauses that hold together exactly if the rule gives this, for boxes with sides
        of at least one pixel within the grid.
    """
    rooms = (i, j)
    return tuple(
        tuple(
            Linear(tuple((variable(rooms[k // 4], k % 4), c) for k, c in terms), bound)
            for terms, bound in clause
        )
        for clause in _pair_clauses(grid)[relation]
    )


@cache
def touching_clauses(i: int, j: int, grid: Grid) -> tuple[Clause, ...]:
    """What the boxes of two rooms must satisfy to be joined, whatever the relation."""
    return tuple(
        (Linear(((variable(a, low), 1), (variable(b, high), -1)), grid.touch),)
        for low, high in ((X0, X1), (Y0, Y1))
        for a, b in ((i, j), (j, i))
    )


def _at_most(form: np.ndarray, bound: int) -> Linear:
    return Linear(tuple((int(k), int(form[k])) for k in np.flatnonzero(form)), bound)


def _at_least(form: np.ndarray, bound: int) -> Linear:
    return _at_most(-form, -bound)


@cache
def _pair_clauses(grid: Grid) -> list[list[Clause]]:
    """Clauses of each token 0..10 over the sides of u (variables 0..3) and of v (4..7)."""
    sides = np.eye(8, dtype=int)
    u, v = sides[:4], sides[4:]
    beyond = {  # at most `touch` if u reaches v from that side, more if it is apart there
        "left": v[X0] - u[X1],
        "above": v[Y0] - u[Y1],
        "right": u[X0] - v[X1],
        "below": u[Y0] - v[Y1],
    }
    surrounds = {  # at most -1 if u goes beyond v on that side
        "left": u[X0] - v[X0],
        "above": u[Y0] - v[Y0],
        "right": v[X1] - u[X1],
        "below": v[Y1] - u[Y1],
    }
    zones = _zones(u, v, grid)
    tokens: list[list[Clause]] = []
    for name in MEANINGS:
        if name == "surrounding":
            tokens.append([(_at_most(form, -1),) for form in surrounds.values()])
            continue
        # On the sides where the centre of u lies, u goes beyond v anyway. On the others its box
        # reaches v, as its centre does.
        words = [word for word in beyond if word in name.split("-")]
        touching = [(_at_most(beyond[word], grid.touch),) for word in words]
        not_surrounding = tuple(
            _at_least(form, 0) for word, form in surrounds.items() if word not in words
        )
        tokens.append([*((zone,) for zone in zones[name]), *touching, not_surrounding])
    tokens.append([tuple(_at_least(form, grid.touch + 1) for form in beyond.values())])
    return tokens  # the last is for rooms that are not joined


def _zones(u: np.ndarray, v: np.ndarray, grid: Grid) -> dict[str, list[Linear]]:
    """Where the centre of u lies, in doubled coordinates, as seen from the box of v."""
    # Negative where the centre lies west of the left side, of the right side, and so on.
    left, right = u[X0] + u[X1] - 2 * v[X0], u[X0] + u[X1] - 2 * v[X1]
    top, bottom = u[Y0] + u[Y1] - 2 * v[Y0], u[Y0] + u[Y1] - 2 * v[Y1]
    far = 2 * grid.largest  # no centre lies further from a side than this
    return {
        # far * left <= top: where left is 0, so is top
        "left-above": [_at_most(left, 0), _at_most(top, 0), _at_most(far * left - top, 0)],
        "right-above": [_at_least(right, 0), _at_most(top, 0), _at_most(far * top + right, 0)],
        "right-below": [
            _at_least(right, 0),
            _at_least(bottom, 0),
            _at_most(bottom - far * right, 0),
        ],
        "left-below": [_at_most(left, 0), _at_least(bottom, 0), _at_least(far * bottom + left, 0)],
        # the last condition of each cuts off the corner that belongs to a neighbour
        "above": [
            _at_least(left, 0),
            _at_most(right, -1),
            _at_most(top, 0),
            _at_least(left - top, 1),
        ],
        "right-of": [
            _at_least(right, 0),
            _at_least(top, 0),
            _at_most(bottom, -1),
            _at_least(right + top, 1),
        ],
        "below": [
            _at_least(left, 1),
            _at_most(right, 0),
            _at_least(bottom, 0),
            _at_least(bottom - right, 1),
        ],
        "left-of": [
            _at_most(left, 0),
            _at_least(top, 1),
            _at_most(bottom, 0),
            _at_most(left + bottom, -1),
        ],
        "inside": [
            _at_least(left, 1),
            _at_most(right, -1),
            _at_least(top, 1),
            _at_most(bottom, -1),
        ],
    }
