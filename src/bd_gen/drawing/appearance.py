"""How a room of each type looks in a drawing: its colour, its short name, its bubble."""

import numpy as np

from bd_gen.diagrams.vocabulary import NUM_ROOM_TYPES, ROOM_TYPES, TYPICAL_AREAS

INK = "#14181D"
"""Text and outlines of bubbles."""
LINE = "#5A6470"
"""Lines between bubbles."""
CARD = "#F3F4F6"
"""Ground of a panel."""

ROOM_COLOURS = (
    "#DA683F",
    "#FDB523",
    "#B77579",
    "#95C5FF",
    "#FFC9C1",
    "#E1DC68",
    "#948AD5",
    "#FFFFAE",
    "#CD8415",
    "#9AC27E",
    "#0F94A7",
    "#C7C0D5",
    "#686173",
)
"""Fill of each room type.

The hues are those that the papers on RPLAN and House-GAN made familiar (red living rooms, yellow
bedrooms, blue bathrooms), moved as little as keeps any two types apart, also for colour-blind
readers: at least 13 units of CIELAB in normal vision and in simulated protanopia, deuteranopia
and tritanopia (Machado 2009, severity 1).
"""

TEXT_COLOURS = tuple("#FFFFFF" if name == "Wall-in" else INK for name in ROOM_TYPES)
"""Colour of a label on each fill; contrast at least 4.5 (WCAG 2 AA)."""

SHORT_NAMES = (
    "Living",
    "Master",
    "Kitchen",
    "Bath",
    "Dining",
    "Child",
    "Study",
    "Second",
    "Guest",
    "Balcony",
    "Entry",
    "Store",
    "Wall-in",
)
"""Labels that fit into a bubble; the legend gives the full names."""

BUBBLE_RADII = np.maximum((TYPICAL_AREAS / TYPICAL_AREAS[0]) ** 0.3, 0.5)
"""Radius of each room type's bubble; a living room's is 1.

Radii grow more slowly than the sides of the rooms, and have a floor, so that a balcony's label
can still be read beside a living room.
"""

_PAPER = 0.5  # share of white in a floor's colour


def tint(colour: str) -> str:
    """The colour of a floor: that of a type's bubble, lighter, so that walls and text stand out."""
    parts = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return "#" + "".join(f"{round(p + _PAPER * (255 - p)):02X}" for p in parts)


assert len(ROOM_COLOURS) == len(SHORT_NAMES) == NUM_ROOM_TYPES  # noqa: S101
