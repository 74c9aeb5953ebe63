"""How many different diagrams and how many new ones, whatever the order of their rooms.

`eval/diversity` and `eval/novelty` compare token rows, so a training plan with its rooms in
another order is new to them. Here diagrams are the same if some renumbering of the rooms makes
them equal: their canonical rows are compared, by digests of 16 bytes, which two of a million
different diagrams share with a probability of 1e-27.
"""

import numpy as np

from bd_gen.diagrams.canonical import hash_text, row_digests
from bd_gen.diagrams.diagram_set import DiagramSet, are_new, distinct_rows, row_keys
from bd_gen.metrics.distinct import resampled_distinct
from bd_gen.metrics.parts import by_row
from bd_gen.metrics.registry import Fitted, MetricKey, metric
from bd_gen.metrics.resampling import Weights


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
