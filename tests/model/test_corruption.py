from itertools import combinations, permutations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.model.corruption import (
    ESTIMATORS,
    SMALLEST_TIME,
    MaskedByTime,
    MaskedCount,
    corrupter_named,
    spread_levels,
    time_at,
)
from bd_gen.model.schedules import SCHEDULES, Schedule, schedule_named

LOGLINEAR = schedule_named("loglinear")
NUM_ROOMS = 2  # what a fixed schedule makes nothing of; N is the number of columns of the noise
JUST_BELOW_ONE = 1 - 2**-24  # the largest number that torch.rand draws in float32

every_schedule = pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=list(SCHEDULES))


def fine_levels(count: int) -> torch.Tensor:
    return (torch.arange(count, dtype=torch.float64) + 0.5) / count


def random_noise(rows: int, length: int) -> torch.Tensor:
    return torch.rand(rows, length, generator=torch.Generator().manual_seed(0))


def every_order(length: int) -> torch.Tensor:
    """(length!, length) noise in which every order of the tokens occurs once."""
    return torch.tensor(list(permutations(range(length)))) / length


@pytest.mark.parametrize("length", [1, 3, 10, 36, 105])
def test_every_number_of_masked_tokens_is_equally_likely(length: int) -> None:
    levels = fine_levels(20 * length)
    corruption = MaskedCount(LOGLINEAR)(NUM_ROOMS, levels, random_noise(20 * length, length))
    counts = corruption.is_masked.sum(dim=1)
    assert torch.bincount(counts).tolist() == [0] + [20] * length
    expected = (length / counts).float()
    torch.testing.assert_close(corruption.weight.reshape(-1), expected, rtol=1e-6, atol=0)


@pytest.mark.parametrize(
    ("level", "masked"), [(0.0, 1), (0.3332, 1), (0.3334, 2), (JUST_BELOW_ONE, 3), (1.0, 3)]
)
def test_the_ends_of_a_level_mask_one_token_and_all(level: float, masked: int) -> None:
    """Rounding may give a level of 1; that must not mask N + 1 tokens of N."""
    levels = torch.tensor([level], dtype=torch.float64)
    corruption = MaskedCount(LOGLINEAR)(NUM_ROOMS, levels, random_noise(1, 3))
    assert int(corruption.is_masked.sum()) == masked
    assert float(corruption.weight) == pytest.approx(3 / masked)


