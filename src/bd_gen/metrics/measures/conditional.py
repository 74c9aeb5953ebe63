"""Relations, edges and neighbours given the types of the rooms, against the training set."""

from functools import cache
from typing import Any

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.metrics.histograms import (
    GroupedHistogram,
    Histogram,
    HistogramMetric,
    Owners,
    divergence_keys,
    js,
    normalised,
    room_pairs,
)
from bd_gen.metrics.keys import Fitted, MetricKey
from bd_gen.metrics.registry import metric

MIN_TRAINING_EDGES = 5
"""Pairs of room types with fewer edges in the training set are left out."""

MIN_TRAINING_ROOMS = 20
"""Room types with fewer rooms in the training set are left out."""

TOP_N = 20
"""How many of the most frequent pairs the top-N variant takes."""


def num_pair_bins(vocabulary: Vocabulary) -> int:
    """Unordered pairs of types times relations and no edge: 91 times 11 for RPLAN."""
    count = vocabulary.num_room_types
    return count * (count + 1) // 2 * (vocabulary.no_edge + 1)


@cache
def _type_pairs(num_types: int) -> np.ndarray:
    # (T, T): 0, 1, 2, ... for two types, lower one first
    table = np.zeros((num_types, num_types), np.int64)
    lower, higher = np.triu_indices(num_types)
    table[lower, higher] = table[higher, lower] = np.arange(len(lower))
    return table


