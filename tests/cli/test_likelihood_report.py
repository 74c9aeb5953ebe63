"""What the likelihood report says of differences."""

import numpy as np
import pytest
from scipy import stats

from bd_gen.cli.likelihood_report import interval_of
from bd_gen.model.nats import mean_of


def test_the_interval_of_differences_is_the_paired_t_test() -> None:
    a, b = np.random.default_rng(0).normal(20.0, 3.0, (2, 40))
    difference = mean_of(b - a)
    reference = stats.ttest_rel(b, a).confidence_interval(0.95)
    assert interval_of(difference) == pytest.approx((reference.low, reference.high))
    assert interval_of(mean_of(np.array([2.0]))) is None
