"""Distribution: room types, relations and sizes, and how often rooms are joined.

Relations alone are those of the edges there are. A model that draws twice too many edges, of the
right kinds, has nothing to fear from them; `edge_counts` sees it.
"""

import math
from typing import Any

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.metrics.histograms import (
    DIVERGENCES,
    Counts,
    Histogram,
    HistogramMetric,
    Owners,
    divergence_keys,
    js,
    kl,
    normalised,
    room_pairs,
    same_length,
    w1,
)
from bd_gen.metrics.keys import Fitted, MetricKey, NotComputed
from bd_gen.metrics.parts import by_row
from bd_gen.metrics.registry import metric


def _room_types(diagrams: DiagramSet) -> Owners:
    has_type = diagrams.room_types != diagrams.no_type
    return np.nonzero(has_type)[0], diagrams.room_types[has_type]


def _relations(diagrams: DiagramSet) -> Owners:
    return np.nonzero(diagrams.has_edge)[0], diagrams.relations[diagrams.has_edge]


def _sizes(diagrams: DiagramSet) -> Owners:
    has_room = np.flatnonzero(diagrams.num_rooms)
    return has_room, diagrams.num_rooms[has_room] - 1


def _labels(diagrams: DiagramSet) -> Owners:
    diagram, slot = room_pairs(diagrams)
    return diagram, diagrams.relations[diagram, slot]


def _numbers_of_edges(diagrams: DiagramSet) -> Owners:
    has_room = np.flatnonzero(diagrams.num_rooms)
    return has_room, diagrams.num_edges[has_room]


def _distances(counts: Counts, train: Counts) -> dict[str, np.ndarray]:
    values = {}
    for kind in ("node", "edge"):
        p, q = normalised(counts[kind]), normalised(train[kind])
        for name, divergence in DIVERGENCES.items():
            values[f"eval/{kind}_{name}"] = divergence(p, q)
    p, q = same_length(normalised(counts["rooms"]), normalised(train["rooms"]))
    return {**values, "eval/num_rooms_kl": kl(p, q), "eval/rooms_w1": w1(p, q)}


DISTRIBUTION = HistogramMetric(
    {
        "node": Histogram(_room_types, lambda diagrams: diagrams.vocabulary.num_room_types),
        "edge": Histogram(_relations, lambda diagrams: diagrams.vocabulary.num_relations),
        "rooms": Histogram(_sizes, lambda diagrams: max(int(diagrams.num_rooms.max()), 1)),
    },
    _distances,
)


@metric(
    family="Distribution",
    keys=(
        *(
            key
            for both in zip(
                divergence_keys("eval/node_{}", "Room types {}"),
                divergence_keys("eval/edge_{}", "Relations {}"),
                strict=True,
            )
            for key in both
        ),
        MetricKey("eval/rooms_w1", "Rooms W1", "lower", "value"),
        MetricKey("eval/num_rooms_kl", "Rooms KL", "lower", "value"),
    ),
    fit=DISTRIBUTION.fit,
    fit_name="bd_gen.metrics.measures.distribution.marginal_counts",
    resample=DISTRIBUTION.resample,
)
def distribution(samples: DiagramSet, fitted: Fitted) -> dict[str, Any]:
    """Divergences of the samples' histograms from those of the training set.

    Rooms without a legal type, edge slots without a relation and rows without a room are not
    counted.
    """
    return DISTRIBUTION.compute(samples, fitted)


def _mean(edges: np.ndarray) -> np.ndarray:
    # (...) mean of a histogram (..., E) of edges, 0 if it is empty
    total = edges.sum(axis=-1)
    return np.sum(edges * np.arange(edges.shape[-1]), axis=-1) / np.maximum(total, 1)


def _of_edges(counts: Counts, train: Counts) -> dict[str, np.ndarray]:
    mean, train_mean = _mean(counts["edges"]), float(_mean(train["edges"]))
    return {
        "eval/edge_presence_js": js(normalised(counts["labels"]), normalised(train["labels"])),
        "eval/num_edges_w1": w1(normalised(counts["edges"]), normalised(train["edges"])),
        "eval/mean_edges": mean,
        "eval/edges_ratio": mean / train_mean if train_mean else np.zeros_like(mean),
    }


EDGE_COUNTS = HistogramMetric(
    {
        "labels": Histogram(_labels, lambda diagrams: diagrams.vocabulary.no_edge + 1),
        "edges": Histogram(_numbers_of_edges, lambda diagrams: diagrams.vocabulary.num_edges + 1),
    },
    _of_edges,
)


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
        *divergence_keys("eval/edge_presence_{}", "Relations and no edge {}")[:1],
        MetricKey("eval/num_edges_w1", "Edges W1", "lower", "value"),
        MetricKey("eval/mean_edges", "Edges, mean", None, "value", range=(0.0, math.inf)),
        MetricKey("eval/edges_ratio", "Edges / training", None, "value", range=(0.0, math.inf)),
    ),
    fit=EDGE_COUNTS.fit,
    fit_name="bd_gen.metrics.measures.edge_counts.edge_histograms",
    per_sample=count_columns,
    resample=EDGE_COUNTS.resample,
)
def edge_counts(samples: DiagramSet, fitted: Fitted) -> dict[str, Any]:
    """How often room pairs are joined, against the training set.

    - edge_presence_js: JS of the labels of all room pairs, "no edge" being a label too; a
      pair whose token is not a relation is a pair without an edge, as everywhere.
    - num_edges_w1: Wasserstein-1 distance of the number of edges in a diagram, in edges.
    - mean_edges: mean number of edges in a diagram with at least one room.
    - edges_ratio: this mean over that of the training set; none if the latter has no edges.
    """
    values = EDGE_COUNTS.compute(samples, fitted)
    if not float(_mean(fitted["edges"])):
        values["eval/edges_ratio"] = NotComputed("no edges in the training set")
    return values
