"""Spatial transitivity: do the relations order the rooms without contradiction?"""

import numpy as np

from bd_gen.diagrams.vocabulary import NO_EDGE, RELATIONS
from bd_gen.metrics.parts import by_row
from bd_gen.metrics.registry import MetricKey, metric
from bd_gen.metrics.samples import DiagramSet, reachable, value_by_num_rooms


def _labels(*words: str) -> np.ndarray:
    table = np.zeros(NO_EDGE + 1, bool)
    for k, name in enumerate(RELATIONS):
        table[k] = any(word in name.split("-") for word in words)
    return table


# Which labels of a slot (i, j) order i before j, and which j before i. Vertically "before" means
# further down; that way round or the other, a cycle is a cycle.
_HORIZONTAL = (_labels("left"), _labels("right"))
_VERTICAL = (_labels("below"), _labels("above"))


def has_order(samples: DiagramSet, axis: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """(N,) bool: the arrows that the relations give along one axis form no directed cycle."""
    forward, backward = axis
    arrows = samples.arrows(forward[samples.relations], backward[samples.relations])
    closure = reachable(arrows)
    in_cycle = np.zeros(len(samples), bool)
    for room, reached in enumerate(closure):
        in_cycle |= (reached >> np.uint32(room)) & np.uint32(1) == 1
    return ~in_cycle


@by_row
def transitivity_checks(samples: DiagramSet) -> dict[str, np.ndarray]:
    """(N,) bool by name: ordered horizontally, vertically, and on both axes.

    Tokens that are not relations give no arrow, so a row of MASK contradicts nothing.
    """
    horizontal = has_order(samples, _HORIZONTAL)
    vertical = has_order(samples, _VERTICAL)
    return {
        "transitivity_score": horizontal & vertical,
        "h_consistent": horizontal,
        "v_consistent": vertical,
    }


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
)
def transitivity(samples: DiagramSet) -> dict[str, object]:
    """Share of samples whose relations contradict themselves on neither axis."""
    checks = transitivity_checks(samples)
    return {
        **{f"eval/{name}": float(check.mean()) for name, check in checks.items()},
        "transitivity_by_num_rooms": value_by_num_rooms(samples, checks),
    }
