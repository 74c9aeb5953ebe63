"""Containment: is no room inside one that cannot hold it?"""

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.diagrams.vocabulary import NUM_ROOM_TYPES, RELATIONS
from bd_gen.metrics.parts import by_row
from bd_gen.metrics.registry import MetricKey, metric

_INSIDE = RELATIONS.index("inside")
_SURROUNDING = RELATIONS.index("surrounding")

FORBIDDEN_OUTER_TYPES = {
    0: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
    1: (2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
    2: (1, 3, 5, 6, 7, 8, 9, 10, 11),
    3: (10,),
    4: (1, 3, 5, 8, 9, 10, 11),
    5: (2, 3, 4, 9, 10, 11),
    6: (3, 9, 10),
    7: (3, 9, 10),
    8: (3, 9, 10),
    9: (2, 3, 6, 10, 11),
    10: (1, 2, 3, 4, 5, 6, 7, 8, 9, 11),
    11: (9,),
}
"""For each inner room type the types that must not contain it (METRICS.md, section 1)."""


def _forbidden_table() -> np.ndarray:
    # One row and column more than there are types: NO_TYPE contains anything.
    table = np.zeros((NUM_ROOM_TYPES + 1, NUM_ROOM_TYPES + 1), bool)
    for inner, outers in FORBIDDEN_OUTER_TYPES.items():
        table[inner, list(outers)] = True
    return table


_IS_FORBIDDEN = _forbidden_table()


def has_forbidden_containment(samples: DiagramSet) -> np.ndarray:
    """(N,) bool: some room lies inside one of a type that cannot hold it."""
    sample, slot = np.nonzero((samples.relations == _INSIDE) | (samples.relations == _SURROUNDING))
    first = samples.room_types[sample, samples.vocabulary.edge_rows[slot]]
    second = samples.room_types[sample, samples.vocabulary.edge_cols[slot]]
    first_is_inner = samples.relations[sample, slot] == _INSIDE
    inner = np.where(first_is_inner, first, second)
    outer = np.where(first_is_inner, second, first)
    found = np.zeros(len(samples), bool)
    found[sample[_IS_FORBIDDEN[inner, outer]]] = True
    return found


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
