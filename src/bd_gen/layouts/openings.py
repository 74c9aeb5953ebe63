"""Doors and windows for a floor plan whose rooms have shapes.

First the entrance, in an outer wall of the room that suits it best; then a door on the way to
every room (`circulation`), those that are asked for, and windows (`windows`). What cannot be had is
said with its reason: nothing is left out in silence.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bd_gen.diagrams.diagram import Diagram, room_names
from bd_gen.diagrams.floor_plan import Door, FloorPlan, Segment, Window
from bd_gen.diagrams.laid_out import METRES_PER_PIXEL
from bd_gen.layouts.circulation import DoorGraph, Pair, ordered, ways_in
from bd_gen.layouts.door_places import (
    DoorSizes,
    door_place,
    is_free_outside,
    passage_place,
    place_nearest,
)
from bd_gen.layouts.room_roles import room_roles, thickest_wall
from bd_gen.layouts.walls import Wall, Walls, walls_of
from bd_gen.layouts.windows import WindowSizes, windows_of
from bd_gen.system.errors import InputError

DOOR_WALL = 0.9
"""Metres of straight wall that a door needs: a leaf of 0.8 and its frame."""


@dataclass(frozen=True)
class Unreached:
    """A room that nobody gets to, or a door that is asked for and cannot be.

    Attributes:
        rooms: the room, or the two that should open to each other.
        reason: why, as the end of a sentence.
    """

    rooms: tuple[int, ...]
    reason: str


@dataclass(frozen=True, eq=False)
class OpeningsResult:
    """A floor plan with doors and windows, and what it could not have.

    Attributes:
        floor_plan: the plan, with all doors and windows.
        entrance: the room behind the front door, or where the ways begin if there is none.
        unreached: rooms without a way to them from the entrance, with reasons.
        unmet: pairs of rooms that should open to each other and do not, with reasons.
        no_entrance: why there is no front door; empty where there is one.
        dark: rooms that want daylight and have no wall for a window.
    """

    floor_plan: FloorPlan
    entrance: int
    unreached: tuple[Unreached, ...] = ()
    unmet: tuple[Unreached, ...] = ()
    no_entrance: str = ""
    dark: tuple[int, ...] = ()

    @property
    def doors(self) -> tuple[Door, ...]:
        """All doors."""
        return self.floor_plan.doors

    @property
    def windows(self) -> tuple[Window, ...]:
        """All windows."""
        return self.floor_plan.windows

    def problems(self, names: Sequence[str]) -> list[str]:
        """A sentence for everything that the plan does not have, with the rooms' names."""
        told = [f"no front door: {self.no_entrance}"] if self.no_entrance else []
        told += [f"{names[one.rooms[0]]} is not reached: {one.reason}" for one in self.unreached]
        for one in self.unmet:
            i, j = one.rooms
            told.append(f"{names[i]} does not open to {names[j]}: {one.reason}")
        told += [f"{names[room]} has no outer wall for a window" for room in self.dark]
        return told


def add_openings(
    diagram: Diagram,
    floor_plan: FloorPlan,
    *,
    required: Iterable[Pair] = (),
    forbidden: Iterable[Pair] = (),
    front_door: Sequence[float] | None = None,
    scale: float | None = None,
    walls: Walls | None = None,
) -> OpeningsResult:
    """Doors and windows for a plan.

    Doors and windows that the plan has stay as they are, and count as asked for. The same plan
    always gets the same ones.

    Args:
        diagram: the rooms' types.
        floor_plan: the rooms' shapes.
        required: pairs of rooms that open to each other, whatever their types. A bedroom behind
            another one may then be reached by crossing that.
        forbidden: pairs of rooms without a door.
        front_door: a box (x0, y0, x1, y1) at the edge of the outline, where the entrance is;
            None: wherever it suits.
        scale: metres per pixel; None: as the words have it, else 18/256.
        walls: of the plan's rooms, if they are there already.

    Raises:
        InputError: a pair is both required and forbidden, or names no two rooms.
        ValueError: the plan has another number of rooms than the diagram.
    """
    if len(floor_plan.rooms) != diagram.num_rooms:
        raise ValueError(f"{diagram.num_rooms} rooms, but {len(floor_plan.rooms)} shapes")
    names = floor_plan.names or room_names(diagram)
    wanted, unwanted = _pairs(required, names), _pairs(forbidden, names)
    both = sorted(wanted & unwanted)
    if both:
        i, j = both[0]
        raise InputError(f"{names[i]} and {names[j]}: a door is both required and forbidden")
    metres = scale or diagram.words.metres_per_pixel or METRES_PER_PIXEL
    plan = _Openings(diagram, floor_plan, front_door, 1 / metres, walls)
    return plan.result(wanted, unwanted)


