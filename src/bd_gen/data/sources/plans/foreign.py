"""Plans of other formats: each becomes a plan of the open format, and is then read as one."""

from pathlib import Path
from typing import TYPE_CHECKING

from bd_gen.data.plan_table import PlanTable
from bd_gen.data.sources.plans.collect import Collecting, Items, collect_table
from bd_gen.data.sources.plans.plan_parser import PlanParser
from bd_gen.data.sources.plans.plan_units import PIXELS, Units
from bd_gen.system.errors import InputError

if TYPE_CHECKING:
    from bd_gen.data.config import DataConfig
    from bd_gen.diagrams.names import RoomLabels

_NARROW = 0.5
"""A door whose box is narrower than this part of its length lies along a wall."""


def read_foreign_plans(
    config: "DataConfig",
    items: Items,
    unit: str,
    labels: "RoomLabels",
    units: Units = PIXELS,
    keeps_shapes: bool = False,
) -> PlanTable:
    """The table of plans that somebody has brought into the open format.

    Args:
        config: whose path and `skip_bad` count.
        items: number or name of each plan, and the plan as plain values, or what is wrong with it.
        unit: what a plan is called in messages.
        labels: what room labels mean.
        units: of coordinates that a plan says nothing of.
        keeps_shapes: keep what plans have besides boxes.

    Raises:
        InputError: as `collect_table`.
    """
    parse = PlanParser(config.token_rows, labels, unit, units=units, keeps_shapes=keeps_shapes)
    return collect_table(str(config.path), parse, items, Collecting(config.skip_bad, keeps_shapes))


def files_of(config: "DataConfig", endings: tuple[str, ...]) -> list[tuple[str, Path]]:
    """The files of a data set, by their path below its folder; the one file if it is none.

    Raises:
        InputError: there is no such file or folder, or none in it has one of the endings.
    """
    path = Path(str(config.path))
    if not path.is_dir():
        if not path.is_file():
            raise InputError(f"{path}: expected a file or a folder of files ({', '.join(endings)})")
        return [(path.name, path)]
    found = [
        (file.relative_to(path).as_posix(), file)
        for file in path.rglob("*")
        if file.suffix.lower() in endings and file.is_file()
    ]
    if not found:
        raise InputError(f"{path}: holds no {' or '.join(endings)} file")
    return sorted(found)


def along_wall(x0: float, y0: float, x1: float, y1: float) -> list[float]:
    """The line along the wall that the box of a door or window fills, as [x0, y0, x1, y1]."""
    width, height = x1 - x0, y1 - y0
    if height < _NARROW * width:
        y0 = y1 = (y0 + y1) / 2
    elif width < _NARROW * height:
        x0 = x1 = (x0 + x1) / 2
    return [x0, y0, x1, y1]
