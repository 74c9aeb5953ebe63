"""MMD under bootstrap weights: a weighted U-statistic over distinct feature rows."""

import numpy as np

from bd_gen.metrics.mmd import ZERO_BELOW, RowCounts, squared_distances
from bd_gen.metrics.resampling import grouped_weights, weighted_sums

_CHUNK = 1 << 20  # kernel entries at a time: 8 MB


def gaussian_kernel(x: np.ndarray, y: np.ndarray, median: float) -> np.ndarray:
    """(U, V) kernel exp(−d² / median) of rows (U, D) and (V, D).

    Rows that differ by rounding alone are equal. The kernel of median 0 is the limit: 1 for
    equal rows, 0 for others.
    """
    squared = squared_distances(x, y)
    equal = squared <= ZERO_BELOW
    if median == 0:
        return equal.astype(np.float64)
    kernel = np.exp(np.divide(squared, -median, out=squared), out=squared)
    kernel[equal] = 1.0
    return kernel


def mean_kernel_between(x: np.ndarray, y: RowCounts, median: float) -> np.ndarray:
    """(U,) mean kernel of each row of `x` (U, D) with the rows of `y`."""
    step = max(_CHUNK // max(len(y.rows), 1), 1)
    sums = [
        np.sum(gaussian_kernel(x[start : start + step], y.rows, median) * y.counts, axis=1)
        for start in range(0, len(x), step)
    ]
    return np.concatenate([np.zeros(0), *sums]) / len(y)


def resampled_mmd(
    weights: np.ndarray,
    row_of: np.ndarray,
    rows: np.ndarray,
    reference: RowCounts,
    within_reference: float,
    median: float,
) -> np.ndarray:
    """Unbiased MMD² of each row of weights, clipped to 0, with a fixed bandwidth.

    Pairs of two copies of one sample are left out, like a sample's pair with itself: they are
    there because a bootstrap draws with replacement, and would add about 1/N to the result.
    Weights of 1 give the estimate itself.

    Args:
        weights: (B, N) integers: how often each sample counts.
        row_of: (N,) which of the rows is the sample's, -1 if it takes no part.
        rows: (U, D) distinct feature rows of the samples.
        reference: feature rows of the reference set.
        within_reference: their mean kernel, as `mean_kernel_within` gives it.
        median: bandwidth, exp(−d² / median); 0 stands for rows being equal or not.

    Returns:
        (B,); 0.0 where no sample that takes part counts.
    """
    takes_part = row_of >= 0
    of_rows = grouped_weights(weights, row_of, len(rows))
    size = of_rows.sum(axis=1)
    of_same = np.square(weights[:, takes_part]).sum(axis=1)
    num_pairs = np.square(size) - of_same
    kernel_sum = np.sum(
        of_rows * weighted_sums(of_rows, gaussian_kernel(rows, rows, median)), axis=1
    )
    within = (kernel_sum - of_same) / np.where(num_pairs > 0, num_pairs, 1.0)
    within[num_pairs <= 0] = 0.0
    to_reference = mean_kernel_between(rows, reference, median)
    between = weighted_sums(of_rows, to_reference) / np.where(size > 0, size, 1.0)
    return np.where(size > 0, np.maximum(within + within_reference - 2 * between, 0.0), 0.0)
