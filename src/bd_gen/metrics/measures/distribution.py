"""Distribution: histograms of room types, relations and sizes against the training set."""

from collections.abc import Mapping

import numpy as np

from bd_gen.diagrams.diagram_set import NO_TYPE, DiagramSet
from bd_gen.diagrams.vocabulary import NUM_RELATIONS, NUM_ROOM_TYPES
from bd_gen.metrics.divergences import DIVERGENCES, LARGEST, kl, normalised, same_length, w1
from bd_gen.metrics.parts import additive
from bd_gen.metrics.registry import Fitted, MetricKey, metric
from bd_gen.metrics.resampling import Weights, weighted_counts


@additive
def marginal_counts(diagrams: DiagramSet) -> dict[str, np.ndarray]:
    """Counts of the 13 room types, of the 10 relations, and of 1, 2, ... rooms up to the most.

    Rooms without a legal type, edge slots without a relation and rows without a room are not
    counted.
    """
    return {
        "node": np.bincount(diagrams.room_types.ravel(), minlength=NUM_ROOM_TYPES)[:NUM_ROOM_TYPES],
        "edge": np.bincount(diagrams.relations.ravel(), minlength=NUM_RELATIONS)[:NUM_RELATIONS],
        "rooms": np.bincount(diagrams.num_rooms, minlength=2)[1:],
    }


def _room_types(diagrams: DiagramSet) -> tuple[np.ndarray, np.ndarray]:
    has_type = diagrams.room_types != NO_TYPE
    return np.nonzero(has_type)[0], diagrams.room_types[has_type]


def _relations(diagrams: DiagramSet) -> tuple[np.ndarray, np.ndarray]:
    return np.nonzero(diagrams.has_edge)[0], diagrams.relations[diagrams.has_edge]


def _sizes(diagrams: DiagramSet) -> tuple[np.ndarray, np.ndarray]:
    has_room = np.flatnonzero(diagrams.num_rooms)
    return has_room, diagrams.num_rooms[has_room] - 1


def resampled_counts(diagrams: DiagramSet, weights: Weights) -> dict[str, np.ndarray]:
    """`marginal_counts` under (B, N) weights: (B, 13), (B, 10) and (B, most rooms)."""
    most_rooms = max(int(diagrams.num_rooms.max()), 1)
    return {
        "node": weighted_counts(weights, diagrams, _room_types, NUM_ROOM_TYPES),
        "edge": weighted_counts(weights, diagrams, _relations, NUM_RELATIONS),
        "rooms": weighted_counts(weights, diagrams, _sizes, most_rooms),
    }


def _distances(
    counts: Mapping[str, np.ndarray], train: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    # counts (..., K) of the samples against (K,) of the training set
    values = {}
    for kind in ("node", "edge"):
        p, q = normalised(counts[kind]), normalised(train[kind])
        for name, divergence in DIVERGENCES.items():
            values[f"eval/{kind}_{name}"] = divergence(p, q)
    p, q = same_length(normalised(counts["rooms"]), normalised(train["rooms"]))
    values["eval/num_rooms_kl"] = kl(p, q)
    values["eval/rooms_w1"] = w1(p, q)
    return values


def resampled_distribution(
    samples: DiagramSet, fitted: Fitted, weights: np.ndarray
) -> dict[str, np.ndarray]:
    """The divergences under (B, N) weights, (B,) each."""
    return _distances(resampled_counts(samples, weights), fitted)


_DISPLAY = {"kl": "KL", "js": "JS", "tv": "TV"}


@metric(
    family="Distribution",
    keys=(
        *(
            MetricKey(
                f"eval/{kind}_{name}",
                f"{title} {_DISPLAY[name]}",
                "lower",
                "value",
                range=(0.0, LARGEST[name]),
            )
            for name in ("js", "tv", "kl")
            for kind, title in (("node", "Room types"), ("edge", "Relations"))
        ),
        MetricKey("eval/rooms_w1", "Rooms W1", "lower", "value"),
        MetricKey("eval/num_rooms_kl", "Rooms KL", "lower", "value"),
    ),
    fit=marginal_counts,
    resample=resampled_distribution,
)
def distribution(samples: DiagramSet, fitted: Fitted) -> dict[str, float]:
    """Divergences of the samples' histograms from those of the training set."""
    distances = _distances(marginal_counts(samples), fitted)
    return {key: float(value) for key, value in distances.items()}
