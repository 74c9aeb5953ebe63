"""Validity: is a sample a diagram at all, connected, with sensible room types?"""

import numpy as np

from bd_gen.diagrams.vocabulary import ROOM_TYPES
from bd_gen.metrics.parts import by_row
from bd_gen.metrics.registry import MetricKey, metric
from bd_gen.metrics.samples import DiagramSet, reachable, value_by_num_rooms

AT_MOST_ONE = tuple(ROOM_TYPES.index(name) for name in ("LivingRoom", "Entrance"))
"""Room types of which a valid diagram has at most one."""


def is_connected(samples: DiagramSet) -> np.ndarray:
    """(N,) bool: every room can be reached from room 0; a single room is connected."""
    if not samples.vocabulary.num_edges:
        return np.ones(len(samples), bool)
    from_first = reachable(samples.arrows(samples.has_edge, samples.has_edge))[0]
    every_room = (np.uint64(1) << samples.num_rooms.astype(np.uint64)) - np.uint64(1)
    return (from_first.astype(np.uint64) | np.uint64(1)) & every_room == every_room


def has_valid_types(samples: DiagramSet) -> np.ndarray:
    """(N,) bool: at most one LivingRoom and at most one Entrance."""
    valid = np.ones(len(samples), bool)
    for room_type in AT_MOST_ONE:
        valid &= (samples.room_types == room_type).sum(axis=1) <= 1
    return valid


@by_row
def validity_checks(samples: DiagramSet) -> dict[str, np.ndarray]:
    """The checks of validity for each sample, (N,) bool by name.

    A sample with MASK or an illegal token fails all but the check that concerns the other one
    of the two faults.
    """
    complete = samples.is_complete
    connected = complete & is_connected(samples)
    valid_types = complete & has_valid_types(samples)
    return {
        "connected": connected,
        "consistent": complete,  # of a complete row every edge label is in 0..9
        "valid_types": valid_types,
        "no_mask_tokens": samples.has_no_mask,
        "no_out_of_range": samples.is_in_range,
        "overall": connected & valid_types,
    }


def validity_columns(samples: DiagramSet) -> dict[str, np.ndarray]:
    """Columns valid, connected, types_legal, no_mask: (N,) bool."""
    checks = validity_checks(samples)
    return {
        "valid": checks["overall"],
        "connected": checks["connected"],
        "types_legal": checks["valid_types"],
        "no_mask": checks["no_mask_tokens"],
    }


@metric(
    family="Validity",
    keys=(
        MetricKey("eval/validity_rate", "Validity", "higher", "rate", column="valid"),
        MetricKey("eval/connected_rate", "Connected", "higher", "rate", column="connected"),
        MetricKey("eval/valid_types_rate", "Valid types", "higher", "rate", column="types_legal"),
        MetricKey("eval/no_mask_rate", "No MASK left", "higher", "rate", column="no_mask"),
        MetricKey("validity_by_num_rooms", "Validity", "higher", "rate", nested=True),
    ),
    per_sample=validity_columns,
)
def validity(samples: DiagramSet) -> dict[str, object]:
    """Share of samples that pass each check, over all and by number of rooms."""
    checks = validity_checks(samples)
    return {
        "eval/validity_rate": float(checks["overall"].mean()),
        "eval/connected_rate": float(checks["connected"].mean()),
        "eval/valid_types_rate": float(checks["valid_types"].mean()),
        "eval/no_mask_rate": float(checks["no_mask_tokens"].mean()),
        "validity_by_num_rooms": value_by_num_rooms(samples, checks),
    }
