"""How a room of each type looks in a drawing: its colour, its short name, its bubble."""

import colorsys
from functools import lru_cache

import numpy as np

from bd_gen.diagrams.words import Words

INK = "#14181D"
"""Text and outlines of bubbles."""
LINE = "#5A6470"
"""Lines between bubbles."""
CARD = "#F3F4F6"
"""Ground of a panel."""

_GOLDEN = 0.618034  # of a turn: hues that follow each other so stay apart
_LEAST_CONTRAST = 4.5  # of a label on its fill (WCAG 2 AA)
_LONGEST_SHORT_NAME = 8


@lru_cache(maxsize=64)
def room_colours(words: Words) -> tuple[str, ...]:
    """(T,) fill of each room type: its own, else one that its number chooses."""
    return tuple(one.colour or _chosen(k) for k, one in enumerate(words.room_types))


def _chosen(number: int) -> str:
    lightness = (0.78, 0.66, 0.86)[number % 3]
    parts = colorsys.hls_to_rgb(number * _GOLDEN % 1.0, lightness, 0.5)
    return "#" + "".join(f"{round(255 * part):02X}" for part in parts)


@lru_cache(maxsize=64)
def line_colours(words: Words) -> tuple[str, ...]:
    """(R,) colour of the lines of each relation: its own, else that of all lines."""
    return tuple(one.colour or LINE for one in words.relations)


@lru_cache(maxsize=64)
def text_colours(words: Words) -> tuple[str, ...]:
    """(T,) colour of a label on each fill: dark where it can be read, else white."""
    return tuple(
        INK if contrast(INK, fill) >= _LEAST_CONTRAST else "#FFFFFF" for fill in room_colours(words)
    )


def contrast(one: str, other: str) -> float:
    """Contrast of two colours #RRGGBB, 1 to 21 (WCAG 2)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@lru_cache(maxsize=64)
def short_names(words: Words) -> tuple[str, ...]:
    """(T,) labels that fit into a bubble; the legend gives the full names."""
    return tuple(one.short or one.name[:_LONGEST_SHORT_NAME].strip() for one in words.room_types)


@lru_cache(maxsize=64)
def bubble_radii(words: Words) -> np.ndarray:
    """(T,) radius of each room type's bubble; that of the largest rooms is 1.

    Radii grow more slowly than the sides of the rooms, and have a floor, so that a balcony's label
    can still be read beside a living room.
    """
    areas = words.typical_areas
    return np.maximum((areas / areas.max()) ** 0.3, 0.5)


_PAPER = 0.5  # share of white in a floor's colour


def tint(colour: str) -> str:
    """The colour of a floor: that of a type's bubble, lighter, so that walls and text stand out."""
    parts = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return "#" + "".join(f"{round(p + _PAPER * (255 - p)):02X}" for p in parts)
