"""Reading a folder of LIFULL vectors."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bd_gen.data.labels import labels_of
from bd_gen.data.plan_table import PlanTable
from bd_gen.data.sources import Progress
from bd_gen.data.sources.lifull.rooms import plain_plan
from bd_gen.data.sources.lifull.text_file import read_drawn
from bd_gen.data.sources.plans.bad_plan import BadPlanError
from bd_gen.data.sources.plans.foreign import files_of, read_foreign_plans

if TYPE_CHECKING:
    from bd_gen.data.config import DataConfig


def read_lifull(config: "DataConfig", progress: Progress | None, keeps_shapes: bool) -> PlanTable:
    """Read a text file, or all of a folder and the folders in it.

    A plan is called by the path of its file below the folder.

    Raises:
        InputError: there is no such file, or plans are bad.
    """
    lost: list[str] = []
    files = files_of(config, (".txt",))
    items = _plans(files, lost, progress)
    table = read_foreign_plans(config, items, "file", labels_of(config), keeps_shapes=keeps_shapes)
    if not lost:
        return table
    kinds = ", ".join(f"{label} {count:,}" for label, count in Counter(lost).most_common(5))
    note = f"{len(lost):,} rooms left out whose walls do not close ({kinds})"
    return replace(table, notes=(note, *table.notes))


def _plans(
    files: list[tuple[str, Path]], lost: list[str], progress: Progress | None
) -> Iterator[tuple[str, dict[str, Any] | BadPlanError]]:
    for done, (name, path) in enumerate(files, start=1):
        try:
            yield name, plain_plan(name.removesuffix(".txt"), read_drawn(path), lost)
        except BadPlanError as bad:
            yield name, bad
        if progress is not None:
            progress(done, len(files))
