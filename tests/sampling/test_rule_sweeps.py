"""Sweeps under rules leave the joint given the rules where it is, and bring others to it."""

import numpy as np
import pytest
from tests.sampling.oracle import Oracle, noise_floor, total_variation, visibility_named
from tests.sampling.test_particles import FIRST, RULES, all_rows, masked_row, rule

from bd_gen.sampling.rule_sweeps import RuleSweeps
from bd_gen.sampling.rules import Rule, holds_all

COUNT = 12_000


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle.of_three_rooms(seed=0)


def sweeps_of(oracle: Oracle, rules: list[Rule], process: str = "loglinear", **options: object):
    """Sweeps under rules of an exact denoiser."""
    return RuleSweeps(
        oracle,
        oracle.vocabulary,
        visibility_named(process, oracle.vocabulary),
        options.pop("given", masked_row()),
        rules,
        **options,
    )


def truth_given(oracle: Oracle, good: np.ndarray) -> np.ndarray:
    """The joint given that a state is good."""
    truth = np.where(good, oracle.truth, 0)
    return truth / truth.sum()


@pytest.mark.parametrize("process", ["loglinear", "learned"])
@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
def test_the_joint_given_the_rules_stays_where_it_is(
    rules: list[Rule], process: str, oracle: Oracle
) -> None:
    rows = all_rows(oracle)
    truth = truth_given(oracle, holds_all(rules, rows))
    start = rows[np.random.default_rng(1).choice(len(rows), COUNT, p=truth)]
    found = sweeps_of(oracle, rules, process).run(start, 1, seed=2, numbers=range(COUNT))
    assert holds_all(rules, found).all()
    assert (found != start).any()
    counts = np.bincount(oracle.states(found), minlength=len(truth))
    assert total_variation(counts, truth) < noise_floor(truth, COUNT).threshold


def test_any_start_comes_nearer(oracle: Oracle) -> None:
    rules, rows = RULES["no edge at two places"], all_rows(oracle)
    good = holds_all(rules, rows)
    truth = truth_given(oracle, good)
    start = rows[good][np.random.default_rng(1).integers(good.sum(), size=COUNT)]
    distances = [
        total_variation(
            np.bincount(
                oracle.states(sweeps_of(oracle, rules).run(start, k, 3, range(COUNT))),
                minlength=len(truth),
            ),
            truth,
        )
        for k in (0, 1, 4)
    ]
    assert distances[0] > 2 * distances[1] > 2 * distances[2]


def test_what_is_given_stays(oracle: Oracle) -> None:
    given = masked_row()
    given[0], given[FIRST] = 4, 7
    rows = all_rows(oracle)
    rows = rows[(rows[:, 0] == 4) & (rows[:, FIRST] == 7)]
    found = sweeps_of(oracle, [], given=given).run(rows, 3, seed=5, numbers=range(len(rows)))
    assert (found[:, 0] == 4).all()
    assert (found[:, FIRST] == 7).all()
    assert (found != rows).any()


def test_neither_batches_nor_companions_matter(oracle: Oracle) -> None:
    rules = [rule(((FIRST, {1, 7}),))]
    rows = all_rows(oracle)
    rows = rows[holds_all(rules, rows)][:60]
    whole = sweeps_of(oracle, rules).run(rows, 2, seed=7, numbers=range(60))
    small = sweeps_of(oracle, rules, batch_size=7).run(rows, 2, seed=7, numbers=range(60))
    some = sweeps_of(oracle, rules).run(rows[20:30], 2, seed=7, numbers=range(20, 30))
    assert np.array_equal(whole, small)
    assert np.array_equal(whole[20:30], some)
    assert not np.array_equal(whole, sweeps_of(oracle, rules).run(rows, 2, 8, range(60)))


def test_no_rows_give_no_rows(oracle: Oracle) -> None:
    assert sweeps_of(oracle, []).run(all_rows(oracle)[:0], 2, 0, range(0)).shape == (0, 6)
