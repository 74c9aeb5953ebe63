"""The published archive of ResPlan: a pickle, or the zip that holds it, read without running it.

It is a list of plans; a plan is a dictionary that holds for each kind of room, and for doors,
windows, walls and the front door, one shapely geometry of all of them (Abouagour and
Garyfallidis, arXiv:2508.14006).
"""

import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bd_gen.data.sources.plans.bad_plan import BadPlanError
from bd_gen.data.sources.resplan.pickled import Described, described
from bd_gen.data.sources.resplan.wkb import check_wkb
from bd_gen.system.errors import InputError

if TYPE_CHECKING:
    from shapely import Geometry, Polygon

LARGEST_ARCHIVE = 1 << 31
ROOM_KEYS = (
    "living", "bedroom", "bathroom", "kitchen", "balcony", "storage", "veranda", "stair", "parking",
    "garden", "pool",
)  # fmt: skip
"""Kinds of rooms that plans have; `balacony` stands for `balcony` in some."""

_ENDINGS = (".pkl", ".pickle")
_MEMBER = ".pkl"


def is_archive(path: Path) -> bool:
    """Is this a pickle or a zip, rather than text? By its first bytes.

    Raises:
        InputError: it is called a pickle and is none that can be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except OSError:
        return False
    is_one = head[:1] == b"\x80" or head == b"PK\x03\x04"
    if not is_one and path.suffix in _ENDINGS:
        raise InputError(
            f"{path}: expected a pickle of protocol 2 or later, or the zip that holds it"
        )
    return is_one


def read_archive(path: Path) -> Iterator[tuple[int, dict[str, Any] | BadPlanError]]:
    """The plans of the archive, from 1, as the JSON lines hold them.

    Raises:
        InputError: it cannot be read, holds no pickle of a list, or is larger than 2 GB.
    """
    try:
        plans = described(_program(path))
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    if not isinstance(plans, list):
        raise InputError(f"{path}: expected a list of plans")
    for number in range(len(plans)):
        plan, plans[number] = plans[number], None  # what has been read need not be kept
        try:
            yield number + 1, _plan(plan, number)
        except BadPlanError as bad:
            yield number + 1, bad


def _program(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_ARCHIVE:
            raise InputError("expected at most 2 GB")
        with path.open("rb") as file:
            if file.read(1) == b"\x80":
                return b"\x80" + file.read()
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if m.filename.endswith(_ENDINGS)]
            if len(members) != 1:
                raise InputError(f"expected one {_MEMBER} file in it, got {len(members)}")
            if members[0].file_size > LARGEST_ARCHIVE:
                raise InputError("unfolds to more than 2 GB")
            return archive.read(members[0])
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror or error})") from None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise InputError(f"damaged zip ({error})") from None


def _plan(plan: Any, number: int) -> dict[str, Any]:
    """A plan as the JSON lines hold it."""
    if not isinstance(plan, dict):
        raise BadPlanError("malformed plan", "is no dictionary")
    if "balacony" in plan:
        plan.setdefault("balcony", plan["balacony"])
    rooms = [
        {"id": f"{key}_{k}", "type": key, "polygons": _rings(part)}
        for key in ROOM_KEYS
        for k, part in enumerate(_parts(plan.get(key)))
    ]
    name = _number_of(plan.get("id"))
    return {
        "id": str(number) if name is None else f"{name:.0f}",
        "area": _number_of(plan.get("area")),
        "inner_area": sum(part.area for part in _parts(plan.get("inner"))),
        "rooms": rooms,
        "doors": [{"polygons": _rings(part)} for part in _parts(plan.get("door"))],
        "windows": [_rings(part) for part in _parts(plan.get("window"))],
        "front_door": [_rings(part) for part in _parts(plan.get("front_door"))],
    }


def _rings(part: "Polygon") -> list[list[list[float]]]:
    """The outer ring of a polygon, then its holes."""
    rings = [part.exterior, *part.interiors]
    return [[[x, y] for x, y, *_ in ring.coords[:-1]] for ring in rings]


def _parts(value: Any) -> list["Polygon"]:
    """The polygons of a described geometry or a list of them; lines are widened by a hundredth."""
    import shapely

    values = value if isinstance(value, (list, tuple)) else [value]
    found = [geometry for one in values if (geometry := _geometry(one)) is not None]
    if not found:
        return []
    parts = shapely.get_parts(np.array(found))
    if any(part.geom_type == "GeometryCollection" for part in parts):
        parts = shapely.get_parts(parts)
    areas = [p.buffer(0.01, cap_style="flat") if p.geom_type == "LineString" else p for p in parts]
    return [part for part in areas if part.geom_type == "Polygon" and not part.is_empty]


def _geometry(value: Any) -> "Geometry | None":
    """The geometry of shapely 2 (`from_wkb`) or 1 (a class whose state is WKB)."""
    import shapely

    if not isinstance(value, Described) or not value.name.startswith("shapely."):
        return None
    wkb = value.state if value.state is not None else (value.arguments or (None,))[0]
    if isinstance(wkb, Described):
        wkb = _bytes_of(wkb)
    if not isinstance(wkb, bytes):
        return None
    try:
        check_wkb(wkb)
        return shapely.from_wkb(wkb)
    except (shapely.errors.ShapelyError, ValueError, TypeError) as error:
        raise BadPlanError("bad polygon", f"no geometry ({str(error)[:40]})") from None


def _bytes_of(value: Described) -> bytes | None:
    """Bytes as protocols below 3 hold them: `_codecs.encode(text, "latin1")`."""
    arguments = value.arguments
    if value.name != "_codecs.encode" or not isinstance(arguments, tuple) or len(arguments) != 2:
        return None
    text, coding = arguments
    return text.encode("latin1") if isinstance(text, str) and coding == "latin1" else None


def _number_of(value: Any) -> float | None:
    """A number, also one of numpy's."""
    if isinstance(value, (int, float, str)):
        try:
            return float(value)
        except (ValueError, OverflowError):
            return None
    if isinstance(value, Described) and value.name.endswith(".multiarray.scalar"):
        kind, data = (*(value.arguments or ()), None, None)[:2]
        code = kind.arguments[0] if isinstance(kind, Described) and kind.arguments else None
        form = {"f8": "<d", "f4": "<f", "i8": "<q", "i4": "<i"}.get(str(code))
        data = _bytes_of(data) if isinstance(data, Described) else data
        if form and isinstance(data, bytes) and len(data) == struct.calcsize(form):
            return float(struct.unpack(form, data)[0])
    return None
