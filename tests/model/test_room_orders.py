"""Masks along the order "rooms" against all its orders, one by one."""

from collections.abc import Callable, Iterator
from itertools import combinations, permutations, product
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.corruption import Corruption, MaskedCount
from bd_gen.model.likelihood import bound_in_nats
from bd_gen.model.objective import CleanGroup, masked_loss
from bd_gen.model.process import FixedProcess
from bd_gen.model.room_orders import MaskedByRooms
from bd_gen.model.schedules import schedule_named

LOGLINEAR = schedule_named("loglinear")
Maker = Callable[..., Any]


def orders_by_rooms(num_rooms: int) -> Iterator[list[int]]:
    """Every order "rooms" of the tokens of n rooms; all are equally likely."""
    edge = {pair: num_rooms + k for k, pair in enumerate(combinations(range(num_rooms), 2))}
    for rooms in permutations(range(num_rooms)):
        blocks = [
            list(permutations([edge[min(a, b), max(a, b)] for a in rooms[:k]]))
            for k, b in enumerate(rooms)
        ]
        for chosen in product(*blocks):
            yield [
                token for room, edges in zip(rooms, chosen, strict=True) for token in (room, *edges)
            ]


def exact_rooms_bound(table: np.ndarray, num_rooms: int) -> float:
    """Mean over the orders of sum_i -log p(x_order(i) | x_order(<i))."""
    totals = []
    for order in orders_by_rooms(num_rooms):
        masked, total = 2 ** len(order) - 1, 0.0
        for token in order:
            total -= table[masked, token]
            masked ^= 1 << token
        totals.append(total)
    return float(np.mean(totals))


