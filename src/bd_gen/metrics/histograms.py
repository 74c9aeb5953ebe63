"""Histograms of things that diagrams have, under weights or not, against the training set's.

A metric of this kind says which things there are and into which bin each falls. How they are
counted is written here once: its value is what it gives under weights of one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.metrics.divergences import LARGEST, mean_and_weighted
from bd_gen.metrics.parts import parts
from bd_gen.metrics.registry import Fitted, MetricKey, not_computed
from bd_gen.metrics.resampling import Things, Weights, weighted_counts

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
