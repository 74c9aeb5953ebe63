import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.rplan import NODE_PAD

from bd_gen.data.plan_table import PlanTable, table_from_boxes
from bd_gen.diagrams.vocabulary import Vocabulary

EIGHT = Vocabulary(8)

# A small flat: living room west, kitchen and bathroom east, balcony south.
FLAT = [
    {"type": "LivingRoom", "box": [50, 50, 110, 150]},
    {"type": "Kitchen", "box": [114, 50, 150, 90]},
    {"type": "Bathroom", "box": [114, 94, 150, 150]},
    {"type": "Balcony", "box": [60, 154, 100, 170]},
]


@pytest.fixture
def write_lines(tmp_path: Path) -> Callable[..., Path]:
    """Write lines (objects as JSON, strings as they are) to a file of plans."""

    def write(*lines: Any, name: str = "plans.jsonl") -> Path:
        path = tmp_path / name
        text = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        path.write_text("".join(f"{line}\n" for line in text), encoding="utf-8")
        return path

    return write


@pytest.fixture
def random_table() -> Callable[..., PlanTable]:
    """Make plans with random types and boxes, whole pixels."""

    def make(num_plans: int, seed: int = 0, n_max: int = 8) -> PlanTable:
        rng = np.random.default_rng(seed)
        vocabulary = Vocabulary(n_max)
        num_rooms = rng.integers(1, n_max + 1, num_plans)
        types = rng.integers(0, 13, (num_plans, n_max))
        low = rng.integers(0, 200, (num_plans, n_max, 2))
        boxes = np.concatenate([low, low + rng.integers(0, 50, low.shape)], axis=2)
        ids = np.array([f"p{k}" for k in range(num_plans)])
        return table_from_boxes(types, boxes, num_rooms, ids, vocabulary)

    return make


def reorder_rooms(table: PlanTable, rng: np.random.Generator) -> PlanTable:
    """The same plans with the rooms of each in another order."""
    key = np.where(table.room_types == NODE_PAD, 2, rng.random(table.room_types.shape))
    order = np.argsort(key, axis=1)
    return table_from_boxes(
        np.take_along_axis(table.room_types, order, 1),
        np.take_along_axis(table.boxes, order[..., None], 1),
        table.num_rooms,
        table.ids,
        table.vocabulary,
    )
