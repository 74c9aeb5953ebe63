"""Graph structure: which share of the room pairs is joined, and MMD of degrees, clustering and
spectra against the training set.

For the MMD both sides are subsampled to 5,000 diagrams with `numpy.random.RandomState(42)`,
samples first.
"""

from typing import Any

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.metrics.graph_features import FEATURES, GraphFeatures
from bd_gen.metrics.keys import Fitted, MetricKey, NotComputed
from bd_gen.metrics.mmd import (
    Distances,
    RowCounts,
    distances_between,
    distances_within,
    mean_kernel_within,
    median_distance,
    unbiased_mmd,
)
from bd_gen.metrics.mmd_resampling import resampled_mmd
from bd_gen.metrics.parts import by_row
from bd_gen.metrics.registry import metric
from bd_gen.metrics.resampling import Weights
from bd_gen.metrics.samples import value_by_num_rooms


@by_row
def joined_shares(diagrams: DiagramSet) -> np.ndarray:
    """(N,) edges / (n(n − 1)/2); 0 where there is no pair."""
    n = diagrams.num_rooms
    return diagrams.num_edges / np.maximum(n * (n - 1) // 2, 1)


@metric(
    family="Graph Structure",
    keys=(MetricKey("edge_present_rate_by_num_rooms", "Edge density", None, "rate", nested=True),),
)
def density(samples: DiagramSet) -> dict[str, dict[str, float]]:
    """Mean of edges / (n(n − 1)/2) for each number of rooms n; 0 where there is no pair."""
    by_rooms = value_by_num_rooms(samples, {"rate": joined_shares(samples)})
    return {"edge_present_rate_by_num_rooms": {n: value["rate"] for n, value in by_rooms.items()}}


MAX_DIAGRAMS = 5000
"""Larger sets are subsampled to this many diagrams."""

_SEED = 42


class ChosenGraphs:
    """The diagrams of one side that take part, as feature rows with counts.

    Args:
        features: features of a set of diagrams.
        chosen: numbers of the diagrams that take part.

    Attributes:
        rows: distinct rows and their counts, by feature.
        row_of: (C,) which of the rows each of the diagrams that take part has, by feature.
    """

    def __init__(self, features: GraphFeatures, chosen: np.ndarray | slice) -> None:
        graph_of = features.graph_of[chosen]
        times = np.bincount(graph_of, minlength=len(features.keys))
        self._size = len(graph_of)
        self.rows: dict[str, RowCounts] = {}
        self.row_of: dict[str, np.ndarray] = {}
        for feature in FEATURES:
            counts = np.zeros(len(features.rows[feature]), np.int64)
            np.add.at(counts, features.row_of[feature], times)
            used = np.flatnonzero(counts)
            self.rows[feature] = RowCounts(features.rows[feature][used], counts[used])
            place = np.full(len(counts), -1)
            place[used] = self.rows[feature].row_of
            self.row_of[feature] = place[features.row_of[feature][graph_of]]
        self._within: dict[str, Distances] = {}

    def __len__(self) -> int:
        return self._size

    def within(self, feature: str) -> Distances:
        """Distances of one feature within this side, kept for the next call."""
        if feature not in self._within:
            self._within[feature] = distances_within(self.rows[feature])
        return self._within[feature]

    def between(self, feature: str, other: "ChosenGraphs") -> Distances:
        """Distances of one feature between the two sides."""
        return distances_between(self.rows[feature], other.rows[feature])


def graph_statistics(train: DiagramSet) -> dict[str, np.ndarray]:
    """The graphs of all training diagrams and their features, as `GraphFeatures` stores them."""
    return GraphFeatures.of(train).to_arrays()


def chosen_sides(samples: DiagramSet, fitted: Fitted) -> tuple[ChosenGraphs, ChosenGraphs]:
    """Samples and reference after subsampling; the usual reference side is worked out once."""
    reference = GraphFeatures.from_arrays(fitted)
    count = len(reference.graph_of)
    # The published generator; results depend on it.
    random = np.random.RandomState(_SEED)
    rows = chosen_samples(samples, random)
    chosen = chosen_graphs(samples, rows)
    if len(rows) < np.count_nonzero(samples.num_rooms):  # the generator has gone on
        return chosen, ChosenGraphs(reference, choice(count, random))
    return chosen, fitted.derived("chosen", lambda: ChosenGraphs(reference, choice(count, random)))


def choice(count: int, random: np.random.RandomState) -> np.ndarray | slice:
    """Which of so many take part: all, or 5,000 of them drawn by `random` if there are more."""
    if count <= MAX_DIAGRAMS:
        return slice(None)
    return random.choice(count, MAX_DIAGRAMS, replace=False)


def chosen_samples(samples: DiagramSet, random: np.random.RandomState) -> np.ndarray:
    """(C,) numbers of the samples that take part: those that have a room, 5,000 at most."""
    rows = np.flatnonzero(samples.num_rooms)
    return rows[choice(len(rows), random)]


def chosen_graphs(samples: DiagramSet, rows: np.ndarray) -> ChosenGraphs:
    """The graphs of the samples (C,) that `chosen_samples` gives."""
    if len(rows) < np.count_nonzero(samples.num_rooms):
        samples = DiagramSet(samples.tokens[rows], samples.vocabulary)
    return ChosenGraphs(GraphFeatures.of(samples), slice(None))


def no_pairs(num_graphs: int) -> NotComputed:
    """Why there is no MMD: one of the two sides has no two graphs."""
    side = "samples" if num_graphs < 2 else "training diagrams"
    return NotComputed(f"fewer than 2 {side} with a room")


def resampled_structure(
    samples: DiagramSet, fitted: Fitted, weights: Weights
) -> dict[str, np.ndarray]:
    """The MMDs under (B, N) weights, (B,) each; the bandwidth stays that of the whole sample."""
    x, y = chosen_sides(samples, fitted)
    weights = weights[:, chosen_samples(samples, np.random.RandomState(_SEED))]
    values = {}
    for feature in FEATURES:
        if not len(x) or not len(y):
            values[f"eval/mmd_{feature}"] = np.zeros(len(weights))
            continue
        yy = y.within(feature)
        median = median_distance([x.within(feature), yy, x.between(feature, y)])
        within_y = mean_kernel_within(yy, len(y), median) if median else 0.0
        values[f"eval/mmd_{feature}"] = resampled_mmd(
            weights, x.row_of[feature], x.rows[feature].rows, y.rows[feature], within_y, median
        )
    return values


@metric(
    family="Graph Structure",
    keys=tuple(
        MetricKey(f"eval/mmd_{feature}", f"MMD {feature}", "lower", "value", range=(0.0, 2.0))
        for feature in FEATURES
    ),
    fit=graph_statistics,
    resample=resampled_structure,
)
def structure(samples: DiagramSet, fitted: Fitted) -> dict[str, Any]:
    """Unbiased MMD² of three structural features; rows without a room take no part."""
    x, y = chosen_sides(samples, fitted)
    values: dict[str, Any] = {}
    for feature in FEATURES:
        if min(len(x), len(y)) < 2:
            values[f"eval/mmd_{feature}"] = no_pairs(len(x))
            continue
        xx, yy, xy = x.within(feature), y.within(feature), x.between(feature, y)
        median = median_distance([xx, yy, xy])
        values[f"eval/mmd_{feature}"] = unbiased_mmd(xx, yy, xy, len(x), len(y), median)
    return values
