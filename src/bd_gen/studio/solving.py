"""From a sketch to boxes: the layout that was there if it still fits, else the best one found."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bd_gen.design.impossible import beyond_plot
from bd_gen.layouts.checking import within
from bd_gen.layouts.cp_sat import Search
from bd_gen.layouts.objective import add_costs
from bd_gen.layouts.problem import entry_rooms
from bd_gen.layouts.room_checks import what_is_wrong_with_rooms
from bd_gen.layouts.rule_statements import grid_of
from bd_gen.layouts.search import box_model, boxes_of, find_boxes
from bd_gen.layouts.solver import for_boxes
from bd_gen.layouts.tiling import tile
from bd_gen.sampling.rules import Clause, Literal, any_relation
from bd_gen.studio.demands import Demand, demands_of, pair_demand, problem, touching_demand
from bd_gen.studio.filling import filled
from bd_gen.studio.nearest import drawn_boxes, nearest
from bd_gen.studio.reading import Reading
from bd_gen.studio.sketch import Sketch

FIRST_EFFORT = 0.25
"""CP-SAT's deterministic time to look for any layout: a second of an idle core. Most take a
few milliseconds."""
LONGEST = 20.0
"""Seconds by the clock after which a search ends whatever its effort, on a machine that is busy."""

_EFFORT = 0.125  # of CP-SAT's deterministic time at the usual effort, as in `layouts.solver`
_FILLING = 0.2  # the least effort where a plot is to be filled: half a second
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
    if areas_beyond_plot(sketch):
        return None  # boxes might lie over one another, rooms do not
    for apart in (True, False):
        found = _with_rules(sketch, demands_of(sketch, apart), improve, seed)
        if found is not None and sketch.outline is not None and sketch.open_pairs:
            return filled(sketch, found, is_laid_out)
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
    return Reading(sketch, boxes).holds and _is_on_plot(sketch, boxes)


def least_areas(sketch: Sketch) -> list[float]:
    """What is asked of each room at least, in m²; 0 where nothing is."""
    return [(sketch.area_of(k)[0] or 0) * sketch.scale**2 for k in range(sketch.num_rooms)]


def areas_beyond_plot(sketch: Sketch) -> str:
    """By how much the rooms need more than their plot has, in words; "" where they do not."""
    if sketch.plot is None:
        return ""
    needs = least_areas(sketch)
    return beyond_plot(needs, sketch.labels, sketch.plot, sketch.outline, sketch.scale)


def _is_on_plot(sketch: Sketch, boxes: np.ndarray) -> bool:
    if sketch.plot is None:
        return True
    outline, touch = sketch.outline, grid_of(sketch.words).touch
    if outline is not None and not within(outline, sketch.diagram, boxes, touch):
        return False
    options = sketch.options()
    return what_is_wrong_with_rooms(boxes, options, entry_rooms(sketch.diagram)) is None


def _are_areas_kept(sketch: Sketch, boxes: np.ndarray) -> bool:
    """Have all rooms, as they are seen, the areas that are asked of them?"""
    options = sketch.options()
    asked = [options.area_bounds_of(k, t) for k, t in enumerate(sketch.room_types)]
    if not any(asked):
        return True
    areas = tile(Reading(sketch, boxes).diagram, boxes, options).floor_plan.areas
    return all(
        bounds is None or bounds[0] <= area <= bounds[1]
        for bounds, area in zip(asked, areas, strict=True)
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
        reading = Reading(sketch, boxes)
        clauses = [clause for rule in sketch.token_rules for clause in rule.clauses]
        broken = next((c for c in clauses if not reading.holding(c)), None)
        if broken is not None:
            stack += [[*tried, choice] for choice in reversed(_choices(sketch, broken))]
        elif improve > 0:
            kept = [_kept(reading, reading.holding(c)[0]) for c in clauses]
            return _found(sketch, [*tried, *kept], improve, seed)
        else:
            return boxes
    return None


def _choices(sketch: Sketch, clause: Clause) -> list[Demand]:
    no_edge = sketch.words.no_edge
    decided = {(i, j) for i, j, _ in sketch.relations}
    return [
        pair_demand(sketch, *sketch.pairs[literal.position], value)
        for literal in clause
        if sketch.pairs[literal.position] not in decided
        for value in sorted(literal.allowed, key=lambda value: value != no_edge)
    ]


def _kept(reading: Reading, literal: Literal) -> Demand:
    """That a literal goes on to hold as it does."""
    sketch = reading.sketch
    pair = sketch.pairs[literal.position]
    if literal.allowed == any_relation(sketch.words):
        return touching_demand(sketch, *pair)
    return pair_demand(sketch, *pair, min(literal.allowed & reading.tokens(pair)))


def _found(
    sketch: Sketch, demands: Sequence[Demand], improve: float, seed: int
) -> np.ndarray | None:
    whole = problem(sketch, demands)
    first = find_boxes(whole, LONGEST, seed, FIRST_EFFORT)
    if first.boxes is None or first.rest is None or improve <= 0:
        return first.boxes
    effort = _EFFORT * (improve if sketch.outline is None else max(improve, _FILLING))
    wished = drawn_boxes(sketch)
    if wished is not None and (sketch.open_pairs or sketch.joined):
        weights = np.ones(wished.shape, np.int64)
        return nearest(whole, first.rest, wished, weights, first.boxes, effort)
    model = box_model(whole, first.rest)
    options = for_boxes(sketch.options(), sketch.room_types, sketch.words)
    add_costs(model, sketch.diagram, replace(options, seed=seed))
    model.hint(first.boxes.reshape(-1).tolist())
    search = Search(LONGEST, effort, 2, quick_restart=False, presolve=True, seed=seed)
    answer = model.solve(search)
    return first.boxes if answer.values is None else boxes_of(answer.values, sketch.num_rooms)
