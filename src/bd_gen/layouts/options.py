"""What a layout has to satisfy besides its diagram, and how long to look for it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from bd_gen.diagrams.vocabulary import NUM_ROOM_TYPES, ROOM_TYPES
from bd_gen.errors import InputError
from bd_gen.layouts.constraints import LARGEST_COORDINATE
from bd_gen.layouts.outline import Box, Outline, checked_box

LARGEST_AREA = LARGEST_COORDINATE**2


@dataclass(frozen=True)
class SolverOptions:
    """What a layout has to satisfy besides its diagram, and how long to look for it.

    Attributes:
        min_side: least width and height of every room, in pixels; at least 1.
        min_areas: least area of rooms by type 0..12, in pixels².
        max_areas: largest area of rooms by type, in pixels².
        outline: what all rooms must lie in; None: the whole plan, 0..255 each way.
        fixed: boxes of rooms that are given, by index of the room.
        time_limit: seconds after which the search for any layout gives up.
        effort_limit: the same in CP-SAT's deterministic time, of which about a quarter passes in
            a second. Where it ends a search, it does so on every machine, however busy.
        improve_seconds: about how long a layout may be improved; 0 takes the first that is found.
        seed: seed of the search. The same layout comes again unless a limit of time was met.

    Raises:
        InputError: a value outside its range, or values that contradict one another.
    """

    min_side: int = 1
    min_areas: Mapping[int, int] = field(default_factory=dict)
    max_areas: Mapping[int, int] = field(default_factory=dict)
    outline: Outline | None = None
    fixed: Mapping[int, Box] = field(default_factory=dict)
    time_limit: float = 10.0
    effort_limit: float = math.inf
    improve_seconds: float = 0.5
    seed: int = 0

    def __post_init__(self) -> None:
        _check_integer("min_side", self.min_side, 1, LARGEST_COORDINATE)
        _check_integer("seed", self.seed, 0, 2**31 - 1)
        if not 0 < self.time_limit < math.inf:
            raise InputError(f"time_limit: expected seconds above 0, got {self.time_limit!r}")
        if not self.effort_limit > 0:
            raise InputError(f"effort_limit: expected more than 0, got {self.effort_limit!r}")
        if not 0 <= self.improve_seconds < math.inf:
            raise InputError(f"improve_seconds: expected seconds, got {self.improve_seconds!r}")
        self._check_areas()
        fixed = {room: checked_box(f"fixed: room {room}", b) for room, b in self.fixed.items()}
        object.__setattr__(self, "fixed", fixed)
        if self.outline is not None:
            self._check_outline(self.outline)

    def _check_areas(self) -> None:
        for name in ("min_areas", "max_areas"):
            for room_type, area in getattr(self, name).items():
                _check_integer(f"{name}: room type", room_type, 0, NUM_ROOM_TYPES - 1)
                _check_integer(f"{name}: {ROOM_TYPES[room_type]}", area, 1, LARGEST_AREA)
        for room_type in self.min_areas.keys() & self.max_areas.keys():
            least, most = self.min_areas[room_type], self.max_areas[room_type]
            if most < least:
                raise InputError(
                    f"max_areas: {ROOM_TYPES[room_type]}: expected at least the least area "
                    f"{least}, got {most}"
                )

    def _check_outline(self, outline: Outline) -> None:
        x0, y0, x1, y1 = outline.box
        if min(x1 - x0, y1 - y0) < self.min_side:
            raise InputError(
                f"outline: {x1 - x0} by {y1 - y0} pixels are too small for rooms of at least "
                f"{self.min_side} each way"
            )
        for room_type, least in self.min_areas.items():
            if least > outline.area:
                raise InputError(
                    f"outline: {outline.area} pixels² are too small for a "
                    f"{ROOM_TYPES[room_type]} of at least {least}"
                )

    def area_bounds(self, room_type: int) -> tuple[int, int] | None:
        """Least and largest area of rooms of a type; None where any will do."""
        if room_type not in self.min_areas and room_type not in self.max_areas:
            return None
        return self.min_areas.get(room_type, 1), self.max_areas.get(room_type, LARGEST_AREA)

    @property
    def ask_nothing(self) -> bool:
        """Is any layout with the relations of the diagram good enough?"""
        return self.min_side == 1 and not (
            self.min_areas or self.max_areas or self.outline or self.fixed
        )


def _check_integer(name: str, value: object, low: int, high: int) -> None:
    if type(value) is not int or not low <= value <= high:
        raise InputError(f"{name}: expected an integer in {low}..{high}, got {value!r}")
