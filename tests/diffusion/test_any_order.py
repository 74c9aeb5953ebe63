"""The any-order likelihood: against an exactly known joint, and against all orders."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.diffusion.any_order import any_order_nats
from bd_gen.diffusion.process import FixedProcess
from bd_gen.diffusion.schedules import schedule_named

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
    make_model: Maker,
    exact_bound: Callable[..., float],
    time_conditioning: bool,
) -> None:
    denoiser = make_model(2, time_conditioning, scale=1.0)
    tokens = make_tokens([2], 2)
    row = torch.from_numpy(tokens[0].astype(np.int64))
    expected = exact_bound(denoiser, row, 2, LOGLINEAR)
    singles = [any_order_nats(denoiser, tokens, PROCESS, seed=seed).mean for seed in range(150)]
    # Three tokens have six orders, all of which must occur about equally often.
    assert len({round(value, 9) for value in singles}) == 6
    error = np.std(singles) / len(singles) ** 0.5
    assert abs(np.mean(singles) - expected) < 4 * error


def test_numbers_do_not_depend_on_batches_and_repeat(make_tokens: Maker, make_model: Maker) -> None:
    denoiser = make_model(4)
    tokens = make_tokens([4, 2, 3, 4, 1, 2, 4, 3], 4)
    whole = any_order_nats(denoiser, tokens, num_orders=2)
    parts = any_order_nats(denoiser, tokens, num_orders=2, batch_size=1)
    np.testing.assert_allclose(whole.per_diagram, parts.per_diagram, rtol=1e-12)
    again = any_order_nats(denoiser, tokens, num_orders=2)
    assert np.array_equal(whole.per_diagram, again.per_diagram)
    other = any_order_nats(denoiser, tokens, num_orders=2, seed=1)
    assert not np.allclose(whole.per_diagram, other.per_diagram)


def test_two_orders_are_the_mean_of_each(make_tokens: Maker, make_model: Maker) -> None:
    denoiser, tokens = make_model(3), make_tokens([3, 3, 2], 3)
    calls: list[tuple[int, int]] = []
    both = any_order_nats(
        denoiser, tokens, num_orders=2, progress=lambda done, total: calls.append((done, total))
    )
    one = any_order_nats(denoiser, tokens)
    assert calls[-1] == (6, 6)
    assert not np.allclose(both.per_diagram, one.per_diagram)


def test_sums_and_shares(make_tokens: Maker, make_model: Maker) -> None:
    nats = any_order_nats(make_model(3), make_tokens([3, 1, 3], 3))
    assert nats.num_tokens.tolist() == [6, 1, 6]
    assert nats.mean == pytest.approx(nats.per_diagram.sum() / 3)
    assert nats.per_token == pytest.approx(nats.per_diagram.sum() / 13)
    assert nats.by_num_rooms()[1] == (pytest.approx(nats.per_diagram[1]), 1)
    assert nats.by_num_rooms()[3][1] == 2
    spread = np.std(nats.per_diagram, ddof=1) / 3**0.5
    assert nats.standard_error == pytest.approx(spread)


def test_what_cannot_be_measured_is_refused(make_tokens: Maker, make_model: Maker) -> None:
    tokens = make_tokens([2], 2)
    with pytest.raises(ValueError, match="at least one"):
        any_order_nats(make_model(2), tokens[:0])
    with pytest.raises(ValueError, match="needs a forward process"):
        any_order_nats(make_model(2, True), tokens)
