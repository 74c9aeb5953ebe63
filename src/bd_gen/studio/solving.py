"""From a sketch to boxes: the layout that was there if it still fits, else the best one found."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.relations import relations_from_boxes
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.layouts.cp_sat import Search
from bd_gen.layouts.objective import add_costs
from bd_gen.layouts.search import box_model, boxes_of, find_boxes
from bd_gen.layouts.tiling import tile
from bd_gen.sampling.rules import Clause, Literal, any_relation
from bd_gen.studio.demands import (
    Demand,
    demands_of,
    pair_by_position,
    pair_demand,
    problem,
    touching_demand,
)
from bd_gen.studio.nearest import drawn_boxes, nearest
from bd_gen.studio.sketch import Sketch, row_of

FIRST_EFFORT = 0.25
"""CP-SAT's deterministic time to look for any layout: a second of an idle core. Most take a
few milliseconds."""
LONGEST = 20.0
"""Seconds by the clock after which a search ends whatever its effort, on a machine that is busy."""

_EFFORT = 0.125  # of CP-SAT's deterministic time at the usual effort, as in `layouts.solver`
_MOST_CHOICES = 100  # layouts that are looked for while rules leave a choice


def boxes_for(
    sketch: Sketch, previous: np.ndarray | None = None, improve: float = 0.0, seed: int = 0
) -> np.ndarray | None:
    """(n, 4) boxes with all that is decided, or None if none were found.

    Args:
        sketch: what is decided; rooms of which nothing is said do not overlap if that can be.
        previous: boxes that are kept if they still fit.
        improve: effort for a more plausible layout, as `SolverOptions.improve_effort`.
        seed: of the search.

    Raises:
        InputError: OR-tools is missing, or a rule speaks of rooms that are not there.
    """
    if previous is not None and fits(sketch, previous):
        return previous
    for apart in (True, False):
        found = _with_rules(sketch, demands_of(sketch, apart), improve, seed)
        if found is not None:
            return found
    return None


def fits(sketch: Sketch, boxes: np.ndarray) -> bool:
    """Do boxes have all that is decided?"""
    return is_laid_out(sketch, boxes) and _are_areas_kept(sketch, boxes)


def is_laid_out(sketch: Sketch, boxes: np.ndarray) -> bool:
    """Do boxes have all that is decided but for areas, which are those that are seen?"""
    if any(tuple(boxes[k]) != tuple(box) for k, box in sketch.fixed.items()):
        return False
    return sketch.holds(diagram_of(sketch.room_types, boxes))


def _are_areas_kept(sketch: Sketch, boxes: np.ndarray) -> bool:
    """Have all rooms, as they are seen, the areas that are asked of their types?"""
    if not (sketch.min_areas or sketch.max_areas):
        return True
    diagram = diagram_of(sketch.room_types, boxes)
    areas = tile(diagram, boxes, sketch.options()).floor_plan.areas
    return all(
        sketch.min_areas.get(t, 0) <= area <= sketch.max_areas.get(t, np.inf)
        for t, area in zip(sketch.room_types, areas, strict=True)
    )


def diagram_of(room_types: Sequence[int], boxes: np.ndarray) -> Diagram:
    """The diagram that the rule reads off boxes (n, 4)."""
    vocabulary = Vocabulary(len(room_types))
    count = np.array([len(room_types)])
    labels = relations_from_boxes(boxes[None].astype(np.float64), count, vocabulary)[0]
    ends = zip(vocabulary.edge_rows, vocabulary.edge_cols, labels, strict=True)
    return Diagram(
        tuple(room_types),
        tuple((int(i), int(j), int(r)) for i, j, r in ends if r < RPLAN.num_relations),
    )


def _with_rules(
    sketch: Sketch, demands: list[Demand], improve: float, seed: int
) -> np.ndarray | None:
    """Boxes that satisfy demands, and the rules that leave a choice, by trying the choices.

    A layout is looked for as if there were no such rules. Where it breaks one, its choices are
    tried in turn: each names a relation that one pair may have.
    """
    stack = [demands]
    for _ in range(_MOST_CHOICES):
        if not stack:
            return None
        tried = stack.pop()
        boxes = _found(sketch, tried, 0.0, seed)
        if boxes is None:
            continue
        row = row_of(diagram_of(sketch.room_types, boxes))[0]
        clauses = [clause for rule in sketch.token_rules for clause in rule.clauses]
        broken = next((c for c in clauses if not _holding(c, row)), None)
        if broken is not None:
            stack += [[*tried, choice] for choice in reversed(_choices(sketch, broken))]
        elif improve > 0:
            kept = [_kept(sketch, _holding(c, row)[0], row) for c in clauses]
            return _found(sketch, [*tried, *kept], improve, seed)
        else:
            return boxes
    return None


def _holding(clause: Clause, row: np.ndarray) -> list[Literal]:
    """The literals of a clause that hold in a row (length,)."""
    return [literal for literal in clause if int(row[literal.position]) in literal.allowed]


def _choices(sketch: Sketch, clause: Clause) -> list[Demand]:
    pairs = pair_by_position(sketch)
    decided = {(i, j) for i, j, _ in sketch.relations}
    return [
        pair_demand(sketch, *pairs[literal.position], value)
        for literal in clause
        if pairs[literal.position] not in decided
        for value in sorted(literal.allowed, key=lambda value: value != RPLAN.no_edge)
    ]


def _kept(sketch: Sketch, literal: Literal, row: np.ndarray) -> Demand:
    """That a literal goes on to hold as it does in a row (length,)."""
    i, j = pair_by_position(sketch)[literal.position]
    if literal.allowed == any_relation(RPLAN):
        return touching_demand(sketch, i, j)
    return pair_demand(sketch, i, j, int(row[literal.position]))


def _found(
    sketch: Sketch, demands: Sequence[Demand], improve: float, seed: int
) -> np.ndarray | None:
    whole = problem(sketch.num_rooms, demands)
    first = find_boxes(whole, LONGEST, seed, FIRST_EFFORT)
    if first.boxes is None or first.rest is None or improve <= 0:
        return first.boxes
    effort = _EFFORT * improve
    wished = drawn_boxes(sketch)
    if wished is not None and (sketch.open_pairs or sketch.joined):
        weights = np.ones(wished.shape, np.int64)
        return nearest(whole, first.rest, wished, weights, first.boxes, effort)
    model = box_model(whole, first.rest)
    add_costs(model, sketch.diagram, replace(sketch.options(), seed=seed))
    model.hint(first.boxes.reshape(-1).tolist())
    search = Search(LONGEST, effort, 2, quick_restart=False, presolve=True, seed=seed)
    answer = model.solve(search)
    return first.boxes if answer.values is None else boxes_of(answer.values, sketch.num_rooms)
