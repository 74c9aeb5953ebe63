"""What a layout has to satisfy besides its diagram, and how long to look for it."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from numbers import Integral
from typing import Any

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.vocabulary import LARGEST_N_MAX
from bd_gen.diagrams.words import Words
from bd_gen.layouts.constraints import LARGEST_COORDINATE
from bd_gen.layouts.outline import Box, Outline, checked_box
from bd_gen.layouts.room_limits import Opening, RoomLimits
from bd_gen.layouts.wording import DIRECTIONS, Direction, Wording
from bd_gen.system.errors import InputError

LARGEST_AREA = LARGEST_COORDINATE**2
MOST_TRIES = 100


@dataclass(frozen=True)
class SolverOptions:
    """What a layout has to satisfy besides its diagram, and how long to look for it.

    Attributes:
        min_side: least width and height of every room, in pixels; at least 1.
        min_areas: least area of rooms by type, in pixels².
        max_areas: largest area of rooms by type, in pixels².
        outline: what all rooms must lie in; None: the whole plan, 0..255 each way.
        fixed: boxes of rooms that are given, by index of the room.
        targets: boxes that layouts should come near, by index of the room; see the cost `nearest`.
        rooms: what is asked of single rooms, by index; areas go before those of their types.
        openings: rooms that must have wall in common that a door fits in.
        closed: pairs (i, j), i < j, of rooms that must have no door between them.
        entrance: the side of the page at which the front door is: an Entrance, or a LivingRoom
            where there is none, has an outer wall there.
        extent: least and largest area of the box around all rooms, in pixels².
        total_area: least and largest area of all rooms together as they are seen, in pixels²;
            plans of polygons only.
        wording: names and units for reasons.
        effort_limit: CP-SAT's deterministic time after which the search for any layout gives up;
            about a quarter of it passes in a second of an idle core. Where it ends a search, it
            does so on every machine, however busy. 2.5 is several thousand times what the median
            diagram takes.
        time_limit: seconds by the clock after which it gives up all the same, which is told.
        improve_effort: how hard to look for a better plan: 1 is usual and takes about a second of
            an idle core for eight rooms, 2 twice that; 0 takes the first layout, whose rooms are
            mere boxes. It is counted, never timed.
        tries: walks at most in search of a plan of polygons, as long as the best one lacks
            something that is asked or leaves some of the outline. Where another diagram will do,
            one is best: what fails once fails again as a rule.
        words: what the types are called.
        seed: seed of the search. The same layout comes again unless a limit of time was met.

    Raises:
        InputError: a value outside its range, or values that contradict one another.
    """

    min_side: int = 1
    min_areas: Mapping[int, int] = field(default_factory=dict)
    max_areas: Mapping[int, int] = field(default_factory=dict)
    outline: Outline | None = None
    fixed: Mapping[int, Box] = field(default_factory=dict)
    targets: Mapping[int, Box] = field(default_factory=dict)
    rooms: Mapping[int, RoomLimits] = field(default_factory=dict)
    openings: tuple[Opening, ...] = ()
    closed: tuple[tuple[int, int], ...] = ()
    entrance: Direction | None = None
    extent: tuple[int, int] | None = None
    total_area: tuple[int, int] | None = None
    wording: Wording = field(default_factory=Wording)
    time_limit: float = 300.0
    effort_limit: float = 2.5
    improve_effort: float = 1.0
    tries: int = 3
    seed: int = 0
    words: Words = RPLAN

    def __post_init__(self) -> None:
        checked = {
            "min_side": _integer("min_side", self.min_side, 1, LARGEST_COORDINATE),
            "tries": _integer("tries", self.tries, 1, MOST_TRIES),
            "seed": _integer("seed", self.seed, 0, 2**31 - 1),
            "min_areas": _areas("min_areas", self.min_areas, self.words),
            "max_areas": _areas("max_areas", self.max_areas, self.words),
            "fixed": _boxes("fixed", self.fixed),
            "targets": _boxes("targets", self.targets),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        if not 0 < _number(self.time_limit) < math.inf:
            raise InputError(f"time_limit: expected seconds above 0, got {self.time_limit!r}")
        if not _number(self.effort_limit) > 0:
            raise InputError(f"effort_limit: expected more than 0, got {self.effort_limit!r}")
        if not 0 <= _number(self.improve_effort) < math.inf:
            raise InputError(
                f"improve_effort: expected a number from 0 on, got {self.improve_effort!r}"
            )
        for room_type in self.min_areas.keys() & self.max_areas.keys():
            least, most = self.min_areas[room_type], self.max_areas[room_type]
            if most < least:
                name = self.words.room_names[room_type]
                raise InputError(
                    f"max_areas: {name}: expected at least the least area {least}, got {most}"
                )
        if self.outline is not None:
            self._check_outline(self.outline)
        if self.entrance is not None and self.entrance not in DIRECTIONS:
            raise InputError(f"entrance: expected a side of the page, got {self.entrance!r}")
        for name in ("extent", "total_area"):
            bounds = getattr(self, name)
            if bounds is not None and not 1 <= bounds[0] <= bounds[1]:
                raise InputError(f"{name}: expected a least and a largest area, got {bounds}")

    def _check_outline(self, outline: object) -> None:
        if not isinstance(outline, Outline):
            raise InputError(f"outline: expected an Outline, got {outline!r:.60}")
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
                    f"{self.words.room_names[room_type]} of at least {least}"
                )

    def area_bounds(self, room_type: int) -> tuple[int, int] | None:
        """Least and largest area of rooms of a type; None where any will do."""
        if room_type not in self.min_areas and room_type not in self.max_areas:
            return None
        return self.min_areas.get(room_type, 1), self.max_areas.get(room_type, LARGEST_AREA)

    def area_bounds_of(self, room: int, room_type: int) -> tuple[int, int] | None:
        """Least and largest area of a room; None where any will do."""
        least, most = self.area_bounds(room_type) or (1, LARGEST_AREA)
        asked = self.rooms.get(room)
        if asked is not None:
            least = asked.min_area if asked.min_area is not None else least
            most = asked.max_area if asked.max_area is not None else most
        return None if (least, most) == (1, LARGEST_AREA) else (least, most)

    def min_side_of(self, room: int) -> int:
        """Least width and height of a room, in pixels."""
        return max(self.min_side, self.rooms[room].min_side if room in self.rooms else 1)

    @property
    def ask_nothing(self) -> bool:
        """Is any layout with the relations of the diagram good enough?"""
        return self.min_side == 1 and not (
            self.min_areas
            or self.max_areas
            or self.outline
            or self.fixed
            or self.rooms
            or self.openings
            or self.entrance
            or self.extent
            or self.total_area
        )


def _number(value: object) -> float:
    """The value, or nan, which no limit allows, where it is no number."""
    return float(value) if isinstance(value, int | float) and value is not True else math.nan


def _integer(name: str, value: object, low: int, high: int) -> int:
    """The value as a plain integer; numpy's are welcome, true and false are not."""
    is_integer = isinstance(value, Integral) and not isinstance(value, bool)
    if not is_integer or not low <= int(value) <= high:  # type: ignore[call-overload]
        raise InputError(f"{name}: expected an integer in {low}..{high}, got {value!r:.60}")
    return int(value)  # type: ignore[call-overload]


def _items(name: str, values: object) -> Iterable[tuple[Any, Any]]:
    if not isinstance(values, Mapping):
        raise InputError(f"{name}: expected values by number, got {values!r:.60}")
    return values.items()


def _areas(name: str, values: object, words: Words) -> dict[int, int]:
    areas = {}
    for key, area in _items(name, values):
        room_type = _integer(f"{name}: room type", key, 0, words.num_room_types - 1)
        where = f"{name}: {words.room_names[room_type]}"
        areas[room_type] = _integer(where, area, 1, LARGEST_AREA)
    return areas


def _boxes(name: str, values: object) -> dict[int, Box]:
    boxes = {}
    for key, box in _items(name, values):
        room = _integer(f"{name}: room", key, 0, LARGEST_N_MAX - 1)
        boxes[room] = checked_box(f"{name}: room {room}", box)
    return boxes
