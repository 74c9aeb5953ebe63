from collections.abc import Callable

import numpy as np
import pytest
from tests.rplan import NO_EDGE, NODE_PAD, RELATIONS

from bd_gen.data.plan_table import PlanTable, table_from_boxes
from bd_gen.diagrams.relations import relation_labels
from bd_gen.diagrams.tokens import is_well_formed
from bd_gen.diagrams.vocabulary import Vocabulary

from .conftest import reorder_rooms


def test_relations_follow_from_the_boxes() -> None:
    # kitchen east of the living room, bathroom far off
    boxes = np.array([[[0, 0, 50, 50], [54, 10, 80, 40], [200, 200, 220, 220]]])
    table = table_from_boxes(
        np.array([[0, 2, 3]]), boxes, np.array([3]), np.array(["a"]), Vocabulary(3)
    )
    assert table.relations.tolist() == [[RELATIONS.index("left-of"), NO_EDGE, NO_EDGE]]
    assert is_well_formed(table.tokens, table.vocabulary).all()


def test_slots_without_a_room_are_cleared() -> None:
    table = table_from_boxes(
        np.full((1, 4), 7), np.full((1, 4, 4), 9.0), np.array([2]), np.array(["a"]), Vocabulary(4)
    )
    assert table.room_types.tolist() == [[7, 7, NODE_PAD, NODE_PAD]]
    assert (table.boxes[0, 2:] == 0).all()
    assert (table.boxes[0, :2] == 9).all()


@pytest.mark.parametrize("seed", range(3))
def test_groups_do_not_see_the_order_of_rooms(
    random_table: Callable[..., PlanTable], seed: int
) -> None:
    table = random_table(200, seed)
    other = reorder_rooms(table, np.random.default_rng(seed))
    assert (other.tokens != table.tokens).any()
    both = PlanTable(
        *(np.concatenate([getattr(t, name) for t in (table, other)]) for name in _ARRAYS),
        vocabulary=table.vocabulary,
    )
    groups = both.groups
    assert (groups[:200] == groups[200:]).all()
    # numbered by first occurrence, without gaps
    first = groups[np.sort(np.unique(groups, return_index=True)[1])]
    assert first.tolist() == list(range(len(first)))


_ARRAYS = ("room_types", "num_rooms", "boxes", "has_boxes", "relations", "ids")


def test_groups_see_every_box_and_type() -> None:
    boxes = np.zeros((4, 2, 4))
    boxes[:, 0] = [0, 0, 10, 10]
    boxes[:, 1] = [20, 0, 30, 10]
    boxes[1, 1, 2] = 31
    types = np.array([[0, 1], [0, 1], [0, 2], [1, 0]])
    table = table_from_boxes(types, boxes, np.full(4, 2), np.array(list("abcd")), Vocabulary(2))
    # the last has the same types as the first, but on each other's boxes
    assert table.groups.tolist() == [0, 1, 2, 3]


def test_plans_without_boxes_are_grouped_by_token_row_and_apart_from_the_others(
    random_table: Callable[..., PlanTable],
) -> None:
    table = random_table(3)
    rows = table.select(np.array([0, 0, 1, 0]))
    has_boxes = np.array([True, False, False, False])
    mixed = PlanTable(
        rows.room_types, rows.num_rooms, rows.boxes, has_boxes, rows.relations, rows.ids,
        rows.vocabulary,
    )  # fmt: skip
    assert mixed.groups.tolist() == [0, 1, 2, 1]


def test_tables_without_boxes_or_without_plans(random_table: Callable[..., PlanTable]) -> None:
    table = random_table(5)
    bare = PlanTable(
        table.room_types, table.num_rooms, table.boxes * 0, np.zeros(5, bool), table.relations,
        table.ids, table.vocabulary,
    )  # fmt: skip
    assert bare.groups.tolist() == [0, 1, 2, 3, 4]
    assert table.select(np.array([], int)).groups.tolist() == []


def test_touching_is_decided_without_rounding() -> None:
    # 2^-18 beyond nine pixels: lost if 200 and 9 were added in float32
    gap = 9 + 2.0**-18
    boxes = np.array([[[0, 0, 2.0**-6, 10], [2.0**-6 + gap, 0, 30, 10]]])
    assert np.float32(boxes[0, 1, 0]) == boxes[0, 1, 0]
    table = table_from_boxes(
        np.zeros((1, 2), int), boxes, np.array([2]), np.array(["a"]), Vocabulary(2)
    )
    assert table.relations.tolist() == [[NO_EDGE]]


def test_reverse_relations_come_from_the_boxes() -> None:
    # A bathroom in the upper corner of a long room: seen from each other they are no inverses.
    boxes = np.array([[[0, 0, 40, 200], [40, 0, 60, 20], [250, 250, 254, 254]]], np.float32)
    table = table_from_boxes(
        np.array([[0, 3, 9]]), boxes, np.array([3]), np.array(["a"]), Vocabulary(3)
    )
    reverse = table.reverse_relations[0]
    assert reverse[0] == relation_labels(boxes[0, 1], boxes[0, 0])
    assert reverse[0] != 9 - table.relations[0, 0]
    assert reverse[1:].tolist() == [NO_EDGE, NO_EDGE]


def test_reverse_relations_without_boxes_are_inverses(
    random_table: Callable[..., PlanTable],
) -> None:
    table = random_table(50, 0)
    bare = PlanTable(
        table.room_types,
        table.num_rooms,
        np.zeros_like(table.boxes),
        np.zeros(len(table), bool),
        table.relations,
        table.ids,
        table.vocabulary,
    )
    is_edge = table.relations < NO_EDGE
    assert is_edge.any()
    expected = np.where(is_edge, 9 - table.relations.astype(int), table.relations)
    assert np.array_equal(bare.reverse_relations, expected)


def test_the_mirror_image_obeys_the_rule_and_twice_is_nothing(
    random_table: Callable[..., PlanTable],
) -> None:
    table = random_table(300, 5)
    image = table.mirrored()
    assert (image.tokens != table.tokens).any()
    assert is_well_formed(image.tokens, table.vocabulary).all()
    assert np.array_equal(image.mirrored().tokens, table.tokens)
    with_boxes = np.flatnonzero(table.has_boxes)
    for row in with_boxes[:50]:
        boxes = image.boxes[row].astype(np.float64)
        for slot, relation in enumerate(image.relations[row]):
            if relation < NO_EDGE:
                i, j = table.vocabulary.edge_rows[slot], table.vocabulary.edge_cols[slot]
                assert relation_labels(boxes[i], boxes[j]) == relation
                assert boxes[i][0] == 256 - table.boxes[row, i, 2]


def test_without_boxes_relations_are_exchanged_for_their_counterparts() -> None:
    v = Vocabulary(2)
    relations = np.arange(NO_EDGE + 1, dtype=np.uint8)[:, None]
    count = len(relations)
    table = PlanTable(
        np.zeros((count, 2), np.uint8),
        np.full(count, 2),
        np.zeros((count, 2, 4), np.float32),
        np.zeros(count, bool),
        relations,
        np.array([str(k) for k in range(count)]),
        v,
    )
    image = table.mirrored()
    assert image.relations[:, 0].tolist() == [8, 9, 7, 3, 4, 5, 6, 2, 0, 1, NO_EDGE]
    assert not image.boxes.any()
