"""Relations, edges and neighbours given the types of the rooms, against the training set."""

from typing import Any

import numpy as np

from bd_gen.diagrams.diagram_set import NO_TYPE, DiagramSet
from bd_gen.diagrams.vocabulary import NO_EDGE, NUM_RELATIONS, NUM_ROOM_TYPES, inverse_relation
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
from bd_gen.metrics.registry import Fitted, MetricKey, metric

MIN_TRAINING_EDGES = 5
"""Pairs of room types with fewer edges in the training set are left out."""

MIN_TRAINING_ROOMS = 20
"""Room types with fewer rooms in the training set are left out."""

TOP_N = 20
"""How many of the most frequent pairs the top-N variant takes."""

_NUM_LABELS = NUM_RELATIONS + 1  # "no edge" is the last one
_NUM_TYPE_PAIRS = NUM_ROOM_TYPES * (NUM_ROOM_TYPES + 1) // 2
NUM_PAIR_BINS = _NUM_TYPE_PAIRS * _NUM_LABELS
"""91 unordered pairs of types times 11 labels."""

_SWAPPED = np.array([*(inverse_relation(r) for r in range(NUM_RELATIONS)), NO_EDGE])


def _number_of_type_pair() -> np.ndarray:
    # (13, 13): 0..90 for two types, lower one first
    table = np.zeros((NUM_ROOM_TYPES, NUM_ROOM_TYPES), np.int64)
    lower, higher = np.triu_indices(NUM_ROOM_TYPES)
    table[lower, higher] = table[higher, lower] = np.arange(_NUM_TYPE_PAIRS)
    return table


_TYPE_PAIR = _number_of_type_pair()


def _typed(
    diagrams: DiagramSet, diagram: np.ndarray, slot: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Slots between rooms of legal type, seen from the room with the lower type.

    If the rooms change places the relation r becomes 9 − r; rooms of one type keep theirs, and
    no edge stays no edge. A token that is not a relation is no edge, as everywhere.

    Returns:
        (M,) diagram, lower type, higher type and label, in the order of the slots.
    """
    first = diagrams.room_types[diagram, diagrams.vocabulary.edge_rows[slot]].astype(np.int64)
    second = diagrams.room_types[diagram, diagrams.vocabulary.edge_cols[slot]].astype(np.int64)
    label = diagrams.relations[diagram, slot]
    label = np.where(first > second, _SWAPPED[label], label)
    typed = (first != NO_TYPE) & (second != NO_TYPE)
    lower, higher = np.minimum(first, second), np.maximum(first, second)
    return diagram[typed], lower[typed], higher[typed], label[typed]


def typed_pairs(diagrams: DiagramSet) -> Owners:
    """All pairs of rooms of legal type, joined or not.

    Returns:
        (M,) diagram and (M,) bin in 0..1000: 11·(number of the pair of types) + label.
    """
    diagram, lower, higher, label = _typed(diagrams, *room_pairs(diagrams))
    return diagram, _TYPE_PAIR[lower, higher] * _NUM_LABELS + label


def typed_edges(diagrams: DiagramSet) -> Owners:
    """All edges between rooms of legal type.

    Returns:
        (M,) diagram and (M,) bin: 10·(13·lower type + higher type) + relation, in the order of
        the diagrams and of their edge slots.
    """
    diagram, lower, higher, relation = _typed(diagrams, *np.nonzero(diagrams.has_edge))
    return diagram, (lower * NUM_ROOM_TYPES + higher) * NUM_RELATIONS + relation


_EDGES = Histogram(typed_edges, lambda _: NUM_ROOM_TYPES**2 * NUM_RELATIONS)


def relations_by_pair(train: DiagramSet) -> dict[str, np.ndarray]:
    """Relation counts of the eligible pairs, most frequent pair first.

    Pairs that are equally frequent keep the order in which the training set shows them.

    Returns:
        "pairs" (P,) as 13·lower type + higher type, and "counts" (P, 10).
    """
    counts = _EDGES.counts(train).reshape(-1, NUM_RELATIONS)
    pairs, first_seen = np.unique(typed_edges(train)[1] // NUM_RELATIONS, return_index=True)
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
    has_type = diagrams.room_types != NO_TYPE
    code = diagrams.room_types[has_type].astype(np.int64) * diagrams.vocabulary.n_max
    return np.nonzero(has_type)[0], code + diagrams.degrees[has_type]


_DEGREES = Histogram(_degrees, lambda diagrams: NUM_ROOM_TYPES * diagrams.vocabulary.n_max)


def degrees_by_type(train: DiagramSet) -> dict[str, np.ndarray]:
    """Counts (13, n_max): rooms of each type with 0, 1, ..., n_max − 1 neighbours."""
    return {"counts": _DEGREES.counts(train).reshape(NUM_ROOM_TYPES, -1)}


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
    {"counts": Histogram(typed_pairs, lambda _: NUM_PAIR_BINS)},
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
