"""The rooms of diagrams as a table for spreadsheets: one line a room (CSV, RFC 4180)."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import numpy as np

from bd_gen.diagrams.laid_out import METRES_PER_PIXEL, LaidOut, checked_scale
from bd_gen.exchange.exports import export_format
from bd_gen.system.files import write_with

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
    "num_relations",
    "neighbours",
)
_NUM_MEASURES = HEADER.index("num_relations") - HEADER.index("x0")
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@export_format("csv", holds="a table with a line a room")
def write_rooms_csv(
    path: str | Path, plans: Iterable[LaidOut], scale: float = METRES_PER_PIXEL
) -> None:
    """Write one line a room; cells of measures are empty for a plan without boxes.

    An id that a spreadsheet would take for a formula gets an apostrophe in front.

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
    for i, j, _ in plan.diagram.edges:
        neighbours[i].append(j)
        neighbours[j].append(i)
    for room, (label, others) in enumerate(zip(plan.labels, neighbours, strict=True)):
        name = plan.diagram.words.room_names[plan.diagram.room_types[room]]
        measures: tuple[object, ...] = ("",) * _NUM_MEASURES
        if plan.boxes is not None:
            measures = _measures(plan.boxes[room], scale)
        beside = "; ".join(plan.labels[other] for other in sorted(others))
        yield (as_text(plan.id), room, name, label, *measures, len(others), beside)


def _measures(box: np.ndarray, scale: float) -> tuple[object, ...]:
    x0, y0, x1, y1 = box.tolist()
    width, height = x1 - x0, y1 - y0
    metres = (width * scale, height * scale, width * height * scale**2)
    pixels = (x0, y0, x1, y1, width, height, width * height)
    return (*(_rounded(p) for p in pixels), *(f"{m:.3f}" for m in metres))


def _rounded(pixels: float) -> float | int:
    """A thousandth of a pixel is less than a tenth of a millimetre: what lies beyond is noise."""
    number = round(float(pixels), 3)
    return int(number) if number.is_integer() else number


def as_text(cell: str) -> str:
    """The cell with an apostrophe in front where a spreadsheet would read a formula."""
    return f"'{cell}" if cell.startswith(_STARTS_FORMULA) else cell
