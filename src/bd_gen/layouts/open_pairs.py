"""Rooms that are joined without a direction: boxes that touch decide how they are related."""

import time
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from bd_gen.diagrams.diagram import Diagram, room_names
from bd_gen.diagrams.relations import relations_from_boxes
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.problem import Problem, problem_of
from bd_gen.layouts.rule_statements import touch_statement
from bd_gen.layouts.search import Found, Status, find_boxes
from bd_gen.layouts.solver import no_layout_within

Pairs = tuple[tuple[int, int], ...]


class Directed(NamedTuple):
    """A diagram whose joined rooms all have a relation, or None and why there is none in words."""

    diagram: Diagram | None
    why: str = ""


def directed(diagram: Diagram, joined: Pairs, options: SolverOptions) -> Directed:
    """Give rooms that are joined the relation that boxes find for them.

    The solver looks for boxes that touch wherever rooms are joined and nowhere else; the rule
    reads the relations off them. Boxes beside one another are preferred to overlapping ones.

    Args:
        diagram: the rooms, and the relations that are known.
        joined: (i, j) with i < j, the rooms that are joined and no edge of the diagram.
        options: what else a layout must satisfy, and limits of time.

    Raises:
        InputError: OR-tools is missing.
    """
    start = time.perf_counter()
    problem = problem_of(diagram, options)
    open_pairs = set(joined)
    known = [s for s in problem.statements if s.relation is None or s.rooms not in open_pairs]
    names = room_names(diagram)
    found = Found(Status.TIME_LIMIT)
    for is_apart in (True, False):
        touching = [
            touch_statement(i, j, names, diagram.words, problem.grid, is_apart) for i, j in joined
        ]
        whole = Problem(problem.num_rooms, (*known, *touching), problem.grid)
        found = find_boxes(whole, options.time_limit, options.seed, options.effort_limit)
        if found.boxes is not None:
            return Directed(_read_off(diagram, found.boxes))
    if found.status is Status.TIME_LIMIT:
        by_clock = time.perf_counter() - start >= options.time_limit
        return Directed(None, no_layout_within(options, by_clock))
    return Directed(None, "no rectangles touch exactly where rooms are joined")


def _read_off(diagram: Diagram, boxes: np.ndarray) -> Diagram:
    vocabulary = Vocabulary(diagram.num_rooms, diagram.words)
    count = np.array([diagram.num_rooms])
    labels = relations_from_boxes(boxes[None].astype(np.float64), count, vocabulary)[0]
    return replace(
        diagram,
        edges=tuple(
            (int(i), int(j), int(r))
            for i, j, r in zip(vocabulary.edge_rows, vocabulary.edge_cols, labels, strict=True)
            if r < vocabulary.num_relations
        ),
    )
