import math
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
import torch
from numpy.polynomial.legendre import leggauss

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.corruption import SMALLEST_TIME, Corruption, MaskedByTime, MaskedCount
from bd_gen.model.learned_rates import LearnedRates
from bd_gen.model.objective import CleanGroup, masked_loss
from bd_gen.model.process import FixedProcess, LearnedProcess, MaskedByRates
from bd_gen.model.schedules import schedule_named

Maker = Callable[..., Any]
COSINE = schedule_named("cosine")


@pytest.fixture
def rates() -> LearnedRates:
    """Every position of rows of up to 3 rooms with a schedule of its own."""
    torch.manual_seed(0)
    rates = LearnedRates(Vocabulary(3))
    with torch.no_grad():
        rates.mlp[-1].weight.mul_(10)
    return rates


def test_a_fixed_process_trains_with_the_estimator_asked_for() -> None:
    assert isinstance(FixedProcess(COSINE).in_training(0.0), MaskedCount)
    assert isinstance(FixedProcess(COSINE, "time").in_training(0.5), MaskedByTime)


def test_a_fixed_process_is_measured_with_the_estimator_of_less_variance() -> None:
    assert isinstance(FixedProcess(COSINE, "time").in_validation(), MaskedCount)


def test_a_fixed_process_has_one_alpha() -> None:
    alpha = FixedProcess(COSINE).alpha(3, 0.3)
    assert alpha.dtype == torch.float64
    assert alpha.tolist() == [float(COSINE.alpha(torch.tensor(0.3, dtype=torch.float64)))] * 6


def test_a_learned_process_has_the_alpha_of_each_position(rates: LearnedRates) -> None:
    everywhere = rates.alpha(torch.tensor([0.6]))[0].detach()
    process = LearnedProcess(rates)
    torch.testing.assert_close(process.alpha(3, 0.6), everywhere)
    # Two rooms and the edge between them; n_max 3 puts it at position 3.
    torch.testing.assert_close(process.alpha(2, 0.6), everywhere[[0, 1, 3]])
    assert not process.alpha(3, 0.6).requires_grad


def test_the_temperature_falls_from_one_to_a_tenth(rates: LearnedRates) -> None:
    process = LearnedProcess(rates)
    found = [process.in_training(done).temperature for done in (0.0, 0.5, 1.0)]
    assert found == pytest.approx([1.0, math.sqrt(0.1), 0.1])
    assert process.in_validation().temperature is None


@pytest.mark.parametrize("num_rooms", [1, 2, 3])
def test_each_token_is_masked_with_its_own_probability(rates: LearnedRates, num_rooms: int) -> None:
    length, fine = num_rooms * (num_rooms + 1) // 2, 4_000
    noise = (torch.arange(fine).double()[:, None] + 0.5).expand(-1, length) / fine
    for t in (0.05, 0.4, 0.9):
        level = torch.full((fine,), (1 - t) / (1 - SMALLEST_TIME), dtype=torch.float64)
        corruption = MaskedByRates(rates, None)(num_rooms, level, noise)
        assert corruption.is_masked.shape == (fine, length)  # PAD has no place here
        expected = 1 - LearnedProcess(rates).alpha(num_rooms, t)
        frequency = corruption.is_masked.double().mean(dim=0)
        torch.testing.assert_close(frequency, expected, rtol=0, atol=1 / fine + 1e-7)
        torch.testing.assert_close(corruption.time, torch.full((fine,), t))


def test_the_weight_is_that_of_each_positions_schedule(rates: LearnedRates) -> None:
    """w = -alpha' / (1 - alpha), with alpha' by automatic differentiation."""
    level = torch.tensor([0.1, 0.5, 0.9], dtype=torch.float64)
    t = (1 - (1 - SMALLEST_TIME) * level).requires_grad_()
    alpha = rates.alpha(t)
    slopes = [torch.autograd.grad(alpha[:, k].sum(), t, retain_graph=True)[0] for k in range(6)]
    expected = (1 - SMALLEST_TIME) * -torch.stack(slopes, dim=1) / (1 - alpha)
    corruption = MaskedByRates(rates, None)(3, level, torch.rand(3, 6))
    torch.testing.assert_close(corruption.weight, expected.detach().float())
    assert not corruption.weight.requires_grad
    assert corruption.soft is None


