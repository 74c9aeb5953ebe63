"""When and where tokens are revealed."""

import math

import numpy as np
import pytest
import torch
from scipy import stats
from tests.sampling.cases import Spy, Trace, sampler_of, tiny_denoiser
from tests.sampling.oracle import Oracle, visibility_named

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.schedules import SCHEDULES
from bd_gen.sampling.method import ORDERS, Method
from bd_gen.sampling.noise import KeyedNoise
from bd_gen.sampling.orders import (
    ConfidenceOrder,
    CountedOrder,
    LladaOrder,
    MarginOrder,
    RandomOrder,
)

COUNTED = [name for name in ORDERS if issubclass(ORDERS[name], CountedOrder)]
VOCABULARY = Vocabulary(4)
FOUR_ROOMS = (0, 0, 0, 0, 1)


def calls_of_one(method: Method, sample: int = 0, process: str = "loglinear", **settings):
    """The calls for one diagram of four rooms, in their order."""
    spy = Spy(tiny_denoiser(4))
    sampler = sampler_of(spy, VOCABULARY, FOUR_ROOMS, method, process, **settings)
    row = sampler.sample(42, [sample], 1)[0]
    assert len(spy.calls) == sampler.calls
    return spy.calls, row


@pytest.mark.parametrize("process", ["loglinear", "cosine", "learned"])
def test_random_order_reveals_what_alpha_says(process, monkeypatch):
    """The share of visible tokens before every step, at every position."""
    oracle, count = Oracle.of_three_rooms(0), 4_000
    trace = Trace(monkeypatch)
    oracle.sampler(Method("random", steps=30), process).sample(1, range(count), count)
    positions = torch.arange(6)
    alphas = (
        Method("random", steps=30)
        .grid(visibility_named(process, oracle.vocabulary), positions)
        .alphas.numpy()
    )
    for step in range(30):
        # All start masked, although alpha(1) is not quite 0.
        share = (alphas[step] - alphas[0]) / (1 - alphas[0])
        visible = trace.before(step)
        spread = 5 * np.sqrt(share * (1 - share) / count) + 1e-3
        assert (np.abs(visible.mean(axis=0) - share) <= spread).all()
        # Positions go independently: the number of visible ones spreads as a sum of coins does.
        variance = (share * (1 - share)).sum()
        assert visible.sum(axis=1).var() == pytest.approx(variance, rel=0.15, abs=0.03)


@pytest.mark.parametrize("process", ["loglinear", "linear", "cosine"])
@pytest.mark.parametrize("order", COUNTED)
@pytest.mark.parametrize("steps", [1, 4, 25, 100])
def test_orders_that_count_leave_the_rounded_expectation(order, process, steps):
    calls, _ = calls_of_one(Method(order, steps=steps), process=process)
    alpha = [float(SCHEDULES[process].alpha(torch.tensor(1 - k / steps))) for k in range(steps + 1)]
    left = [10] + [round((1 - a) * 10) for a in alpha[1:-1]] + [0]
    changes = [k for k in range(steps) if left[k + 1] < left[k]]
    assert [int(call.is_masked.sum()) for call in calls] == [left[k] for k in changes]
    assert [call.time for call in calls] == pytest.approx([1 - k / steps for k in changes])
    # All that is masked is looked at.
    assert all((call.is_asked == call.is_masked).all() for call in calls)


@pytest.mark.parametrize("order", COUNTED)
def test_the_best_scores_are_kept(order):
    """Whatever the order keeps scores at least as high as what it leaves."""
    network = tiny_denoiser(4)
    kept_lines = []

    class Watched(ORDERS[order]):
        def score(self, probabilities, drawn):
            found = super().score(probabilities, drawn)
            kept_lines.append((found.clone(), drawn.clone()))
            return found

    spy = Spy(network)
    sampler = sampler_of(spy, VOCABULARY, FOUR_ROOMS, Method(order, steps=4))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(ORDERS, order, Watched)
        row = sampler.sample(42, [3], 1)[0]
    final = row.astype(int) + np.where(VOCABULARY.is_node, 0, 15)
    assert len(kept_lines) == len(spy.calls) == 4
    for (score, drawn), now, after in zip(
        kept_lines, spy.calls, [*spy.calls[1:], None], strict=True
    ):
        still = np.zeros(10, bool) if after is None else after.is_masked
        revealed = now.is_masked & ~still
        of_candidates = revealed[now.is_masked]
        values = drawn.numpy() + np.where(VOCABULARY.is_node, 0, 15)[now.is_masked]
        assert (values[of_candidates] == final[revealed]).all()
        if still.any():
            assert score[of_candidates].min() >= score[~of_candidates].max()


def test_scores_by_hand():
    probabilities = torch.tensor([[0.7, 0.2, 0.1], [0.45, 0.44, 0.11]], dtype=torch.float64)
    drawn = torch.tensor([1, 0])
    assert LladaOrder().score(probabilities, drawn).tolist() == [0.2, 0.45]
    assert ConfidenceOrder().score(probabilities, drawn).tolist() == [0.7, 0.45]
    assert MarginOrder().score(probabilities, drawn).tolist() == pytest.approx([0.5, 0.01])


