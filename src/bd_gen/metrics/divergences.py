"""Distances between histograms. The last axis holds the bins; all logarithms are natural."""

import math

import numpy as np

KL_FLOOR = 1e-10
"""Added to the reference in KL; bins of the samples below it are left out (METRICS.md)."""


def normalised(counts: np.ndarray) -> np.ndarray:
    """Counts (..., K) as shares that add up to 1; a histogram without counts becomes uniform."""
    total = counts.sum(axis=-1, keepdims=True)
    uniform = np.full(counts.shape, 1 / counts.shape[-1])
    return np.divide(counts, total, out=uniform, where=total > 0)


def same_length(p: np.ndarray, q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Histograms (..., K) and (..., M), the shorter ones with zeros appended."""
    length = max(p.shape[-1], q.shape[-1])
    p, q = (np.pad(x, [(0, 0)] * (x.ndim - 1) + [(0, length - x.shape[-1])]) for x in (p, q))
    return p, q


def kl(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """(...) KL(p‖q) = Σ p·ln(p / (q + 1e-10)) over bins with p > 1e-10.

    For equal histograms this is a little below 0, by 1e-10 a bin; it is not clipped, because
    published numbers are not.
    """
    counts = p > KL_FLOOR
    ratio = np.where(counts, p, 1.0) / np.where(counts, q + KL_FLOOR, 1.0)
    return np.sum(np.where(counts, p, 0.0) * np.log(ratio), axis=-1)


def js(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """(...) Jensen-Shannon divergence in nats, without smoothing; 0 to ln 2."""
    middle = (p + q) / 2

    def half(side: np.ndarray) -> np.ndarray:
        ratio = np.where(side > 0, side, 1.0) / np.where(side > 0, middle, 1.0)
        return np.sum(side * np.log(ratio), axis=-1) / 2

    return np.maximum(half(p) + half(q), 0.0)


def tv(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """(...) total variation ½·Σ|p − q|; 0 to 1."""
    return np.sum(np.abs(p - q), axis=-1) / 2


def w1(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """(...) Wasserstein-1 distance for bins one unit apart: Σ|CDF_p − CDF_q|."""
    return np.sum(np.abs(np.cumsum(p, axis=-1) - np.cumsum(q, axis=-1)), axis=-1)


DIVERGENCES = {"kl": kl, "js": js, "tv": tv}
"""The three that keys of the published results name."""

LARGEST = {"kl": math.inf, "js": math.log(2), "tv": 1.0}
"""How large each of them can be."""


def mean_and_weighted(
    sample_counts: np.ndarray, train_counts: np.ndarray
) -> dict[str, dict[str, np.ndarray]]:
    """Divergences of matching histograms, averaged plainly and by their weight in `train`.

    Args:
        sample_counts: (..., G, K) counts of G groups; a group without samples counts as uniform.
        train_counts: (G, K) counts of the same groups in the training set.

    Returns:
        `{"kl": {"mean": (...), "weighted": (...)}, "js": ..., "tv": ...}`; zeros if G is 0.
    """
    if not len(train_counts):
        none = np.zeros(sample_counts.shape[:-2])
        return {name: {"mean": none, "weighted": none} for name in DIVERGENCES}
    p, q = normalised(sample_counts), normalised(train_counts)
    weights = train_counts.sum(axis=-1) / train_counts.sum()
    averages = {}
    for name, divergence in DIVERGENCES.items():
        values = divergence(p, q)
        averages[name] = {
            "mean": values.mean(axis=-1),
            "weighted": np.sum(weights * values, axis=-1),
        }
    return averages
