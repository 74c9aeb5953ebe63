"""Windows: daylight for the rooms where people stay, and air for bathrooms.

A room gets windows in its outer walls, the longest first, until they are wide enough for the
glass of a tenth of its floor, as building codes usually want; where outer walls do not suffice, in
walls to a balcony too. A bathroom gets a small one where it has an outer wall, as 91 % of those in
60 real flats do, and none is missed where it has not. No window looks at a wall of the home that is
nearer than a metre.

Lengths are in pixels.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bd_gen.diagrams.floor_plan import Segment, Window
from bd_gen.layouts.door_places import is_free_outside
from bd_gen.layouts.room_roles import Role
from bd_gen.layouts.walls import Wall, Walls

if TYPE_CHECKING:
    from shapely import Polygon


@dataclass(frozen=True)
class WindowSizes:
    """Lengths in pixels.

    Attributes:
        least: the narrowest window.
        most: the widest.
        margin: wall between a window and the next corner or door.
        height: of the glass.
        glass: glass per floor, as a share.
        long_wall: a wall of this length gets two windows.
        view: nothing of the home stands so near in front of a window.
    """

    least: float
    most: float
    margin: float
    height: float
    glass: float
    long_wall: float
    view: float

    @classmethod
    def in_pixels(cls, metre: float) -> "WindowSizes":
        """Usual sizes, for so many pixels a metre."""
        return cls(
            least=0.6 * metre,
            most=2.4 * metre,
            margin=0.2 * metre,
            height=1.3 * metre,
            glass=0.1,
            long_wall=4.8 * metre,
            view=1.0 * metre,
        )


def windows_of(
    roles: Sequence[Role],
    walls: Walls,
    taken: Sequence[Segment],
    sizes: WindowSizes,
) -> tuple[list[Window], list[int]]:
    """Windows for all rooms that want daylight.

    Args:
        roles: of each room.
        walls: of the rooms.
        taken: doors, which windows keep clear of.
        sizes: of windows.

    Returns:
        the windows, and the rooms that want one and have no wall for it.
    """
    windows: list[Window] = []
    dark: list[int] = []
    for room, role in enumerate(roles):
        wish, area = role.daylight, walls.rooms[room].area
        if wish == "none" or not area:
            continue
        lit = [wall for wall in walls.outer_of(room) if _has_view(wall, walls.rooms, sizes)]
        if wish == "wanted":
            lit += _to_balconies(room, roles, walls)
            wanted = max(area * sizes.glass / sizes.height, sizes.least)
        else:
            wanted = sizes.least
        new = _in_walls(lit, wanted, taken, sizes)
        windows += [Window(room, place) for place in new]
        dark += [room] if wish == "wanted" and not new else []
    return windows, dark


def _has_view(wall: Wall, rooms: Sequence["Polygon"], sizes: WindowSizes) -> bool:
    margin = min(sizes.margin, wall.length / 4)
    middle = wall.part(margin, wall.length - margin)
    return is_free_outside(middle, wall.outward, sizes.view, rooms)


def _to_balconies(room: int, roles: Sequence[Role], walls: Walls) -> list[Wall]:
    found = []
    for wall in walls.common:
        if room in wall.rooms:
            (other,) = set(wall.rooms) - {room}
            found += [wall] if roles[other].is_outside else []
    return sorted(found, key=lambda wall: (-wall.length, wall.segment))


def _in_walls(
    walls: Iterable[Wall], wanted: float, taken: Sequence[Segment], sizes: WindowSizes
) -> list[Segment]:
    """Windows of the width that is wanted in all, as far as the walls have it."""
    found: list[Segment] = []
    for wall in walls:
        low, high = _longest_free(wall, taken)
        count = 2 if high - low >= sizes.long_wall and wanted > sizes.most / 2 else 1
        part = (high - low) / count
        width = min(max(wanted / count, sizes.least), sizes.most, part - 2 * sizes.margin)
        if width < sizes.least:
            continue
        for k in range(count):
            start = low + k * part + (part - width) / 2
            found.append(wall.part(start, start + width))
        wanted -= count * width
        if wanted < sizes.least / 2:
            break
    return found


def _longest_free(wall: Wall, taken: Sequence[Segment]) -> tuple[float, float]:
    """The longest piece of a wall without doors, in pixels from its first end."""
    import shapely

    line = shapely.LineString([wall.segment[:2], wall.segment[2:]])
    blocked = []
    for segment in taken:
        door = shapely.LineString([segment[:2], segment[2:]])
        if door.length and line.distance(door.centroid) < 1.0:
            places = sorted(line.project(shapely.Point(*end)) for end in (segment[:2], segment[2:]))
            blocked.append((places[0], places[1]))
    free, at = [], 0.0
    for low, high in sorted(blocked):
        free.append((at, low))
        at = max(at, high)
    free.append((at, wall.length))
    return max(free, key=lambda piece: piece[1] - piece[0])
