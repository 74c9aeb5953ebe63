"""Reading plans of House-GAN++ (Nauata et al., CVPR 2021, arXiv:2103.02574).

A file has `room_type`, a number for each room or door; `boxes`, [x0, y0, x1, y1] of each; `edges`,
[x0, y0, x1, y1, ...], the sides of all of them; and `ed_rm`, for each side whose it is and what
lies on the other side of it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bd_gen.data.labels import labels_of
from bd_gen.data.plan_table import PlanTable
from bd_gen.data.sources import Progress
from bd_gen.data.sources.plans.bad_plan import BadPlanError
from bd_gen.data.sources.plans.foreign import along_wall, files_of, read_foreign_plans
from bd_gen.system.errors import InputError
from bd_gen.system.files import read_small
from bd_gen.system.plain import JsonError, parse_json

if TYPE_CHECKING:
    from bd_gen.data.config import DataConfig

ROOM_TYPES = {
    1: "living room", 2: "kitchen", 3: "bedroom", 4: "bathroom", 5: "balcony", 6: "entrance",
    7: "dining room", 8: "study room", 10: "storage", 16: "unknown",
}  # fmt: skip
FRONT_DOOR, INTERIOR_DOOR = 15, 17

_LARGEST_FILE = 1 << 20
_SAME_CORNER = 0.5  # pixels between the box of a room and that of its sides


def read_housegan(config: "DataConfig", progress: Progress | None, keeps_shapes: bool) -> PlanTable:
    """Read a file, or all of a folder and the folders in it.

    A plan is called by the path of its file below the folder.

    Raises:
        InputError: there is no such file, or plans are bad.
    """
    items = _plans(files_of(config, (".json",)), progress)
    return read_foreign_plans(config, items, "file", labels_of(config), keeps_shapes=keeps_shapes)


def _plans(
    files: list[tuple[str, Path]], progress: Progress | None
) -> Iterator[tuple[str, dict[str, Any] | BadPlanError]]:
    for done, (name, path) in enumerate(files, start=1):
        try:
            yield name, read_plain(name.removesuffix(".json"), path)
        except BadPlanError as bad:
            yield name, bad
        except (InputError, JsonError) as error:
            yield name, BadPlanError("broken file", str(error).removeprefix(f"{path}: "))
        if progress is not None:
            progress(done, len(files))


def read_plain(name: str, path: Path) -> dict[str, Any]:
    """The plan of a file in the open format.

    Raises:
        InputError: the file cannot be read.
        JsonError: it is no JSON.
        BadPlanError: it is not of this form.
    """
    values = parse_json(read_small(path, _LARGEST_FILE, "expected JSON of at most 1 MB"))
    return plain_plan(name, values)


def plain_plan(name: str, values: Any) -> dict[str, Any]:
    """The plan in the open format.

    Args:
        name: its id.
        values: what its file holds.

    Raises:
        BadPlanError: it is not of this form.
    """
    codes, boxes = _checked(values)
    of_side = _sides_of(values, len(codes))
    rooms = [k for k, code in enumerate(codes) if code not in (FRONT_DOOR, INTERIOR_DOOR)]
    place = {k: number for number, k in enumerate(rooms)}
    doors = []
    for k, code in enumerate(codes):
        joined = sorted(place[other] for other in of_side.get(k, ()) if other in place)
        if code == INTERIOR_DOOR and len(joined) == 2:
            doors.append({"rooms": joined, "at": along_wall(*boxes[k]), "kind": "door"})
        elif code == FRONT_DOOR and joined:
            doors.append({"rooms": joined[:1], "at": along_wall(*boxes[k]), "kind": "entrance"})
    return {
        "id": name,
        "rooms": [
            {"type": ROOM_TYPES.get(codes[k], str(codes[k])), **_shape(k, values, boxes[k])}
            for k in rooms
        ],
        "doors": doors,
    }


def _checked(values: Any) -> tuple[list[int], list[list[float]]]:
    """The room types and boxes."""
    if not isinstance(values, dict):
        raise BadPlanError("broken file", "not a JSON object")
    codes, boxes = values.get("room_type"), values.get("boxes")
    if not isinstance(codes, list) or not isinstance(boxes, list):
        raise BadPlanError("missing field", "room_type or boxes")
    if len(codes) != len(boxes):
        raise BadPlanError("malformed plan", f"{len(codes)} room types, {len(boxes)} boxes")
    if not all(type(code) in (int, float) and code == int(code) for code in codes):
        raise BadPlanError("malformed plan", "a room type is no whole number")
    for k, box in enumerate(boxes):
        if not _are_numbers(box, 4) or len(box) != 4:
            raise BadPlanError("bad box", f"room {k}: not four numbers")
    return [int(code) for code in codes], boxes


def _are_numbers(values: Any, count: int) -> bool:
    return (
        isinstance(values, list)
        and len(values) >= count
        and all(type(value) in (int, float) and abs(value) < 1e6 for value in values[:count])
    )


def _sides_of(values: dict[str, Any], count: int) -> dict[int, set[int]]:
    """By room or door what lies on the other side of its sides, seen from either."""
    others: dict[int, set[int]] = {}
    for entry in _owners(values):
        if not all(type(k) is int and 0 <= k < count for k in entry):
            raise BadPlanError("malformed plan", "ed_rm: there is no such room")
        for other in entry[1:]:
            others.setdefault(entry[0], set()).add(other)
            others.setdefault(other, set()).add(entry[0])
    return others


def _owners(values: dict[str, Any]) -> list[list[int]]:
    owners = values.get("ed_rm", [])
    if not isinstance(owners, list) or not all(isinstance(one, list) and one for one in owners):
        raise BadPlanError("malformed plan", "ed_rm is not a list of lists")
    return owners


def _shape(room: int, values: dict[str, Any], box: list[float]) -> dict[str, Any]:
    """The box of a room, and the polygon of its sides if they close and have that box."""
    import shapely

    sides, owners = values.get("edges"), _owners(values)
    if not isinstance(sides, list) or len(sides) != len(owners):
        return {"box": box}
    mine = [side for side, owner in zip(sides, owners, strict=True) if owner[0] == room]
    if not all(_are_numbers(side, 4) for side in mine):
        raise BadPlanError("malformed plan", "edges: not four numbers and more")
    lines = [shapely.LineString([side[:2], side[2:4]]) for side in mine if side[:2] != side[2:4]]
    faces = shapely.get_parts(shapely.polygonize(lines)) if lines else []
    largest = max(faces, key=lambda face: face.area, default=None)
    if largest is None or any(
        abs(a - b) > _SAME_CORNER for a, b in zip(largest.bounds, box, strict=True)
    ):
        return {"box": box}
    return {"polygon": [list(point) for point in largest.exterior.coords[:-1]]}
