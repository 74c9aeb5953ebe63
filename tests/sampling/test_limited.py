"""Tokens limited to sets of values follow the model's law given the sets, and nothing else."""

import numpy as np
import pytest
import torch
from tests.rplan import ANY_RELATION, NO_EDGE
from tests.sampling.oracle import Oracle, noise_floor, total_variation, visibility_named

from bd_gen.sampling import limited
from bd_gen.sampling.envelope import Envelope, choose
from bd_gen.sampling.method import Method, RemaskingSettings
from bd_gen.sampling.noise import KeyedNoise
from bd_gen.sampling.rejection import RejectionSampler
from bd_gen.sampling.sampler import Sampler
from bd_gen.system.errors import InputError

FIRST, SECOND, THIRD = 3, 4, 5
"""Positions of the edges of three rooms: (0, 1), (0, 2), (1, 2); each of them is 1, 7 or 10."""
MASKED = np.array([13, 13, 13, 11, 11, 11], np.uint8)
NUM_SAMPLES = 6_000

ALLOWED = {
    "one joined pair": {SECOND: ANY_RELATION},
    "all pairs joined": {FIRST: ANY_RELATION, SECOND: ANY_RELATION, THIRD: ANY_RELATION},
    "sets of other kinds": {0: frozenset({0, 12}), THIRD: frozenset({7, NO_EDGE})},
}


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle.of_three_rooms(seed=0)


def sampler(oracle, allowed, method=None, process="loglinear", given=MASKED) -> Sampler:
    visibility = visibility_named(process, oracle.vocabulary)
    return Sampler(
        oracle,
        oracle.vocabulary,
        visibility,
        oracle.histogram,
        method or Method("first_hitting"),
        given=given,
        allowed=allowed,
    )


def truth_given(oracle, allowed, given=MASKED) -> np.ndarray:
    values = np.array([(0, 4, 12)] * 3 + [(1, 7, NO_EDGE)] * 3)
    digits = np.array(np.unravel_index(np.arange(3**6), (3,) * 6)).T
    rows = values[np.arange(6), digits]
    good = np.all([np.isin(rows[:, p], sorted(v)) for p, v in allowed.items()], axis=0)
    truth = np.where(good, oracle.given(given), 0)
    return truth / truth.sum()


@pytest.mark.parametrize("most_nodes", [1, 3, limited.MOST_FRUITLESS])
@pytest.mark.parametrize("allowed", ALLOWED.values(), ids=ALLOWED)
def test_samples_follow_the_joint_given_the_sets(allowed, most_nodes, oracle, monkeypatch):
    """However little of the tree is grown: with one node this is plain rejection."""

    def small(depth, ask):
        return Envelope(depth, ask, most_nodes)

    monkeypatch.setattr(limited, "Envelope", small)
    rows = sampler(oracle, allowed).sample(seed=1, samples=range(NUM_SAMPLES), batch_size=2_000)
    truth = truth_given(oracle, allowed)
    counts = np.bincount(oracle.states(rows), minlength=len(truth))
    assert not counts[truth == 0].any()
    assert total_variation(counts, truth) < noise_floor(truth, NUM_SAMPLES).threshold


@pytest.mark.parametrize("process", ["cosine", "learned"])
def test_sets_and_given_tokens_go_together(process, oracle):
    given = MASKED.copy()
    given[0], given[FIRST] = 4, 7
    allowed = {SECOND: ANY_RELATION, THIRD: ANY_RELATION}
    rows = sampler(oracle, allowed, process=process, given=given).sample(3, range(NUM_SAMPLES))
    truth = truth_given(oracle, allowed, given)
    counts = np.bincount(oracle.states(rows), minlength=len(truth))
    assert total_variation(counts, truth) < noise_floor(truth, NUM_SAMPLES).threshold


def test_leaving_out_the_other_values_would_be_seen_by_these_tests(oracle):
    """The biased way, from the joint itself: no other values wherever a token is drawn."""
    allowed = ALLOWED["all pairs joined"]
    joint = oracle.truth.reshape((3,) * 6).sum(axis=(0, 1, 2))
    masked = np.zeros((2, 2, 2))
    for a in range(2):
        for b in range(2):
            first = joint.sum(axis=(1, 2))[:2]
            second = joint[a].sum(axis=1)[:2]
            third = joint[a, b][:2]
            for c in range(2):
                masked[a, b, c] = (
                    first[a] / first.sum() * second[b] / second.sum() * third[c] / third.sum()
                )
    truth = truth_given(oracle, allowed).reshape((3,) * 6).sum(axis=(0, 1, 2))[:2, :2, :2]
    floor = noise_floor(truth.ravel(), 4 * NUM_SAMPLES)
    assert total_variation(masked.ravel(), truth.ravel()) > 2 * floor.threshold


@pytest.mark.parametrize(
    "method",
    [
        Method("llada", steps=6),
        Method("random", steps=8, remasking=RemaskingSettings("cap", 0.4)),
        Method("first_hitting", temperature=0.0),
    ],
)
def test_every_method_keeps_to_the_sets(method, oracle):
    allowed = ALLOWED["all pairs joined"]
    rows = sampler(oracle, allowed, method).sample(5, range(300))
    for position, values in allowed.items():
        assert np.isin(rows[:, position], sorted(values)).all()


def test_a_sample_depends_on_its_seed_and_number_alone(oracle):
    allowed = ALLOWED["all pairs joined"]
    whole = sampler(oracle, allowed).sample(7, range(40), batch_size=40)
    parts = sampler(oracle, allowed).sample(7, range(40), batch_size=3)
    some = sampler(oracle, allowed).sample(7, [31, 4])
    assert (whole == parts).all()
    assert (some == whole[[31, 4]]).all()
    assert (sampler(oracle, allowed).sample(8, range(40)) != whole).any()


