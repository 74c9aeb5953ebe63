"""Edge counts: are as many room pairs joined as in the training set?

The relation histograms of `distribution` and `conditional` are those of the edges there are. A
model that draws twice too many edges, of the right kinds, has nothing to fear from them.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.diagrams.vocabulary import NUM_RELATIONS
from bd_gen.metrics.divergences import LARGEST, js, normalised, w1
from bd_gen.metrics.parts import additive, by_row
from bd_gen.metrics.registry import Fitted, MetricKey, NotComputed, metric
from bd_gen.metrics.resampling import Weights, weighted_counts

_NUM_LABELS = NUM_RELATIONS + 1  # "no edge" is the last one


def labelled_pairs(diagrams: DiagramSet) -> tuple[np.ndarray, np.ndarray]:
    """All pairs of rooms.

    Returns:
        (M,) diagram and (M,) edge slot, in this order.
    """
    diagram, slot = np.nonzero(diagrams.is_real[:, diagrams.vocabulary.n_max :])
    return diagram, slot


@additive
def edge_histograms(diagrams: DiagramSet) -> dict[str, np.ndarray]:
    """Counts of the labels of all room pairs, and of diagrams with 0, 1, 2, ... edges.

    A pair whose token is not a relation (no-edge, MASK or an illegal one) is a pair without an
    edge, as everywhere. Rows without a room are not counted.

    Returns:
        "labels" (11,): 10 relations, then no edge. "edges" (1 + n_max(n_max − 1)/2,).
    """
    labels = diagrams.relations[labelled_pairs(diagrams)]
    num_edges = diagrams.num_edges[diagrams.num_rooms > 0]
    return {
        "labels": np.bincount(labels, minlength=_NUM_LABELS),
        "edges": np.bincount(num_edges, minlength=diagrams.vocabulary.num_edges + 1),
    }


def _mean(edges: np.ndarray) -> np.ndarray:
    # (...) mean of a histogram (..., E) of edges, 0 if it is empty
    total = edges.sum(axis=-1)
    return np.sum(edges * np.arange(edges.shape[-1]), axis=-1) / np.maximum(total, 1)


def _values(
    counts: Mapping[str, np.ndarray], train: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    # counts (..., K) of the samples against (K,) of the training set
    mean, train_mean = _mean(counts["edges"]), float(_mean(train["edges"]))
    return {
        "eval/edge_presence_js": js(normalised(counts["labels"]), normalised(train["labels"])),
        "eval/num_edges_w1": w1(normalised(counts["edges"]), normalised(train["edges"])),
        "eval/mean_edges": mean,
        "eval/edges_ratio": mean / train_mean if train_mean else np.zeros_like(mean),
    }


def _labels(diagrams: DiagramSet) -> tuple[np.ndarray, np.ndarray]:
    diagram, slot = labelled_pairs(diagrams)
    return diagram, diagrams.relations[diagram, slot]


def _numbers_of_edges(diagrams: DiagramSet) -> tuple[np.ndarray, np.ndarray]:
    has_room = np.flatnonzero(diagrams.num_rooms)
    return has_room, diagrams.num_edges[has_room]


def resampled_edge_counts(
    samples: DiagramSet, fitted: Fitted, weights: Weights
) -> dict[str, np.ndarray]:
    """All four under (B, N) weights, (B,) each."""
    num_bins = samples.vocabulary.num_edges + 1
    counts = {
        "labels": weighted_counts(weights, samples, _labels, _NUM_LABELS),
        "edges": weighted_counts(weights, samples, _numbers_of_edges, num_bins),
    }
    return _values(counts, fitted)


@by_row
def count_columns(samples: DiagramSet, _fitted: Fitted) -> dict[str, np.ndarray]:
    """Columns num_rooms, num_edges: (N,) int64."""
    return {
        "num_rooms": samples.num_rooms.astype(np.int64),
        "num_edges": samples.num_edges.astype(np.int64),
    }


@metric(
    family="Distribution",
    keys=(
        MetricKey(
            "eval/edge_presence_js",
            "Relations and no edge JS",
            "lower",
            "value",
            range=(0.0, LARGEST["js"]),
        ),
        MetricKey("eval/num_edges_w1", "Edges W1", "lower", "value"),
        MetricKey("eval/mean_edges", "Edges, mean", None, "value", range=(0.0, math.inf)),
        MetricKey("eval/edges_ratio", "Edges / training", None, "value", range=(0.0, math.inf)),
    ),
    fit=edge_histograms,
    per_sample=count_columns,
    resample=resampled_edge_counts,
)
def edge_counts(samples: DiagramSet, fitted: Fitted) -> dict[str, Any]:
    """How often room pairs are joined, against the training set.

    - edge_presence_js: JS of the labels of all room pairs, "no edge" being an eleventh label.
    - num_edges_w1: Wasserstein-1 distance of the number of edges in a diagram, in edges.
    - mean_edges: mean number of edges in a diagram with at least one room.
    - edges_ratio: this mean over that of the training set; none if the latter has no edges.
    """
    values: dict[str, Any] = {
        key: float(value) for key, value in _values(edge_histograms(samples), fitted).items()
    }
    if not float(_mean(fitted["edges"])):
        values["eval/edges_ratio"] = NotComputed("no edges in the training set")
    return values
