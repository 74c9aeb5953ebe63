"""One text file of the LIFULL vectors: its walls, doors, and regions that say what a room is.

Each line has x_min, y_min, x_max, y_max, category and two numbers of no meaning here, between
blanks or tabs, in pixels of a picture, y downwards. Walls and doors are lines; a room's numbers
are no box of it, but some region within (Liu, Wu, Kohli, Furukawa: Raster-to-Vector, ICCV 2017).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bd_gen.data.sources.plans.bad_plan import BadPlanError
from bd_gen.system.errors import InputError
from bd_gen.system.files import read_small

Numbers = tuple[float, float, float, float]

MARKERS = ("entrance", "stairs")
"""Categories that are rooms where walls enclose them alone, and else something within a room."""

_FURNITURE = frozenset(
    ("bathtub", "cooking_counter", "toilet", "washing_basin", "special", "sofa", "cabinet", "bed",
     "table", "desk", "chair", "refrigerator", "TV", "point", "window")
)  # fmt: skip
_LARGEST_FILE = 1 << 20
_MOST_LINES = 5_000
_LARGEST_NUMBER = 1e6


@dataclass
class Drawn:
    """What a file says.

    Attributes:
        walls: lines (x0, y0, x1, y1).
        doors: lines: ways through walls, windows among them.
        rooms: label and a region within the room.
        markers: the same, for `MARKERS`.
    """

    walls: list[Numbers] = field(default_factory=list)
    doors: list[Numbers] = field(default_factory=list)
    rooms: list[tuple[str, Numbers]] = field(default_factory=list)
    markers: list[tuple[str, Numbers]] = field(default_factory=list)


def read_drawn(path: Path) -> Drawn:
    """Read a file.

    Raises:
        BadPlanError: it cannot be read, or a line is not of this form.
    """
    try:
        text = read_small(path, _LARGEST_FILE, "expected text of at most 1 MB").decode()
    except (InputError, UnicodeDecodeError) as error:
        raise BadPlanError("broken file", str(error).removeprefix(f"{path}: ")) from None
    drawn = Drawn()
    for category, numbers in _lines(text):
        if category == "wall":
            drawn.walls.append(numbers)
        elif category == "door":
            drawn.doors.append(numbers)
        elif category in MARKERS:
            drawn.markers.append((category, numbers))
        elif category not in _FURNITURE:
            drawn.rooms.append((category, numbers))
    return drawn


def _lines(text: str) -> Iterator[tuple[str, Numbers]]:
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words:
            continue
        where = f"line {number}"
        if number > _MOST_LINES:
            raise BadPlanError("broken file", f"more than {_MOST_LINES:,} lines")
        if len(words) < 5:
            raise BadPlanError("broken file", f"{where}: not x0, y0, x1, y1, category")
        try:
            x0, y0, x1, y1 = map(float, words[:4])
        except ValueError:
            raise BadPlanError("broken file", f"{where}: not four numbers") from None
        if not all(math.isfinite(n) and abs(n) <= _LARGEST_NUMBER for n in (x0, y0, x1, y1)):
            raise BadPlanError("broken file", f"{where}: not within a million")
        yield words[4][:80], (x0, y0, x1, y1)
