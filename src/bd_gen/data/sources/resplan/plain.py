"""A plan of ResPlan as a plan of the open format.

Coordinates are metres in the JSON lines. In the archive each plan is 256 wide, and `area` is that
of `inner`, the floor within the outer walls, in square metres. It is 0 or nonsense in a third of
plans, and doors tell: they are 0.85 m wide in the others.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bd_gen.data.sources.plans.bad_plan import BadPlanError
from bd_gen.data.sources.plans.foreign import along_wall
from bd_gen.data.sources.plans.plan_shapes import SAME_ROOM

if TYPE_CHECKING:
    from shapely import Polygon

DOOR_WIDTH = 0.85
"""Metres; the median over the plans whose area can be."""

USUAL_DOORS = (0.6, 1.3)
"""Metres; a plan whose median door is not within has a scale that cannot be."""

_LARGEST_COORDINATE = 1e9
_SMALLEST_ROOM = 0.3  # square metres; what is smaller is a crumb that drawing has left


@dataclass
class ResplanNotes:
    """What was changed on the way in.

    Attributes:
        rescaled: plans whose scale is told by their doors.
        repaired: rooms whose outline touched itself.
        crumbs: rooms under 0.3 m² that were left out.
        twins: rooms that lie where another does.
        unplaced: doors that lead to no two rooms.
    """

    rescaled: int = 0
    repaired: int = 0
    crumbs: int = 0
    twins: int = 0
    unplaced: int = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """In sentences."""
        told = (
            (self.rescaled, f"plans scaled to doors of {DOOR_WIDTH} m: their area cannot be"),
            (self.repaired, "outlines of rooms that touch themselves repaired"),
            (self.crumbs, f"rooms under {_SMALLEST_ROOM} m² left out"),
            (self.twins, "rooms left out that lie where another lies"),
            (self.unplaced, "doors that lead to no two rooms left out"),
        )
        return tuple(f"{count:,} {what}" for count, what in told if count)


def plain_plan(plan: Any, notes: ResplanNotes, keeps_shapes: bool) -> dict[str, Any]:
    """The plan in the open format, in metres, y upwards as in the published pictures.

    Args:
        plan: as a JSON line holds it.
        notes: counts what is changed.
        keeps_shapes: with holes? Else they are filled, as only boxes are asked for.

    Raises:
        BadPlanError: it is not such a plan.
    """
    if not isinstance(plan, dict):
        raise BadPlanError("broken line", "not a JSON object")
    if not isinstance(plan.get("rooms"), list):
        raise BadPlanError("missing field", "rooms")
    found = [(room, _polygon(room, k, notes)) for k, room in enumerate(plan["rooms"])]
    doors = [_shape(door, k, "door") for k, door in enumerate(_list(plan, "doors"))]
    scale = _scale(plan, [shape for _, shape in found], doors, notes)
    kept = [one for one in found if one[1].area * scale**2 >= _SMALLEST_ROOM]
    notes.crumbs += len(found) - len(kept)
    if not kept:
        raise BadPlanError("no rooms")
    kept, place = _without_twins(kept, notes)
    shapes = [shape for _, shape in kept]
    fronts = [_shape(one, k, "front_door") for k, one in enumerate(_list(plan, "front_door"))]
    windows = [_shape(one, k, "window") for k, one in enumerate(_list(plan, "windows"))]
    entrances = [
        {"rooms": [_nearest(shapes, one)[0]], "at": along_wall(*one.bounds), "kind": "entrance"}
        for one in fronts
    ]
    return {
        "id": plan.get("id"),
        "unit": "m",
        "scale": scale,
        "flip_y": True,
        "rooms": [_room(room, shape, keeps_shapes) for room, shape in kept],
        "doors": [*_doors(plan, doors, shapes, place, notes), *entrances],
        "windows": [
            {"room": _nearest(shapes, one)[0], "at": along_wall(*one.bounds)} for one in windows
        ],
    }


def _room(room: dict[str, Any], shape: "Polygon", keeps_shapes: bool) -> dict[str, Any]:
    plain: dict[str, Any] = {"type": room.get("type")}
    plain["polygon"] = [list(point) for point in shape.exterior.coords[:-1]]
    if keeps_shapes and shape.interiors:
        plain["holes"] = [[list(p) for p in ring.coords[:-1]] for ring in shape.interiors]
    return plain


def _without_twins(
    rooms: list[tuple[dict[str, Any], "Polygon"]], notes: ResplanNotes
) -> tuple[list[tuple[dict[str, Any], "Polygon"]], dict[str, int]]:
    """The rooms without those that lie where an earlier one does, and by id which each is."""
    kept: list[tuple[dict[str, Any], Polygon]] = []
    place = {}
    for room, shape in rooms:
        twins = [k for k, (_, other) in enumerate(kept) if _is_same(shape, other)]
        notes.twins += bool(twins)
        place[str(room.get("id"))] = twins[0] if twins else len(kept)
        if not twins:
            kept.append((room, shape))
    return kept, place


def _is_same(one: "Polygon", other: "Polygon") -> bool:
    shared = one.intersection(other).area
    return bool(shared > SAME_ROOM * (one.area + other.area - shared))


def _list(plan: dict[str, Any], key: str) -> list[Any]:
    value = plan.get(key) or []
    if not isinstance(value, list):
        raise BadPlanError("malformed plan", f"{key} is not a list")
    return value


def _polygon(room: Any, k: int, notes: ResplanNotes) -> "Polygon":
    """The polygon of a room, repaired where its outline touches itself."""
    import shapely

    shape = _shape(room, k, "room")
    if shape.is_valid:
        return shape
    notes.repaired += 1
    parts = shapely.get_parts(shapely.make_valid(shape))
    whole = [part for part in parts if part.geom_type == "Polygon"]
    if not whole:
        raise BadPlanError("bad polygon", f"room {k}: has no area")
    return max(whole, key=lambda part: part.area)


def _shape(value: Any, k: int, what: str) -> "Polygon":
    """The polygon that rings say: the outer one, then holes."""
    import shapely

    rings: Any = value.get("polygons") if isinstance(value, dict) else value
    try:
        with np.errstate(invalid="ignore"):  # what is no number is told below
            shape = shapely.Polygon(rings[0], rings[1:])
    except (TypeError, ValueError, IndexError, KeyError, shapely.errors.ShapelyError):
        raise BadPlanError("bad polygon", f"{what} {k}: expected rings of points") from None
    if not (np.abs(shapely.get_coordinates(shape)) <= _LARGEST_COORDINATE).all():  # nor is NaN
        raise BadPlanError("bad polygon", f"{what} {k}: not within {_LARGEST_COORDINATE:g}")
    return shape


def _scale(
    plan: dict[str, Any], rooms: list["Polygon"], doors: list["Polygon"], notes: ResplanNotes
) -> float:
    """Metres per step of the coordinates."""
    floor = plan.get("inner_area") or sum(room.area for room in rooms)
    area = plan.get("area")
    scale = 1.0
    if plan.get("unit") != "m" and isinstance(area, (int, float)) and area > 0 and floor > 0:
        scale = (area / floor) ** 0.5
    widths = [
        max(door.bounds[2] - door.bounds[0], door.bounds[3] - door.bounds[1]) for door in doors
    ]
    width = float(np.median(widths)) if widths else 0.0
    if not width > 0 or USUAL_DOORS[0] <= scale * width <= USUAL_DOORS[1]:
        return scale
    notes.rescaled += 1
    return DOOR_WIDTH / width


def _doors(
    plan: dict[str, Any],
    doors: list["Polygon"],
    rooms: list["Polygon"],
    place: dict[str, int],
    notes: ResplanNotes,
) -> list[dict[str, Any]]:
    plain = []
    for door, shape in zip(_list(plan, "doors"), doors, strict=True):
        between = door.get("between") if isinstance(door, dict) else None
        if between is None:
            joined = sorted(_nearest(rooms, shape)[:2])
        else:
            joined = sorted({place[name] for name in map(str, between) if name in place})
        if len(joined) != 2:
            notes.unplaced += 1
            continue
        plain.append({"rooms": joined, "at": along_wall(*shape.bounds), "kind": "door"})
    return plain


def _nearest(rooms: list["Polygon"], shape: "Polygon") -> list[int]:
    """The rooms in the order of their distance from a door or window; of equals, smaller first."""
    import shapely

    far = np.round(shapely.distance(np.array(rooms), shape), 6)
    return [int(k) for k in np.lexsort((shapely.area(np.array(rooms)), far))]
