"""Diagrams in the open format of plans."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bd_gen.data.plan_table import PlanTable
from bd_gen.data.sources.plans.plain_shapes import shapes_of_floor_plan
from bd_gen.data.sources.plans.plans_writer import write_plans
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.diagrams.tokens import edge_tokens, node_tokens, tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.exchange.exports import export_format


@export_format("json", holds="the same as a JSON list")
@export_format("jsonl", "jsonl.gz", holds="the open format of plans, a plan a line")
def write_json(path: Path, plans: Sequence[LaidOut], scale: float) -> None:  # noqa: ARG001
    """Write any number of diagrams, by the ending of the file.

    Raises:
        InputError: the file cannot be written.
    """
    write_plans(path, table_of(plans))


def table_of(plans: Sequence[LaidOut]) -> PlanTable:
    """The diagrams as a table of plans; ids should differ."""
    vocabulary = Vocabulary(max(plan.diagram.num_rooms for plan in plans), plans[0].diagram.words)
    tokens = tokens_from_diagrams([plan.diagram for plan in plans], vocabulary)
    boxes = np.zeros((len(plans), vocabulary.n_max, 4), np.float32)
    for row, plan in zip(boxes, plans, strict=True):
        if plan.boxes is not None:
            row[: len(plan.boxes)] = plan.boxes
    return PlanTable(
        room_types=node_tokens(tokens, vocabulary),
        num_rooms=np.array([plan.diagram.num_rooms for plan in plans]),
        boxes=boxes,
        has_boxes=np.array([plan.boxes is not None for plan in plans]),
        relations=edge_tokens(tokens, vocabulary),
        ids=np.array([plan.id for plan in plans]),
        vocabulary=vocabulary,
        shapes={
            plan.id: shapes_of_floor_plan(plan.floor_plan, plan.boxes)
            for plan in plans
            if plan.floor_plan is not None and plan.boxes is not None
        },
    )
