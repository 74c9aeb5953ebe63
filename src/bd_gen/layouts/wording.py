"""How a designer's layouts are spoken of: rooms by their own names, lengths in metres."""

from dataclasses import dataclass
from typing import Literal

Direction = Literal["left", "above", "right", "below"]
DIRECTIONS: tuple[Direction, ...] = ("above", "right", "below", "left")
"""The sides of a page, clockwise from its top."""

COMPASS = ("north", "east", "south", "west")


@dataclass(frozen=True)
class Wording:
    """Words for reasons.

    Attributes:
        names: of the rooms, in the diagram's order; (): the names of their types.
        metres_per_pixel: lengths are told in metres; None: in pixels.
        quarter_turns: from the top of the page clockwise to north; None: sides are told as they
            lie on the page.
    """

    names: tuple[str, ...] = ()
    metres_per_pixel: float | None = None
    quarter_turns: int | None = None

    def length(self, pixels: float) -> str:
        """A length, with its unit."""
        if self.metres_per_pixel is None:
            return f"{pixels:g} pixels"
        return f"{pixels * self.metres_per_pixel:.2f} m"

    def area(self, pixels: float) -> str:
        """An area, with its unit."""
        if self.metres_per_pixel is None:
            return f"{pixels:g} pixels²"
        return f"{pixels * self.metres_per_pixel**2:.1f} m²"

    def side(self, direction: Direction) -> str:
        """Where a side lies: to the south, or at the bottom of the page."""
        k = DIRECTIONS.index(direction)
        if self.quarter_turns is not None:
            return f"to the {COMPASS[(k - self.quarter_turns) % 4]}"
        return f"at the {('top', 'right', 'bottom', 'left')[k]}"
