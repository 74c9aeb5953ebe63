"""Density: which share of the room pairs is joined."""

import numpy as np

from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.metrics.parts import by_row
from bd_gen.metrics.registry import MetricKey, metric
from bd_gen.metrics.samples import value_by_num_rooms


@by_row
def joined_shares(diagrams: DiagramSet) -> np.ndarray:
    """(N,) edges / (n(n − 1)/2); 0 where there is no pair."""
    n = diagrams.num_rooms
    return diagrams.num_edges / np.maximum(n * (n - 1) // 2, 1)


@metric(
    family="Graph Structure",
    keys=(MetricKey("edge_present_rate_by_num_rooms", "Edge density", None, "rate", nested=True),),
)
def density(samples: DiagramSet) -> dict[str, dict[str, float]]:
    """Mean of edges / (n(n − 1)/2) for each number of rooms n; 0 where there is no pair."""
    by_rooms = value_by_num_rooms(samples, {"rate": joined_shares(samples)})
    return {"edge_present_rate_by_num_rooms": {n: value["rate"] for n, value in by_rooms.items()}}
