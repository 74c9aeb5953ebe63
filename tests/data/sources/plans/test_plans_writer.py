from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.data.conftest import EIGHT
from tests.rplan import NO_EDGE

from bd_gen.data.plan_table import (
    PlanTable,
    follows_from_boxes,
    has_sound_boxes,
    relations_of_boxes,
    table_from_boxes,
)
from bd_gen.data.sources.plans.plans_writer import write_plans
from bd_gen.data.sources.plans.source import read_plans
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.system.errors import InputError


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    num_plans=st.integers(1, 12),
    n_max=st.sampled_from([1, 3, 8, 14]),
    seed=st.integers(0, 10**6),
    packed=st.booleans(),
)
def test_what_is_written_is_read_again(
    tmp_path: Path, num_plans: int, n_max: int, seed: int, packed: bool
) -> None:
    """Boxes with fractions, plans whose relations do not follow, plans without boxes."""
    rng = np.random.default_rng(seed)
    v = Vocabulary(n_max)
    num_rooms = rng.integers(1, n_max + 1, num_plans)
    low = (rng.random((num_plans, n_max, 2)) * 200).astype(np.float32)
    low[::2] = np.rint(low[::2])
    boxes = np.concatenate([low, low + rng.integers(0, 60, low.shape)], axis=2)
    ids = np.array([f"plan {k} ü" for k in range(num_plans)])
    table = table_from_boxes(rng.integers(0, 13, (num_plans, n_max)), boxes, num_rooms, ids, v)
    relations = table.relations.copy()
    own = rng.random(num_plans) < 0.4
    is_real = v.real_mask(num_rooms)[:, n_max:]
    drawn = rng.integers(0, NO_EDGE + 1, relations.shape)
    relations[own] = np.where(is_real, drawn, relations)[own]
    has_boxes = rng.random(num_plans) < 0.7
    table = PlanTable(
        table.room_types, num_rooms, np.where(has_boxes[:, None, None], table.boxes, 0),
        has_boxes, relations, ids, v,
    )  # fmt: skip
    path = tmp_path / ("plans.jsonl.gz" if packed else "plans.jsonl")
    write_plans(path, table)
    again = read_plans(path, v)
    np.testing.assert_array_equal(again.tokens, table.tokens)
    np.testing.assert_array_equal(again.ids, ids)
    kept = has_sound_boxes(table)
    np.testing.assert_array_equal(again.has_boxes, kept)
    np.testing.assert_array_equal(again.boxes[kept], table.boxes[kept])


def test_which_plans_keep_their_boxes(random_table: Callable[..., PlanTable]) -> None:
    table = random_table(4)
    boxes, relations = table.boxes.copy(), table.relations.copy()
    boxes[1, 0] = [5, 5, 4, 6]  # inside out
    relations[1] = relations_of_boxes(boxes, table.num_rooms, EIGHT)[1]
    boxes[2, 0, 0] = np.nan
    relations[3, 0] = (relations[3, 0] + 1) % 10
    changed = PlanTable(
        table.room_types, table.num_rooms, boxes, table.has_boxes, relations, table.ids, EIGHT
    )
    assert follows_from_boxes(changed).tolist() == [True, False, False, False]
    assert has_sound_boxes(changed).tolist() == [True, False, False, True]


def test_the_form_of_a_line(tmp_path: Path) -> None:
    table = table_from_boxes(
        np.array([[0, 2]]), np.array([[[0, 0, 10.1, 20], [15, 0, 30, 20]]]), np.array([2]),
        np.array(["a"]), Vocabulary(2),
    )  # fmt: skip
    write_plans(tmp_path / "a.jsonl", table)
    assert (tmp_path / "a.jsonl").read_text() == (
        '{"id":"a","rooms":[{"type":"LivingRoom","box":[0,0,10.1,20]},'
        '{"type":"Kitchen","box":[15,0,30,20]}],"unit":"px"}\n'
    )
    bare = PlanTable(
        table.room_types, table.num_rooms, table.boxes, np.array([False]), table.relations,
        table.ids, table.vocabulary,
    )  # fmt: skip
    write_plans(tmp_path / "a.jsonl", bare)
    assert (tmp_path / "a.jsonl").read_text() == (
        '{"id":"a","rooms":[{"type":"LivingRoom"},{"type":"Kitchen"}],'
        '"relations":[[0,1,"left-of"]]}\n'
    )


def test_equal_tables_give_equal_files(
    random_table: Callable[..., PlanTable], tmp_path: Path
) -> None:
    for name in ("a.gz", "b.gz"):
        write_plans(tmp_path / name, random_table(20))
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()


def test_a_failed_write_keeps_the_old_file(
    random_table: Callable[..., PlanTable], tmp_path: Path
) -> None:
    path = tmp_path / "plans.jsonl.gz"
    path.write_text("old")

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_plans(path, random_table(5), stop)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["plans.jsonl.gz"]
    with pytest.raises(InputError, match="cannot be written"):
        write_plans(path / "below", random_table(5))
