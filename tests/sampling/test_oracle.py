"""The oracle itself: its conditionals, its states, its noise floor, and what the test can see."""

import itertools

import numpy as np
import pytest
import torch
from tests.rplan import EDGE_MASK, NODE_MASK
from tests.sampling.oracle import (
    EDGE_VALUES,
    NODE_VALUES,
    NUM_SAMPLES,
    NUM_VALUES,
    Oracle,
    counts_of,
    noise_floor,
    total_variation,
)

from bd_gen.model.packing import pack
from bd_gen.sampling.method import Method

WRONG_SHARE = 0.03


def values_at(position: int, num_rooms: int) -> tuple[int, ...]:
    return NODE_VALUES if position < num_rooms else EDGE_VALUES


def brute_force_conditional(joint, num_rooms, row, position):
    """p(value at `position` | visible tokens of `row`) by a sum over all complete rows."""
    sums = np.zeros(NUM_VALUES)
    masks = [NODE_MASK if p < num_rooms else EDGE_MASK for p in range(joint.ndim)]
    for state in itertools.product(range(NUM_VALUES), repeat=joint.ndim):
        complete = [values_at(p, num_rooms)[d] for p, d in enumerate(state)]
        fits = all(r in (m, c) for r, m, c in zip(row, masks, complete, strict=True))
        sums[state[position]] += joint[state] * fits
    return sums / sums.sum()


def partly_masked(rng: np.random.Generator, num_rooms: int, masked: int) -> list[int]:
    num_tokens = num_rooms * (num_rooms + 1) // 2
    row = [int(rng.choice(values_at(p, num_rooms))) for p in range(num_tokens)]
    for p in rng.permutation(num_tokens)[:masked]:
        row[p] = NODE_MASK if p < num_rooms else EDGE_MASK
    return row


def test_logits_are_the_conditionals_of_a_brute_force_sum():
    oracle = Oracle.of_several_sizes(seed=3)
    rng = np.random.default_rng(0)
    rows = {n: [partly_masked(rng, n, k) for k in ks] for n, ks in ((1, (1,)), (3, (6, 4, 1)))}
    batch = pack([(n, torch.tensor(r)) for n, r in rows.items()], oracle.vocabulary)
    flat = [(n, row, p) for n, group in rows.items() for row in group for p in range(len(row))]
    asked = [k for k, (n, row, p) in enumerate(flat) if row[p] in (NODE_MASK, EDGE_MASK)]
    asked = [k for k in asked if flat[k][1][flat[k][2]] == (13 if flat[k][2] < flat[k][0] else 11)]
    assert len(asked) == 12
    logits = oracle(batch, torch.zeros(4), torch.tensor(asked))
    for line, k in zip(logits.softmax(dim=1).numpy(), asked, strict=True):
        n, row, position = flat[k]
        expected = np.zeros(13)
        expected[list(values_at(position, n))] = brute_force_conditional(
            oracle.joints[n], n, row, position
        )
        np.testing.assert_allclose(line, expected, atol=1e-12)


def test_truth_has_every_state_once():
    oracle = Oracle.of_several_sizes(seed=0)
    assert oracle.truth.sum() == pytest.approx(1)
    assert len(oracle.truth) == 3 + 27 + 729
    rows = []
    for n in (1, 2, 3):
        real = oracle.vocabulary.real_positions(n)
        choices = [values_at(p, n) for p in range(len(real))]
        for tokens in itertools.product(*choices):
            row = oracle.vocabulary.pad_row.copy()
            row[real] = tokens
            rows.append(row)
    np.testing.assert_array_equal(oracle.states(np.array(rows)), np.arange(759))


def test_a_state_that_cannot_be_is_refused():
    oracle = Oracle.of_three_rooms(seed=0)
    row = np.array([[0, 4, 12, 1, 7, EDGE_MASK]], np.uint8)
    with pytest.raises(AssertionError, match="MASK"):
        oracle.states(row)


def test_truth_given_some_tokens():
    oracle = Oracle.of_several_sizes(seed=1)
    row = np.array([4, NODE_MASK, 0, EDGE_MASK, 7, EDGE_MASK], np.uint8)
    found = oracle.given(row)
    assert found.sum() == pytest.approx(1)
    # room 0 is 4 (digit 1), room 2 is 0 (digit 0), edge (0, 2) is 7 (digit 1)
    block = oracle.joints[3][1, :, 0, :, 1, :]
    np.testing.assert_allclose(found[found > 0], (block / block.sum()).reshape(-1))
    assert (found[:30] == 0).all()


def test_true_samples_stay_below_the_threshold():
    truth = Oracle.of_three_rooms(seed=0).truth
    floor = noise_floor(truth)
    fresh = np.random.default_rng(99).multinomial(NUM_SAMPLES, truth, size=300)
    distances = np.array([total_variation(counts, truth) for counts in fresh])
    assert (distances < floor.threshold).all()
    assert distances.mean() == pytest.approx(floor.mean, abs=4 * floor.std / 300**0.5 * 2**0.5)


@pytest.mark.parametrize("seed", range(3))
def test_power_a_sampler_wrong_by_three_in_a_hundred_is_rejected(seed):
    """The power of the exactness test.

    A sampler that draws 3 % of its samples from another joint is 0.025 (total variation) away
    from the truth. It is rejected in all of 300 repetitions. At 2 % (0.017) about two of three
    are, at 1 % hardly any: errors below 0.02 are not seen.
    """
    oracle, other = Oracle.of_three_rooms(seed), Oracle.of_three_rooms(seed + 100)
    mixed = (1 - WRONG_SHARE) * oracle.truth + WRONG_SHARE * other.truth
    assert 0.02 < np.abs(mixed - oracle.truth).sum() / 2 < 0.03
    draws = np.random.default_rng(7).multinomial(NUM_SAMPLES, mixed, size=300)
    distances = np.array([total_variation(counts, oracle.truth) for counts in draws])
    assert (distances > noise_floor(oracle.truth).threshold).all()


def test_power_holds_for_samples_of_the_sampler_itself():
    """As above, but the wrong samples come out of the sampler, with the wrong network."""
    oracle, other = Oracle.of_three_rooms(seed=0), Oracle.of_three_rooms(seed=100)
    method = Method("first_hitting")
    wrong = round(WRONG_SHARE * NUM_SAMPLES)
    rows = np.concatenate(
        [
            other.sampler(method).sample(1, range(wrong), NUM_SAMPLES),
            oracle.sampler(method).sample(2, range(NUM_SAMPLES - wrong), NUM_SAMPLES),
        ]
    )
    counts = counts_of(oracle.states(rows), len(oracle.truth))
    assert total_variation(counts, oracle.truth) > noise_floor(oracle.truth).threshold
