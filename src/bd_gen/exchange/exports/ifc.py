"""A floor plan as a building model (IFC4): a storey of spaces, walls, doors and windows.

A plan has no heights: rooms are `STOREY` high, doors and windows as high as is usual. Spaces are
the rooms' polygons, walls what stands between and around them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bd_gen.diagrams.laid_out import METRES_PER_PIXEL, LaidOut, checked_scale
from bd_gen.drawing.openings import Opening
from bd_gen.drawing.structure import is_open_air
from bd_gen.exchange.exports import export_format
from bd_gen.exchange.exports.ifc_model import IfcModel
from bd_gen.exchange.exports.metres import InMetres
from bd_gen.exchange.exports.wall_pieces import wall_pieces
from bd_gen.system.errors import InputError
from bd_gen.system.files import write_text

if TYPE_CHECKING:
    from shapely import Polygon

STOREY = 2.6
"""Clear height of rooms and walls, in metres."""
PARAPET_HEIGHT = 1.0
DOOR_HEIGHT = 2.1
SILL, HEAD = 0.9, 2.1
"""Lower and upper edge of windows, in metres."""

_LEAF, _PANE = 0.05, 0.06  # thickness in metres
_BEYOND = 0.02  # metres that the gap of an opening reaches beyond the faces of its wall
_TOUCH = 1e-3
_NO_TIME = "1970-01-01T00:00:00"


@export_format(
    "ifc", holds="a building model (IFC4)", most=1, needs_boxes=True, needs="bd-gen[bim]"
)
def _write(path: Path, plans: Sequence[LaidOut], scale: float) -> None:
    write_ifc(path, plans[0], scale)


def write_ifc(path: str | Path, plan: LaidOut, scale: float = METRES_PER_PIXEL) -> None:
    """Write the model of one plan in metres; the lower left corner of its rooms is the origin.

    Equal plans give equal bytes: ids are made of names, and no time is written.

    Args:
        path: file to write.
        plan: a diagram with boxes.
        scale: metres per pixel.

    Raises:
        InputError: there are no boxes, a bad scale, ifcopenshell is missing, or the file cannot be
            written.
    """
    checked_scale(scale)
    if plan.boxes is None:
        raise InputError(f"{plan.id}: an IFC model needs boxes, this diagram has no layout")
    model = ifc_model(plan, scale).file
    name = model.header.file_name
    name.name, name.time_stamp = f"{plan.id}.ifc", _NO_TIME
    name.author, name.organization = ("",), ("",)
    name.originating_system, name.preprocessor_version = "bd-gen", "IfcOpenShell"
    write_text(path, model.to_string())


def ifc_model(plan: LaidOut, scale: float = METRES_PER_PIXEL) -> IfcModel:
    """The model that `write_ifc` writes, in memory; for plans with boxes only.

    Raises:
        InputError: ifcopenshell is missing.
    """
    try:
        import ifcopenshell  # noqa: F401
    except ImportError:
        raise InputError('IFC needs ifcopenshell: pip install "bd-gen[bim]"') from None
    north = plan.floor_plan.north if plan.floor_plan is not None else 0.0
    model, parts = IfcModel(plan.id, north), InMetres(plan, scale)
    spaces = [_space(model, parts, room) for room in range(len(parts.rooms))]
    seen = [space for space in spaces if space is not None]
    if seen:
        model.aggregate(model.storey, seen, "spaces")
    pieces = wall_pieces(parts.solid)
    walls = [_wall(model, parts, piece, k) for k, piece in enumerate(pieces)]
    fillings = []
    counts: dict[str, int] = {}
    for opening in parts.openings:
        what = "Window" if opening.kind == "window" else "Door"
        counts[what] = counts.get(what, -1) + 1
        filling = _opening(model, parts, opening, pieces, walls, f"{what} {counts[what]}")
        if filling is not None:
            fillings.append(filling)
    if walls or fillings:
        relation = {"RelatedElements": [*walls, *fillings], "RelatingStructure": model.storey}
        model.root("IfcRelContainedInSpatialStructure", "elements", **relation)
    return model


def _space(model: IfcModel, parts: InMetres, room: int) -> Any:
    """A room; None for one that smaller rooms cover."""
    shape = parts.rooms[room]
    if shape.is_empty or shape.area == 0:
        return None
    plan, part = parts.plan, f"space {room}"
    space = model.root(
        "IfcSpace",
        part,
        Name=str(room),
        LongName=plan.labels[room],
        ObjectType=plan.diagram.words.room_names[plan.diagram.room_types[room]],
        ObjectPlacement=model.placement(model.storey.ObjectPlacement),
        Representation=model.solid(shape, STOREY),
        CompositionType="ELEMENT",
        PredefinedType="EXTERNAL" if is_open_air(plan)[room] else "SPACE",
    )
    floor = parts.shape(parts.structure.floors[room])
    sizes = {
        "GrossFloorArea": shape.area,
        "NetFloorArea": floor.area,
        "GrossPerimeter": shape.length,
        "Height": STOREY,
    }
    model.quantities(space, "Qto_SpaceBaseQuantities", part, **sizes)
    return space


def _wall(model: IfcModel, parts: InMetres, piece: "Polygon", number: int) -> Any:
    """A straight piece of wall, or a parapet where only balconies are beside it."""
    part = f"wall {number}"
    is_outer = piece.distance(parts.shape(parts.structure.shell).boundary) < _TOUCH
    beside = [room.distance(piece) < _TOUCH for room in _floors(parts)]
    only_air = all(
        is_air for is_air, is_near in zip(is_open_air(parts.plan), beside, strict=True) if is_near
    )
    is_parapet = is_outer and any(beside) and only_air
    wall = model.root(
        "IfcWall",
        part,
        Name=part.capitalize(),
        ObjectPlacement=model.placement(model.storey.ObjectPlacement),
        Representation=model.solid(piece, PARAPET_HEIGHT if is_parapet else STOREY),
        PredefinedType="PARAPET" if is_parapet else "SOLIDWALL",
    )
    model.properties(wall, "Pset_WallCommon", part, IsExternal=is_outer)
    return wall


def _floors(parts: InMetres) -> "list[Any]":
    return [parts.shape(floor) for floor in parts.structure.floors]


def _opening(
    model: IfcModel,
    parts: InMetres,
    opening: Opening,
    pieces: "list[Polygon]",
    walls: list[Any],
    name: str,
) -> Any:
    """The gap in a wall, and the door or window in it; None for a passage."""
    base, top = (SILL, HEAD) if opening.kind == "window" else (0.0, DOOR_HEIGHT)
    gap = None
    shape = parts.shape(opening.shape)
    shares = [piece.intersection(shape).area for piece in pieces]
    if shares and max(shares) > 0:
        host = walls[int(np.argmax(shares))]
        gap = model.root(
            "IfcOpeningElement",
            f"{name}/gap",
            Name=f"{name} gap",
            ObjectPlacement=model.placement(host.ObjectPlacement),
            Representation=model.solid(_deeper(parts, opening), top - base, base),
            PredefinedType="OPENING",
        )
        relation = {"RelatingBuildingElement": host, "RelatedOpeningElement": gap}
        model.root("IfcRelVoidsElement", f"{name}/voids", **relation)
    if opening.kind == "open":
        return None
    filling = _filling(model, parts, opening, name, base, top - base)
    if gap is not None:
        fills = {"RelatingOpeningElement": gap, "RelatedBuildingElement": filling}
        model.root("IfcRelFillsElement", f"{name}/fills", **fills)
    return filling


def _filling(
    model: IfcModel, parts: InMetres, opening: Opening, name: str, base: float, height: float
) -> Any:
    """The door or window itself: a plain panel in the middle of the wall."""
    is_window = opening.kind == "window"
    panel = _panel(parts, opening, _PANE if is_window else _LEAF)
    kind = (
        {"PredefinedType": "WINDOW", "PartitioningType": "NOTDEFINED"}
        if is_window
        else {"PredefinedType": "DOOR", "OperationType": _operation(parts, opening)}
    )
    between = " - ".join(parts.plan.labels[room] for room in opening.rooms)
    filling = model.root(
        "IfcWindow" if is_window else "IfcDoor",
        name,
        Name=name,
        Description=f"Entrance to {between}" if opening.kind == "entrance" else between,
        ObjectPlacement=model.placement(model.storey.ObjectPlacement),
        Representation=model.solid(panel, height, base),
        OverallHeight=height,
        OverallWidth=opening.width * parts.scale,
        **kind,
    )
    is_outer = is_window or opening.kind == "entrance"
    common = "Pset_WindowCommon" if is_window else "Pset_DoorCommon"
    model.properties(filling, common, name, IsExternal=is_outer)
    return filling


def _operation(parts: InMetres, opening: Opening) -> str:
    """How a door opens, seen from the side that it opens away from.

    Left and right are where the hinge is for who stands before the door and pushes it open.
    """
    if opening.slides:
        return "SLIDING_TO_RIGHT"
    if len(opening.leaves) != 1:
        return "DOUBLE_DOOR_SINGLE_SWING"
    (leaf,) = opening.leaves
    hinge, closed, opened = parts.points(np.stack([leaf.hinge, leaf.closed, leaf.open]))
    (ax, ay), (bx, by) = opened - hinge, closed - hinge
    return "SINGLE_SWING_LEFT" if ax * by - ay * bx < 0 else "SINGLE_SWING_RIGHT"


def _deeper(parts: InMetres, opening: Opening) -> "Polygon":
    return _across(parts, opening, opening.depth * parts.scale + 2 * _BEYOND)


def _panel(parts: InMetres, opening: Opening, thickness: float) -> "Polygon":
    return _across(parts, opening, min(thickness, opening.depth * parts.scale))


def _across(parts: InMetres, opening: Opening, depth: float) -> "Polygon":
    """The rectangle of an opening with another depth, around the middle of the wall."""
    import shapely

    quad = parts.points(opening.quad)
    ends = (quad[0] + quad[3]) / 2, (quad[1] + quad[2]) / 2
    across = quad[3] - quad[0]
    half = across / max(float(np.linalg.norm(across)), 1e-9) * depth / 2
    return shapely.orient_polygons(
        shapely.Polygon([ends[0] - half, ends[1] - half, ends[1] + half, ends[0] + half])
    )
