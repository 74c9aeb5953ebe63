"""How a plan lies in a square panel, and the panel's grid of small squares."""

from dataclasses import dataclass

import numpy as np

from bd_gen.drawing.lettering import FINENESS
from bd_gen.drawing.sheet import PADDING


@dataclass(frozen=True, eq=False)
class Fit:
    """How a plan lies in a square panel.

    Attributes:
        scale: points for a pixel of the plan.
        origin: (2,) where the plan's (0, 0) would be, in points of the panel.
    """

    scale: float
    origin: np.ndarray

    def points(self, places: np.ndarray) -> np.ndarray:
        """(..., 2) points of the panel from pixels of the plan."""
        return places * self.scale + self.origin


def largest_name(side: float) -> float:
    """Size of the name of a room in a panel where it has space enough, in points."""
    return 8.5 * float(np.sqrt(side / 190))


def panel_squares(side: float) -> np.ndarray:
    """The middles of the squares along a side of a panel, in points."""
    return (np.arange(int(side * FINENESS)) + 0.5) / FINENESS


def within_margin(free: np.ndarray) -> np.ndarray:
    """The squares (H, W) that are free, less those near the edge of the panel."""
    edge = int(PADDING * FINENESS / 2)
    kept = np.zeros_like(free)
    kept[edge:-edge, edge:-edge] = free[edge:-edge, edge:-edge]
    return kept
