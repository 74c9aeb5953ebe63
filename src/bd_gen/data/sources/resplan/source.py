"""Reading ResPlan, whichever file of it is there."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bd_gen.data.labels import labels_of
from bd_gen.data.plan_table import PlanTable
from bd_gen.data.sources import Progress
from bd_gen.data.sources.plans.bad_plan import BadPlanError
from bd_gen.data.sources.plans.foreign import read_foreign_plans
from bd_gen.data.sources.plans.plan_texts import read_plan_texts
from bd_gen.data.sources.resplan.archive import is_archive, read_archive
from bd_gen.data.sources.resplan.plain import ResplanNotes, plain_plan
from bd_gen.system.plain import JsonError, parse_json

if TYPE_CHECKING:
    from bd_gen.data.config import DataConfig

_Items = Iterator[tuple[int, Any]]


def read_resplan(config: "DataConfig", progress: Progress | None, keeps_shapes: bool) -> PlanTable:
    """Read the archive, or JSON lines.

    Raises:
        InputError: the file cannot be read, or plans in it are bad.
    """
    path, notes = Path(str(config.path)), ResplanNotes()
    if is_archive(path):
        unit, plans = "plan", read_archive(path)
    else:
        unit, texts = read_plan_texts(path, progress)
        plans = _parsed(texts)
    items = _plain(plans, notes, keeps_shapes)
    table = read_foreign_plans(config, items, unit, labels_of(config), keeps_shapes=keeps_shapes)
    return replace(table, notes=(*notes.notes, *table.notes))


def _parsed(texts: Iterator[tuple[int, bytes | None]]) -> _Items:
    for number, text in texts:
        if text is None:
            yield number, BadPlanError("broken line", "too long")
        elif text.strip():
            try:
                yield number, parse_json(text)
            except JsonError as error:
                yield number, BadPlanError("broken line", str(error).removeprefix("is "))


def _plain(plans: _Items, notes: ResplanNotes, keeps_shapes: bool) -> _Items:
    for number, plan in plans:
        try:
            is_bad = isinstance(plan, BadPlanError)
            yield number, plan if is_bad else plain_plan(plan, notes, keeps_shapes)
        except BadPlanError as bad:
            yield number, bad
