"""Plans one by one as diagrams with boxes, for commands that take a few of a large file."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bd_gen.data.odd_plans import OddPlans
from bd_gen.data.problems import one_line
from bd_gen.data.sources.plans.plan_header import open_plans
from bd_gen.data.sources.plans.plan_parser import BadPlanError, ParsedPlan, PlanParser
from bd_gen.data.sources.plans.plan_shapes import PlanShapes
from bd_gen.data.sources.plans.plan_units import PIXELS, Units
from bd_gen.diagrams.diagram import Diagram, room_names
from bd_gen.diagrams.floor_plan import FloorPlan
from bd_gen.diagrams.names import RoomLabels
from bd_gen.diagrams.relations import relations_from_boxes, tells_relations
from bd_gen.diagrams.vocabulary import LARGEST_N_MAX, Vocabulary
from bd_gen.diagrams.words import Words
from bd_gen.system.errors import InputError


class NamedDiagram(NamedTuple):
    """A plan's id and diagram, its (n, 4) float64 boxes if it has any, its open pairs and shapes.

    Open pairs are rooms (i, j), i < j, that are joined without a word on how; no edge of the
    diagram.
    """

    id: str
    diagram: Diagram
    boxes: np.ndarray | None
    joined: tuple[tuple[int, int], ...] = ()
    floor_plan: FloorPlan | None = None


def each_plan(
    path: str | Path,
    labels: RoomLabels | None = None,
    progress: Callable[[int, int], None] | None = None,
    takes_joined: bool = False,
    odd: OddPlans | None = None,
    units: Units = PIXELS,
) -> Iterator[NamedDiagram]:
    """Yield the plans of a file of up to 32 rooms each; only what is taken is read.

    Without `takes_joined`, a plan with rooms joined without a direction is bad. `odd` counts those
    that look odd among the plans taken so far; `units` are those of the coordinates.

    Raises:
        InputError: the file is unreadable or empty, or a plan is bad.
    """
    labels = labels or RoomLabels()
    vocabulary = _vocabulary(LARGEST_N_MAX, labels.words)
    unit, texts, units, _ = open_plans(path, labels.words, units, progress)
    parse = PlanParser(vocabulary, labels, unit, takes_joined, units, True)
    if odd is not None:
        odd.unread = parse.unread
    for number, text in texts:
        try:
            plan = parse(text, number)
        except BadPlanError as bad:
            detail = f": {one_line(bad.detail)}" if bad.detail else ""
            raise InputError(f"{path}: {unit} {number}: {bad.kind}{detail}") from None
        named = named_diagram(plan, vocabulary)
        if odd is not None:
            odd.counts_sizes = not parse.num_converted
            odd.add(named.boxes, not plan.is_related or _follows_from_boxes(named))
        yield named


def named_diagram(plan: ParsedPlan, vocabulary: Vocabulary) -> NamedDiagram:
    """A parsed plan as a diagram; `vocabulary` is that of its parser."""
    room_types, words = tuple(plan.types), vocabulary.words
    boxes = None if plan.numbers is None else np.array(plan.numbers, np.float64).reshape(-1, 4)
    if plan.is_related or boxes is None:
        rows, columns = vocabulary.edge_rows, vocabulary.edge_cols
        edges = tuple((int(rows[slot]), int(columns[slot]), r) for slot, r in plan.edges)
    else:
        edges = _edges_of_boxes(boxes, words)
    diagram = Diagram(room_types, edges, words)
    floor_plan = floor_plan_of(plan.shapes, boxes, diagram)
    return NamedDiagram(plan.name, diagram, boxes, plan.joined, floor_plan)


def floor_plan_of(
    shapes: PlanShapes | None, boxes: np.ndarray | None, diagram: Diagram
) -> FloorPlan | None:
    """The floor plan of a plan with these (n, 4) boxes; None if it says nothing besides them."""
    if shapes is None or boxes is None:
        return None
    return shapes.floor_plan(boxes, room_names(diagram))


def _edges_of_boxes(boxes: np.ndarray, words: Words) -> tuple[tuple[int, int, int], ...]:
    """The edges that the rule reads off (n, 4) boxes."""
    small = _vocabulary(len(boxes), words)
    relations = relations_from_boxes(boxes[None], np.array([len(boxes)]), small)[0]
    return tuple(
        (int(small.edge_rows[slot]), int(small.edge_cols[slot]), int(relations[slot]))
        for slot in np.flatnonzero(relations < small.num_relations)
    )


def _follows_from_boxes(plan: NamedDiagram) -> bool:
    words = plan.diagram.words
    if plan.boxes is None or not tells_relations(words):
        return not tells_relations(words)  # then boxes contradict nothing
    return set(plan.diagram.edges) == set(_edges_of_boxes(plan.boxes, words))


@lru_cache
def _vocabulary(n_max: int, words: Words) -> Vocabulary:
    return Vocabulary(n_max, words)
