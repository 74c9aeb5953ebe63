"""The rooms of diagrams as a table for spreadsheets: one line a room (CSV, RFC 4180)."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from bd_gen.diagrams.floor_plan import FloorPlan
from bd_gen.diagrams.laid_out import METRES_PER_PIXEL, LaidOut, checked_scale
from bd_gen.exchange.exports import export_format
from bd_gen.system.files import write_with

if TYPE_CHECKING:
    from shapely import Polygon

HEADER = (
    "id",
    "room",
    "type",
    "label",
    "x0",
    "y0",
    "x1",
    "y1",
    "width",
    "height",
    "area",
    "width_m",
    "height_m",
    "area_m2",
    "perimeter_m",
    "sides",
    "num_relations",
    "neighbours",
    "doors",
    "windows",
)
_NUM_MEASURES = HEADER.index("num_relations") - HEADER.index("x0")
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@export_format("csv", holds="a table with a line a room")
def write_rooms_csv(
    path: str | Path, plans: Iterable[LaidOut], scale: float = METRES_PER_PIXEL
) -> None:
    """Write one line a room; cells of measures are empty for a plan without boxes.

    An id or a name that a spreadsheet would take for a formula gets an apostrophe in front.

    Args:
        path: file to write.
        plans: any number of them.
        scale: metres per pixel.

    Raises:
        InputError: a bad scale, or the file cannot be written.
    """
    checked_scale(scale)
    plans = iter(plans)

    def write(file: IO[bytes]) -> None:
        text = io.TextIOWrapper(file, "utf-8", newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(HEADER)
        for plan in plans:
            writer.writerows(_lines(plan, scale))
        text.flush()
        text.detach()

    write_with(path, write)


def _lines(plan: LaidOut, scale: float) -> Iterator[tuple[object, ...]]:
    neighbours: list[list[int]] = [[] for _ in plan.labels]
    shapes = () if plan.boxes is None else plan.shapes
    for i, j, _ in plan.diagram.edges:
        neighbours[i].append(j)
        neighbours[j].append(i)
    for room, (label, others) in enumerate(zip(plan.labels, neighbours, strict=True)):
        name = plan.diagram.words.room_names[plan.diagram.room_types[room]]
        measures: tuple[object, ...] = ("",) * _NUM_MEASURES
        if plan.boxes is not None:
            measures = _measures(plan.boxes[room], shapes[room], scale)
        beside = "; ".join(plan.labels[other] for other in sorted(others))
        yield (
            *(as_text(plan.id), room, name, as_text(label), *measures),
            *(len(others), as_text(beside), *_openings(plan.floor_plan, room)),
        )


def _measures(box: np.ndarray, shape: "Polygon", scale: float) -> tuple[object, ...]:
    """Sides of the box, and area, perimeter and number of sides of the real shape."""
    import shapely

    x0, y0, x1, y1 = box.tolist()
    width, height = x1 - x0, y1 - y0
    metres = (width * scale, height * scale, shape.area * scale**2, shape.length * scale)
    pixels = (x0, y0, x1, y1, width, height, shape.area)
    # Every ring repeats its first corner.
    sides = shapely.get_num_coordinates(shape) - len(shapely.get_rings(shape))
    return (*(_rounded(p) for p in pixels), *(f"{m:.3f}" for m in metres), int(sides))


def _openings(floor_plan: FloorPlan | None, room: int) -> tuple[object, object]:
    """Numbers of doors (passages and the entrance count) and of windows, where they are known."""
    if floor_plan is None:
        return "", ""
    doors = sum(room in door.rooms for door in floor_plan.doors)
    return doors, sum(window.room == room for window in floor_plan.windows)


def _rounded(pixels: float) -> float | int:
    """A thousandth of a pixel is less than a tenth of a millimetre: what lies beyond is noise."""
    number = round(float(pixels), 3)
    return int(number) if number.is_integer() else number


def as_text(cell: str) -> str:
    """The cell with an apostrophe in front where a spreadsheet would read a formula."""
    return f"'{cell}" if cell.startswith(_STARTS_FORMULA) else cell
