import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from bd_gen.metrics.histograms import js, kl, mean_and_weighted, normalised, same_length, tv, w1


def test_numbers_worked_by_hand():
    p, q = np.array([0.5, 0.5, 0.0]), np.array([0.25, 0.25, 0.5])
    # ½·ln(½ / ¼) twice; the third bin of p is empty
    assert kl(p, q) == pytest.approx(math.log(2), abs=1e-9)
    # the other way round the third bin meets an empty one: ½·ln(½ / 1e-10)
    assert kl(q, p) == pytest.approx(0.5 * math.log(0.5) + 0.5 * math.log(0.5 / 1e-10))
    # m = 3/8, 3/8, 1/4
    half_p = 2 * 0.5 * math.log(0.5 / 0.375)
    half_q = 2 * 0.25 * math.log(0.25 / 0.375) + 0.5 * math.log(0.5 / 0.25)
    assert js(p, q) == pytest.approx((half_p + half_q) / 2)
    assert tv(p, q) == pytest.approx(0.5)
    # cumulated: ½, 1, 1 against ¼, ½, 1
    assert w1(p, q) == pytest.approx(0.75)


def test_disjoint_histograms_are_as_far_apart_as_can_be():
    p, q = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    assert js(p, q) == pytest.approx(math.log(2))
    assert tv(p, q) == 1


def test_equal_histograms_have_a_kl_just_below_zero():
    p = np.full(10, 0.1)
    assert kl(p, p) == pytest.approx(-1e-9, rel=1e-3)
    assert js(p, p) == tv(p, p) == w1(p, p) == 0


_HISTOGRAMS = hnp.arrays(np.int64, (2, 7), elements=st.integers(0, 50)).filter(
    lambda counts: counts.sum(axis=1).all()
)


@given(_HISTOGRAMS)
def test_scipy_agrees(counts):
    p, q = normalised(counts)
    assert js(p, q) == pytest.approx(jensenshannon(p, q) ** 2, abs=1e-12)
    bins = np.arange(7)
    assert w1(p, q) == pytest.approx(wasserstein_distance(bins, bins, p, q), abs=1e-12)


@given(_HISTOGRAMS)
def test_bounds_and_symmetry(counts):
    p, q = normalised(counts)
    assert 0 <= js(p, q) <= math.log(2) + 1e-12
    assert js(p, q) == pytest.approx(js(q, p), abs=1e-15)
    assert js(p, q) <= math.log(2) * tv(p, q) + 1e-12  # Lin 1991
    assert tv(p, q) ** 2 <= kl(p, q) / 2 + 1e-8  # Pinsker


def test_counts_without_entries_become_uniform():
    shares = normalised(np.array([[1, 3], [0, 0]]))
    assert shares.tolist() == [[0.25, 0.75], [0.5, 0.5]]


def test_the_shorter_histogram_gets_zeros():
    p, q = same_length(np.array([1.0]), np.array([0.25, 0.75]))
    assert (p.tolist(), q.tolist()) == ([1, 0], [0.25, 0.75])


def test_means_over_groups():
    # first group equal, second disjoint; the training set has 3 of the first and 1 of the second
    samples, train = np.array([[2, 0], [4, 0]]), np.array([[3, 0], [0, 1]])
    averages = mean_and_weighted(samples, train)
    assert averages["tv"] == {"mean": 0.5, "weighted": 0.25}
    assert averages["js"]["weighted"] == pytest.approx(math.log(2) / 4)


def test_no_groups_give_zeros():
    none = np.zeros((0, 10))
    assert mean_and_weighted(none, none)["kl"] == {"mean": 0.0, "weighted": 0.0}
