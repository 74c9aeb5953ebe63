"""Relations given the types of the two rooms, against the training set."""

from typing import Any

import numpy as np

from bd_gen.diagrams.diagram_set import NO_TYPE, DiagramSet
from bd_gen.diagrams.vocabulary import NUM_RELATIONS, NUM_ROOM_TYPES, inverse_relation
from bd_gen.metrics.divergences import LARGEST, mean_and_weighted
from bd_gen.metrics.parts import additive
from bd_gen.metrics.registry import Fitted, MetricKey, metric, not_computed
from bd_gen.metrics.resampling import Weights, weighted_counts

MIN_TRAINING_EDGES = 5
"""Pairs of room types with fewer edges in the training set are left out."""

TOP_N = 20
"""How many of the most frequent pairs the top-N variant takes."""

_NUM_PAIRS = NUM_ROOM_TYPES**2


def typed_edges(diagrams: DiagramSet) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All edges between rooms of legal type, seen from the room with the lower type.

    If the rooms change places the relation r becomes 9 − r; rooms of one type keep theirs.

    Returns:
        (M,) diagram, (M,) pair (13·lower type + higher type) and (M,) relation, in the order of
        the diagrams and of their edge slots.
    """
    diagram, slot = np.nonzero(diagrams.has_edge)
    first = diagrams.room_types[diagram, diagrams.vocabulary.edge_rows[slot]].astype(np.int64)
    second = diagrams.room_types[diagram, diagrams.vocabulary.edge_cols[slot]].astype(np.int64)
    relation = diagrams.relations[diagram, slot]
    relation = np.where(first > second, inverse_relation(relation), relation)
    pair = np.minimum(first, second) * NUM_ROOM_TYPES + np.maximum(first, second)
    typed = (first != NO_TYPE) & (second != NO_TYPE)
    return diagram[typed], pair[typed], relation[typed]


@additive
def _histograms(diagrams: DiagramSet) -> dict[str, np.ndarray]:
    # (169, 10) relations of each pair
    _, pair, relation = typed_edges(diagrams)
    counts = np.bincount(pair * NUM_RELATIONS + relation, minlength=_NUM_PAIRS * NUM_RELATIONS)
    return {"counts": counts.reshape(_NUM_PAIRS, NUM_RELATIONS)}


def relations_by_pair(train: DiagramSet) -> dict[str, np.ndarray]:
    """Relation counts of the eligible pairs, most frequent pair first.

    Pairs that are equally frequent keep the order in which the training set shows them.

    Returns:
        "pairs" (P,) and "counts" (P, 10).
    """
    _, pair, _ = typed_edges(train)
    counts = _histograms(train)["counts"]
    pairs, first_seen = np.unique(pair, return_index=True)
    pairs = pairs[np.argsort(first_seen)]
    pairs = pairs[counts[pairs].sum(axis=1) >= MIN_TRAINING_EDGES]
    pairs = pairs[np.argsort(-counts[pairs].sum(axis=1), kind="stable")]
    return {"pairs": pairs, "counts": counts[pairs]}


def _averages(counts: np.ndarray, train: np.ndarray) -> dict[str, np.ndarray]:
    # counts (..., P, 10) of the samples and (P, 10) of the training set, most frequent pair first
    return {
        f"eval/conditional_edge_{name}_{prefix}{kind}": value
        for prefix, top in (("", len(train)), ("topN_", TOP_N))
        for name, kinds in mean_and_weighted(counts[..., :top, :], train[:top]).items()
        for kind, value in kinds.items()
    }


def resampled_conditional_edges(
    samples: DiagramSet, fitted: Fitted, weights: Weights
) -> dict[str, np.ndarray]:
    """The averaged divergences under (B, N) weights, (B,) each."""
    num_pairs = len(fitted["pairs"])
    place_of = np.full(_NUM_PAIRS, -1)
    place_of[fitted["pairs"]] = np.arange(num_pairs)

    def eligible_edges(part: DiagramSet) -> tuple[np.ndarray, np.ndarray]:
        owner, pair, relation = typed_edges(part)
        place = place_of[pair]
        counted = place >= 0
        return owner[counted], place[counted] * NUM_RELATIONS + relation[counted]

    counts = weighted_counts(weights, samples, eligible_edges, num_pairs * NUM_RELATIONS)
    return _averages(counts.reshape(len(weights), num_pairs, NUM_RELATIONS), fitted["counts"])


_DISPLAY = {"js": "JS", "tv": "TV", "kl": "KL"}
_AVERAGES = {
    "weighted": "weighted",
    "mean": "mean",
    "topN_weighted": f"top {TOP_N}, weighted",
    "topN_mean": f"top {TOP_N}, mean",
}


@metric(
    family="Conditional",
    keys=(
        *(
            MetricKey(
                f"eval/conditional_edge_{name}_{average}",
                f"Relations by pair {title} ({words})",
                "lower",
                "value",
                range=(0.0, LARGEST[name]),
            )
            for name, title in _DISPLAY.items()
            for average, words in _AVERAGES.items()
        ),
        MetricKey("eval/topN", "Pairs asked for in top N", None, "count"),
        MetricKey("eval/num_pairs_evaluated", "Pairs in top N", None, "count"),
    ),
    fit=relations_by_pair,
    resample=resampled_conditional_edges,
)
def conditional_edges(samples: DiagramSet, fitted: Fitted) -> dict[str, Any]:
    """Divergences of the relation histogram of each pair of room types, averaged over pairs."""
    averages = _averages(_histograms(samples)["counts"][fitted["pairs"]], fitted["counts"])
    values: dict[str, Any] = {key: float(value) for key, value in averages.items()}
    if not len(fitted["pairs"]):
        reason = f"no pair of room types has {MIN_TRAINING_EDGES} edges in the training set"
        values = dict(not_computed(averages, reason))
    return {
        **values,
        "eval/topN": float(TOP_N),
        "eval/num_pairs_evaluated": float(min(TOP_N, len(fitted["pairs"]))),
    }
