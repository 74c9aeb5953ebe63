"""Number of neighbours given the room type, against the training set."""

import numpy as np

from bd_gen.diagrams.vocabulary import NUM_ROOM_TYPES
from bd_gen.metrics.divergences import mean_and_weighted
from bd_gen.metrics.registry import Fitted, MetricKey, metric
from bd_gen.metrics.samples import DiagramSet

MIN_TRAINING_ROOMS = 20
"""Room types with fewer rooms in the training set are left out."""


def degrees_by_type(diagrams: DiagramSet) -> dict[str, np.ndarray]:
    """Counts (13, n_max): rooms of each type with 0, 1, ..., n_max − 1 neighbours."""
    n_max = diagrams.vocabulary.n_max
    code = diagrams.room_types.astype(np.int64) * n_max + diagrams.degrees
    counts = np.bincount(code.ravel(), minlength=NUM_ROOM_TYPES * n_max)
    return {"counts": counts[: NUM_ROOM_TYPES * n_max].reshape(NUM_ROOM_TYPES, n_max)}


_DISPLAY = {"js": "JS", "tv": "TV", "kl": "KL"}


@metric(
    family="Conditional",
    keys=(
        *(
            MetricKey(
                f"eval/degree_{name}_per_type_{average}",
                f"Degree by type {title} ({average})",
                "lower",
                "value",
            )
            for name, title in _DISPLAY.items()
            for average in ("weighted", "mean")
        ),
        MetricKey("eval/num_types_evaluated", "Types in degree by type", None, "count"),
    ),
    fit=degrees_by_type,
)
def typed_degrees(samples: DiagramSet, fitted: Fitted) -> dict[str, float]:
    """Divergences of the degree histogram of each room type, averaged over types."""
    train = fitted["counts"]
    eligible = train.sum(axis=1) >= MIN_TRAINING_ROOMS
    averages = mean_and_weighted(degrees_by_type(samples)["counts"][eligible], train[eligible])
    values = {
        f"eval/degree_{name}_per_type_{kind}": value
        for name, kinds in averages.items()
        for kind, value in kinds.items()
    }
    return {**values, "eval/num_types_evaluated": float(eligible.sum())}