def _pairs(pairs: Iterable[Pair], names: Sequence[str]) -> frozenset[Pair]:
    found = []
    for i, j in pairs:
        if i == j or not (0 <= i < len(names) and 0 <= j < len(names)):
            raise InputError(f"door ({i}, {j}): expected two of {len(names)} rooms, from 0 on")
        found.append(ordered(i, j))
    return frozenset(found)


class _Openings:
    """What is known while a plan gets its doors and windows; `metre` in pixels."""

    def __init__(
        self,
        diagram: Diagram,
        floor_plan: FloorPlan,
        front_door: Sequence[float] | None,
        metre: float,
        walls: Walls | None,
    ) -> None:
        self.diagram = diagram
        self.types = diagram.room_types
        self.roles = room_roles(diagram.words)
        self.touch = thickest_wall(diagram.words)
        self.plan = floor_plan
        self.front_door = front_door
        self.least = DOOR_WALL * metre
        self.metre = metre
        self.walls = walls_of(floor_plan.rooms, self.touch) if walls is None else walls
        self.sizes = DoorSizes.in_pixels(metre)

    def result(self, required: frozenset[Pair], forbidden: frozenset[Pair]) -> OpeningsResult:
        there = {ordered(*door.rooms) for door in self.plan.doors if len(door.rooms) == 2}
        wall = wall_table(self.walls, len(self.types))
        for i, j in there:  # a door that is there needs no wall that is measured
            wall[i, j] = wall[j, i] = max(wall[i, j], self.least)
        words = self.diagram.words
        graph = DoorGraph(self.types, wall, self.least, required | there, forbidden - there, words)
        entrance, front, no_entrance = self._entrance(graph)
        ways = ways_in(graph, entrance)
        pairs = {ordered(*way): None for way in ways}
        asked = {pair: None for pair in sorted(required) if graph.has_room(*pair)}
        new = [pair for pair in (pairs | asked) if pair not in there]
        doors = [*self.plan.doors, *([front] if front else [])]
        doors += self._doors(new, [door.segment for door in doors])
        windows, dark = self._windows([door.segment for door in doors])
        reached = {entrance, *(way[1] for way in ways)}
        missing = [room for room in range(len(self.types)) if room not in reached]
        return OpeningsResult(
            replace(self.plan, doors=tuple(doors), windows=tuple(windows)),
            entrance,
            tuple(Unreached((room,), self._why(room, graph, reached)) for room in missing),
            tuple(
                Unreached(pair, self._too_short(graph, *pair))
                for pair in sorted(required)
                if not graph.has_room(*pair)
            ),
            no_entrance,
            tuple(dark),
        )

    def _entrance(self, graph: DoorGraph) -> tuple[int, Door | None, str]:
        """The room where ways begin, its front door, and why there is none."""
        for door in self.plan.doors:
            if door.kind == "entrance":
                return door.rooms[0], None, ""
        order = self.roles.entrance_order(self.types) or list(range(len(self.types)))
        order = [room for room in order if graph.role(room).is_passage] or order
        usable = {room: found for room in order if (found := self._outer_walls(room))}
        if not usable:
            start = min(order, key=lambda room: (-len(graph.reached_from(room)), order.index(room)))
            return (
                start,
                None,
                f"no room that it may lead to has {self._metres(self.least)} of outer wall",
            )
        start = min(usable, key=lambda room: self._entrance_rank(room, graph, usable, order))
        place = self._front_place(usable[start])
        return start, Door((start,), place, "entrance"), ""

    def _entrance_rank(
        self, room: int, graph: DoorGraph, usable: dict[int, list[Wall]], order: list[int]
    ) -> tuple[float, ...]:
        """The front door where it has to be; then where most rooms are reached; then by type."""
        import shapely

        away = 0.0
        if self.front_door is not None:
            door = shapely.box(*self.front_door)
            lines = [shapely.LineString([w.segment[:2], w.segment[2:]]) for w in usable[room]]
            nearest = min(float(line.distance(door)) for line in lines)
            away = 0.0 if nearest <= self.touch else round(nearest, 6)
        return (away, -len(graph.reached_from(room)), order.index(room))

    def _outer_walls(self, room: int) -> list[Wall]:
        """Outer walls wide enough for the entrance; those with air before them if there are any."""
        wide = [w for w in self.walls.outer_of(room) if w.length >= self.least - 1e-6]
        free = [
            wall
            for wall in wide
            if is_free_outside(wall.segment, wall.outward, self.sizes.landing, self.walls.rooms)
        ]
        return free or wide

    def _front_place(self, walls: list[Wall]) -> Segment:
        width = min(self.sizes.entrance, self.least)
        if self.front_door is not None:
            import shapely

            return place_nearest(walls, width, shapely.box(*self.front_door), self.sizes)
        # The long walls are better used for windows.
        return door_place(walls[::-1][:1], width, (), self.sizes)

    def _doors(self, pairs: Sequence[Pair], taken: Sequence[Segment]) -> list[Door]:
        """Doors of pairs of rooms; those with the least choice get their places first."""
        segments, found = list(taken), {}
        for pair in sorted(pairs, key=lambda pair: (self.walls.longest(*pair), pair)):
            walls = self.walls.by_pair[pair]
            is_passage = self.roles.is_open(self.types[pair[0]], self.types[pair[1]])
            if is_passage:
                place = passage_place(walls[0], self.sizes)
            else:
                wide = [wall for wall in walls if wall.length >= self.least - 1e-6]
                place = door_place(wide, self.sizes.width, segments, self.sizes)
            segments.append(place)
            found[pair] = Door(pair, place, "open" if is_passage else "door")
        return [found[pair] for pair in pairs]

    def _windows(self, taken: Sequence[Segment]) -> tuple[list[Window], list[int]]:
        lit = {window.room for window in self.plan.windows}
        sizes = WindowSizes.in_pixels(self.metre)
        roles = [self.roles.of_type[room_type] for room_type in self.types]
        new, dark = windows_of(roles, self.walls, taken, sizes)
        kept = [*self.plan.windows, *(window for window in new if window.room not in lit)]
        return kept, [room for room in dark if room not in lit]

    def _why(self, room: int, graph: DoorGraph, reached: set[int]) -> str:
        """Why a room is not reached."""
        names = self.plan.names or room_names(self.diagram)
        others = [k for k in range(len(self.types)) if k != room]
        beside = [k for k in others if graph.has_room(room, k)]
        if not beside:
            longest = max((float(graph.wall[room, k]) for k in others), default=0.0)
            return (
                f"no wall that it has in common with another room is {self._metres(self.least)} "
                f"long (the longest is {self._metres(longest)})"
            )
        reasons = []
        for k in beside:
            if not graph.may_have_door(room, k):
                reasons.append(f"a door to {names[k]} is forbidden")
            elif k in reached:
                reasons.append(f"{names[k]} cannot be crossed on the way to it")
            else:
                reasons.append(f"{names[k]} is not reached either")
        return ", ".join(reasons)

    def _too_short(self, graph: DoorGraph, i: int, j: int) -> str:
        longest = self._metres(float(graph.wall[i, j]))
        return f"a door needs {self._metres(self.least)} of wall in common, and they have {longest}"

    def _metres(self, pixels: float) -> str:
        return f"{pixels / self.metre:.2f} m"


def wall_table(walls: Walls, num_rooms: int) -> np.ndarray:
    """(n, n) the longest straight wall that each two rooms have in common, in pixels."""
    table = np.zeros((num_rooms, num_rooms))
    for (i, j), found in walls.by_pair.items():
        table[i, j] = table[j, i] = found[0].length
    return table
