"""What an observer sees, and the way of one sample."""

import numpy as np
import pytest
from tests.generation.checkpoints import small_checkpoint

from bd_gen.generation.animating import trajectory_of
from bd_gen.generation.in_memory import draw, sampler_for
from bd_gen.sampling.conditions import Condition
from bd_gen.sampling.method import Method

METHODS = (
    "first_hitting_temp1.0_no_remask",
    "random_topp0.9_no_remask",
    "llada_argmax_no_remask",
    "random_temp1.0_remdm_cap_eta0.4",
    "confidence_temp1.0_remdm_loop_eta0.1",
    "rooms_temp1.0_no_remask_sweep1",
    "llada_topp0.9_no_remask_roomsweep1",
)
CHECKPOINT = small_checkpoint()


@pytest.mark.parametrize("name", METHODS)
def test_a_trajectory_ends_at_the_sample_that_generate_draws(name: str):
    method = Method.from_name(name, steps=12)
    drawn = draw(CHECKPOINT, method, 6, seed=3)
    for sample in (0, 5):
        way = trajectory_of(CHECKPOINT, method, seed=3, sample=sample)
        v = way.vocabulary
        real = way.tokens[0] != v.pad_row
        assert way.diagram == drawn[sample]
        assert (way.tokens[0] == np.where(real, v.mask_row, v.pad_row)).all()
        assert ((way.tokens == v.pad_row) == ~real).all()
        assert way.calls[0] == 0
        assert set(np.diff(way.calls)) <= {0, 1}
        assert set(range(way.calls[-1] + 1)) == set(way.calls.tolist()), "one after every call"


@pytest.mark.parametrize("name", METHODS[:3])
def test_without_remasking_known_tokens_stay(name: str):
    way = trajectory_of(CHECKPOINT, Method.from_name(name, steps=12), seed=1)
    known = way.tokens != way.vocabulary.mask_row
    for before, after in zip(way.tokens[:-1], way.tokens[1:], strict=True):
        was_known = before != way.vocabulary.mask_row
        np.testing.assert_array_equal(before[was_known], after[was_known])
        assert not np.array_equal(before, after)
    assert known.sum(axis=1).tolist() == sorted(known.sum(axis=1))
    assert len(way.tokens) == way.calls[-1] + 1


def test_remasking_is_seen():
    """Tokens become masked again, also in steps in which the network has nothing to do."""
    method = Method.from_name("random_temp1.0_remdm_cap_eta0.4", steps=40)
    ways = [trajectory_of(CHECKPOINT, method, seed=2, sample=k) for k in range(6)]
    again = between_calls = 0
    for way in ways:
        is_masked = way.tokens == way.vocabulary.mask_row
        returned = (~is_masked[:-1] & is_masked[1:]).any(axis=1)
        again += int(returned.sum())
        between_calls += int((np.diff(way.calls) == 0).sum())
        assert returned[np.diff(way.calls) == 0].all()
    assert again > 0
    assert between_calls > 0


def test_an_observer_changes_nothing_and_sees_what_the_network_sees():
    sampler = sampler_for(CHECKPOINT, Method.from_name(METHODS[3], steps=12))
    plain = sampler.sample(7, range(5))
    calls, seen, asked = sampler.calls, [], []
    predictor = sampler.predictor

    def listening(batch, time, at):
        asked.append((batch, len(seen)))
        return predictor(batch, time, at)

    sampler.predictor = listening
    observed = sampler.sample(7, range(5), observer=lambda rows: seen.append(rows.copy()))
    np.testing.assert_array_equal(observed, plain)
    assert sampler.calls == 2 * calls
    np.testing.assert_array_equal(seen[-1], plain)
    assert len(seen) == 1 + 2 * len(asked), "at the start, and before and after every call"
    assert [count for _, count in asked] == list(range(2, len(seen), 2))


def test_what_is_given_is_never_masked():
    condition = Condition((2, 3), ((0, 1, 6),))
    way = trajectory_of(CHECKPOINT, Method("random", steps=5), condition=condition)
    assert (way.tokens[:, :2] == (2, 3)).all()
