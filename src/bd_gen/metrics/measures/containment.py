"""Containment: is no room inside one that cannot hold it?"""

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.diagrams.soundness import has_forbidden_containment
from bd_gen.metrics.parts import by_row
from bd_gen.metrics.registry import MetricKey, metric


@by_row
def containment_columns(samples: DiagramSet) -> dict[str, np.ndarray]:
    """Column inside_legal, (N,) bool: a complete sample without a forbidden containment."""
    return {"inside_legal": samples.is_complete & ~has_forbidden_containment(samples)}


@metric(
    family="Validity",
    keys=(
        MetricKey(
            "eval/inside_validity", "Inside validity", "higher", "rate", column="inside_legal"
        ),
    ),
    per_sample=containment_columns,
)
def containment(samples: DiagramSet) -> dict[str, float]:
    """Share of complete samples without a forbidden containment."""
    return {"eval/inside_validity": float(containment_columns(samples)["inside_legal"].mean())}
