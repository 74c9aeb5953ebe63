"""Density: which share of the room pairs is joined."""

import numpy as np

from bd_gen.metrics.registry import MetricKey, metric
from bd_gen.metrics.samples import DiagramSet, value_by_num_rooms


@metric(
    family="Graph Structure",
    keys=(MetricKey("edge_present_rate_by_num_rooms", "Edge density", None, "rate", nested=True),),
)
def density(samples: DiagramSet) -> dict[str, dict[str, float]]:
    """Mean of edges / (n(n − 1)/2) for each number of rooms n; 0 where there is no pair."""
    n = samples.num_rooms
    rate = samples.num_edges / np.maximum(n * (n - 1) // 2, 1)
    by_rooms = value_by_num_rooms(samples, {"rate": rate})
    return {"edge_present_rate_by_num_rooms": {n: value["rate"] for n, value in by_rooms.items()}}