def test_calls_for_the_limited_tokens_are_counted(oracle):
    free, held = sampler(oracle, None), sampler(oracle, {FIRST: ANY_RELATION})
    free.sample(0, range(20))
    held.sample(0, range(20))
    assert free.calls == 20 * 6
    assert held.calls == 20 * 5  # the tree knows all of the one limited token


def test_calls_of_a_diagram_do_not_depend_on_the_others(oracle, monkeypatch):
    monkeypatch.setattr(limited, "Envelope", lambda depth, ask: Envelope(depth, ask, 1))
    whole = sampler(oracle, ALLOWED["all pairs joined"])
    whole.sample(7, range(40))
    assert len(set(whole.calls_of.tolist())) > 1  # attempts that were rejected count
    assert whole.calls == whole.calls_of.sum()
    parts = sampler(oracle, ALLOWED["all pairs joined"])
    parts.sample(7, range(40), batch_size=3)
    assert (parts.calls_of == whole.calls_of).all()


@pytest.mark.parametrize("kind", ["tokens", "rooms"])
def test_sweeps_keep_what_limited_tokens_came_to(kind, oracle):
    allowed = ALLOWED["one joined pair"]
    method = Method("first_hitting", sweeps=2, sweep_kind=kind)
    swept, plain = sampler(oracle, allowed, method), sampler(oracle, allowed)
    rows = swept.sample(1, range(NUM_SAMPLES), batch_size=2_000)
    before = plain.sample(1, range(NUM_SAMPLES), batch_size=2_000)
    assert (rows[:, SECOND] == before[:, SECOND]).all()
    assert len(set(rows[:, SECOND].tolist())) == 2  # in one group the values differ
    assert (rows != before).any()
    truth = truth_given(oracle, allowed)
    counts = np.bincount(oracle.states(rows), minlength=len(truth))
    assert total_variation(counts, truth) < noise_floor(truth, NUM_SAMPLES).threshold


def test_a_judge_goes_with_sets(oracle):
    """Every attempt draws its limited tokens anew: the law given the sets and a yes."""

    class KitchenFirst:
        def __call__(self, rows):
            return (rows[:, 0] == 0).astype(np.int8)

    allowed = ALLOWED["all pairs joined"]
    plain = sampler(oracle, allowed)
    judged = RejectionSampler(
        oracle,
        oracle.vocabulary,
        plain.visibility,
        oracle.histogram,
        plain.method,
        "cpu",
        MASKED,
        allowed,
        judge=KitchenFirst(),
    )
    rows = judged.sample(2, range(NUM_SAMPLES), batch_size=2_000)
    truth = truth_given(oracle, {**allowed, 0: frozenset({0})})
    counts = np.bincount(oracle.states(rows), minlength=len(truth))
    assert total_variation(counts, truth) < noise_floor(truth, NUM_SAMPLES).threshold


def test_sets_that_no_diagram_has_are_refused(oracle):
    with pytest.raises(InputError, match="the model knows no diagram that has all of its 2 joined"):
        sampler(oracle, {FIRST: frozenset({3}), SECOND: ANY_RELATION}).sample(0, [0])


def test_rejection_gives_up_where_nothing_is_kept(oracle, monkeypatch):
    monkeypatch.setattr(limited, "MOST_FRUITLESS", 50)
    monkeypatch.setattr(limited, "Envelope", lambda depth, ask: Envelope(depth, ask, 1))
    values = np.array([(0, 4, 12)] * 3 + [(1, 7, NO_EDGE)] * 3)
    rarest = np.unravel_index(oracle.truth.argmin(), (3,) * 6)
    allowed = {k: frozenset({int(values[k, digit])}) for k, digit in enumerate(rarest)}
    with pytest.raises(InputError, match=r"not one of [0-9,]+ draws has all of its 6 joined pairs"):
        sampler(oracle, allowed).sample(0, [0])


def test_limits_need_a_row_that_says_how_many_rooms(oracle):
    with pytest.raises(ValueError, match="where a row is given"):
        sampler(oracle, {FIRST: ANY_RELATION}, given=None)


def test_the_bound_of_the_tree_falls_to_the_probability_itself(oracle):
    truth = oracle.truth.reshape((3,) * 6).sum(axis=(0, 1, 2))

    def ask(values):
        answers = np.zeros((len(values), 3))
        for k, prefix in enumerate(values):
            line = truth[tuple(prefix)]
            line = line.reshape(3, -1).sum(axis=1)
            answers[k, :2] = (line / line.sum())[:2]
        return answers

    bounds = [Envelope(3, ask, most_nodes).bound for most_nodes in (1, 2, 4, 100)]
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[-1] == pytest.approx(truth[:2, :2, :2].sum())


def test_choices_have_the_shares_of_their_weights():
    weights = np.array([[0.0, 0.25, 0.0, 0.5]])
    noise = (np.arange(1000) + 0.5) / 1000
    drawn = choose(np.repeat(weights, 1000, axis=0), noise)
    assert np.bincount(drawn + 1, minlength=5).tolist() == [250, 0, 250, 0, 500]
    whole = choose(np.repeat(weights, 1000, axis=0), noise, is_whole=True)
    assert np.bincount(whole, minlength=4) == pytest.approx([0, 333, 0, 667], abs=1)
    assert choose(weights, np.array([np.nextafter(1, 0)]), is_whole=True) == [3]


def test_noise_of_attempts_is_a_stream_of_its_own():
    noise = torch.arange(3), torch.zeros(3, dtype=torch.int64), torch.arange(3)
    assert (KeyedNoise(0).limited(*noise) != KeyedNoise(0).order(noise[0], noise[2])).all()