def test_every_set_of_k_tokens_is_equally_likely() -> None:
    noise = every_order(4)
    for k in range(1, 5):
        level = torch.full((24,), (k - 0.5) / 4, dtype=torch.float64)
        masks = MaskedCount(LOGLINEAR)(NUM_ROOMS, level, noise).is_masked
        found = [tuple(row.nonzero()[:, 0].tolist()) for row in masks]
        sets = list(combinations(range(4), k))
        assert sorted(found) == sorted(sets * (24 // len(sets)))


@every_schedule
def test_the_time_told_is_when_so_many_are_masked(schedule: Schedule) -> None:
    corruption = MaskedCount(schedule)(NUM_ROOMS, fine_levels(10), random_noise(10, 10))
    k = corruption.is_masked.sum(dim=1)
    assert corruption.time.dtype == torch.float32
    assert float(corruption.time[-1]) == 1.0  # all masked
    alpha = schedule.alpha(corruption.time.double())
    torch.testing.assert_close(alpha[:-1], 1 - k[:-1] / 10, rtol=0, atol=1e-5, check_dtype=False)


@every_schedule
def test_at_a_time_each_token_is_masked_with_probability_one_minus_alpha(
    schedule: Schedule,
) -> None:
    levels = torch.tensor([0.0, 0.1, 0.5, 0.9, 0.999], dtype=torch.float64)
    noise = fine_levels(20_000).expand(5, -1)
    corruption = MaskedByTime(schedule)(NUM_ROOMS, levels, noise)
    time = 1 - (1 - SMALLEST_TIME) * levels
    torch.testing.assert_close(corruption.time, time.float())
    frequency = corruption.is_masked.double().mean(dim=1)
    torch.testing.assert_close(frequency, 1 - schedule.alpha(time), rtol=0, atol=1 / 20_000)
    expected = (1 - SMALLEST_TIME) * schedule(time).weight
    torch.testing.assert_close(corruption.weight.reshape(-1), expected.float())


def test_tokens_are_masked_independently_at_a_time() -> None:
    """All 16 patterns of 4 tokens occur as often as independence says."""
    count = 200_000
    levels = torch.full((count,), 0.4, dtype=torch.float64)
    masks = MaskedByTime(LOGLINEAR)(NUM_ROOMS, levels, random_noise(count, 4)).is_masked
    found = torch.bincount((masks * torch.tensor([8, 4, 2, 1])).sum(dim=1), minlength=16) / count
    q = 1 - float(LOGLINEAR.alpha(1 - (1 - SMALLEST_TIME) * levels[:1]))
    for pattern in range(16):
        k = pattern.bit_count()
        p = q**k * (1 - q) ** (4 - k)
        assert float(found[pattern]) == pytest.approx(p, abs=5 * (p * (1 - p) / count) ** 0.5)


@given(level=st.floats(0, 1, exclude_max=True))
def test_times_lie_where_the_weight_is_finite(level: float) -> None:
    time = time_at(torch.tensor(level))
    assert time.dtype == torch.float64
    assert SMALLEST_TIME * (1 - 1e-9) <= float(time) <= 1


@pytest.mark.parametrize("name", ESTIMATORS)
@every_schedule
def test_shapes_and_kinds(name: str, schedule: Schedule) -> None:
    corruption = corrupter_named(name, schedule)(NUM_ROOMS, torch.rand(7), torch.rand(7, 3))
    assert corruption.is_masked.shape == (7, 3)
    assert corruption.is_masked.dtype == torch.bool
    assert corruption.weight.shape == (7, 1)
    assert corruption.weight.dtype == torch.float32
    assert corruption.time.shape == (7,)
    assert corruption.time.dtype == torch.float32
    assert corruption.soft is None


@pytest.mark.parametrize("name", ESTIMATORS)
def test_a_corruption_is_a_function_of_its_noise(name: str) -> None:
    corrupter = corrupter_named(name, LOGLINEAR)
    level, noise = fine_levels(50), random_noise(50, 6)
    first, again = corrupter(NUM_ROOMS, level, noise), corrupter(NUM_ROOMS, level, noise)
    assert torch.equal(first.is_masked, again.is_masked)
    assert not torch.equal(first.is_masked, corrupter(NUM_ROOMS, level, 1 - noise).is_masked)


@given(count=st.integers(1, 300), seed=st.integers(0, 2**31))
def test_levels_of_a_batch_cover_the_unit_interval_evenly(count: int, seed: int) -> None:
    levels = spread_levels(count, torch.Generator().manual_seed(seed), torch.device("cpu"))
    assert levels.shape == (count,)
    assert levels.dtype == torch.float64
    assert levels.min() >= 0
    assert levels.max() < 1
    # One level in each of `count` equal parts, all at the same place of their part.
    assert sorted((levels * count).floor().int().tolist()) == list(range(count))
    places = levels * count % 1
    assert torch.minimum((places - places[0]).abs(), 1 - (places - places[0]).abs()).max() < 1e-9


def test_levels_follow_the_generator_and_its_order_is_random() -> None:
    def draw(seed: int) -> list[float]:
        return spread_levels(64, torch.Generator().manual_seed(seed), torch.device("cpu")).tolist()

    assert draw(1) == draw(1)
    assert draw(1) != draw(2)
    assert draw(1) != sorted(draw(1))


def test_every_diagram_of_a_batch_gets_every_level_in_the_long_run() -> None:
    generator = torch.Generator().manual_seed(0)
    drawn = torch.stack([spread_levels(4, generator, torch.device("cpu")) for _ in range(4_000)])
    # Standard deviation of the mean of 4,000 uniform numbers: 0.0046.
    torch.testing.assert_close(
        drawn.mean(dim=0), torch.full((4,), 0.5, dtype=torch.float64), rtol=0, atol=0.023
    )
