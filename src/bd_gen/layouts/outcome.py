"""What came of looking for a layout: boxes, or statements that cannot hold together.

Of these none is superfluous.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec

import numpy as np

from bd_gen.diagrams.diagram import Diagram, room_names
from bd_gen.diagrams.floor_plan import FloorPlan
from bd_gen.layouts.constraints import Grid
from bd_gen.layouts.cycles import shortest_cycle
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.problem import Problem, problem_of
from bd_gen.layouts.search import Status, find_boxes
from bd_gen.layouts.solver import for_boxes, solve
from bd_gen.layouts.statement import Statement
from bd_gen.system.errors import InputError

_EXPLAINING = 0.25  # effort for each question on why there is no layout: a second of a core
_NUM_ORDERS = 4
"""Orders in which statements are tried for leaving out; the smallest set that any gives is told."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """A layout, or the reason why there is none.

    Attributes:
        boxes: (n, 4), or None if there is no layout or none was found.
        floor_plan: the rooms as polygons whose bounding boxes these are, where there are any.
        why: where there are no boxes, the reason in words.
        is_proven: where there are no boxes, is it proven that there are none?
    """

    boxes: np.ndarray | None
    why: str = ""
    is_proven: bool = False
    floor_plan: FloorPlan | None = None


def has_solver() -> bool:
    """Is OR-tools installed?"""
    return find_spec("ortools") is not None


def lay_out(diagram: Diagram, options: SolverOptions) -> Outcome:
    """Look for a layout of a diagram; where there is none, say why.

    Raises:
        InputError: OR-tools is missing.
    """
    if not has_solver():
        raise InputError("layouts need OR-tools: pip install 'bd-gen[layout]'")
    layout = solve(diagram, options)
    if layout.boxes is not None:
        return Outcome(layout.boxes, floor_plan=layout.floor_plan)
    if layout.status in (Status.TIME_LIMIT, Status.NOT_TILED):
        return Outcome(None, layout.why)
    effort = min(_EXPLAINING, options.effort_limit)
    conflict = explain(diagram, replace(options, effort_limit=effort))
    if conflict is None:
        return Outcome(None, "there is no layout", is_proven=True)
    why = f"there is no layout: impossible together are: {conflict}"
    return Outcome(None, why, is_proven=True)


@dataclass(frozen=True)
class Conflict:
    """Statements that cannot hold together in a plan of 256 pixels.

    Attributes:
        statements: what cannot hold together; relations are told from the end that is stored.
        text: all of them in one line. Relations that go round in a circle are told round the
            circle, some from their other end ("B left-of C" for a stored "C right-of B").
        is_minimal: is every one needed, so that without it the others can hold together? Always,
            unless the time limit ended one of these questions.
    """

    statements: tuple[Statement, ...]
    text: str
    is_minimal: bool

    def __str__(self) -> str:
        return self.text


def explain(
    diagram: Diagram, options: SolverOptions | None = None, grid: Grid | None = None
) -> Conflict | None:
    """Find statements, of the diagram and of the options, that cannot hold together.

    A statement is a relation, that two rooms do not touch, or what an option asks of one room.
    Every step is exact: statements are called impossible only on a proof.

    Args:
        diagram: what has no layout.
        options: as for `solver.solve`; its limits are those of each single question.
        grid: another plan than 256 pixels where rooms touch within 9.

    Returns:
        None if the diagram has a layout, or if that is not known within the time limit.

    Raises:
        InputError: OR-tools is missing, or a box is given for a room that does not exist.
    """
    options = options or SolverOptions()
    if options.improve_effort > 0:
        options = for_boxes(options, diagram.room_types, diagram.words)
    oracle = _Oracle(problem_of(diagram, options, grid), options, diagram.words.no_edge)
    statements = oracle.problem.statements
    everything = list(range(len(statements)))
    if not oracle.is_impossible(everything):
        return None
    steps = shortest_cycle(diagram)
    pairs = {(min(a, b), max(a, b)) for a, b, _ in steps}
    circle = [k for k in everything if statements[k].rooms in pairs and oracle.is_relation(k)]
    if steps and oracle.is_impossible(circle):
        found = [_needed(circle, oracle)]
    else:
        found = [_needed(order, oracle) for order in _orders(oracle, options.seed)]
    best = tuple(statements[k] for k in min(found, key=len))
    text = ", ".join(statement.text for statement in best)
    if steps and len(best) == len(steps):
        text = _round_the_circle(diagram, steps)
    return Conflict(best, text, not oracle.met_time_limit)


class _Oracle:
    """Answers whether statements of a problem, given by number, can hold together."""

    def __init__(self, problem: Problem, options: SolverOptions, no_edge: int) -> None:
        self.problem, self.options, self.no_edge = problem, options, no_edge
        self.met_time_limit = False

    def is_relation(self, number: int) -> bool:
        """Does a statement say that two rooms are joined?"""
        relation = self.problem.statements[number].relation
        return relation is not None and relation != self.no_edge

    def is_impossible(self, numbers: Sequence[int]) -> bool:
        """Is it proven that these cannot hold together?"""
        part = self.problem.only([self.problem.statements[k] for k in numbers])
        limits = self.options.time_limit, self.options.seed, self.options.effort_limit
        status = find_boxes(part, *limits).status
        self.met_time_limit |= status is Status.TIME_LIMIT
        return status is Status.UNREALIZABLE


def _needed(impossible: Sequence[int], oracle: _Oracle) -> list[int]:
    """An impossible part of impossible statements, of which every member is needed.

    Members are left out, first in large parts, then one by one, wherever the rest stays
    impossible. One pass one by one is enough: what a larger set needs, a smaller one needs too.
    """
    kept = list(impossible)
    size = len(kept)
    while size > 1:
        size = (size + 1) // 2
        k = 0
        while k < len(kept):
            rest = kept[:k] + kept[k + size :]
            if oracle.is_impossible(rest):
                kept = rest
            else:
                k += size
    return sorted(kept, key=lambda k: (not oracle.is_relation(k), k))


def _orders(oracle: _Oracle, seed: int) -> list[list[int]]:
    """Orders of trying: what says least comes first, and is left out before the rest."""
    rng = np.random.default_rng(seed)
    count = len(oracle.problem.statements)
    shuffled = [rng.permutation(count).tolist() for _ in range(_NUM_ORDERS)]
    return [sorted(order, key=oracle.is_relation) for order in shuffled]


def _round_the_circle(diagram: Diagram, steps: Sequence[tuple[int, int, int]]) -> str:
    names, said = room_names(diagram), diagram.words.relation_names
    return ", ".join(f"{names[a]} {said[relation]} {names[b]}" for a, b, relation in steps)
