"""How much a number of distinct things would vary, had other samples been drawn."""

import math

import numpy as np

from bd_gen.metrics.resampling import Weights, grouped_weights

_SMOOTHING = 10  # things that occur more often than this say nothing about the rare ones


def _smoothed_signs() -> np.ndarray:
    # [m]: −(−1)^m · P(Binomial(10, ½) >= m), 0 for m = 0
    tails = np.cumsum([math.comb(_SMOOTHING, m) for m in range(_SMOOTHING, -1, -1)])[::-1]
    signs = np.where(np.arange(_SMOOTHING + 1) % 2 == 1, 1.0, -1.0)
    signs[0] = 0.0
    return signs * tails / 2**_SMOOTHING


_SIGNS = _smoothed_signs()


def variance_of_distinct(times: np.ndarray, num_samples: int) -> float:
    """Variance of the number of distinct things among N draws, from one set of N draws.

    A thing expected λ times is missed with probability e^-λ. The variance, summed over things,
    Σ e^-λ − Σ e^-2λ, is how many new things N further draws would show, which is estimated by
    f1 − f2 + f3 − ..., where f_m things occur m times; for many m the alternating signs are
    noise and fade out. That the total is N takes (Σ λ·e^-λ)² / N off it, estimated by f1² / N.

    Sources: Good and Toulmin, Biometrika 43 (1956) 45-63; Efron and Thisted, Biometrika 63 (1976)
    435-447, for the smoothing.

    Args:
        times: (D,) how often each of the distinct things occurs.
        num_samples: N; some of the draws may show nothing.
    """
    new = float(_SIGNS[times[times <= _SMOOTHING]].sum())
    return max(new - int((times == 1).sum()) ** 2 / num_samples, 0.0)


def resampled_distinct(weights: Weights, group: np.ndarray, num_groups: int) -> np.ndarray:
    """Number of distinct groups under bootstrap weights, linearised.

    Counting the groups of a replicate would not do. It holds only 63 % of the samples at all, so
    N different ones would become 0.63·N ± 0.01·N instead of exactly N. Here each sample counts
    1 / (size of its group), and the differences between replicates are then stretched so that
    their variance is `variance_of_distinct`. Weights of 1 give the number itself.

    Args:
        weights: (B, N) integers with row sums N.
        group: (N,) the group of each sample, -1 for none.
        num_groups: number of groups, none of them empty.

    Returns:
        (B,) float64.
    """
    num_samples = len(group)
    times = np.bincount(group[group >= 0], minlength=num_groups)
    spread = float(np.sum(1 / times)) - num_groups**2 / num_samples
    # all distinct: nothing varies, and the difference above is rounding
    if spread < 1e-9 * num_samples:
        return np.full(len(weights), float(num_groups))
    # sums over groups of one size are integers, so the order of adding makes no difference
    sizes, size_of_group = np.unique(times, return_inverse=True)
    size_of_sample = np.where(group >= 0, size_of_group.ravel()[group], -1)
    linear = np.sum(grouped_weights(weights, size_of_sample, len(sizes)) / sizes, axis=1)
    stretch = math.sqrt(variance_of_distinct(times, num_samples) / spread)
    return num_groups + stretch * (linear - num_groups)
