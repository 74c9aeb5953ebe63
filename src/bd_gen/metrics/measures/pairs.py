"""Pairs: the joint distribution of the types of two rooms and what relates them."""

import numpy as np

from bd_gen.diagrams.diagram_set import NO_TYPE, DiagramSet
from bd_gen.diagrams.vocabulary import NO_EDGE, NUM_RELATIONS, NUM_ROOM_TYPES, inverse_relation
from bd_gen.metrics.divergences import LARGEST, js, normalised
from bd_gen.metrics.measures.edge_counts import labelled_pairs
from bd_gen.metrics.parts import additive
from bd_gen.metrics.registry import Fitted, MetricKey, metric
from bd_gen.metrics.resampling import Weights, weighted_counts

_NUM_LABELS = NUM_RELATIONS + 1  # "no edge" is the last one
_NUM_TYPE_PAIRS = NUM_ROOM_TYPES * (NUM_ROOM_TYPES + 1) // 2
NUM_BINS = _NUM_TYPE_PAIRS * _NUM_LABELS
"""91 unordered pairs of types times 11 labels."""


def _number_of_type_pair() -> np.ndarray:
    # (13, 13): 0..90 for two types, lower one first
    table = np.zeros((NUM_ROOM_TYPES, NUM_ROOM_TYPES), np.int64)
    lower, higher = np.triu_indices(NUM_ROOM_TYPES)
    table[lower, higher] = table[higher, lower] = np.arange(_NUM_TYPE_PAIRS)
    return table


_TYPE_PAIR = _number_of_type_pair()
_SWAPPED = np.array([*(inverse_relation(r) for r in range(NUM_RELATIONS)), NO_EDGE])


def typed_pairs(diagrams: DiagramSet) -> tuple[np.ndarray, np.ndarray]:
    """All pairs of rooms of legal type, joined or not, seen from the room with the lower type.

    If the rooms change places the relation r becomes 9 − r; rooms of one type keep theirs, and
    no edge stays no edge. A token that is not a relation is no edge, as everywhere.

    Returns:
        (M,) diagram and (M,) bin in 0..1000: 11·(number of the pair of types) + label.
    """
    diagram, slot = labelled_pairs(diagrams)
    first = diagrams.room_types[diagram, diagrams.vocabulary.edge_rows[slot]]
    second = diagrams.room_types[diagram, diagrams.vocabulary.edge_cols[slot]]
    typed = (first != NO_TYPE) & (second != NO_TYPE)
    diagram, slot, first, second = diagram[typed], slot[typed], first[typed], second[typed]
    label = diagrams.relations[diagram, slot]
    label = np.where(first > second, _SWAPPED[label], label)
    return diagram, _TYPE_PAIR[first, second] * _NUM_LABELS + label


@additive
def pair_counts(diagrams: DiagramSet) -> dict[str, np.ndarray]:
    """Counts (1001,) of types and label of all room pairs."""
    return {"counts": np.bincount(typed_pairs(diagrams)[1], minlength=NUM_BINS)}


def resampled_pairs(samples: DiagramSet, fitted: Fitted, weights: Weights) -> dict[str, np.ndarray]:
    """The divergence under (B, N) weights, (B,)."""
    counts = weighted_counts(weights, samples, typed_pairs, NUM_BINS)
    return {"eval/pair_js": js(normalised(counts), normalised(fitted["counts"]))}


@metric(
    family="Conditional",
    keys=(
        MetricKey(
            "eval/pair_js",
            "Types and relation of pairs JS",
            "lower",
            "value",
            range=(0.0, LARGEST["js"]),
        ),
    ),
    fit=pair_counts,
    resample=resampled_pairs,
)
def pairs(samples: DiagramSet, fitted: Fitted) -> dict[str, float]:
    """JS of the joint histogram (type, type, relation or no edge) over all pairs of rooms.

    One number that sees wrong types, wrong relations given the types, and a wrong number of
    edges. With M room pairs among the samples a perfect generator scores about K / 8M, where K
    is the number of bins that are in use; few samples therefore score high.
    """
    counts = pair_counts(samples)["counts"]
    return {"eval/pair_js": float(js(normalised(counts), normalised(fitted["counts"])))}
