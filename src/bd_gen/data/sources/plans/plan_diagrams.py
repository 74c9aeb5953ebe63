"""Plans one by one as diagrams with boxes, for commands that take a few of a large file."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bd_gen.data.odd_plans import OddPlans
from bd_gen.data.problems import one_line
from bd_gen.data.sources.plans.plan_parser import BadPlanError, ParsedPlan, PlanParser
from bd_gen.data.sources.plans.plan_texts import read_plan_texts
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.names import RoomLabels
from bd_gen.diagrams.relations import relations_from_boxes, tells_relations
from bd_gen.diagrams.vocabulary import LARGEST_N_MAX, Vocabulary
from bd_gen.diagrams.words import Words
from bd_gen.system.errors import InputError


class NamedDiagram(NamedTuple):
    """A plan's id and diagram, its (n, 4) float64 boxes if it has any, and its open pairs.

    Those are rooms (i, j), i < j, that are joined without a word on how; no edge of the diagram.
    """

    id: str
    diagram: Diagram
    boxes: np.ndarray | None
    joined: tuple[tuple[int, int], ...] = ()


def each_plan(
    path: str | Path,
    labels: RoomLabels | None = None,
    progress: Callable[[int, int], None] | None = None,
    takes_joined: bool = False,
    odd: OddPlans | None = None,
) -> Iterator[NamedDiagram]:
    """Yield the plans of a file of up to 32 rooms each; only what is taken is read.

    Without `takes_joined`, a plan with rooms joined without a direction is bad. `odd` counts those
    that look odd among the plans taken so far.

    Raises:
        InputError: the file is unreadable or empty, or a plan is bad.
    """
    labels = labels or RoomLabels()
    vocabulary = _vocabulary(LARGEST_N_MAX, labels.words)
    unit, texts = read_plan_texts(path, progress)
    parse = PlanParser(vocabulary, labels, unit, takes_joined)
    is_empty = True
    for number, text in texts:
        if text is not None and not text.strip():
            continue
        is_empty = False
        try:
            plan = parse(text, number)
        except BadPlanError as bad:
            detail = f": {one_line(bad.detail)}" if bad.detail else ""
            raise InputError(f"{path}: {unit} {number}: {bad.kind}{detail}") from None
        named = named_diagram(plan, vocabulary)
        if odd is not None:
            odd.add(named.boxes, not plan.is_related or _follows_from_boxes(named))
        yield named
    if is_empty:
        raise InputError(f"{path}: expected plans, the file is empty")


def named_diagram(plan: ParsedPlan, vocabulary: Vocabulary) -> NamedDiagram:
    """A parsed plan as a diagram; `vocabulary` is that of its parser."""
    room_types, words = tuple(plan.types), vocabulary.words
    boxes = None if plan.numbers is None else np.array(plan.numbers, np.float64).reshape(-1, 4)
    if plan.is_related or boxes is None:
        rows, columns = vocabulary.edge_rows, vocabulary.edge_cols
        edges = tuple((int(rows[slot]), int(columns[slot]), r) for slot, r in plan.edges)
        return NamedDiagram(plan.name, Diagram(room_types, edges, words), boxes, plan.joined)
    diagram = Diagram(room_types, _edges_of_boxes(boxes, words), words)
    return NamedDiagram(plan.name, diagram, boxes)


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
