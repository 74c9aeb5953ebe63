"""Distribution: histograms of room types, relations and sizes against the training set."""

import numpy as np

from bd_gen.diagrams.vocabulary import NUM_RELATIONS, NUM_ROOM_TYPES
from bd_gen.metrics.divergences import DIVERGENCES, kl, normalised, same_length, w1
from bd_gen.metrics.registry import Fitted, MetricKey, metric
from bd_gen.metrics.samples import DiagramSet


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


_DISPLAY = {"kl": "KL", "js": "JS", "tv": "TV"}


@metric(
    family="Distribution",
    keys=(
        *(
            MetricKey(f"eval/{kind}_{name}", f"{title} {_DISPLAY[name]}", "lower", "value")
            for name in ("js", "tv", "kl")
            for kind, title in (("node", "Room types"), ("edge", "Relations"))
        ),
        MetricKey("eval/rooms_w1", "Rooms W1", "lower", "value"),
        MetricKey("eval/num_rooms_kl", "Rooms KL", "lower", "value"),
    ),
    fit=marginal_counts,
)
def distribution(samples: DiagramSet, fitted: Fitted) -> dict[str, float]:
    """Divergences of the samples' histograms from those of the training set."""
    counts = marginal_counts(samples)
    values = {}
    for kind in ("node", "edge"):
        p, q = normalised(counts[kind]), normalised(fitted[kind])
        for name, divergence in DIVERGENCES.items():
            values[f"eval/{kind}_{name}"] = float(divergence(p, q))
    p, q = same_length(normalised(counts["rooms"]), normalised(fitted["rooms"]))
    values["eval/num_rooms_kl"] = float(kl(p, q))
    values["eval/rooms_w1"] = float(w1(p, q))
    return values
