"""Sigma of every strategy, and that the share of visible tokens stays the forward process's."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tests.sampling.cases import Trace
from tests.sampling.oracle import Oracle, visibility_named

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.sampling.method import REMASKINGS, Method, RemaskingSettings
from bd_gen.sampling.noise import KeyedNoise
from bd_gen.sampling.orders import Course, RandomOrder
from bd_gen.sampling.remasking import (
    Cap,
    Compensated,
    Confidence,
    Looped,
    NoRemasking,
    Remasking,
    Rescale,
    Switched,
    Transition,
)
from bd_gen.sampling.state import GroupState

SHARES = st.floats(1e-4, 1 - 1e-4)
ETAS = st.floats(1e-3, 1.0)


def transition(alpha_t: float, alpha_s: float, time: float = 0.5, length: int = 6) -> Transition:
    full = torch.ones((2, length), dtype=torch.float64)
    times = torch.full((2,), time, dtype=torch.float64)
    return Transition(torch.tensor([0, 1]), times, alpha_t * full, alpha_s * full)


def half_done() -> GroupState:
    """Two diagrams of three rooms: one has positions 0, 1, 2 revealed, the other has none."""
    state = GroupState.all_masked(3, torch.tensor([0, 1]), Vocabulary(3))
    state.is_masked[0, :3] = False
    state.confidence[0] = torch.tensor([0.9, 0.5, 0.1, 1.0, 1.0, 1.0])
    return state


def sigma(remasking, at: Transition) -> torch.Tensor:
    return remasking.sigma(half_done(), at)


@given(SHARES, SHARES)
def test_sigma_max_is_the_largest_that_leaves_a_probability(one, other):
    at = transition(min(one, other), max(one, other))
    largest = at.sigma_max
    reveal = at.reveal_probability(largest)
    assert (largest <= 1).all()
    assert (reveal >= -1e-12).all()
    assert (reveal <= 1 + 1e-9).all()
    beyond = at.reveal_probability(largest + 0.01)
    assert ((beyond > 1) | (largest == 1)).all()


@given(SHARES, SHARES, st.floats(0, 1))
def test_reveal_probability_keeps_the_share_of_visible_tokens(one, other, part):
    at = transition(min(one, other), max(one, other))
    chosen = part * at.sigma_max
    visible = at.alpha_t * (1 - chosen) + (1 - at.alpha_t) * at.reveal_probability(chosen)
    torch.testing.assert_close(visible, at.alpha_s)


def test_sigma_by_hand():
    at = transition(0.5, 0.6)  # sigma_max = 0.4 / 0.5 = 0.8
    assert sigma(NoRemasking(), at).unique().tolist() == [0.0]
    assert sigma(Cap(0.3), at).unique().tolist() == [0.3]
    assert sigma(Cap(0.9), at).unique().tolist() == pytest.approx([0.8])
    assert sigma(Rescale(0.25), at).unique().tolist() == pytest.approx([0.2])
    # (0.6 - 0.7 * 0.5) / 0.5
    assert at.reveal_probability(torch.tensor(0.3)).unique().tolist() == pytest.approx([0.5])
    assert transition(0.1, 0.2).sigma_max.unique().tolist() == [1.0]


def with_eta(eta: float) -> list[Remasking]:
    return [Cap(eta), Rescale(eta), Looped(eta)]


@given(SHARES, SHARES, ETAS)
def test_sigma_stays_in_its_range(one, other, eta):
    at = transition(min(one, other), max(one, other))
    for remasking in (*with_eta(eta), Confidence(), Compensated(), NoRemasking()):
        found = sigma(remasking, at)
        assert found.shape == (2, 6)
        assert (found >= 0).all()
        assert (found <= at.sigma_max + 1e-12).all()


@given(SHARES, ETAS)
def test_nothing_is_masked_in_the_last_step(alpha_t, eta):
    at = transition(alpha_t, 1.0)
    for remasking in (*with_eta(eta), Confidence(), Compensated()):
        found = sigma(remasking, at)
        assert not found.any()
        assert (at.reveal_probability(found) == 1).all()


def test_only_where_the_loop_stands():
    assert not sigma(Looped(0.1), transition(0.5, 0.6)).any()
    assert sigma(Looped(0.1), transition(0.9, 0.9)).unique().tolist() == [0.1]
    assert sigma(Looped(0.5), transition(0.9, 0.9)).unique().tolist() == pytest.approx([0.1 / 0.9])


@pytest.mark.parametrize(("time", "is_on"), [(0.49, True), (0.5, False), (0.51, False)])
def test_t_switch_turns_it_on_below(time, is_on):
    found = sigma(Switched(Cap(0.3), 0.5), transition(0.5, 0.6, time))
    assert bool(found.any()) == is_on


@pytest.mark.parametrize("remasking", [Confidence(), Compensated()])
def test_the_least_confident_go_first(remasking):
    found = sigma(remasking, transition(0.5, 0.6))
    doubt = torch.exp(-torch.tensor([0.9, 0.5, 0.1], dtype=torch.float64))
    torch.testing.assert_close(found[0, :3], 0.8 * doubt / doubt.sum())
    assert found[0, 2] > found[0, 1] > found[0, 0]


def test_what_is_masked_has_a_sigma_only_where_it_is_compensated():
    at = transition(0.5, 0.6)
    published = sigma(Confidence(), at)
    assert not published[0, 3:].any()
    assert not published[1].any()
    found = sigma(Compensated(), at)
    # Masked positions share what a visible one has on average: (1 - 0.5^6) / (0.5 * 6).
    expected = 0.8 * (1 - 0.5**6) / 3
    assert found[0, 3:].tolist() == pytest.approx([expected] * 3)
    assert found[1].tolist() == pytest.approx([expected] * 6)


@pytest.mark.parametrize("remasking", [Confidence(), Compensated()])
def test_what_is_given_has_no_share(remasking):
    state = half_done()
    state.is_given[0, 0] = True
    found = remasking.sigma(state, transition(0.5, 0.6))
    assert found[0, 1] + found[0, 2] == pytest.approx(0.8)


def remasking_name(settings: RemaskingSettings) -> str:
    return Method("random", remasking=settings).name.partition("_remdm_")[2]


REMASKED = (
    RemaskingSettings("cap", 0.05),
    RemaskingSettings("cap", 1.0),
    RemaskingSettings("rescale", 0.3),
    RemaskingSettings("cap", 0.4, t_switch=0.5),
    RemaskingSettings("loop", 0.2),
)


def test_no_strategy_is_left_out():
    by_confidence = {"confidence", "compensated"}
    assert {settings.strategy for settings in REMASKED} | by_confidence == set(REMASKINGS)


@pytest.mark.parametrize("process", ["loglinear", "learned"])
@pytest.mark.parametrize("settings", REMASKED, ids=remasking_name)
def test_every_position_is_visible_as_often_as_alpha_says(process, settings, monkeypatch):
    oracle = Oracle.of_three_rooms(0)
    method = Method("random", remasking=settings, steps=40)
    trace, count = Trace(monkeypatch), 2_000
    rows = oracle.sampler(method, process).sample(3, range(count), count)
    alphas = method.grid(visibility_named(process, oracle.vocabulary), torch.arange(6)).alphas
    found = torch.stack([torch.from_numpy(trace.before(k)).double().mean(0) for k in range(40)])
    # All start masked, although alpha(1) is not quite 0.
    spread = 5 * (alphas[:-1] * (1 - alphas[:-1]) / count).sqrt() + alphas[0]
    assert ((found - alphas[:-1]).abs() <= spread).all()
    assert len(oracle.states(rows)) == count


@pytest.mark.parametrize("t_switch", [1.0, 0.5])
def test_compensated_remasking_about_keeps_the_number_of_visible_tokens(t_switch, monkeypatch):
    """Not exactly: the number of visible tokens spreads less than that of independent ones.

    Measured with 100 steps: at most 0.025 of 6 tokens too many, 0.013 of 36.
    """
    oracle = Oracle.of_three_rooms(0)
    settings = RemaskingSettings("compensated", t_switch=t_switch)
    trace, count = Trace(monkeypatch), 2_000
    method = Method("random", remasking=settings, steps=40)
    oracle.sampler(method).sample(3, range(count), count)
    alpha = method.grid(visibility_named("loglinear", oracle.vocabulary), torch.arange(6)).alphas
    differences = [trace.before(k).mean() - float(alpha[k, 0]) for k in range(40)]
    assert max(map(abs, differences)) < 0.03
    assert abs(differences[-1]) < 0.01


@pytest.mark.parametrize("t_switch", [1.0, 0.5])
def test_published_confidence_remasking_makes_up_for_nothing(t_switch, monkeypatch):
    """From step to step: reveals as without remasking, then sigma_max tokens fewer are visible."""
    oracle = Oracle.of_three_rooms(0)
    settings = RemaskingSettings("confidence", t_switch=t_switch)
    trace, count = Trace(monkeypatch), 4_000
    method = Method("random", remasking=settings, steps=20)
    oracle.sampler(method).sample(3, range(count), count)
    grid = method.grid(visibility_named("loglinear", oracle.vocabulary), torch.arange(6))
    alphas = grid.alphas[:, 0].tolist()
    for k in range(19):
        visible, later = trace.before(k).sum(axis=1), trace.before(k + 1).sum(axis=1)
        reveal = (alphas[k + 1] - alphas[k]) / (1 - alphas[k])
        is_on = t_switch == 1 or float(grid.times[k]) < t_switch
        largest = is_on * min(1, (1 - alphas[k + 1]) / alphas[k])
        none_left = (visible == 0) * (1 - reveal) ** 6
        expected = visible + (6 - visible) * reveal - largest * (1 - none_left)
        error = (later - expected).std() / count**0.5
        assert abs((later - expected).mean()) < 4 * error + 1e-9, k
    behind = [alphas[k] - trace.before(k).mean() for k in (9, 15)]  # t = 0.55 and 0.25
    assert behind[1] > 0.1
    assert (behind[0] > 0.1) == (t_switch == 1)


def test_published_confidence_may_mask_what_it_just_revealed():
    """One step by hand: of two tokens revealed in it the doubtful one goes, sigma_max being 1."""
    oracle = Oracle.of_three_rooms(0)
    method = Method("random", remasking=RemaskingSettings("confidence"), steps=4)
    positions = torch.arange(6)
    grid = method.grid(visibility_named("loglinear", oracle.vocabulary), positions)
    course = Course(
        visibility_named("loglinear", oracle.vocabulary), grid, method.remasker, KeyedNoise(5),
        positions,
    )  # fmt: skip
    count = 40_000
    state = GroupState.all_masked(3, torch.arange(count), Vocabulary(3))
    state.is_masked[:, :2] = False  # revealed in step 0
    state.confidence[:, :2] = torch.tensor([0.9, 0.1], dtype=torch.float64)
    state.step[:] = 1
    RandomOrder()._mask_after(state, torch.arange(count), course)
    gone = state.is_masked[:, :2].double().mean(dim=0)
    doubt = torch.exp(torch.tensor([-0.9, -0.1], dtype=torch.float64))
    assert float((1 - grid.alphas[1, 0]) / grid.alphas[0, 0]) > 1
    torch.testing.assert_close(gone, doubt / doubt.sum(), atol=0.012, rtol=0)
    assert state.is_masked[:, 2:].all()


@pytest.mark.parametrize("settings", REMASKED, ids=remasking_name)
def test_something_is_masked_again(settings, monkeypatch):
    """The tests above would pass without any remasking."""
    oracle = Oracle.of_three_rooms(0)
    trace = Trace(monkeypatch)
    sampler = oracle.sampler(Method("random", remasking=settings, steps=40))
    sampler.sample(3, range(200), 200)
    again = [(trace.before(k) & ~trace.before(k + 1)).any() for k in range(39)]
    assert sum(again) > 5
    assert sampler.calls > 6 * 200
    if settings.t_switch < 1:
        assert not any(again[: 40 - round(40 * settings.t_switch)])


@pytest.mark.parametrize("settings", REMASKED, ids=remasking_name)
@pytest.mark.parametrize("order", ["llada", "confidence", "margin"])
def test_orders_that_count_never_have_more_visible_than_the_forward_process(
    order, settings, monkeypatch
):
    oracle = Oracle.of_three_rooms(0)
    trace = Trace(monkeypatch)
    method = Method(order, remasking=settings, steps=20)
    oracle.sampler(method).sample(3, range(300), 300)
    grid = method.grid(visibility_named("loglinear", oracle.vocabulary), torch.arange(6))
    for step in range(20):
        left = round(6 * (1 - float(grid.alphas[step, 0])))
        masked = (~trace.before(step)).sum(axis=1)
        assert (masked >= left).all()
        assert masked.mean() < left + 1.5
