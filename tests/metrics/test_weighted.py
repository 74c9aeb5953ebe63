import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from bd_gen.metrics.weighted import weighted_quantiles, weighted_w1

numbers = st.lists(st.integers(-20, 20).map(float), min_size=1, max_size=8)


@given(numbers, st.data())
def test_quantiles_are_those_of_the_sample_written_out(values, data):
    weights = np.array(
        data.draw(st.lists(st.integers(0, 3), min_size=len(values), max_size=len(values)))
    )
    (found,) = weighted_quantiles(np.array(values), weights[None], (0.25,))
    if weights.sum() == 0:
        assert np.isnan(found[0])
    else:
        assert found[0] == pytest.approx(np.quantile(np.repeat(values, weights), 0.25))


@given(numbers, numbers, st.data())
def test_the_distance_is_scipys(values, reference, data):
    weights = np.array(
        data.draw(st.lists(st.integers(0, 3), min_size=len(values), max_size=len(values)))
    )
    weights[0] += 1
    expected = wasserstein_distance(values, reference, weights)
    found = weighted_w1(np.array(values), weights[None], np.array(reference))
    assert found[0] == pytest.approx(expected, abs=1e-9)


def test_a_shift_is_as_far_as_it_is():
    assert weighted_w1(np.array([3.0, 5.0]), np.ones((1, 2)), np.array([1.0, 3.0])) == 2.0
    assert weighted_w1(np.array([3.0]), np.zeros((1, 1)), np.array([1.0])) == 0.0