def every_draw(num_rooms: int, coins: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Levels and noise in which every k, coin, order of rooms and of edges occurs once."""
    num_edges = num_rooms * (num_rooms - 1) // 2
    length = num_rooms + num_edges
    noise = torch.tensor(
        [
            [(r + 0.5) / num_rooms for r in rooms] + [(e + 0.5) / num_edges for e in edges]
            for rooms in permutations(range(num_rooms))
            for edges in permutations(range(num_edges))
        ]
    )
    levels = (torch.arange(length * coins).double() + 0.5) / (length * coins)
    return levels.repeat_interleave(len(noise)), noise.repeat(len(levels), 1)


def mean_nats(denoiser: Any, row: torch.Tensor, num_rooms: int, corruption: Corruption) -> float:
    rows = row.expand(len(corruption.is_masked), -1)
    with torch.no_grad():
        loss = masked_loss(
            denoiser, [CleanGroup(num_rooms, rows)], [corruption], denoiser.vocabulary
        )
    return float(loss.nats)


@pytest.mark.parametrize("num_rooms", [1, 2, 3])
@pytest.mark.parametrize("time_conditioning", [False, True])
def test_the_expected_loss_is_the_mean_over_all_orders(
    make_tokens: Maker,
    make_small_model: Maker,
    probability_table: Maker,
    num_rooms: int,
    time_conditioning: bool,
) -> None:
    denoiser = make_small_model(3, time_conditioning)
    real = Vocabulary(3).real_positions(num_rooms)
    row = torch.from_numpy(make_tokens([num_rooms], 3)[0, real].astype(np.int64))
    corruption = MaskedByRooms(LOGLINEAR)(num_rooms, *every_draw(num_rooms, coins=1))
    table = probability_table(denoiser, row, num_rooms, LOGLINEAR)
    expected = exact_rooms_bound(table, num_rooms)
    assert mean_nats(denoiser, row, num_rooms, corruption) == pytest.approx(expected, rel=1e-6)


def test_a_share_of_the_diagrams_is_masked_by_rooms(
    make_tokens: Maker, make_small_model: Maker, probability_table: Maker, exact_bound: Maker
) -> None:
    denoiser = make_small_model(2)
    row = torch.from_numpy(make_tokens([2], 2)[0].astype(np.int64))
    levels, noise = every_draw(2, coins=10)
    # Uniform orders need every order of all three numbers, rooms only that of the first two.
    noise = torch.tensor(list(permutations(range(3)))) / 3
    levels = levels[::2].repeat_interleave(6)
    corruption = MaskedByRooms(LOGLINEAR, 0.3)(2, levels, noise.repeat(30, 1))
    by_rooms = exact_rooms_bound(probability_table(denoiser, row, 2, LOGLINEAR), 2)
    uniform = exact_bound(denoiser, row, 2, LOGLINEAR)
    assert abs(by_rooms - uniform) > 0.01
    expected = 0.3 * by_rooms + 0.7 * uniform
    assert mean_nats(denoiser, row, 2, corruption) == pytest.approx(expected, rel=1e-6)


@given(num_rooms=st.integers(1, 8), seed=st.integers(0, 99))
def test_what_is_visible_is_the_head_of_an_order(num_rooms: int, seed: int) -> None:
    """All pairs of visible rooms but those of one, and weight on what may come next alone."""
    length = num_rooms * (num_rooms + 1) // 2
    generator = torch.Generator().manual_seed(seed)
    levels = (torch.arange(length).double() + 0.5) / length
    noise = torch.rand(length, length, generator=generator)
    found = MaskedByRooms(LOGLINEAR)(num_rooms, levels, noise)
    edge = {pair: num_rooms + k for k, pair in enumerate(combinations(range(num_rooms), 2))}
    for k, (is_masked, weight) in enumerate(zip(found.is_masked, found.weight, strict=True)):
        assert int(is_masked.sum()) == k + 1
        visible = [i for i in range(num_rooms) if not is_masked[i]]
        hidden = [p for p in combinations(visible, 2) if is_masked[edge[p]]]
        assert not [p for p in edge if not is_masked[edge[p]] and not set(p) <= set(visible)]
        allowed = {edge[p] for p in hidden} or {i for i in range(num_rooms) if is_masked[i]}
        if hidden:
            assert set.intersection(*(set(p) for p in hidden))  # one room is open
        assert set(weight.nonzero()[:, 0].tolist()) == allowed
        torch.testing.assert_close(
            weight[sorted(allowed)], torch.full((len(allowed),), length / len(allowed))
        )


def test_no_share_is_todays_masks_and_a_level_of_one_is_taken() -> None:
    levels = torch.cat([torch.rand(500, dtype=torch.float64), torch.ones(1).double()])
    noise = torch.rand(501, 10)
    usual, none = MaskedCount(LOGLINEAR)(4, levels, noise), MaskedByRooms(LOGLINEAR, 0.0)
    found = none(4, levels, noise)
    assert torch.equal(found.is_masked, usual.is_masked)
    assert torch.equal(found.time, usual.time)
    torch.testing.assert_close(found.weight, usual.weight * usual.is_masked)
    last = MaskedByRooms(LOGLINEAR)(4, levels[-1:], noise[-1:])
    assert last.is_masked.all()
    assert last.weight[0].tolist() == [2.5] * 4 + [0.0] * 6


def test_a_process_trains_with_it_and_measures_both_bounds() -> None:
    process = FixedProcess(LOGLINEAR, rooms_share=0.4)
    corrupter = process.in_training(0.0)
    assert isinstance(corrupter, MaskedByRooms)
    assert corrupter.share == 0.4
    assert isinstance(process.in_validation(), MaskedCount)
    (measured,) = process.more_bounds().values()
    assert isinstance(measured, MaskedByRooms)
    assert measured.share == 1.0
    assert FixedProcess(LOGLINEAR).more_bounds() == {}
    assert isinstance(FixedProcess(LOGLINEAR).in_training(0.0), MaskedCount)


def test_with_the_exact_denoiser_the_bound_is_the_entropy_in_any_order(oracle: Any) -> None:
    """One row, 200 masks: each sum N * pi * nats has the mean -log p(row)."""
    vocabulary = oracle.vocabulary
    rows = np.tile(vocabulary.pad_row, (2_000, 1))
    rows[:, vocabulary.real_positions(3)] = oracle.states[3][0].numpy()
    process = FixedProcess(LOGLINEAR)
    found = bound_in_nats(oracle, rows, process, corrupter=MaskedByRooms(LOGLINEAR, 0.5))
    expected = -float(oracle.probabilities[3][0].log())
    assert found == pytest.approx(expected, rel=0.03)
