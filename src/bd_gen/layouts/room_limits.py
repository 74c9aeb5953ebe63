"""What may be asked of single rooms, and of how they open to one another."""

from dataclasses import dataclass

from bd_gen.layouts.wording import DIRECTIONS, Direction
from bd_gen.system.errors import InputError

DOOR_WIDTH = 13
"""Pixels of a 256-pixel plan of 18 m that a door needs: 0.9 m."""


@dataclass(frozen=True)
class RoomLimits:
    """What is asked of one room.

    Attributes:
        min_side: least width and height, in pixels.
        min_area: least area, in pixels²; None: as for its type.
        max_area: largest area, in pixels²; None: as for its type.
        facade: sides of the page at one of which it has an outer wall; (): nothing is asked.

    Raises:
        InputError: a number below 1, or a largest area under the least.
    """

    min_side: int = 1
    min_area: int | None = None
    max_area: int | None = None
    facade: tuple[Direction, ...] = ()

    def __post_init__(self) -> None:
        for name in ("min_side", "min_area", "max_area"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"rooms: {name}: expected at least 1, got {value}")
        if None not in (self.min_area, self.max_area) and self.min_area > self.max_area:  # type: ignore[operator]
            raise InputError(
                f"rooms: expected a largest area of at least the least {self.min_area}, "
                f"got {self.max_area}"
            )
        unknown = set(self.facade) - set(DIRECTIONS)
        if unknown:
            raise InputError(f"rooms: facade: expected sides of the page, got {sorted(unknown)}")


@dataclass(frozen=True)
class Opening:
    """Rooms that open to each other: they have wall in common that a door fits in.

    Attributes:
        pairs: of rooms (i, j), i < j; at least one of them does.
    """

    pairs: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        if not self.pairs or any(not 0 <= i < j for i, j in self.pairs):
            raise InputError(f"openings: expected pairs (i, j) with i < j, got {self.pairs!r:.60}")
