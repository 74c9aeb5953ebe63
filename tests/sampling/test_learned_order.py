"""Sampling along the order of a learned law."""

import math

import numpy as np
import pytest
import torch
from tests.rplan import EDGE_MASK, NODE_MASK
from tests.sampling.oracle import Oracle

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.order_law import OrderLaw
from bd_gen.model.process import LearnedOrders
from bd_gen.sampling.grid import LawVisibility, equal_steps, visibility_of
from bd_gen.sampling.method import Method
from bd_gen.sampling.sampler import Sampler

FIRST = Method("first_hitting", is_learned=True)


def sampler_of(law: OrderLaw, oracle: Oracle, given: np.ndarray | None = None) -> Sampler:
    visibility = visibility_of(LearnedOrders(law))
    return Sampler(oracle, oracle.vocabulary, visibility, oracle.histogram, FIRST, given=given)


def states_on_the_way(sampler: Sampler, count: int) -> list[np.ndarray]:
    """(count, length) bool for every state: where something is visible."""
    masks = sampler.vocabulary.mask_row
    states: list[np.ndarray] = []
    sampler.sample(3, range(count), count, observer=lambda rows: states.append(rows != masks))
    return states


def test_a_sample_is_the_same_in_any_batch() -> None:
    sampler = sampler_of(OrderLaw(), Oracle.of_several_sizes(0))
    whole = sampler.sample(1, range(40), batch_size=40)
    assert np.array_equal(sampler.sample(1, range(40), batch_size=7), whole)
    assert np.array_equal(sampler.sample(1, range(11, 12)), whole[11:12])
    assert not np.array_equal(sampler.sample(2, range(40)), whole)


def test_one_token_a_call_room_by_room() -> None:
    sampler = sampler_of(OrderLaw(), Oracle.of_three_rooms(0))
    states = states_on_the_way(sampler, 400)
    counts = [int(state[0].sum()) for state in states]
    assert sorted(set(counts)) == list(range(7))
    assert sampler.calls == 400 * 6
    with_two = next(state for state in states if state[0].sum() == 2)
    with_three = next(state for state in states if state[0].sum() == 3)
    assert (with_two[:, :3].sum(axis=1) == 2).mean() > 0.95  # two rooms,
    assert (with_three[:, 3:].sum(axis=1) == 1).mean() > 0.95  # then the edge between them


def test_the_first_token_is_drawn_with_the_probabilities_of_the_law() -> None:
    law = OrderLaw()
    with torch.no_grad():
        law.order_weights[0] = -1.0  # edges without a visible end
    states = states_on_the_way(sampler_of(law, Oracle.of_three_rooms(0)), 6_000)
    first = next(state for state in states if state[0].sum() == 1)
    chance = 3 / (3 + 3 * math.exp(-1))
    error = math.sqrt(chance * (1 - chance) / len(first))
    assert first[:, :3].any(axis=1).mean() == pytest.approx(chance, abs=4.5 * error)


def test_what_is_given_is_visible_to_the_law_and_kept() -> None:
    """Both rooms of an edge are given, so that it comes first."""
    given = np.array([4, 0, NODE_MASK, EDGE_MASK, EDGE_MASK, EDGE_MASK], np.uint8)
    sampler = sampler_of(OrderLaw(), Oracle.of_three_rooms(0), given)
    states = states_on_the_way(sampler, 200)
    first = next(state for state in states if state[0].sum() == 3)
    assert first[:, 3].mean() > 0.97
    rows = sampler.sample(0, range(50))
    assert (rows[:, :2] == [4, 0]).all()
    assert sampler.calls == 250 * 4


def test_on_a_grid_the_schedule_counts_alone() -> None:
    visibility = visibility_of(LearnedOrders(OrderLaw()))
    assert isinstance(visibility, LawVisibility)
    positions = torch.arange(Vocabulary(3).length)
    grid = equal_steps(visibility, 4, positions)
    assert grid.alphas[2].tolist() == pytest.approx([1 - 0.999 * 0.5] * 6)
