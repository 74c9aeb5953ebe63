"""Walls that are long enough for a door on the way to each room.

The cost `access` counts the rooms that nobody reaches; this one says how far a plan is from a door.
"""

from functools import lru_cache

import numpy as np

from bd_gen.diagrams.words import Words
from bd_gen.layouts.cells.tilings import Tilings
from bd_gen.layouts.room_limits import DOOR_WIDTH
from bd_gen.layouts.room_roles import room_roles
from bd_gen.layouts.shape_costs import shape_cost


@shape_cost("ways", 1, "what rooms lack of 0.9 m of wall to one on the way to them, in pixels")
def ways(plans: Tilings) -> np.ndarray:
    """Passages are on the way to all rooms, bedrooms to what may open to them alone.

    Of bathrooms the best one counts a second time: it should be reached from a passage.
    """
    onto, of_common = _ways(plans.diagram.room_types, plans.diagram.words)
    walls = plans.longest_walls[:, 1:, 1:]
    total: np.ndarray = _lack(walls, onto).sum(axis=1)
    for rooms, passages in of_common:
        total += _lack(walls[:, rooms], passages).min(axis=1)
    return total


@lru_cache(maxsize=16)
def _ways(
    types: tuple[int, ...], words: Words
) -> tuple[np.ndarray, list[tuple[list[int], np.ndarray]]]:
    """(n, n) bool: may room a be reached over room b? And of each kind of room that all need,
    its rooms and (rooms, n) bool over which passages they may be reached.
    """
    roles, n = room_roles(words), len(types)
    onto = np.array(
        [[a != b and roles.may_open(types[a], types[b]) for b in range(n)] for a in range(n)], bool
    )
    is_passage = np.array([roles.of_type[one].is_passage for one in types], bool)
    of_kind: dict[str, list[int]] = {}
    for room, one in enumerate(types):
        if roles.of_type[one].is_common:
            of_kind.setdefault(roles.of_type[one].kind, []).append(room)
    return onto, [(rooms, onto[rooms] & is_passage) for rooms in of_kind.values()]


def _lack(walls: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(B, k) what the longest wall (B, k, n) of each of k rooms with one of others (k, n) lacks of
    a door's width; 0 without any.
    """
    longest = np.where(others, walls, 0.0).max(axis=2)
    return np.where(others.any(axis=1), np.maximum(DOOR_WIDTH - longest, 0), 0.0)
