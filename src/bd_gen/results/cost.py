"""What a method costs: calls of the network for a diagram, as its samples file says."""

import math
from collections.abc import Mapping
from typing import Any

from bd_gen.results.cells import MISSING

FIELD = "calls_per_diagram"
"""Where the `provenance` of a samples file tells it."""


def calls_per_diagram(generation: Mapping[str, Any] | None) -> float | None:
    """Network calls a diagram; None where nobody counted, as in older files.

    Args:
        generation: the `provenance` of samples, which a result keeps as `generation`.
    """
    value = generation.get(FIELD) if isinstance(generation, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and value >= 0 else None


def calls_text(generation: Mapping[str, Any] | None) -> str:
    """The same for a cell of a table."""
    calls = calls_per_diagram(generation)
    return MISSING if calls is None else f"{calls:.1f}"
