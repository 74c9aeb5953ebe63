"""Histograms of things that diagrams have, under weights or not, and distances between them.

A metric of this kind says which things there are and into which bin each falls. How they are
counted is written here once: its value is what it gives under weights of one. The last axis holds
the bins; all logarithms are natural.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.metrics.keys import Fitted, MetricKey, not_computed
from bd_gen.metrics.parts import parts
from bd_gen.metrics.resampling import Things, Weights, weighted_counts

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


Counts = Mapping[str, np.ndarray]

Owners = tuple[np.ndarray, np.ndarray]
"""(M,) the diagram of each thing, ascending, and (M,) the bin that it falls into."""

_DISPLAY = {"js": "JS", "tv": "TV", "kl": "KL"}


def divergence_keys(
    key: str, title: str, averages: Mapping[str, str] | None = None
) -> list[MetricKey]:
    """The keys of the divergences JS, TV and KL of one histogram, or of averages over groups.

    Args:
        key: of a result file; `{}` stands for the divergence.
        title: in tables; `{}` stands for the divergence.
        averages: endings of the keys, and what tables say of each.
    """
    endings = {"": ""}
    if averages is not None:
        endings = {f"_{name}": f" ({words})" for name, words in averages.items()}
    return [
        MetricKey(
            key.format(name) + ending,
            title.format(shown) + words,
            "lower",
            "value",
            range=(0.0, LARGEST[name]),
        )
        for name, shown in _DISPLAY.items()
        for ending, words in endings.items()
    ]


def room_pairs(diagrams: DiagramSet) -> tuple[np.ndarray, np.ndarray]:
    """(M,) diagram and (M,) edge slot of all pairs of rooms, joined or not, in this order."""
    diagram, slot = np.nonzero(diagrams.is_real[:, diagrams.vocabulary.n_max :])
    return diagram, slot


@dataclass(frozen=True)
class Histogram:
    """Things that diagrams have, each of which falls into a bin.

    Attributes:
        things: gives (M,) the diagram of each thing, ascending, and (M,) its bin.
        num_bins: how many bins there are for a set of diagrams.
    """

    things: Things
    num_bins: Callable[[DiagramSet], int]

    def counts(
        self, diagrams: DiagramSet, weights: Weights | None = None, bins: np.ndarray | None = None
    ) -> np.ndarray:
        """How many things are in each bin.

        Args:
            diagrams: N of them.
            weights: (B, N) integers; None: each diagram counts once.
            bins: (K,) those to count, in this order; all by default.

        Returns:
            (B, K), or (K,) int64 without weights.
        """
        num_bins, things = self.num_bins(diagrams), self.things
        if bins is not None:
            things, num_bins = _things_in(things, bins, num_bins), len(bins)
        if weights is not None:
            return weighted_counts(weights, diagrams, things, num_bins)
        counts = np.zeros(num_bins, np.int64)
        for _, part in parts(diagrams):
            counts += np.bincount(things(part)[1], minlength=num_bins)
        return counts


def _things_in(things: Things, bins: np.ndarray, num_bins: int) -> Things:
    place_of = np.full(num_bins, -1)
    place_of[bins] = np.arange(len(bins))

    def chosen(diagrams: DiagramSet) -> tuple[np.ndarray, np.ndarray]:
        owner, code = things(diagrams)
        place = place_of[code]
        return owner[place >= 0], place[place >= 0]

    return chosen


@dataclass(frozen=True)
class HistogramMetric:
    """Histograms against those of the training set.

    Attributes:
        histograms: by name.
        distances: `distances(counts, train)`: (...) values by key for counts (..., K) of samples
            and (K,) of the training set, both by name.
    """

    histograms: Mapping[str, Histogram]
    distances: Callable[[Counts, Counts], dict[str, np.ndarray]]

    def fit(self, train: DiagramSet) -> dict[str, np.ndarray]:
        """(K,) counts of the training set by name."""
        return {name: histogram.counts(train) for name, histogram in self.histograms.items()}

    def resample(
        self, samples: DiagramSet, fitted: Counts, weights: Weights | None = None
    ) -> dict[str, np.ndarray]:
        """The values under (B, N) weights, (B,) each; without weights single numbers."""
        counts = {name: h.counts(samples, weights) for name, h in self.histograms.items()}
        return self.distances(counts, fitted)

    def compute(self, samples: DiagramSet, fitted: Counts) -> dict[str, Any]:
        """The values of the samples, each of which counts once."""
        return {key: float(value) for key, value in self.resample(samples, fitted).items()}


@dataclass(frozen=True)
class GroupedHistogram:
    """A histogram for each of several groups, whose divergences from training are averaged.

    Attributes:
        histogram: group after group.
        groups: `groups(fitted)`: (G,) the groups that take part, and (G, K) their counts in the
            training set.
        key: names the keys: a format of divergence and kind of average.
        tops: prefixes of the kinds, and of how many of the first groups each of them is.
    """

    histogram: Histogram
    groups: Callable[[Fitted], tuple[np.ndarray, np.ndarray]]
    key: str
    tops: Mapping[str, int | None]

    def resample(
        self, samples: DiagramSet, fitted: Fitted, weights: Weights | None = None
    ) -> dict[str, np.ndarray]:
        """The averages under (B, N) weights, (B,) each; without weights single numbers."""
        groups, train = self.groups(fitted)
        size = train.shape[1]
        bins = (groups[:, None] * size + np.arange(size)).ravel()
        counts = self.histogram.counts(samples, weights, bins)
        counts = counts.reshape(*counts.shape[:-1], *train.shape)
        return {
            self.key.format(divergence, prefix + kind): value
            for prefix, top in self.tops.items()
            for divergence, kinds in mean_and_weighted(counts[..., :top, :], train[:top]).items()
            for kind, value in kinds.items()
        }

    def compute(self, samples: DiagramSet, fitted: Fitted, without: str) -> dict[str, Any]:
        """The averages of the samples; `without` says why there are none if no group takes part."""
        averages = self.resample(samples, fitted)
        if not len(self.groups(fitted)[0]):
            return dict(not_computed(averages, without))
        return {key: float(value) for key, value in averages.items()}
