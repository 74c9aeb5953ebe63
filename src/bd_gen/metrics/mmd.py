"""Maximum mean discrepancy of sets whose rows take few distinct values.

Distances are taken once per pair of distinct rows and weighted by the number of pairs they
stand for, so the result is that of the full matrices.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bd_gen.diagrams.diagram_set import distinct_rows, row_keys

SAME_WITHIN = 1e-9
"""Rows whose numbers differ by less are one: eigenvalues are exact to about 1e-15."""

ZERO_BELOW = SAME_WITHIN**2
"""Squared distances up to this are 0; those of different graphs are far above it."""

_CHUNK = 1 << 16  # distances at a time, so that the kernel's temporaries stay in the cache
_BINS = 1 << 12


def squared_distances(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(X, Y) float64 squared distances of rows (X, D) and (Y, D).

    They are summed in one order and without BLAS, so that they do not depend on the number of
    threads.
    """
    total = np.zeros((len(x), len(y)))
    for of_x, of_y in zip(x.T, y.T, strict=True):
        difference = of_x[:, None] - of_y
        difference *= difference
        total += difference
    return total


class RowCounts:
    """A set of feature rows: (U, D) `rows` and how often each occurs, (U,) `counts`.

    Rows that agree within 1e-9 are put together; `row_of` says which of the `rows` each of the
    given ones became. How often each row occurs to the last bit is kept as `exact`, because the
    median asks for it.
    """

    def __init__(self, rows: np.ndarray, counts: np.ndarray) -> None:
        self.exact: Counter[bytes] = Counter()
        bits = np.ascontiguousarray(rows).view(np.uint8)
        for key, count in zip(row_keys(bits), counts.tolist(), strict=True):
            self.exact[key] += count
        grid = np.rint(rows / SAME_WITHIN).astype(np.int64)
        _, self.row_of, _ = distinct_rows(grid.view(np.uint8))
        _, first = np.unique(self.row_of, return_index=True)
        self.rows = rows[first]
        self.counts = np.zeros(len(first), np.int64)
        np.add.at(self.counts, self.row_of, counts)

    def __len__(self) -> int:
        return int(self.counts.sum())

    def num_equal(self, other: "RowCounts") -> int:
        """Pairs of a row from here and one from `other` that are equal to the last bit."""
        return sum(count * other.exact[key] for key, count in self.exact.items())


@dataclass(frozen=True)
class Distances:
    """Squared distances of all ordered pairs of two sets, pairs of one distance put together.

    Attributes:
        values: (M,) squared distances above 0.
        weights: (M,) int32 number of pairs each stands for.
        num_zero: number of pairs at distance 0, the diagonal included.
        num_equal: how many of these are equal to the last bit; the others differ by rounding.
    """

    values: np.ndarray
    weights: np.ndarray
    num_zero: int
    num_equal: int


def _collect(values: np.ndarray, weights: np.ndarray, num_zero: int, num_equal: int) -> Distances:
    apart = values > ZERO_BELOW
    num_zero += int(weights[~apart].sum(dtype=np.int64))
    return Distances(values[apart], weights[apart], num_zero, num_equal)


