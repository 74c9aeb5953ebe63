"""Particles follow the distribution given the rules, and tell how likely the rules are."""

import numpy as np
import pytest
import torch
from tests.rplan import NO_EDGE
from tests.sampling.oracle import Oracle, noise_floor, total_variation, visibility_named

from bd_gen.sampling.particles import ParticleSampler
from bd_gen.sampling.rules import Literal, Rule, holds_all

NUM_PARTICLES = 12_000
FIRST, SECOND, THIRD = 3, 4, 5
"""Positions of the edges of three rooms: (0, 1), (0, 2), (1, 2)."""


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle.of_three_rooms(seed=0)


def rule(*clauses: tuple[tuple[int, set[int]], ...]) -> Rule:
    return Rule(
        "a rule",
        tuple(tuple(Literal(p, frozenset(values)) for p, values in clause) for clause in clauses),
    )


RULES = {
    "one of two edges": [rule(((FIRST, {1}), (SECOND, {1})))],
    "no edge at two places": [rule(((FIRST, {NO_EDGE}),), ((THIRD, {NO_EDGE}),))],
    "two rules on one token": [rule(((FIRST, {1, 7}),)), rule(((FIRST, {7, 10}), (THIRD, {1})))],
    "types and edges": [rule(((0, {4}), (FIRST, {7})), ((1, {0, 12}),))],
}


def all_rows(oracle: Oracle) -> np.ndarray:
    """A row for every state of three rooms, in the order of their numbers."""
    values = np.array([(0, 4, 12)] * 3 + [(1, 7, NO_EDGE)] * 3)
    digits = np.array(np.unravel_index(np.arange(3**6), (3,) * 6)).T
    rows = values[np.arange(6), digits].astype(np.uint8)
    assert (oracle.states(rows) == np.arange(3**6)).all()
    return rows


def masked_row() -> np.ndarray:
    return np.array([13, 13, 13, 11, 11, 11], np.uint8)


def sampler(
    oracle: Oracle, rules: list[Rule], process: str = "loglinear", **options: object
) -> ParticleSampler:
    return ParticleSampler(
        oracle,
        oracle.vocabulary,
        visibility_named(process, oracle.vocabulary),
        options.pop("given", masked_row()),
        rules,
        **options,
    )


@pytest.mark.parametrize("process", ["loglinear", "learned"])
@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
def test_weighted_particles_follow_the_joint_given_the_rules(rules, process, oracle):
    good = holds_all(rules, all_rows(oracle))
    share = oracle.truth[good].sum()
    truth = np.where(good, oracle.truth, 0) / share
    found = sampler(oracle, rules, process, batch_size=NUM_PARTICLES).draw(NUM_PARTICLES, seed=1)
    assert holds_all(rules, found.tokens[found.weights > 0]).all()
    weights = np.bincount(oracle.states(found.tokens), found.weights, minlength=len(truth))
    # Copies make particles worth less than as many independent draws, by the effective share.
    floor = noise_floor(truth, int(NUM_PARTICLES * found.least_ess / 2))
    assert total_variation(weights, truth) < floor.threshold
    assert found.share == pytest.approx(share, rel=0.05)


def test_without_rules_particles_are_samples(oracle):
    found = sampler(oracle, [], batch_size=NUM_PARTICLES).draw(NUM_PARTICLES, seed=3)
    counts = np.bincount(oracle.states(found.tokens), minlength=len(oracle.truth))
    floor = noise_floor(oracle.truth, NUM_PARTICLES)
    assert total_variation(counts, oracle.truth) < floor.threshold
    assert np.allclose(found.weights, 1 / NUM_PARTICLES)
    assert found.share == pytest.approx(1.0)
    assert found.least_ess == pytest.approx(1.0)


def test_what_is_given_stays_and_the_rules_are_weighed_given_it(oracle):
    row = masked_row()
    row[0], row[FIRST] = 4, 7
    rules = [rule(((SECOND, {1, 7}),))]
    states = oracle.given(row)
    good = holds_all(rules, all_rows(oracle))
    found = sampler(oracle, rules, given=row).draw(4000, seed=5)
    assert (found.tokens[:, 0] == 4).all()
    assert (found.tokens[:, FIRST] == 7).all()
    assert found.share == pytest.approx(states[good].sum(), rel=0.1)


def test_the_estimate_of_the_share_is_unbiased_for_a_rare_rule():
    """Few particles, many seeds: their mean estimate is the probability, however small."""
    oracle = Oracle.of_three_rooms(seed=2)
    rows = all_rows(oracle)
    rarest = min((oracle.truth[rows[:, p] == v].sum(), p, v) for p in (3, 4, 5) for v in (1, 7, 10))
    other = 3 if rarest[1] != 3 else 4
    rules = [rule(((rarest[1], {rarest[2]}),)), rule(((other, {1, 7}),), ((0, {0, 4}),))]
    share = oracle.truth[holds_all(rules, rows)].sum()
    drawn = [sampler(oracle, rules).draw(64, seed) for seed in range(150)]
    estimates = np.array([particles.share for particles in drawn])
    assert abs(estimates.mean() - share) < 4 * estimates.std() / len(drawn) ** 0.5
    assert estimates.mean() == pytest.approx(share, rel=0.3)


def test_rules_that_nothing_satisfies_leave_no_weight(oracle):
    rules = [rule(((FIRST, {1}),)), rule(((FIRST, {7}),))]
    found = sampler(oracle, rules).draw(50, seed=0)
    assert not found.weights.any()
    assert found.share == 0.0


def test_particles_do_not_depend_on_batches(oracle):
    rules = RULES["one of two edges"]
    first = sampler(oracle, rules, batch_size=512).draw(300, seed=9)
    second = sampler(oracle, rules, batch_size=7).draw(300, seed=9)
    assert (first.tokens == second.tokens).all()
    assert (first.weights == second.weights).all()
    assert (sampler(oracle, rules).draw(300, seed=10).tokens != first.tokens).any()


def test_progress_counts_tokens(oracle):
    told: list[tuple[int, int]] = []
    sampler(oracle, []).draw(5, seed=0, progress=lambda *now: told.append(now))
    assert told == [(k, 6) for k in range(1, 7)]


def test_a_rule_about_a_room_that_is_not_there_is_refused(oracle):
    with pytest.raises(ValueError, match="token 9"):
        sampler(oracle, [rule(((9, {1}),))])


def test_results_are_the_same_on_one_thread_and_on_several(oracle):
    rules = RULES["types and edges"]
    threads = torch.get_num_threads()
    first = sampler(oracle, rules).draw(200, seed=4)
    torch.set_num_threads(1)
    try:
        second = sampler(oracle, rules).draw(200, seed=4)
    finally:
        torch.set_num_threads(threads)
    assert (first.tokens == second.tokens).all()
