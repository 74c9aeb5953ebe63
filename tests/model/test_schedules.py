import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.model.schedules import SCHEDULES, Schedule, schedule_named

schedules = st.sampled_from(list(SCHEDULES.values()))
LAST_ALPHA = {"loglinear": 1e-3, "linear": math.exp(-10), "cosine": 1e-3}


def times(count: int) -> torch.Tensor:
    return torch.linspace(0, 1, count, dtype=torch.float64)


def test_the_schedules_of_the_design() -> None:
    assert set(SCHEDULES) == set(LAST_ALPHA)


@pytest.mark.parametrize(
    ("name", "t", "alpha"),
    [
        ("loglinear", 0.5, 1 - 0.999 * 0.5),
        ("linear", 0.25, math.exp(-2.5)),
        ("cosine", 0.5, 1e-3 + 0.999 * math.sqrt(0.5)),
        ("cosine", 2 / 3, 1e-3 + 0.999 * 0.5),
    ],
)
def test_values_worked_out_by_hand(name: str, t: float, alpha: float) -> None:
    found = schedule_named(name).alpha(torch.tensor(t, dtype=torch.float64))
    assert float(found) == pytest.approx(alpha, rel=1e-14)


@pytest.mark.parametrize("name", SCHEDULES)
def test_everything_is_visible_at_first_and_almost_nothing_at_last(name: str) -> None:
    first, last = schedule_named(name).alpha(times(2)).tolist()
    assert first == 1.0
    assert last == pytest.approx(LAST_ALPHA[name], rel=1e-12)


@pytest.mark.parametrize("name", SCHEDULES)
def test_alpha_falls_all_the_way(name: str) -> None:
    alpha = schedule_named(name).alpha(times(10_001))
    assert (alpha.diff() < 0).all()


@pytest.mark.parametrize("name", SCHEDULES)
def test_the_derivative_is_that_of_alpha(name: str) -> None:
    schedule = schedule_named(name)
    t = times(201).requires_grad_()
    at_t = schedule(t)
    (exact,) = torch.autograd.grad(at_t.alpha.sum(), t)
    torch.testing.assert_close(at_t.derivative, exact, rtol=1e-12, atol=1e-12)
    inner, h = times(201)[1:-1], 1e-5
    slope = (schedule.alpha(inner + h) - schedule.alpha(inner - h)) / (2 * h)
    torch.testing.assert_close(schedule(inner).derivative, slope, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", SCHEDULES)
def test_single_precision_times_give_double_precision_probabilities(name: str) -> None:
    at_t = schedule_named(name)(torch.rand(5))
    assert at_t.alpha.dtype == at_t.derivative.dtype == at_t.weight.dtype == torch.float64


@pytest.mark.parametrize("name", SCHEDULES)
def test_the_weight_is_the_papers(name: str) -> None:
    t = times(101)[1:]
    at_t = schedule_named(name)(t)
    torch.testing.assert_close(at_t.weight, -at_t.derivative / (1 - at_t.alpha))
    assert (at_t.weight > 0).all()
    by_hand = {
        "loglinear": 1 / t,
        "linear": 10 / (torch.exp(10 * t) - 1),
        "cosine": math.pi / 2 * torch.sin(math.pi / 2 * t) / (1 - torch.cos(math.pi / 2 * t)),
    }
    torch.testing.assert_close(at_t.weight, by_hand[name], rtol=1e-9, atol=1e-12)


@given(schedule=schedules, t=st.floats(0, 1))
def test_time_of_undoes_alpha(schedule: Schedule, t: float) -> None:
    time = torch.tensor(t, dtype=torch.float64)
    # Near t = 0 the cosine is flat: alpha does not hold more digits of t than this.
    assert float(schedule.time_of(schedule.alpha(time))) == pytest.approx(t, abs=1e-7)


@given(schedule=schedules, share=st.floats(0, 1))
def test_alpha_undoes_time_of(schedule: Schedule, share: float) -> None:
    last = LAST_ALPHA[schedule.name]
    alpha = torch.tensor(last + (1 - last) * share, dtype=torch.float64)
    assert float(schedule.alpha(schedule.time_of(alpha))) == pytest.approx(float(alpha), abs=1e-14)


@given(schedule=schedules, alpha=st.floats(-0.1, 1.1))
def test_a_visible_share_that_never_occurs_has_the_nearest_time(
    schedule: Schedule, alpha: float
) -> None:
    time = float(schedule.time_of(torch.tensor(alpha, dtype=torch.float64)))
    assert 0 <= time <= 1
    if alpha >= 1:
        assert time == 0
    if alpha < LAST_ALPHA[schedule.name]:
        assert time == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "near"),
    [("logliner", "loglinear"), ("cosin", "cosine"), ("Linear", "linear"), ("cosine ", "cosine")],
)
def test_an_unknown_name_is_answered_with_the_near_one(name: str, near: str) -> None:
    with pytest.raises(ValueError, match=f"did you mean {near}") as caught:
        schedule_named(name)
    assert all(known in str(caught.value) for known in SCHEDULES)


def test_a_name_like_no_other_gets_no_hint() -> None:
    with pytest.raises(ValueError, match="known: loglinear, linear, cosine") as caught:
        schedule_named("zzz")
    assert "did you mean" not in str(caught.value)