@pytest.mark.parametrize("num_rooms", [2, 3])
def test_with_the_exact_denoiser_the_bound_counts_what_becomes_masked(
    oracle: Maker, rates: LearnedRates, num_rooms: int
) -> None:
    """Between two times it is the rise of E[-log p(what is visible)], whatever the rates."""
    nodes, node_weights = leggauss(80)
    levels = torch.from_numpy((nodes + 1) / 2)
    patterns = torch.tensor(list(product([True, False], repeat=num_rooms * (num_rooms + 1) // 2)))
    noise = torch.where(patterns, 1.0, 0.0).double()  # masked whatever gamma is, or never
    with torch.no_grad():
        corruption: Corruption = MaskedByRates(rates, None)(
            num_rooms, levels.repeat_interleave(len(patterns)), noise.repeat(len(levels), 1)
        )
    assert torch.equal(corruption.is_masked, patterns.repeat(len(levels), 1))

    def chances(t: float) -> torch.Tensor:
        alpha = LearnedProcess(rates).alpha(num_rooms, t)
        return torch.where(patterns, 1 - alpha, alpha).prod(dim=1)

    weight = torch.cat(
        [
            w / 2 * chances(1 - (1 - SMALLEST_TIME) * float(level))
            for w, level in zip(node_weights, levels, strict=True)
        ]
    )
    for state, row in enumerate(oracle.states[num_rooms]):
        group = CleanGroup(num_rooms, row.expand(len(weight), -1))
        loss = masked_loss(oracle, [group], [corruption], oracle.vocabulary)
        terms = loss.weight * loss.cross_entropy
        found = (weight[corruption.is_masked.nonzero()[:, 0]] * terms).sum()
        nats = oracle.visible_nats(num_rooms, state, ~patterns)
        expected = ((chances(SMALLEST_TIME) - chances(1.0)) * nats).sum()
        assert float(found) == pytest.approx(float(expected), rel=1e-5)
        # alpha(1) = sigmoid(-5): what is still visible at t = 1 is not paid for.
        whole = -math.log(oracle.probabilities[num_rooms][state])
        assert 0 < whole - float(found) < len(row) * 0.0068 * whole


@pytest.mark.parametrize("temperature", [1.0, 0.1])
def test_soft_masks_have_the_value_of_hard_ones_and_a_gradient(
    rates: LearnedRates, temperature: float
) -> None:
    level, noise = torch.full((50,), 0.3).double(), torch.rand(50, 6)
    hard = MaskedByRates(rates, None)(3, level, noise)
    soft = MaskedByRates(rates, temperature)(3, level, noise)
    assert torch.equal(soft.is_masked, hard.is_masked)
    assert soft.soft is not None
    torch.testing.assert_close(soft.soft.detach(), hard.is_masked.float())
    torch.testing.assert_close(soft.weight.detach(), hard.weight)


@pytest.mark.parametrize("way", ["weights", "soft masks"])
def test_the_gradient_reaches_the_rates_both_ways(
    make_tokens: Maker, make_small_model: Maker, rates: LearnedRates, way: str
) -> None:
    denoiser = make_small_model(3)
    rows = torch.from_numpy(make_tokens([3] * 8, 3)).long()
    full = MaskedByRates(rates, 0.5)(3, torch.linspace(0, 0.9, 8), torch.rand(8, 6))
    assert full.soft is not None
    weight, soft = full.weight, full.soft
    if way == "weights":
        soft = soft.detach()
    else:
        weight = weight.detach()
    corruption = Corruption(full.is_masked, weight, full.time, soft)
    masked_loss(denoiser, [CleanGroup(3, rows)], [corruption], denoiser.vocabulary).nats.backward()
    for name, parameter in rates.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
        assert parameter.grad.abs().sum() > 0, name
