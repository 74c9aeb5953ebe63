"""Coverage: how many different diagrams, how many new ones, how much of the training modes."""

import numpy as np

from bd_gen.metrics.registry import Fitted, MetricKey, metric
from bd_gen.metrics.samples import NO_TYPE, DiagramSet, distinct_rows, row_keys


@metric(
    family="Coverage",
    keys=(MetricKey("eval/diversity", "Diversity", "higher", "rate"),),
)
def diversity(samples: DiagramSet) -> dict[str, float]:
    """Distinct samples among all: same sequence of room types and same edges count once."""
    return {"eval/diversity": len(set(row_keys(samples.identity))) / len(samples)}


def distinct_diagrams(train: DiagramSet) -> dict[str, np.ndarray]:
    """The distinct training diagrams: (D, 1 + length) uint8 as `DiagramSet.identity` has them."""
    return {"rows": distinct_rows(train.identity)[0]}


@metric(
    family="Coverage",
    keys=(MetricKey("eval/novelty", "Novelty", "higher", "rate"),),
    fit=distinct_diagrams,
)
def novelty(samples: DiagramSet, fitted: Fitted) -> dict[str, float]:
    """Share of samples that are not among the training diagrams."""
    known = fitted.derived("known", lambda: frozenset(row_keys(fitted["rows"])))
    new = sum(key not in known for key in row_keys(samples.identity))
    return {"eval/novelty": new / len(samples)}


def _archetypes(samples: DiagramSet) -> tuple[np.ndarray, np.ndarray]:
    # Only rows whose every room has a legal type have an archetype: one type for each room.
    num_typed = (samples.room_types != NO_TYPE).sum(axis=1)
    has_one = (num_typed == samples.num_rooms) & (num_typed > 0)
    rows, _, counts = distinct_rows(samples.archetypes[has_one])
    return rows, counts


def archetype_counts(train: DiagramSet) -> dict[str, np.ndarray]:
    """The training archetypes: sorted types (A, n_max) uint8, and how often each occurs (A,)."""
    rows, counts = _archetypes(train)
    return {"archetypes": rows, "counts": counts.astype(np.int64)}


@metric(
    family="Coverage",
    keys=(
        MetricKey("eval/mode_coverage", "Mode coverage", "higher", "rate"),
        MetricKey("eval/mode_coverage_weighted", "Mode coverage, weighted", "higher", "rate"),
        MetricKey("eval/num_training_modes", "Modes in training", None, "count"),
        MetricKey("eval/num_sample_modes", "Modes in samples", None, "count"),
    ),
    fit=archetype_counts,
)
def mode_coverage(samples: DiagramSet, fitted: Fitted) -> dict[str, float]:
    """Which room programmes (multisets of types) of the training set occur among the samples."""
    found = set(row_keys(_archetypes(samples)[0]))
    counts = fitted["counts"]
    covered = np.array([key in found for key in row_keys(fitted["archetypes"])], bool)
    return {
        "eval/mode_coverage": int(covered.sum()) / max(len(counts), 1),
        "eval/mode_coverage_weighted": int(counts[covered].sum()) / max(int(counts.sum()), 1),
        "eval/num_training_modes": float(len(counts)),
        "eval/num_sample_modes": float(len(found)),
    }
