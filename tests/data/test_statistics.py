from collections.abc import Callable

import numpy as np
import pytest
from tests.rplan import NO_EDGE, NUM_RELATIONS

from bd_gen.data.plan_table import PlanTable
from bd_gen.data.statistics import statistics_of
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.diagrams.soundness import is_connected
from bd_gen.diagrams.tokens import tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary

V = Vocabulary(4)
# a chain of three with a containment; two living rooms apart; the first again
DIAGRAMS = [
    Diagram((0, 1, 2), ((0, 1, 5), (1, 2, 3))),  # living room surrounds master room
    Diagram((0, 0)),
    Diagram((0, 1, 2), ((0, 1, 5), (1, 2, 3))),
    Diagram((2, 7, 9, 3), ((0, 1, 4), (0, 2, 0), (0, 3, 0), (1, 2, 0))),  # kitchen in second room
]


@pytest.fixture
def table() -> PlanTable:
    tokens = tokens_from_diagrams(DIAGRAMS, V)
    n = len(DIAGRAMS)
    return PlanTable(
        tokens[:, :4], np.array([3, 2, 3, 4]), np.zeros((n, 4, 4), np.float32), np.zeros(n, bool),
        tokens[:, 4:], np.array(list("abcd")), V,
    )  # fmt: skip


def test_every_count_by_hand(table: PlanTable) -> None:
    s = statistics_of(table)
    assert (s.num_plans, s.num_distinct, s.num_distinct_rows, s.num_with_boxes) == (4, 3, 3, 0)
    assert s.rooms.tolist() == [0, 0, 1, 2, 1]
    assert s.edges.tolist() == [1, 0, 2, 0, 1, 0, 0]
    assert s.edges_by_rooms[2:].tolist() == [0, 2, 4]
    assert np.isnan(s.edges_by_rooms[:2]).all()
    assert s.density_by_rooms[2:].tolist() == [0, 2 / 3, 4 / 6]
    assert s.room_types.tolist() == [4, 2, 3, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0]
    assert s.relations.tolist() == [3, 0, 0, 2, 1, 2, 0, 0, 0, 0]
    assert s.degrees[:4].tolist() == [2 / 4, 2, (1 + 1 + 3) / 3, 1]
    assert np.isnan(s.degrees[4])
    assert s.archetypes == (((0, 1, 2), 2), ((0, 0), 1), ((2, 3, 7, 9), 1))
    assert s.connected == 0.75
    assert s.valid_types == 0.75
    assert s.wrapped_master == 0.5
    assert s.forbidden == 0.25


def test_both_words_for_containment_count(table: PlanTable) -> None:
    swapped = np.where(table.room_types < 2, 1 - table.room_types, table.room_types)
    relations = np.where(table.relations == 5, 4, table.relations)
    turned = PlanTable(
        swapped.astype(np.uint8), table.num_rooms, table.boxes, table.has_boxes,
        relations.astype(np.uint8), table.ids, V,
    )  # fmt: skip
    assert statistics_of(turned).wrapped_master == 0.5


def test_connected_against_a_search(random_table: Callable[..., PlanTable]) -> None:
    table = random_table(300)
    v = table.vocabulary
    is_edge = table.relations < NUM_RELATIONS
    is_edge &= np.random.default_rng(0).random(is_edge.shape) < 0.7
    expected = []
    for n, edges in zip(table.num_rooms.tolist(), is_edge, strict=True):
        links = [(int(v.edge_rows[e]), int(v.edge_cols[e])) for e in np.flatnonzero(edges)]
        reached, waiting = {0}, [0]
        while waiting:
            room = waiting.pop()
            for i, j in links:
                for a, b in ((i, j), (j, i)):
                    if a == room and b not in reached:
                        reached.add(b)
                        waiting.append(b)
        expected.append(len(reached) == n)
    relations = np.where(is_edge | (table.relations >= NUM_RELATIONS), table.relations, NO_EDGE)
    tokens = np.concatenate([table.room_types, relations], axis=1).astype(np.uint8)
    assert is_connected(DiagramSet(tokens, v)).tolist() == expected
    assert 10 < sum(expected) < 290


def test_one_room_and_one_slot() -> None:
    tokens = tokens_from_diagrams([Diagram((3,))], Vocabulary(1))
    table = PlanTable(
        tokens[:, :1], np.array([1]), np.zeros((1, 1, 4), np.float32), np.zeros(1, bool),
        tokens[:, 1:], np.array(["a"]), Vocabulary(1),
    )  # fmt: skip
    s = statistics_of(table)
    assert (s.connected, s.edges.tolist()) == (1.0, [1])