def test_confidence_is_read_off_the_raw_probabilities():
    """A cold or truncated draw does not make the model surer of itself."""
    oracle = Oracle.of_three_rooms(0)
    seen = {}

    class Watched(LladaOrder):
        def score(self, probabilities, drawn):
            seen.setdefault("first", probabilities.clone())
            return super().score(probabilities, drawn)

    tables = []
    for settings in ({}, {"temperature": 0.2}, {"top_p": 0.5}, {"temperature": 0.0}):
        seen.clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(ORDERS, "llada", Watched)
            oracle.sampler(Method("llada", steps=6, **settings)).sample(0, range(5), 5)
        tables.append(seen["first"])
    assert all(torch.equal(table, tables[0]) for table in tables)


def test_ties_go_to_the_left():
    def indifferent(batch, time, at):
        logits = torch.zeros((len(at), 13), dtype=torch.float64)
        logits[batch.tokens[at] >= 15, 11:] = -math.inf
        logits[:, 1:] -= 50.0 * (batch.tokens[at, None] < 15)  # rooms are sure, relations not
        return logits

    spy = Spy(indifferent)
    sampler = sampler_of(spy, VOCABULARY, FOUR_ROOMS, Method("confidence", steps=10))
    sampler.sample(0, [0], 1)
    assert [int(np.argmax(call.is_masked)) for call in spy.calls] == list(range(10))


@pytest.mark.parametrize("process", ["loglinear", "linear", "cosine", "learned", "law"])
def test_first_hitting_takes_one_token_a_call_at_falling_times(process):
    for sample in range(8):
        calls, _ = calls_of_one(Method("first_hitting"), sample, process)
        assert [int(call.is_masked.sum()) for call in calls] == list(range(10, 0, -1))
        assert all(call.is_asked.sum() == 1 for call in calls)
        times = [call.time for call in calls]
        assert times == sorted(times, reverse=True)
        assert 0 <= times[-1] <= times[0] <= 1


@pytest.mark.parametrize("process", ["loglinear", "linear", "cosine"])
def test_first_hitting_times_follow_the_reverse_process(process):
    """A token is still masked at time t with probability 1 - alpha(t)."""
    spy = Spy(Oracle.of_three_rooms(0))
    sampler = sampler_of(spy, Vocabulary(3), (0, 0, 0, 1), Method("first_hitting"), process)
    sampler.sample(5, range(3_000), 3_000)
    times = torch.tensor([call.time for call in spy.calls], dtype=torch.float64)
    alpha = SCHEDULES[process].alpha(times).numpy()
    # Each of the six tokens of a diagram has a uniform alpha; below alpha(1) all is clamped.
    assert len(alpha) == 18_000
    assert stats.kstest(alpha, "uniform").statistic < 0.015
    last = alpha.reshape(6, -1)[-1]
    assert stats.kstest(last, lambda a: np.clip(a, 0, 1) ** 6).pvalue > 1e-3


def test_first_hitting_order_is_a_uniform_permutation():
    spy = Spy(Oracle.of_three_rooms(0))
    count = 3_600
    sampler = sampler_of(spy, Vocabulary(3), (0, 0, 0, 1), Method("first_hitting"))
    sampler.sample(5, range(count), count)
    places = np.array([np.argmax(call.is_asked) for call in spy.calls]).reshape(6, count)
    assert (np.sort(places, axis=0) == np.arange(6)[:, None]).all()
    numbers = (places[:3].T * [36, 6, 1]).sum(axis=1)
    counts = np.bincount(numbers, minlength=216)
    assert (counts > 0).sum() == 6 * 5 * 4
    assert stats.chisquare(counts[counts > 0]).pvalue > 1e-3


def test_random_order_is_keyed_by_position_in_the_full_row():
    """Which step reveals a token does not depend on how many rooms the model knows at most."""
    small = [c.time for c in calls_of_one(Method("random", steps=20))[0]]
    spy = Spy(tiny_denoiser(6))
    sampler_of(spy, Vocabulary(6), (0, 0, 0, 0, 1, 0, 0), Method("random", steps=20)).sample(
        42, [0]
    )
    noise = KeyedNoise(42)
    for vocabulary, times in ((VOCABULARY, small), (Vocabulary(6), [c.time for c in spy.calls])):
        positions = torch.from_numpy(vocabulary.real_positions(4).copy())
        steps = torch.arange(20)[:, None]
        drawn = noise.step(torch.zeros_like(steps), steps, positions[None]).reveal
        alpha = SCHEDULES["loglinear"].alpha(torch.linspace(1, 0, 21, dtype=torch.float64))
        alpha[-1] = 1
        chance = (alpha[1:] - alpha[:-1]) / (1 - alpha[:-1])
        first = (drawn < chance[:, None]).int().argmax(dim=0)
        expected = [1 - k / 20 for k in sorted(set(first.tolist()))]
        assert times == pytest.approx(expected)


def test_an_order_that_reveals_all_its_candidates_has_no_score():
    with pytest.raises(AssertionError, match="RandomOrder"):
        RandomOrder().score(torch.zeros(1, 13), torch.zeros(1))
