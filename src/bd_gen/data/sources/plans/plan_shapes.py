"""What a plan of the open format says besides boxes: shapes of rooms, names, doors, windows, plot.

Everything is checked here; `PlanShapes.floor_plan` makes the value that is drawn of it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast, get_args

import numpy as np

from bd_gen.data.sources.plans.bad_plan import BadPlanError
from bd_gen.diagrams.floor_plan import Door, DoorKind, FloorPlan, Segment, Window, rooms_seen

if TYPE_CHECKING:
    from shapely import Polygon

PLAN_KEYS = frozenset(("doors", "windows", "plot", "north", "front_door"))
"""Keys of a plan that are read here."""

ROOM_KEYS = frozenset(("polygon", "holes", "name"))
"""Keys of a room that are read here."""

LONGEST_NAME = 80
SAME_ROOM = 0.95
"""Two polygons that share more than this part of their union are one room given twice."""

_NUMBERS = {int, float}
_MOST_CORNERS = 1_000
_KINDS = get_args(DoorKind)

Move = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True)
class PlanShapes:
    """The shapes of one plan, as it says them.

    Attributes:
        rooms: a polygon for each room; None for those that have a box alone.
        names: what the file calls each room; None where it does not.
        doors: ways between rooms, and the entrance.
        windows: in outer walls.
        plot: what may be built on.
        north: degrees clockwise from the top of the page.
        front_door: a segment whose room the file does not name.
    """

    rooms: tuple["Polygon | None", ...]
    names: tuple[str | None, ...]
    doors: tuple[Door, ...] = ()
    windows: tuple[Window, ...] = ()
    plot: "Polygon | None" = None
    north: float = 0.0
    front_door: Segment | None = None

    def moved(self, move: Move) -> "PlanShapes":
        """The same with every point moved; `move` maps (k, 2) points to (k, 2) points."""
        import shapely

        def segment(old: Segment) -> Segment:
            return _segment_of(move(np.reshape(old, (2, 2))).ravel().tolist())

        return replace(
            self,
            rooms=tuple(
                None if room is None else shapely.transform(room, move) for room in self.rooms
            ),
            doors=tuple(replace(door, segment=segment(door.segment)) for door in self.doors),
            windows=tuple(replace(one, segment=segment(one.segment)) for one in self.windows),
            plot=None if self.plot is None else shapely.transform(self.plot, move),
            front_door=None if self.front_door is None else segment(self.front_door),
        )

    def floor_plan(self, boxes: np.ndarray, labels: Sequence[str]) -> FloorPlan:
        """The shapes of rooms with these (n, 4) boxes.

        Rooms without a polygon have their box; if none has one, what is seen of the boxes.

        Args:
            boxes: of the rooms, in the same pixels.
            labels: names of rooms that the file does not name.
        """
        import shapely

        if any(room is not None for room in self.rooms):
            rooms = tuple(
                shapely.box(*box) if room is None else room
                for room, box in zip(self.rooms, boxes, strict=True)
            )
        else:
            rooms = rooms_seen(boxes)
        names = tuple(name or label for name, label in zip(self.names, labels, strict=True))
        doors = self.doors
        if self.front_door is not None:
            doors = (
                *doors,
                Door((nearest_room(boxes, self.front_door),), self.front_door, "entrance"),
            )
        is_named = any(name is not None for name in self.names)
        return FloorPlan(
            rooms, doors, self.windows, names if is_named else None, self.plot, self.north
        )


def nearest_room(boxes: np.ndarray, segment: Segment) -> int:
    """Which of (n, 4) boxes is nearest to a segment; of several, the largest."""
    low, high = np.array(segment[:2]), np.array(segment[2:])
    gap = np.maximum(0, np.maximum(boxes[:, :2] - high, low - boxes[:, 2:])).max(axis=1)
    sides = boxes[:, 2:] - boxes[:, :2]
    return int(np.lexsort((-sides.prod(axis=1), gap))[0])


def shapes_of(
    plan: dict[str, Any], rooms: list[dict[str, Any]], largest: float, takes_holes: bool
) -> PlanShapes:
    """The shapes that a plan gives, checked.

    Args:
        plan: the whole plan.
        rooms: its rooms, which are objects.
        largest: coordinates beyond this are nonsense.
        takes_holes: may rooms have holes?

    Raises:
        BadPlanError: something in it is wrong.
    """
    reader = _Reader(largest, takes_holes)
    polygons = tuple(reader.room(k, room) for k, room in enumerate(rooms))
    _check_different(polygons)
    return PlanShapes(
        rooms=polygons,
        names=tuple(_name(room, k) for k, room in enumerate(rooms)),
        doors=tuple(reader.door(k, door, len(rooms)) for k, door in _listed(plan, "doors")),
        windows=tuple(reader.window(k, one, len(rooms)) for k, one in _listed(plan, "windows")),
        plot=reader.plot(plan.get("plot")),
        north=_north(plan.get("north")),
        front_door=reader.front_door(plan.get("front_door")),
    )


def box_of(polygon: "Polygon") -> list[float]:
    """The bounding box (x0, y0, x1, y1)."""
    return [int(number) if number.is_integer() else number for number in polygon.bounds]


def _listed(plan: dict[str, Any], key: str) -> Iterable[tuple[int, Any]]:
    entries = plan.get(key)
    if entries is None:
        return ()
    if type(entries) is not list:
        raise BadPlanError(f"bad {key[:-1]}", f"{key} is not a list")
    return enumerate(entries)


def _name(room: dict[str, Any], k: int) -> str | None:
    name = room.get("name")
    if name is None:
        return None
    if type(name) is not str or not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadPlanError(
            "malformed plan", f"name of room {k} is not 1 to {LONGEST_NAME} printable characters"
        )
    return name


def _north(north: Any) -> float:
    if north is None:
        return 0.0
    if type(north) not in _NUMBERS or not 0 <= north <= 360:
        raise BadPlanError("malformed plan", "north is not degrees from 0 to 360")
    return float(north)


def _check_different(polygons: tuple["Polygon | None", ...]) -> None:
    import shapely

    known = [(k, room) for k, room in enumerate(polygons) if room is not None]
    if len(known) < 2:
        return
    rooms = np.array([room for _, room in known])
    first, second = np.triu_indices(len(known), 1)
    shared = shapely.area(shapely.intersection(rooms[first], rooms[second]))
    areas = shapely.area(rooms)
    is_same = shared > SAME_ROOM * (areas[first] + areas[second] - shared)
    if is_same.any():
        pair = int(np.argmax(is_same))
        i, j = known[first[pair]][0], known[second[pair]][0]
        raise BadPlanError("bad polygon", f"rooms {i} and {j} lie in the same place")


class _Reader:
    def __init__(self, largest: float, takes_holes: bool) -> None:
        self.largest = largest
        self.takes_holes = takes_holes

    def room(self, k: int, room: dict[str, Any]) -> "Polygon | None":
        points, holes = room.get("polygon"), room.get("holes")
        if holes:
            if not self.takes_holes:
                raise BadPlanError(
                    "room with holes",
                    f"room {k}: no box says where a room around others is; cut it in two",
                )
            if points is None:
                raise BadPlanError("bad polygon", f"room {k}: has holes and no polygon")
        if points is None:
            return None
        where = f"room {k}"
        if holes is not None and type(holes) is not list:
            raise BadPlanError("bad polygon", f"{where}: holes is not a list of rings")
        return self.polygon(points, where, holes or [])

    def plot(self, points: Any) -> "Polygon | None":
        return None if points is None else self.polygon(points, "plot", [])

    def polygon(self, points: Any, where: str, holes: list[Any]) -> "Polygon":
        import shapely

        shell = self.ring(points, where)
        polygon = shapely.Polygon(shell, [self.ring(hole, f"{where}: hole") for hole in holes])
        if not polygon.is_valid:
            reason = shapely.is_valid_reason(polygon)
            raise BadPlanError("bad polygon", f"{where}: crosses itself ({reason})")
        if not polygon.area > 0:
            raise BadPlanError("bad polygon", f"{where}: has no area")
        return cast("Polygon", polygon)

    def ring(self, points: Any, where: str) -> list[list[float]]:
        """The corners of a ring, the first not repeated at the end; at least three."""
        if type(points) is not list or len(points) > _MOST_CORNERS:
            raise BadPlanError(
                "bad polygon", f"{where}: not a list of up to {_MOST_CORNERS:,} points [x, y]"
            )
        corners: list[list[float]] = []
        for point in points:
            self.check_point(point, where)
            if not corners or point != corners[-1]:
                corners.append(point)
        if len(corners) > 1 and corners[0] == corners[-1]:
            corners.pop()
        if len(corners) < 3:
            raise BadPlanError(
                "bad polygon", f"{where}: {len(corners)} corners, expected 3 or more"
            )
        return corners

    def check_point(self, point: Any, where: str) -> None:
        if type(point) is not list or len(point) != 2 or not _NUMBERS.issuperset(map(type, point)):
            raise BadPlanError("bad polygon", f"{where}: a point is not [x, y]")
        if not all(abs(number) <= self.largest for number in point):  # nor is NaN
            raise BadPlanError("bad polygon", f"{where}: not within {self.largest:,.0f}")

    def door(self, k: int, door: Any, num_rooms: int) -> Door:
        where = f"door {k}"
        if type(door) is not dict:
            raise BadPlanError("bad door", f"{where}: not an object")
        kind, rooms = door.get("kind", "door"), door.get("rooms")
        if kind not in _KINDS:
            raise BadPlanError("bad door", f"{where}: kind is not one of {', '.join(_KINDS)}")
        expected = 1 if kind == "entrance" else 2
        if type(rooms) is not list or len(rooms) != expected:
            raise BadPlanError("bad door", f"{where}: {kind}: expected rooms, {expected} of them")
        numbers = tuple(_room_number(room, num_rooms, "bad door", where) for room in rooms)
        if len(set(numbers)) < expected:
            raise BadPlanError("bad door", f"{where}: joins room {numbers[0]} to itself")
        return Door(numbers, self.segment(door.get("at"), "bad door", where), kind)

    def window(self, k: int, window: Any, num_rooms: int) -> Window:
        where = f"window {k}"
        if type(window) is not dict:
            raise BadPlanError("bad window", f"{where}: not an object")
        room = _room_number(window.get("room"), num_rooms, "bad window", where)
        return Window(room, self.segment(window.get("at"), "bad window", where))

    def front_door(self, value: Any) -> Segment | None:
        """The entrance as data sets give it, a box; other values mean nothing here."""
        try:
            return None if value is None else self.segment(value, "bad door", "front_door")
        except BadPlanError:
            return None

    def segment(self, at: Any, kind: str, where: str) -> Segment:
        if type(at) is not list or len(at) != 4 or not _NUMBERS.issuperset(map(type, at)):
            raise BadPlanError(kind, f"{where}: at is not four numbers")
        if not all(abs(number) <= self.largest for number in at):
            raise BadPlanError(kind, f"{where}: not within {self.largest:,.0f}")
        return _segment_of(at)


def _segment_of(at: Sequence[float]) -> Segment:
    """Two points in whatever order, as the corners of what they span."""
    xs, ys = sorted((at[0], at[2])), sorted((at[1], at[3]))
    return float(xs[0]), float(ys[0]), float(xs[1]), float(ys[1])


def _room_number(room: Any, num_rooms: int, kind: str, where: str) -> int:
    if type(room) is not int or not 0 <= room < num_rooms:
        raise BadPlanError(kind, f"{where}: there is no room {room!r:.20}")
    return room
