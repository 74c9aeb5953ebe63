"""Floor plans as GeoJSON: the shapes of rooms, walls, doors and windows with their facts.

Coordinates are metres from the lower left corner of the rooms of each plan, y upwards. RFC 7946
has longitudes and latitudes there, and leaves others to those who agree on them: the member
`bd_gen` of the collection says so.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bd_gen.diagrams.laid_out import METRES_PER_PIXEL, LaidOut, checked_scale
from bd_gen.drawing.openings import Opening
from bd_gen.exchange.exports import export_format
from bd_gen.exchange.exports.metres import InMetres
from bd_gen.system.errors import InputError
from bd_gen.system.files import write_text

if TYPE_CHECKING:
    from shapely import Geometry

Feature = dict[str, Any]

FORMAT_VERSION = 1
NOTE = (
    "Local coordinates in metres, y upwards; the origin of each plan is the lower left corner of "
    "its rooms. They are not longitude and latitude (RFC 7946, section 4, by prior arrangement)."
)


@export_format(
    "geojson", holds="rooms, walls, doors and windows as shapes in metres", needs_boxes=True
)
def write_geojson(
    path: str | Path, plans: Sequence[LaidOut], scale: float = METRES_PER_PIXEL
) -> None:
    """Write a collection with a feature for each room, door, window and plot, and one of walls.

    Args:
        path: file to write.
        plans: any number with boxes; features say in `plan` which they belong to.
        scale: metres per pixel.

    Raises:
        InputError: a plan without boxes, a bad scale, or the file cannot be written.
    """
    checked_scale(scale)
    features: list[Feature] = []
    for plan in plans:
        if plan.boxes is None:
            raise InputError(f"{plan.id}: GeoJSON needs boxes, this diagram has no layout")
        features += _features(InMetres(plan, scale))
    about = {"format_version": FORMAT_VERSION, "unit": "m", "coordinates": NOTE}
    collection = {"type": "FeatureCollection", "bd_gen": about, "features": features}
    write_text(path, json.dumps(collection, ensure_ascii=False, allow_nan=False) + "\n")


def _features(parts: InMetres) -> Iterator[Feature]:
    plan, labels = parts.plan, parts.plan.labels
    for room, shape in enumerate(parts.rooms):
        yield _feature(
            parts, "room", f"room-{room}", None if shape.is_empty else shape,
            room=room,
            type=plan.diagram.words.room_names[plan.diagram.room_types[room]],
            name=labels[room],
            area_m2=round(shape.area, 3),
            perimeter_m=round(shape.length, 3),
        )  # fmt: skip
    yield _feature(parts, "walls", "walls", parts.walls)
    counts = {"door": 0, "window": 0}
    for opening in parts.openings:
        what = "window" if opening.kind == "window" else "door"
        yield _opening(parts, opening, what, f"{what}-{counts[what]}")
        counts[what] += 1
    floor_plan = plan.floor_plan
    if floor_plan is not None and floor_plan.plot is not None:
        plot = parts.shape(floor_plan.plot)
        north = floor_plan.north
        area = round(plot.area, 3)
        yield _feature(parts, "plot", "plot", plot, area_m2=area, north_degrees=north)


def _opening(parts: InMetres, opening: Opening, what: str, name: str) -> Feature:
    facts: dict[str, object] = {
        "rooms": list(opening.rooms),
        "names": [parts.plan.labels[room] for room in opening.rooms],
        "width_m": round(opening.width * parts.scale, 3),
    }
    if what == "door":
        facts["door"] = opening.kind
    return _feature(parts, what, name, parts.shape(opening.shape), **facts)


def _feature(
    parts: InMetres, kind: str, part: str, shape: "Geometry | None", **facts: object
) -> Feature:
    from shapely.geometry import mapping

    geometry = None if shape is None or shape.is_empty else mapping(shape)
    properties = {"plan": parts.plan.id, "kind": kind, **facts}
    identifier = f"{parts.plan.id}/{part}"
    return {
        "type": "Feature",
        "id": identifier,
        "geometry": geometry,
        "properties": properties,
    }
