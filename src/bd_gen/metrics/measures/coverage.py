"""Coverage: how many different diagrams, how many new ones, how much of the training modes.

Token by token, and as diagrams whatever the numbers of their rooms.
"""

import numpy as np

from bd_gen.diagrams.canonical import hash_text, row_digests
from bd_gen.diagrams.diagram_set import DiagramSet, are_new, distinct_rows, row_keys
from bd_gen.metrics.distinct import resampled_distinct
from bd_gen.metrics.keys import Fitted, MetricKey
from bd_gen.metrics.parts import by_row
from bd_gen.metrics.registry import metric
from bd_gen.metrics.resampling import Weights, grouped_weights


@by_row
def identities(diagrams: DiagramSet) -> np.ndarray:
    """(N, 1 + length) uint8 as `DiagramSet.identity` has them."""
    return diagrams.identity


def resampled_diversity(samples: DiagramSet, weights: Weights) -> dict[str, np.ndarray]:
    """Diversity under (B, N) weights, (B,); see `resampled_distinct`."""
    distinct, which, _ = distinct_rows(identities(samples))
    return {"eval/diversity": resampled_distinct(weights, which, len(distinct)) / len(samples)}


@metric(
    family="Coverage",
    keys=(MetricKey("eval/diversity", "Diversity", "higher", "rate"),),
    resample=resampled_diversity,
)
def diversity(samples: DiagramSet) -> dict[str, float]:
    """Distinct samples among all: same sequence of room types and same edges count once."""
    return {"eval/diversity": len(distinct_rows(identities(samples))[0]) / len(samples)}


def distinct_diagrams(train: DiagramSet) -> dict[str, np.ndarray]:
    """The distinct training diagrams: (D, 1 + length) uint8 as `DiagramSet.identity` has them."""
    return {"rows": distinct_rows(identities(train))[0]}


@by_row
def novelty_columns(samples: DiagramSet, fitted: Fitted) -> dict[str, np.ndarray]:
    """Column novel, (N,) bool: the sample is not among the training diagrams."""
    known = fitted.derived("known", lambda: frozenset(row_keys(fitted["rows"])))
    return {"novel": are_new(samples.identity, known)}


@metric(
    family="Coverage",
    keys=(MetricKey("eval/novelty", "Novelty", "higher", "rate", column="novel"),),
    fit=distinct_diagrams,
    per_sample=novelty_columns,
)
def novelty(samples: DiagramSet, fitted: Fitted) -> dict[str, float]:
    """Share of samples that are not among the training diagrams."""
    return {"eval/novelty": float(novelty_columns(samples, fitted)["novel"].mean())}


@by_row
def _sorted_types(samples: DiagramSet) -> dict[str, np.ndarray]:
    # (N, n_max) archetypes, and whether a sample has one: if all its rooms have a legal type
    num_typed = (samples.room_types != samples.no_type).sum(axis=1)
    return {
        "archetypes": samples.archetypes,
        "has_one": (num_typed == samples.num_rooms) & (num_typed > 0),
    }


def _archetypes(samples: DiagramSet) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    # the distinct ones (A, n_max), the (N,) number of each sample's among them, -1 for none, and
    # their (A,) counts
    found = _sorted_types(samples)
    rows, which, counts = distinct_rows(found["archetypes"][found["has_one"]])
    of_sample = np.full(len(samples), -1)
    of_sample[found["has_one"]] = which
    return rows, of_sample, counts


def archetype_counts(train: DiagramSet) -> dict[str, np.ndarray]:
    """The training archetypes: sorted types (A, n_max) uint8, and how often each occurs (A,)."""
    rows, _, counts = _archetypes(train)
    return {"archetypes": rows, "counts": counts.astype(np.int64)}


def _frequency_in_training(archetypes: np.ndarray, fitted: Fitted) -> np.ndarray:
    # (A,) how often the training set has each of the archetypes (A, n_max)
    frequency = fitted.derived(
        "frequency",
        lambda: dict(zip(row_keys(fitted["archetypes"]), fitted["counts"].tolist(), strict=True)),
    )
    return np.array([frequency.get(key, 0) for key in row_keys(archetypes)], np.int64)


