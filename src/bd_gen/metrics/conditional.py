"""Relations given the types of the two rooms, against the training set."""

import numpy as np

from bd_gen.diagrams.vocabulary import NUM_RELATIONS, NUM_ROOM_TYPES, inverse_relation
from bd_gen.metrics.divergences import mean_and_weighted
from bd_gen.metrics.registry import Fitted, MetricKey, metric
from bd_gen.metrics.samples import NO_TYPE, DiagramSet

MIN_TRAINING_EDGES = 5
"""Pairs of room types with fewer edges in the training set are left out."""

TOP_N = 20
"""How many of the most frequent pairs the top-N variant takes."""

_NUM_PAIRS = NUM_ROOM_TYPES**2


def typed_edges(diagrams: DiagramSet) -> tuple[np.ndarray, np.ndarray]:
    """All edges between rooms of legal type, seen from the room with the lower type.

    If the rooms change places the relation r becomes 9 − r; rooms of one type keep theirs.

    Returns:
        (M,) pair (13·lower type + higher type) and (M,) relation, in the order of the diagrams
        and of their edge slots.
    """
    diagram, slot = np.nonzero(diagrams.has_edge)
    first = diagrams.room_types[diagram, diagrams.vocabulary.edge_rows[slot]].astype(np.int64)
    second = diagrams.room_types[diagram, diagrams.vocabulary.edge_cols[slot]].astype(np.int64)
    relation = diagrams.relations[diagram, slot]
    relation = np.where(first > second, inverse_relation(relation), relation)
    pair = np.minimum(first, second) * NUM_ROOM_TYPES + np.maximum(first, second)
    typed = (first != NO_TYPE) & (second != NO_TYPE)
    return pair[typed], relation[typed]


def _histograms(pair: np.ndarray, relation: np.ndarray) -> np.ndarray:
    counts = np.bincount(pair * NUM_RELATIONS + relation, minlength=_NUM_PAIRS * NUM_RELATIONS)
    return counts.reshape(_NUM_PAIRS, NUM_RELATIONS)


def relations_by_pair(train: DiagramSet) -> dict[str, np.ndarray]:
    """Relation counts of the eligible pairs, most frequent pair first.

    Pairs that are equally frequent keep the order in which the training set shows them.

    Returns:
        "pairs" (P,) and "counts" (P, 10).
    """
    pair, relation = typed_edges(train)
    counts = _histograms(pair, relation)
    pairs, first_seen = np.unique(pair, return_index=True)
    pairs = pairs[np.argsort(first_seen)]
    pairs = pairs[counts[pairs].sum(axis=1) >= MIN_TRAINING_EDGES]
    pairs = pairs[np.argsort(-counts[pairs].sum(axis=1), kind="stable")]
    return {"pairs": pairs, "counts": counts[pairs]}


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
            )
            for name, title in _DISPLAY.items()
            for average, words in _AVERAGES.items()
        ),
        MetricKey("eval/topN", "Pairs asked for in top N", None, "count"),
        MetricKey("eval/num_pairs_evaluated", "Pairs in top N", None, "count"),
    ),
    fit=relations_by_pair,
)
def conditional_edges(samples: DiagramSet, fitted: Fitted) -> dict[str, float]:
    """Divergences of the relation histogram of each pair of room types, averaged over pairs."""
    counts = _histograms(*typed_edges(samples))[fitted["pairs"]]
    values = {
        "eval/topN": float(TOP_N),
        "eval/num_pairs_evaluated": float(min(TOP_N, len(counts))),
    }
    for prefix, top in (("", len(counts)), ("topN_", TOP_N)):
        averages = mean_and_weighted(counts[:top], fitted["counts"][:top])
        for name, kinds in averages.items():
            for kind, value in kinds.items():
                values[f"eval/conditional_edge_{name}_{prefix}{kind}"] = value
    return values
