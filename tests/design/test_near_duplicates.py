"""Differences between diagrams of the same rooms."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.rplan import NO_EDGE

from bd_gen.design import near_duplicates
from bd_gen.design.near_duplicates import Differences, far_apart
from bd_gen.diagrams.canonical import renumbered_tokens
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.tokens import tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary

VOCABULARY = Vocabulary(5)
TYPES = (0, 3, 3, 7)


def row(*edges: tuple[int, int, int], room_types: tuple[int, ...] = TYPES) -> np.ndarray:
    return tokens_from_diagrams([Diagram(room_types, edges)], VOCABULARY)[0]


def random_rows(count: int, seed: int, room_types: tuple[int, ...] = TYPES) -> np.ndarray:
    rng = np.random.default_rng(seed)
    n = len(room_types)
    rows = np.tile(row(room_types=room_types), (count, 1))
    real = VOCABULARY.real_mask(n) & ~VOCABULARY.is_node
    rows[:, real] = rng.choice([0, 2, 7, NO_EDGE], (count, int(real.sum())))
    return rows


def test_relations_that_differ_are_counted():
    differences = Differences(TYPES, VOCABULARY)
    first = row((0, 1, 2), (1, 3, 4))
    others = np.stack([first, row((0, 1, 2)), row((0, 1, 3), (0, 3, 1)), row()])
    assert differences.to_others(first, others).tolist() == [0, 1, 3, 2]


def test_rooms_of_one_type_may_change_places():
    differences = Differences(TYPES, VOCABULARY)
    assert differences.to_others(row((0, 1, 2)), row((0, 2, 2))[None]).tolist() == [0]
    # the living room is the only one of its kind, so it cannot
    assert differences.to_others(row((0, 1, 2)), row((1, 3, 2))[None]).tolist() == [2]


def test_an_edge_between_exchanged_rooms_is_seen_from_its_other_end():
    differences = Differences((3, 3), VOCABULARY)
    left, right = (row((0, 1, r), room_types=(3, 3)) for r in (2, 7))
    assert differences.to_others(left, right[None]).tolist() == [0]


@given(st.integers(0, 2**31 - 1))
def test_differences_are_symmetric_and_do_not_see_renumbering(seed):
    differences = Differences(TYPES, VOCABULARY)
    first, second = random_rows(2, seed)
    there = differences.to_others(first, second[None])[0]
    assert differences.to_others(second, first[None])[0] == there
    renumbered = renumbered_tokens(second[None], np.array([[0, 2, 1, 3, 4]]), VOCABULARY)
    assert differences.to_others(first, renumbered)[0] == there


@given(st.integers(0, 2**31 - 1))
def test_with_too_many_orders_a_difference_is_never_understated(seed):
    first, *others = random_rows(4, seed)
    exact = Differences(TYPES, VOCABULARY)
    coarse = Differences(TYPES, VOCABULARY)
    coarse.orders = None
    found = coarse.to_others(first, np.array(others))
    assert (found >= exact.to_others(first, np.array(others))).all()


def test_many_rooms_of_one_type_are_compared_by_canonical_rows(monkeypatch):
    monkeypatch.setattr(near_duplicates, "MOST_ORDERS", 1)
    differences = Differences(TYPES, VOCABULARY)
    assert differences.orders is None
    assert differences.to_others(row((0, 1, 2)), row((0, 2, 2))[None]).tolist() == [0]


def test_the_best_are_kept_that_lie_apart():
    differences = Differences(TYPES, VOCABULARY)
    rows = np.stack(
        [
            row((0, 1, 2)),
            row((0, 2, 2)),
            row((0, 1, 2), (0, 3, 1)),
            row((0, 3, 1), (1, 3, 2)),
            row(),
        ]
    )
    assert far_apart(rows, differences, least=1, most=9) == [0, 2, 3, 4]
    assert far_apart(rows, differences, least=2, most=9) == [0, 3]
    assert far_apart(rows, differences, least=1, most=2) == [0, 2]
    assert far_apart(rows[:0], differences, least=1, most=2) == []