def resampled_coverage(
    samples: DiagramSet, fitted: Fitted, weights: Weights
) -> dict[str, np.ndarray]:
    """Mode coverage under (B, N) weights, (B,) each.

    Numbers of archetypes as in `resampled_distinct`. For the weighted share an archetype is
    covered if one of its samples counts. A replicate loses a third of those that occur once, and
    intervals are shifted back by that; their width comes from the rare archetypes, as it should.
    """
    archetypes, of_sample, _ = _archetypes(samples)
    frequency = _frequency_in_training(archetypes, fitted)
    counts = fitted["counts"]
    known = frequency > 0
    place = np.append(np.where(known, np.cumsum(known) - 1, -1), -1)[of_sample]
    num_covered = resampled_distinct(weights, place, int(known.sum()))
    drawn = grouped_weights(weights, place, int(known.sum())) > 0
    mass_covered = np.sum(np.where(drawn, frequency[known], 0), axis=1)
    return {
        "eval/mode_coverage": num_covered / max(len(counts), 1),
        "eval/mode_coverage_weighted": mass_covered / max(int(counts.sum()), 1),
        "eval/num_sample_modes": resampled_distinct(weights, of_sample, len(archetypes)),
    }


@metric(
    family="Coverage",
    keys=(
        MetricKey("eval/mode_coverage", "Mode coverage", "higher", "rate"),
        MetricKey("eval/mode_coverage_weighted", "Mode coverage, weighted", "higher", "rate"),
        MetricKey("eval/num_training_modes", "Modes in training", None, "count"),
        MetricKey("eval/num_sample_modes", "Modes in samples", None, "count"),
    ),
    fit=archetype_counts,
    resample=resampled_coverage,
)
def mode_coverage(samples: DiagramSet, fitted: Fitted) -> dict[str, float]:
    """Which room programmes (multisets of types) of the training set occur among the samples."""
    archetypes, _, _ = _archetypes(samples)
    frequency = _frequency_in_training(archetypes, fitted)
    counts = fitted["counts"]
    return {
        "eval/mode_coverage": int((frequency > 0).sum()) / max(len(counts), 1),
        "eval/mode_coverage_weighted": int(frequency.sum()) / max(int(counts.sum()), 1),
        "eval/num_training_modes": float(len(counts)),
        "eval/num_sample_modes": float(len(archetypes)),
    }


def _digests(samples: DiagramSet) -> np.ndarray:
    # (N, 16) uint8 of the canonical rows
    digests: np.ndarray = samples.derived("canonical digests", lambda: _digests_of_rows(samples))
    return digests


@by_row
def _digests_of_rows(samples: DiagramSet) -> np.ndarray:
    return row_digests(samples.canonical, samples.num_rooms, samples.vocabulary)


def canonical_digests(train: DiagramSet) -> dict[str, np.ndarray]:
    """The distinct training diagrams up to renumbering: digests (D, 16) uint8, ascending."""
    return {"digests": distinct_rows(_digests(train))[0]}


def canonical_columns(samples: DiagramSet, fitted: Fitted) -> dict[str, np.ndarray]:
    """Columns novel_canonical (N,) bool and canonical_hash (N,) text.

    novel_canonical: no renumbering of the sample is a training diagram. canonical_hash: 16
    hexadecimal digits, equal for samples that are the same diagram.
    """
    known = fitted.derived("known", lambda: frozenset(row_keys(fitted["digests"])))
    digests = _digests(samples)
    return {
        "novel_canonical": are_new(digests, known),
        "canonical_hash": hash_text(digests),
    }


def resampled_uniqueness(
    samples: DiagramSet,
    fitted: Fitted,  # noqa: ARG001  called like the metric
    weights: Weights,
) -> dict[str, np.ndarray]:
    """Uniqueness under (B, N) weights, (B,), linearised; see `resampled_distinct`."""
    distinct, which, _ = distinct_rows(_digests(samples))
    number = resampled_distinct(weights, which, len(distinct))
    return {"eval/uniqueness_canonical": number / len(samples)}


@metric(
    family="Coverage",
    keys=(
        MetricKey("eval/uniqueness_canonical", "Uniqueness, any room order", "higher", "rate"),
        MetricKey(
            "eval/novelty_canonical",
            "Novelty, any room order",
            None,
            "rate",
            column="novel_canonical",
        ),
    ),
    fit=canonical_digests,
    fit_name="bd_gen.metrics.measures.isomorphism.canonical_digests",
    per_sample=canonical_columns,
    resample=resampled_uniqueness,
)
def isomorphism(samples: DiagramSet, fitted: Fitted) -> dict[str, float]:
    """Distinct samples among all, and the share not in training, up to renumbering of rooms."""
    columns = canonical_columns(samples, fitted)
    return {
        "eval/uniqueness_canonical": len(distinct_rows(_digests(samples))[0]) / len(samples),
        "eval/novelty_canonical": float(columns["novel_canonical"].mean()),
    }
