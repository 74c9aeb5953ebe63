"""How large a room of each type usually is."""

import numpy as np

from bd_gen.diagrams.vocabulary import NUM_ROOM_TYPES

TYPICAL_AREAS = np.array(
    [9450, 2790, 1040, 730, 1570, 1700, 1300, 2000, 2000, 780, 670, 390, 390], float
)
"""Median area of the box of each room type in RPLAN, in pixels of a 256-pixel plan.

ChildRoom, StudyRoom, GuestRoom and Wall-in are estimates: the plans that these figures were
taken from count the first three as SecondRoom and have no Wall-in.
"""

assert len(TYPICAL_AREAS) == NUM_ROOM_TYPES  # noqa: S101
