"""Nats along orders: against an exactly known joint, and against all orders."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.any_order import any_order_nats
from bd_gen.model.given_tokens import given_tokens
from bd_gen.model.order_laws import ORDER_LAWS, reveal_ranks
from bd_gen.model.process import FixedProcess
from bd_gen.model.schedules import schedule_named

LOGLINEAR = schedule_named("loglinear")
PROCESS = FixedProcess(LOGLINEAR)
Maker = Callable[..., Any]


@pytest.mark.parametrize("seed", [0, 1])
def test_of_an_exact_denoiser_every_order_gives_the_probability(oracle: Any, seed: int) -> None:
    for n in (1, 2, 3):
        real = Vocabulary(3).real_positions(n)
        rows = np.tile(Vocabulary(3).pad_row, (len(oracle.states[n]), 1))
        rows[:, real] = oracle.states[n].numpy()
        found = any_order_nats(oracle, rows, PROCESS, seed=seed)
        expected = -np.log(oracle.probabilities[n].numpy())
        np.testing.assert_allclose(found.per_diagram, expected, atol=1e-9)


@pytest.mark.parametrize("time_conditioning", [False, True])
def test_many_orders_come_near_the_average_over_all(
    make_tokens: Maker,
    make_small_model: Maker,
    exact_bound: Callable[..., float],
    time_conditioning: bool,
) -> None:
    denoiser = make_small_model(2, time_conditioning, scale=1.0)
    tokens = make_tokens([2], 2)
    row = torch.from_numpy(tokens[0].astype(np.int64))
    expected = exact_bound(denoiser, row, 2, LOGLINEAR)
    singles = [any_order_nats(denoiser, tokens, PROCESS, seed=seed).mean for seed in range(150)]
    # Three tokens have six orders, all of which must occur about equally often.
    assert len({round(value, 9) for value in singles}) == 6
    error = np.std(singles) / len(singles) ** 0.5
    assert abs(np.mean(singles) - expected) < 4 * error


def test_numbers_do_not_depend_on_batches_and_repeat(
    make_tokens: Maker, make_small_model: Maker
) -> None:
    denoiser = make_small_model(4)
    tokens = make_tokens([4, 2, 3, 4, 1, 2, 4, 3], 4)
    whole = any_order_nats(denoiser, tokens, num_orders=2)
    parts = any_order_nats(denoiser, tokens, num_orders=2, batch_size=1)
    np.testing.assert_allclose(whole.per_diagram, parts.per_diagram, rtol=1e-12)
    again = any_order_nats(denoiser, tokens, num_orders=2)
    assert np.array_equal(whole.per_diagram, again.per_diagram)
    other = any_order_nats(denoiser, tokens, num_orders=2, seed=1)
    assert not np.allclose(whole.per_diagram, other.per_diagram)


def brute_force_nats(table: np.ndarray, order: list[int]) -> float:
    """-log p along one order, from log p of every token given every set of others."""
    hidden, total = sum(1 << place for place in order), 0.0
    for place in order:
        total -= table[hidden, place]
        hidden ^= 1 << place
    return total


@pytest.mark.parametrize("law", ORDER_LAWS)
@pytest.mark.parametrize("what", [None, "types", "half"])
@pytest.mark.parametrize("time_conditioning", [False, True])
def test_every_order_of_every_law_against_brute_force(
    make_tokens: Maker,
    make_small_model: Maker,
    probability_table: Callable[..., np.ndarray],
    law: str,
    what: str | None,
    time_conditioning: bool,
) -> None:
    denoiser = make_small_model(3, time_conditioning, scale=1.0)
    row, vocabulary = make_tokens([3], 3), Vocabulary(3)
    tokens = np.repeat(row, 40, axis=0)  # every copy has an order of its own
    given = None if what is None else given_tokens(what, tokens, vocabulary, seed=3)
    found = any_order_nats(denoiser, tokens, PROCESS, 2, seed=3, given=given, law=law)
    table = probability_table(denoiser, torch.from_numpy(row[0].astype(np.int64)), 3, LOGLINEAR)
    known = np.zeros((40, 6), bool) if given is None else given
    expected = np.empty((2, 40))
    for k in range(2):
        ranks = reveal_ranks(ORDER_LAWS[law], 3, known, 3, k)
        for copy, rank in enumerate(ranks):
            order = [int(p) for p in rank.argsort() if rank[p] >= 0]
            expected[k, copy] = brute_force_nats(table, order)
    near = 1e-4 if time_conditioning else 1e-9  # times are rounded to float32 in two ways
    np.testing.assert_allclose(found.per_order, expected, rtol=near)
    np.testing.assert_allclose(found.per_diagram, expected.mean(axis=0), rtol=near)
    mixture = -np.log(np.exp(-expected).mean(axis=0))
    np.testing.assert_allclose(found.log_mean_exp, mixture, rtol=near)
    assert found.num_tokens.tolist() == [6 if what is None else 3] * 40


@pytest.mark.parametrize("law", ORDER_LAWS)
def test_many_orders_come_near_the_law_of_the_sampler(
    make_tokens: Maker,
    make_small_model: Maker,
    probability_table: Callable[..., np.ndarray],
    law: str,
) -> None:
    """The mean and the mixture, against all orders that the law can draw, each once."""
    denoiser, row = make_small_model(3, scale=1.0), make_tokens([3], 3)
    table = probability_table(denoiser, torch.from_numpy(row[0].astype(np.int64)), 3, LOGLINEAR)
    known = np.zeros((40_000, 6), bool)
    orders = np.unique(reveal_ranks(ORDER_LAWS[law], 3, known, 0, 0).argsort(axis=1), axis=0)
    assert len(orders) == {"random": 720, "types": 36, "edges": 36, "rooms": 12}[law]
    exact = np.array([brute_force_nats(table, order) for order in orders.tolist()])
    found = any_order_nats(denoiser, np.repeat(row, 3000, axis=0), law=law).per_diagram
    assert abs(found.mean() - exact.mean()) < 4 * found.std() / len(found) ** 0.5
    p = np.exp(-found)
    assert abs(p.mean() - np.exp(-exact).mean()) < 4 * p.std() / len(p) ** 0.5
    # Jensen: the mean over orders lies above -log p of the sampler.
    assert exact.mean() > -np.log(np.exp(-exact).mean()) + 1e-3


@pytest.mark.parametrize("law", ORDER_LAWS)
@pytest.mark.parametrize("what", ["types", "half"])
def test_given_tokens_of_an_exact_denoiser(oracle: Any, law: str, what: str) -> None:
    """-log p(others | given) is -log p(all) + log p(given), whatever the order."""
    vocabulary = Vocabulary(3)
    for n in (1, 2, 3):
        real, states = vocabulary.real_positions(n), oracle.states[n]
        rows = np.tile(vocabulary.pad_row, (len(states), 1))
        rows[:, real] = states.numpy()
        given = given_tokens(what, rows, vocabulary, seed=1)
        found = any_order_nats(oracle, rows, given=given, law=law, num_orders=2)
        for k in range(len(rows)):
            visible = torch.from_numpy(given[k, real])[None]
            everything = oracle.visible_nats(n, k, torch.ones_like(visible))
            expected = float(everything - oracle.visible_nats(n, k, visible))
            np.testing.assert_allclose(found.per_order[:, k], expected, atol=1e-9)


def test_diagrams_of_one_batch_may_know_different_numbers_of_tokens(
    make_tokens: Maker, make_small_model: Maker
) -> None:
    denoiser, tokens = make_small_model(3), make_tokens([3, 3, 3, 3], 3)
    given = np.arange(6) < np.array([0, 2, 5, 6])[:, None]
    together = any_order_nats(denoiser, tokens, given=given)
    for k in range(4):
        # The same place in its batch, so that it has the same order.
        alone = any_order_nats(denoiser, tokens, given=np.tile(given[k], (4, 1)))
        assert together.per_diagram[k] == pytest.approx(alone.per_diagram[k], rel=1e-12)
    assert together.per_diagram[3] == 0.0
    assert together.num_tokens.tolist() == [6, 4, 1, 0]


def test_every_order_has_a_row_and_counts_as_progress(
    make_tokens: Maker, make_small_model: Maker
) -> None:
    denoiser, tokens = make_small_model(3), make_tokens([3, 3, 2], 3)
    calls: list[tuple[int, int]] = []
    both = any_order_nats(
        denoiser, tokens, num_orders=2, progress=lambda done, total: calls.append((done, total))
    )
    one = any_order_nats(denoiser, tokens)
    assert calls[-1] == (6, 6)
    assert np.array_equal(both.per_order[0], one.per_diagram)
    assert not np.allclose(both.per_order[1], one.per_diagram)
    assert np.array_equal(both.per_diagram, both.per_order.mean(axis=0))


def test_sums_and_shares(make_tokens: Maker, make_small_model: Maker) -> None:
    nats = any_order_nats(make_small_model(3), make_tokens([3, 1, 3], 3))
    assert nats.num_tokens.tolist() == [6, 1, 6]
    assert nats.mean == pytest.approx(nats.per_diagram.sum() / 3)
    assert nats.per_token == pytest.approx(nats.per_diagram.sum() / 13)
    assert nats.by_num_rooms()[1] == (pytest.approx(nats.per_diagram[1]), 1)
    assert nats.by_num_rooms()[3][1] == 2
    spread = np.std(nats.per_diagram, ddof=1) / 3**0.5
    assert nats.standard_error == pytest.approx(spread)


def test_what_cannot_be_measured_is_refused(make_tokens: Maker, make_small_model: Maker) -> None:
    tokens = make_tokens([2], 2)
    with pytest.raises(ValueError, match="at least one"):
        any_order_nats(make_small_model(2), tokens[:0])
    with pytest.raises(ValueError, match="needs a forward process"):
        any_order_nats(make_small_model(2, True), tokens)
    with pytest.raises(ValueError, match="order: expected one of"):
        any_order_nats(make_small_model(2), tokens, law="causal")
