"""Walls that are long enough for a door on the way to each room.

The cost `access` counts the rooms that nobody reaches; this one says how far a plan is from a door.
"""

from collections.abc import Sequence

import numpy as np

from bd_gen.layouts.cells.tilings import Tilings
from bd_gen.layouts.room_limits import DOOR_WIDTH
from bd_gen.layouts.room_roles import room_roles
from bd_gen.layouts.shape_costs import shape_cost


@shape_cost("ways", 1, "what rooms lack of 0.9 m of wall to one on the way to them, in pixels")
def ways(plans: Tilings) -> np.ndarray:
    """Passages are on the way to all rooms, bedrooms to what may open to them alone.

    Of bathrooms the best one counts a second time: it should be reached from a passage.
    """
    types, roles = plans.diagram.room_types, room_roles(plans.diagram.words)
    total = np.zeros(len(plans.boxes))
    lacks: dict[str, list[np.ndarray]] = {}
    for room, own in enumerate(types):
        others = [k for k in range(len(types)) if k != room and roles.may_open(own, types[k])]
        total += _lack(plans, room, others)
        if roles.of_type[own].is_common:
            passages = [k for k in others if roles.of_type[types[k]].is_passage]
            lacks.setdefault(roles.of_type[own].kind, []).append(_lack(plans, room, passages))
    return total + sum(np.min(of_kind, axis=0) for of_kind in lacks.values())


def _lack(plans: Tilings, room: int, others: Sequence[int]) -> np.ndarray:
    """What the longest wall of a room with one of others lacks of a door's width; 0 without any."""
    if not others:
        return np.zeros(len(plans.boxes))
    walls = plans.common_walls[:, room + 1, [k + 1 for k in others]].max(axis=1)
    return np.maximum(DOOR_WIDTH - walls, 0)
