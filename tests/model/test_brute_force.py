"""The loss against brute force: all masks, all orders, with their probabilities."""

import math
from collections.abc import Callable
from itertools import permutations, product
from typing import Any

import numpy as np
import pytest
import torch
from numpy.polynomial.legendre import leggauss
from scipy.special import beta, betainc
from torch import Tensor

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.config import ModelConfig
from bd_gen.model.corruption import (
    SMALLEST_TIME,
    Corruption,
    MaskedByTime,
    MaskedCount,
)
from bd_gen.model.denoiser import Denoiser
from bd_gen.model.objective import CleanGroup, masked_loss
from bd_gen.model.schedules import SCHEDULES, Schedule, schedule_named

LOGLINEAR = schedule_named("loglinear")
every_schedule = pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=list(SCHEDULES))
Maker = Callable[..., Any]


def real_row(tokens: np.ndarray, num_rooms: int, n_max: int) -> Tensor:
    """(N,) tokens of the first row at its real positions."""
    return torch.from_numpy(tokens[0, Vocabulary(n_max).real_positions(num_rooms)].astype(np.int64))


def nats_per_draw(
    denoiser: Denoiser, rows: Tensor, num_rooms: int, corruption: Corruption
) -> Tensor:
    """(B,) estimate of the bound for each of B corruptions of rows (B, N)."""
    with torch.no_grad():
        loss = masked_loss(
            denoiser, [CleanGroup(num_rooms, rows)], [corruption], denoiser.vocabulary
        )
    draw = corruption.is_masked.nonzero()[:, 0]
    terms = (loss.weight * loss.cross_entropy).double()
    return torch.zeros(len(rows), dtype=torch.float64).index_add(0, draw, terms)


def count_expectation(denoiser: Denoiser, row: Tensor, num_rooms: int, schedule: Schedule) -> float:
    """What `MaskedCount` gives on average: every k with every order of the noise."""
    length = len(row)
    orders = torch.tensor(list(permutations(range(length)))) / length
    levels = (torch.arange(length).double() + 0.5) / length
    corruption = MaskedCount(schedule)(
        num_rooms, levels.repeat_interleave(len(orders)), orders.repeat(length, 1)
    )
    rows = row.expand(len(corruption.is_masked), -1)
    return float(nats_per_draw(denoiser, rows, num_rooms, corruption).mean())


def time_expectation(denoiser: Denoiser, row: Tensor, num_rooms: int, schedule: Schedule) -> float:
    """What `MaskedByTime` gives on average: Gauss-Legendre over t, all masks at each t."""
    nodes, node_weights = leggauss(60)
    levels = torch.from_numpy((nodes + 1) / 2)
    patterns = torch.tensor(list(product([True, False], repeat=len(row))))
    noise = torch.where(patterns, 0.0, 1 - 2**-24)  # masked however small 1 - alpha, or never
    corruption: Corruption = MaskedByTime(schedule)(
        num_rooms, levels.repeat_interleave(len(patterns)), noise.repeat(len(levels), 1)
    )
    assert torch.equal(corruption.is_masked, patterns.repeat(len(levels), 1))
    alpha = schedule.alpha(1 - (1 - SMALLEST_TIME) * levels)[:, None]
    k = patterns.sum(dim=1)
    probability = (1 - alpha) ** k * alpha ** (len(row) - k)
    weight = torch.from_numpy(node_weights / 2)[:, None] * probability
    rows = row.expand(len(corruption.is_masked), -1)
    found = nats_per_draw(denoiser, rows, num_rooms, corruption)
    return float((weight.reshape(-1) * found).sum())


@every_schedule
@pytest.mark.parametrize("time_conditioning", [False, True])
@pytest.mark.parametrize("num_rooms", [1, 2, 3])
def test_the_count_estimator_is_the_any_order_bound(
    make_tokens: Maker,
    make_small_model: Maker,
    exact_bound: Maker,
    schedule: Schedule,
    time_conditioning: bool,
    num_rooms: int,
) -> None:
    denoiser = make_small_model(3, time_conditioning)
    row = real_row(make_tokens([num_rooms], 3), num_rooms, 3)
    exact = exact_bound(denoiser, row, num_rooms, schedule)
    found = count_expectation(denoiser, row, num_rooms, schedule)
    assert found == pytest.approx(exact, rel=2e-6)


def truncated_weight(k: int, length: int, schedule: Schedule) -> float:
    """The integral of w(t) (1-alpha)^k alpha^(N-k) over the times that are drawn.

    With alpha as the variable it is that of (1-alpha)^(k-1) alpha^(N-k), an incomplete beta
    function; over all of [0, 1] it would be 1 / (k * binomial(N, k)).
    """
    ends = schedule.alpha(torch.tensor([1.0, SMALLEST_TIME], dtype=torch.float64)).numpy()
    low, high = betainc(length - k + 1, k, ends)
    return float(beta(length - k + 1, k) * (high - low))


@every_schedule
@pytest.mark.parametrize("num_rooms", [1, 2, 3])
def test_the_time_estimator_is_the_bound_but_for_the_times_that_are_not_drawn(
    make_tokens: Maker,
    make_small_model: Maker,
    exact_bound: Maker,
    probability_table: Maker,
    schedule: Schedule,
    num_rooms: int,
) -> None:
    denoiser = make_small_model(3)
    row = real_row(make_tokens([num_rooms], 3), num_rooms, 3)
    table, length = probability_table(denoiser, row, num_rooms, schedule), len(row)
    drawn = 0.0
    for mask in range(1, 2**length):
        costs = -sum(table[mask, i] for i in range(length) if mask >> i & 1)
        drawn += truncated_weight(mask.bit_count(), length, schedule) * costs
    found = time_expectation(denoiser, row, num_rooms, schedule)
    assert found == pytest.approx(drawn, rel=2e-6)
    # What is left out is little: masks of one token before 1e-3, and what is visible at t = 1.
    exact = exact_bound(denoiser, row, num_rooms, schedule)
    ends = schedule.alpha(torch.tensor([1.0, SMALLEST_TIME], dtype=torch.float64)).tolist()
    assert 0 < exact - found < length * (ends[0] + 1 - ends[1]) * exact