def distances_within(x: RowCounts) -> Distances:
    """Distances of all ordered pairs from `x`, each row with itself included."""
    columns = np.ascontiguousarray(x.rows.T)
    counts = x.counts.astype(np.int32)
    num_rows = len(counts)
    ends = np.cumsum(np.arange(num_rows - 1, 0, -1))
    values = np.empty(num_rows * (num_rows - 1) // 2)
    weights = np.empty(len(values), np.int32)
    for i, end in enumerate(ends):
        part = slice(end - (num_rows - 1 - i), end)
        difference = columns[:, i + 1 :] - columns[:, i : i + 1]
        np.sum(difference * difference, axis=0, out=values[part])
        np.multiply(counts[i + 1 :], 2 * counts[i], out=weights[part])
    return _collect(values, weights, int(np.sum(x.counts**2)), x.num_equal(x))


def distances_between(x: RowCounts, y: RowCounts) -> Distances:
    """Distances of all pairs of one row from `x` and one from `y`."""
    values = squared_distances(x.rows, y.rows)
    weights = x.counts.astype(np.int32)[:, None] * y.counts.astype(np.int32)[None, :]
    return _collect(values.ravel(), weights.ravel(), 0, x.num_equal(y))


def median_distance(parts: Sequence[Distances]) -> float:
    """Exact median of the squared distances above 0 of all `parts`; 0.0 if there are none.

    Rounding has a say here. Eigenvalues of one graph with its rooms in another order agree
    only to about 1e-15, so in the published numbers nearly every such pair counts as an entry
    above 0, and that moves the bandwidth. It does so here: pairs that differ by rounding alone
    are entries of value 0, unless that would make the median itself 0.
    """
    values = [part.values for part in parts]
    weights = [part.weights for part in parts]
    num_zero = sum(part.num_zero - part.num_equal for part in parts)
    if num_zero:
        zero = (np.zeros(1), np.full(1, num_zero, np.int64))
        median = weighted_median([zero[0], *values], [zero[1], *weights])
        if median > 0:
            return median
    return weighted_median(values, weights)


def weighted_median(values: Sequence[np.ndarray], weights: Sequence[np.ndarray]) -> float:
    """`numpy.median` of the values, none negative, each repeated as often as its weight says.

    Args:
        values: parts of the values, in any order.
        weights: for each part as many positive integers.

    Returns:
        the middle value, the mean of the two middle ones if their number is even, 0.0 if there
        are no values.
    """
    total = sum(int(part.sum(dtype=np.int64)) for part in weights)
    if total == 0:
        return 0.0
    # Sort into bins of equal width first: only the values of the bins that hold the two middle
    # ranks have to be put in order.
    scale = (_BINS - 1) / max(max(float(part.max()) for part in values if len(part)), 1e-300)
    bins = [(part * scale).astype(np.int64) for part in values]
    filled = np.zeros(_BINS)
    for of_part, weight in zip(bins, weights, strict=True):
        filled += np.bincount(of_part, weights=weight, minlength=_BINS)
    below = np.cumsum(filled)
    ranks = np.array([(total - 1) // 2, total // 2])
    first, last = np.searchsorted(below, ranks, side="right")
    inside = [(part >= first) & (part <= last) for part in bins]
    middle = np.concatenate([part[chosen] for part, chosen in zip(values, inside, strict=True)])
    weight = np.concatenate([part[chosen] for part, chosen in zip(weights, inside, strict=True)])
    order = np.argsort(middle, kind="stable")
    reached = np.cumsum(weight[order], dtype=np.int64) + int(below[first] - filled[first])
    lower, upper = middle[order][np.searchsorted(reached, ranks, side="right")]
    return float((lower + upper) / 2)


def _kernel_sum(distances: Distances, median: float) -> float:
    # σ² = median / 2, so the kernel exp(−d² / 2σ²) is exp(−d² / median). Sums run in one fixed
    # order and without BLAS, whose result may depend on the number of threads.
    total = float(distances.num_zero)
    for start in range(0, len(distances.values), _CHUNK):
        part = slice(start, start + _CHUNK)
        kernel = np.exp(distances.values[part] / -median)
        kernel *= distances.weights[part]
        total += float(kernel.sum())
    return total


def mean_kernel_within(distances: Distances, count: int, median: float) -> float:
    """Mean of exp(−d² / median) over the pairs of two different ones of `count` rows.

    0.0 for a set of one row, which has no pairs, as in the published results.
    """
    if count < 2:
        return 0.0
    return (_kernel_sum(distances, median) - count) / (count * (count - 1))


def unbiased_mmd(
    xx: Distances, yy: Distances, xy: Distances, num_x: int, num_y: int, median: float
) -> float:
    """Unbiased estimate of MMD² with the Gaussian kernel exp(−d² / median), clipped to 0.

    The diagonals are left out. A set of one row has no pairs; its term counts as 0, as in the
    published results. A median of 0 means that all rows are equal: the result is 0.

    Source: Gretton et al., A Kernel Two-Sample Test, JMLR 13 (2012), lemma 6.
    """
    if median == 0:
        return 0.0

    within_x = mean_kernel_within(xx, num_x, median)
    within_y = mean_kernel_within(yy, num_y, median)
    between = _kernel_sum(xy, median) / (num_x * num_y)
    return max(0.0, within_x + within_y - 2 * between)
