"""Few walls, in line, and long enough for doors."""

import numpy as np

from bd_gen.layouts.cells.tilings import Tilings
from bd_gen.layouts.room_limits import DOOR_WIDTH
from bd_gen.layouts.shape_costs import shape_cost

_CLOSE = 9  # pixels; lines closer than this are hardly meant to be two


@shape_cost("lines", 1.5, "distinct lines that walls lie on")
def lines(plans: Tilings) -> np.ndarray:
    """On both axes."""
    return plans.cells.num_lines


@shape_cost("close_lines", 3, "neighbouring lines less than 0.6 m apart")
def close_lines(plans: Tilings) -> np.ndarray:
    """On both axes."""
    cells = plans.cells
    return np.asarray(
        sum(((w > 0) & (w < _CLOSE)).sum(axis=1) for w in (cells.widths, cells.heights))
    )


@shape_cost("doors", 0.4, "what joined rooms lack of 0.9 m of common wall, in pixels")
def doors(plans: Tilings) -> np.ndarray:
    """The walls of a room that wraps others count double: these lead to its doors."""
    pairs = np.array([(i, j) for i, j, _ in plans.diagram.edges], int).reshape(-1, 2)
    common = plans.longest_walls[:, pairs[:, 0] + 1, pairs[:, 1] + 1]
    share = 1.0 + plans.is_wrapping[pairs].any(axis=1)
    return np.asarray((np.maximum(DOOR_WIDTH - common, 0) * share).sum(axis=1))