@pytest.mark.parametrize("num_rooms", [1, 2, 3])
def test_with_the_exact_denoiser_the_bound_is_minus_log_p(oracle: Maker, num_rooms: int) -> None:
    for row, p in zip(oracle.states[num_rooms], oracle.probabilities[num_rooms], strict=True):
        found = count_expectation(oracle, row, num_rooms, LOGLINEAR)
        assert found == pytest.approx(-math.log(p), rel=1e-6)


@every_schedule
@pytest.mark.parametrize("num_rooms", [1, 2, 3])
def test_with_the_exact_denoiser_the_time_estimator_counts_what_becomes_masked(
    oracle: Maker, schedule: Schedule, num_rooms: int
) -> None:
    """Between two times it is the rise of E[-log p(what is visible)], to the last digit."""
    patterns = torch.tensor(list(product([True, False], repeat=num_rooms * (num_rooms + 1) // 2)))
    k = patterns.sum(dim=1)
    for state, row in enumerate(oracle.states[num_rooms]):
        nats = oracle.visible_nats(num_rooms, state, patterns)
        ends = []
        for t in (SMALLEST_TIME, 1.0):
            alpha = schedule.alpha(torch.tensor(t, dtype=torch.float64))
            ends.append((alpha**k * (1 - alpha) ** (len(row) - k) * nats).sum())
        found = time_expectation(oracle, row, num_rooms, schedule)
        assert found == pytest.approx(float(ends[0] - ends[1]), rel=1e-6)


def test_the_bound_wastes_no_probability_and_invents_none(make_small_model: Maker) -> None:
    """exp(-bound) of all 13 * 13 * 11 diagrams of two rooms sums to at most 1.

    For one order it would be 1 exactly; averaging over orders can only lose. A loss that counts
    some classes less than others (or all of them too little) gives more than 1.
    """
    denoiser = make_small_model(2, scale=0.1)
    diagrams = torch.tensor(list(product(range(13), range(13), range(11))))
    orders = torch.tensor(list(permutations(range(3)))) / 3
    levels = (torch.arange(3).double() + 0.5) / 3
    draws = MaskedCount(LOGLINEAR)(2, levels.repeat_interleave(6), orders.repeat(3, 1))
    everywhere = Corruption(
        draws.is_masked.repeat(len(diagrams), 1),
        draws.weight.repeat(len(diagrams), 1),
        draws.time.repeat(len(diagrams)),
    )
    found = nats_per_draw(denoiser, diagrams.repeat_interleave(18, dim=0), 2, everywhere)
    bound = found.view(-1, 18).mean(dim=1)
    assert 0.9 < float(torch.exp(-bound).sum()) <= 1.0


def all_masked(rows: Tensor) -> Corruption:
    level = torch.full((len(rows),), 0.999, dtype=torch.float64)
    return MaskedCount(LOGLINEAR)(3, level, torch.rand(rows.shape))


def test_frequent_and_rare_values_count_the_same(make_small_model: Maker) -> None:
    """Real frequencies are where the loss is stationary: no class is weighted.

    Edges here are no-edge 20 times as often as anything else. With the loss weighted by inverse
    frequency the best constant prediction would be uniform.
    """
    denoiser = make_small_model(3)
    torch.nn.init.zeros_(denoiser.head.weight)
    rng = np.random.default_rng(0)
    nodes = torch.from_numpy(rng.integers(0, 13, (400, 3)))
    edges = torch.from_numpy(rng.choice(11, (400, 3), p=[1 / 30] * 10 + [20 / 30]))
    with torch.no_grad():
        frequencies = [
            torch.bincount(part.reshape(-1), minlength=size).double() / part.numel()
            for part, size in ((nodes, 13), (edges, 11))
        ]
        assert min(frequencies[1]) > 0
        denoiser.head.bias.copy_(torch.cat(frequencies).log())
    rows = torch.cat([nodes, edges], dim=1)
    loss = masked_loss(denoiser, [CleanGroup(3, rows)], [all_masked(rows)], denoiser.vocabulary)
    loss.nats.backward()
    assert denoiser.head.bias.grad.abs().max() < 1e-5
    entropy = sum(float(-(p * p.log()).sum()) for p in frequencies)
    assert float(loss.nats.detach()) == pytest.approx(3 * entropy, rel=1e-5)


def test_what_a_token_counts_does_not_depend_on_its_value() -> None:
    """An unknowing model pays log 13 or log 11, whatever the clean values are."""
    denoiser = Denoiser(ModelConfig(8, 1, 2), Vocabulary(3))
    level, noise = torch.rand(11).double(), torch.rand(11, 6)
    corruption: Corruption = MaskedCount(LOGLINEAR)(3, level, noise)
    costs = torch.where(torch.arange(6) < 3, math.log(13), math.log(11))
    expected = (corruption.weight * corruption.is_masked * costs).sum() / 11
    for edge in range(11):
        rows = torch.tensor([[0, 7, 12, edge, edge, edge]]).repeat(11, 1)
        loss = masked_loss(denoiser, [CleanGroup(3, rows)], [corruption], denoiser.vocabulary)
        torch.testing.assert_close(loss.nats, expected)
