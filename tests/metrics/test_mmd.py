import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.metrics.mmd import (
    RowCounts,
    distances_between,
    distances_within,
    median_distance,
    unbiased_mmd,
    weighted_median,
)


def row_counts(rows) -> RowCounts:
    rows = np.array(rows, float)
    return RowCounts(rows, np.ones(len(rows), np.int64))


def mmd(x, y) -> float:
    a, b = row_counts(x), row_counts(y)
    xx, yy, xy = distances_within(a), distances_within(b), distances_between(a, b)
    median = median_distance([xx, yy, xy])
    return unbiased_mmd(xx, yy, xy, len(a), len(b), median)


def test_two_points_against_two_points():
    # x = 0, 1 and y = 1, 3. Squared distances: xx 1 1 | yy 4 4 | xy 1 9 0 4
    # non-zero, sorted: 1 1 1 4 4 4 9 -> median 4
    # k = exp(-d / 4): within x exp(-1/4), within y exp(-1), between (exp(-1/4) + exp(-9/4) + 1
    # + exp(-1)) / 4
    x, y = [[0.0], [1.0]], [[1.0], [3.0]]
    between = (math.exp(-0.25) + math.exp(-2.25) + 1 + math.exp(-1)) / 4
    expected = math.exp(-0.25) + math.exp(-1) - 2 * between
    assert mmd(x, y) == pytest.approx(max(expected, 0), abs=1e-15)
    # far apart: xx and yy as before, xy 81 100 64 81; sorted 1 1 4 4 64 81 81 100 -> 34
    x, y = [[0.0], [1.0]], [[10.0], [12.0]]
    xx, yy, xy = [1], [4], [100, 144, 81, 121]
    median = np.median(xx * 2 + yy * 2 + xy)
    between = sum(math.exp(-d / median) for d in xy) / 4
    expected = math.exp(-1 / median) + math.exp(-4 / median) - 2 * between
    assert mmd(x, y) == pytest.approx(expected, abs=1e-15)
    assert expected > 0.5


def test_equal_sets_are_clipped_to_zero():
    x = [[0.0], [1.0], [2.0]]
    assert mmd(x, x) == 0  # the unbiased estimate is below 0


def test_sets_of_one_value_are_at_distance_zero():
    assert mmd([[1.0], [1.0]], [[1.0]]) == 0


def test_a_single_row_has_no_pairs():
    # only the two entries of yy and xy count: y = 0, 2 against x = 0: yy 4 4, xy 0 4
    # median 4; yy exp(-1), xy (1 + exp(-1)) / 2; the sum is -1 and so 0
    assert mmd([[0.0]], [[0.0], [2.0]]) == 0


def test_rounding_makes_entries_above_zero():
    # x holds one value twice, apart by rounding: two entries that count for the median.
    # y = 3, 4. xx (1e-15)² twice; yy 1 1; xy 9 16 9 16.
    # entries ~0 ~0 1 1 9 9 16 16 -> median 5; without the first two it would be 9
    x, y = [[0.0], [1e-15]], [[3.0], [4.0]]
    a, b = row_counts(x), row_counts(y)
    parts = [distances_within(a), distances_within(b), distances_between(a, b)]
    assert len(a.rows) == 1
    assert median_distance(parts) == pytest.approx(5)
    same = row_counts([[0.0], [0.0]])
    parts = [distances_within(same), distances_within(b), distances_between(same, b)]
    assert median_distance(parts) == pytest.approx(9)
    # a median of rounding alone would be no bandwidth
    assert median_distance([distances_within(row_counts([[0.0], [1e-15], [1.0]]))]) == 1


@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=12),
    st.lists(st.integers(0, 4), min_size=1, max_size=12),
)
def test_counts_stand_for_repeated_rows(x, y):
    x, y = np.array(x, float)[:, None], np.array(y, float)[:, None]
    distances = [(p - q.T) ** 2 for p, q in ((x, x), (y, y), (x, y))]
    entries = np.concatenate([d.ravel() for d in distances])
    a, b = row_counts(x), row_counts(y)
    parts = [distances_within(a), distances_within(b), distances_between(a, b)]
    for part, full in zip(parts, distances, strict=True):
        assert part.num_zero == part.num_equal == (full == 0).sum()
        assert np.repeat(part.values, part.weights).sum() == pytest.approx(full.sum())
    expected = np.median(entries[entries > 0]) if (entries > 0).any() else 0
    assert median_distance(parts) == expected


@given(
    st.lists(
        st.lists(st.tuples(st.floats(0, 1e6), st.integers(1, 5)), max_size=30),
        min_size=1,
        max_size=3,
    )
)
def test_the_weighted_median_is_numpys(parts):
    values = [np.array([value for value, _ in part]) for part in parts]
    weights = [np.array([weight for _, weight in part], int) for part in parts]
    repeated = np.concatenate(
        [np.repeat(value, weight) for value, weight in zip(values, weights, strict=True)]
    )
    expected = np.median(repeated) if len(repeated) else 0.0
    assert weighted_median(values, weights) == expected


def test_the_median_of_many_values_close_together():
    values = np.random.default_rng(0).random(100_001) * 1e-6
    values[0] = 1e6  # everything else falls into one bin
    assert weighted_median([values], [np.ones(len(values), int)]) == np.median(values)
