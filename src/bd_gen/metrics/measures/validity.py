"""Validity: is a sample a diagram at all, connected, with sensible room types?"""

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.diagrams.soundness import has_valid_types, is_connected
from bd_gen.metrics.parts import by_row
from bd_gen.metrics.registry import MetricKey, metric
from bd_gen.metrics.samples import value_by_num_rooms


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