def _typed(
    diagrams: DiagramSet, diagram: np.ndarray, slot: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Slots between rooms of legal type, seen from the room with the lower type.

    If the rooms change places the relation becomes its inverse; rooms of one type keep theirs, and
    no edge stays no edge. A token that is not a relation is no edge, as everywhere.

    Returns:
        (M,) diagram, lower type, higher type and label, in the order of the slots.
    """
    first = diagrams.room_types[diagram, diagrams.vocabulary.edge_rows[slot]].astype(np.int64)
    second = diagrams.room_types[diagram, diagrams.vocabulary.edge_cols[slot]].astype(np.int64)
    label = diagrams.relations[diagram, slot]
    label = np.where(first > second, diagrams.vocabulary.words.inverse[label], label)
    typed = (first != diagrams.no_type) & (second != diagrams.no_type)
    lower, higher = np.minimum(first, second), np.maximum(first, second)
    return diagram[typed], lower[typed], higher[typed], label[typed]


def typed_pairs(diagrams: DiagramSet) -> Owners:
    """All pairs of rooms of legal type, joined or not.

    Returns:
        (M,) diagram and (M,) bin: (R + 1)·(number of the pair of types) + label.
    """
    diagram, lower, higher, label = _typed(diagrams, *room_pairs(diagrams))
    v = diagrams.vocabulary
    return diagram, _type_pairs(v.num_room_types)[lower, higher] * (v.no_edge + 1) + label


def typed_edges(diagrams: DiagramSet) -> Owners:
    """All edges between rooms of legal type.

    Returns:
        (M,) diagram and (M,) bin: R·(T·lower type + higher type) + relation, in the order of
        the diagrams and of their edge slots.
    """
    diagram, lower, higher, relation = _typed(diagrams, *np.nonzero(diagrams.has_edge))
    v = diagrams.vocabulary
    return diagram, (lower * v.num_room_types + higher) * v.num_relations + relation


def _num_edge_bins(diagrams: DiagramSet) -> int:
    return diagrams.vocabulary.num_room_types**2 * diagrams.vocabulary.num_relations


_EDGES = Histogram(typed_edges, _num_edge_bins)


def relations_by_pair(train: DiagramSet) -> dict[str, np.ndarray]:
    """Relation counts of the eligible pairs, most frequent pair first.

    Pairs that are equally frequent keep the order in which the training set shows them.

    Returns:
        "pairs" (P,) as T·lower type + higher type, and "counts" (P, R).
    """
    num_relations = train.vocabulary.num_relations
    counts = _EDGES.counts(train).reshape(-1, num_relations)
    pairs, first_seen = np.unique(typed_edges(train)[1] // num_relations, return_index=True)
    pairs = pairs[np.argsort(first_seen)]
    pairs = pairs[counts[pairs].sum(axis=1) >= MIN_TRAINING_EDGES]
    pairs = pairs[np.argsort(-counts[pairs].sum(axis=1), kind="stable")]
    return {"pairs": pairs, "counts": counts[pairs]}


CONDITIONAL = GroupedHistogram(
    _EDGES,
    groups=lambda fitted: (fitted["pairs"], fitted["counts"]),
    key="eval/conditional_edge_{}_{}",
    tops={"": None, "topN_": TOP_N},
)
_AVERAGES = {
    "weighted": "weighted",
    "mean": "mean",
    "topN_weighted": f"top {TOP_N}, weighted",
    "topN_mean": f"top {TOP_N}, mean",
}


@metric(
    family="Conditional",
    keys=(
        *divergence_keys("eval/conditional_edge_{}", "Relations by pair {}", _AVERAGES),
        MetricKey("eval/topN", "Pairs asked for in top N", None, "count"),
        MetricKey("eval/num_pairs_evaluated", "Pairs in top N", None, "count"),
    ),
    fit=relations_by_pair,
    resample=CONDITIONAL.resample,
)
def conditional_edges(samples: DiagramSet, fitted: Fitted) -> dict[str, Any]:
    """Divergences of the relation histogram of each pair of room types, averaged over pairs."""
    reason = f"no pair of room types has {MIN_TRAINING_EDGES} edges in the training set"
    return {
        **CONDITIONAL.compute(samples, fitted, reason),
        "eval/topN": float(TOP_N),
        "eval/num_pairs_evaluated": float(min(TOP_N, len(fitted["pairs"]))),
    }


def _degrees(diagrams: DiagramSet) -> Owners:
    has_type = diagrams.room_types != diagrams.no_type
    code = diagrams.room_types[has_type].astype(np.int64) * diagrams.vocabulary.n_max
    return np.nonzero(has_type)[0], code + diagrams.degrees[has_type]


def _num_degree_bins(diagrams: DiagramSet) -> int:
    return diagrams.vocabulary.num_room_types * diagrams.vocabulary.n_max


_DEGREES = Histogram(_degrees, _num_degree_bins)


def degrees_by_type(train: DiagramSet) -> dict[str, np.ndarray]:
    """Counts (T, n_max): rooms of each type with 0, 1, ..., n_max − 1 neighbours."""
    return {"counts": _DEGREES.counts(train).reshape(train.vocabulary.num_room_types, -1)}


def _frequent_types(fitted: Fitted) -> tuple[np.ndarray, np.ndarray]:
    types = np.flatnonzero(fitted["counts"].sum(axis=1) >= MIN_TRAINING_ROOMS)
    return types, fitted["counts"][types]


DEGREES = GroupedHistogram(
    _DEGREES, groups=_frequent_types, key="eval/degree_{}_per_type_{}", tops={"": None}
)


@metric(
    family="Conditional",
    keys=(
        *divergence_keys(
            "eval/degree_{}_per_type",
            "Degree by type {}",
            {"weighted": "weighted", "mean": "mean"},
        ),
        MetricKey("eval/num_types_evaluated", "Types in degree by type", None, "count"),
    ),
    fit=degrees_by_type,
    fit_name="bd_gen.metrics.measures.degrees.degrees_by_type",
    resample=DEGREES.resample,
)
def typed_degrees(samples: DiagramSet, fitted: Fitted) -> dict[str, Any]:
    """Divergences of the degree histogram of each room type, averaged over types."""
    reason = f"no room type has {MIN_TRAINING_ROOMS} rooms in the training set"
    return {
        **DEGREES.compute(samples, fitted, reason),
        "eval/num_types_evaluated": float(len(_frequent_types(fitted)[0])),
    }


PAIRS = HistogramMetric(
    {"counts": Histogram(typed_pairs, lambda diagrams: num_pair_bins(diagrams.vocabulary))},
    lambda counts, train: {
        "eval/pair_js": js(normalised(counts["counts"]), normalised(train["counts"]))
    },
)


@metric(
    family="Conditional",
    keys=divergence_keys("eval/pair_{}", "Types and relation of pairs {}")[:1],
    fit=PAIRS.fit,
    fit_name="bd_gen.metrics.measures.pairs.pair_counts",
    resample=PAIRS.resample,
)
def pairs(samples: DiagramSet, fitted: Fitted) -> dict[str, Any]:
    """JS of the joint histogram (type, type, relation or no edge) over all pairs of rooms.

    One number that sees wrong types, wrong relations given the types, and a wrong number of
    edges. With M room pairs among the samples a perfect generator scores about K / 8M, where K
    is the number of bins that are in use; few samples therefore score high.
    """
    return PAIRS.compute(samples, fitted)
