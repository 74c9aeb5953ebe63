"""Number of neighbours given the room type, against the training set."""

from typing import Any

import numpy as np

from bd_gen.diagrams.diagram_set import NO_TYPE, DiagramSet
from bd_gen.diagrams.vocabulary import NUM_ROOM_TYPES
from bd_gen.metrics.divergences import LARGEST, mean_and_weighted
from bd_gen.metrics.parts import additive
from bd_gen.metrics.registry import Fitted, MetricKey, metric, not_computed
from bd_gen.metrics.resampling import Weights, weighted_counts

MIN_TRAINING_ROOMS = 20
"""Room types with fewer rooms in the training set are left out."""


@additive
def degrees_by_type(diagrams: DiagramSet) -> dict[str, np.ndarray]:
    """Counts (13, n_max): rooms of each type with 0, 1, ..., n_max − 1 neighbours."""
    n_max = diagrams.vocabulary.n_max
    code = diagrams.room_types.astype(np.int64) * n_max + diagrams.degrees
    counts = np.bincount(code.ravel(), minlength=NUM_ROOM_TYPES * n_max)
    return {"counts": counts[: NUM_ROOM_TYPES * n_max].reshape(NUM_ROOM_TYPES, n_max)}


def _averages(counts: np.ndarray, fitted: Fitted) -> dict[str, np.ndarray]:
    # counts (..., 13, n_max) of the samples
    train = fitted["counts"]
    eligible = train.sum(axis=1) >= MIN_TRAINING_ROOMS
    averages = mean_and_weighted(counts[..., eligible, :], train[eligible])
    return {
        f"eval/degree_{name}_per_type_{kind}": value
        for name, kinds in averages.items()
        for kind, value in kinds.items()
    }


def resampled_degrees(
    samples: DiagramSet, fitted: Fitted, weights: Weights
) -> dict[str, np.ndarray]:
    """The averaged divergences under (B, N) weights, (B,) each."""
    n_max = samples.vocabulary.n_max

    def typed_rooms(part: DiagramSet) -> tuple[np.ndarray, np.ndarray]:
        has_type = part.room_types != NO_TYPE
        code = part.room_types[has_type].astype(np.int64) * n_max + part.degrees[has_type]
        return np.nonzero(has_type)[0], code

    counts = weighted_counts(weights, samples, typed_rooms, NUM_ROOM_TYPES * n_max)
    return _averages(counts.reshape(-1, NUM_ROOM_TYPES, n_max), fitted)


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
                range=(0.0, LARGEST[name]),
            )
            for name, title in _DISPLAY.items()
            for average in ("weighted", "mean")
        ),
        MetricKey("eval/num_types_evaluated", "Types in degree by type", None, "count"),
    ),
    fit=degrees_by_type,
    resample=resampled_degrees,
)
def typed_degrees(samples: DiagramSet, fitted: Fitted) -> dict[str, Any]:
    """Divergences of the degree histogram of each room type, averaged over types."""
    averages = _averages(degrees_by_type(samples)["counts"], fitted)
    num_types = (fitted["counts"].sum(axis=1) >= MIN_TRAINING_ROOMS).sum()
    values: dict[str, Any] = {key: float(value) for key, value in averages.items()}
    if not num_types:
        reason = f"no room type has {MIN_TRAINING_ROOMS} rooms in the training set"
        values = dict(not_computed(averages, reason))
    return {
        **values,
        "eval/num_types_evaluated": float(num_types),
    }
