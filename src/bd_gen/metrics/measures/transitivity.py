"""Spatial transitivity: do the relations order the rooms without contradiction?"""

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.diagrams.soundness import has_order, horizontal, vertical
from bd_gen.diagrams.words import Words
from bd_gen.metrics.keys import MetricKey
from bd_gen.metrics.parts import by_row
from bd_gen.metrics.registry import metric
from bd_gen.metrics.samples import value_by_num_rooms


@by_row
def transitivity_checks(samples: DiagramSet) -> dict[str, np.ndarray]:
    """(N,) bool by name: ordered horizontally, vertically, and on both axes.

    Tokens that are not relations give no arrow, so a row of MASK contradicts nothing.
    """
    words = samples.vocabulary.words
    is_ordered = has_order(samples, horizontal(words)), has_order(samples, vertical(words))
    return {
        "transitivity_score": is_ordered[0] & is_ordered[1],
        "h_consistent": is_ordered[0],
        "v_consistent": is_ordered[1],
    }


def without_directions(words: Words) -> str:
    """Why words without left, right, above and below cannot contradict themselves."""
    return "" if words.has_directions else f"no relation of {words.name} says a direction"


def transitivity_columns(samples: DiagramSet) -> dict[str, np.ndarray]:
    """Columns transitive, h_consistent, v_consistent: (N,) bool."""
    checks = transitivity_checks(samples)
    return {"transitive": checks.pop("transitivity_score"), **checks}


@metric(
    family="Graph Structure",
    keys=(
        MetricKey("eval/transitivity_score", "Transitivity", "higher", "rate", column="transitive"),
        MetricKey(
            "eval/h_consistent", "Horizontally consistent", "higher", "rate", column="h_consistent"
        ),
        MetricKey(
            "eval/v_consistent", "Vertically consistent", "higher", "rate", column="v_consistent"
        ),
        MetricKey("transitivity_by_num_rooms", "Transitivity", "higher", "rate", nested=True),
    ),
    per_sample=transitivity_columns,
    lacking=without_directions,
)
def transitivity(samples: DiagramSet) -> dict[str, object]:
    """Share of samples whose relations contradict themselves on neither axis."""
    checks = transitivity_checks(samples)
    return {
        **{f"eval/{name}": float(check.mean()) for name, check in checks.items()},
        "transitivity_by_num_rooms": value_by_num_rooms(samples, checks),
    }
