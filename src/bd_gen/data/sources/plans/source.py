"""The open format `plans`: JSON lines, one plan a line, gzipped or not.

A line is `{"id": ..., "rooms": [{"type": ..., "box": [x0, y0, x1, y1]}, ...]}`, its relations
following from the boxes, or has `"relations": [[i, j, name], ...]` ("room i is `name` of room j",
rooms counted from 0) with or without boxes, which then say nothing of relations. Further keys are
told and not read. A file may also hold one such object, or a list of them, over any number of
lines, and a header before the first plan (`plan_header.py`).
"""

from collections.abc import Callable
from pathlib import Path

from bd_gen.data.plan_table import PlanTable
from bd_gen.data.sources.plans.collect import Collecting, collect_table
from bd_gen.data.sources.plans.plan_header import open_plans
from bd_gen.data.sources.plans.plan_parser import PlanParser
from bd_gen.data.sources.plans.plan_units import PIXELS, Units
from bd_gen.diagrams.names import RoomLabels
from bd_gen.diagrams.vocabulary import Vocabulary


def read_plans(
    path: str | Path,
    vocabulary: Vocabulary,
    labels: RoomLabels | None = None,
    skip_bad: bool = False,
    progress: Callable[[int, int], None] | None = None,
    takes_joined: bool = False,
    units: Units = PIXELS,
    keeps_shapes: bool = False,
) -> PlanTable:
    """Read a file of plans.

    Args:
        path: JSON lines, optionally gzipped (seen by content); or `.json`, one plan or a list.
        vocabulary: plans of more than its n_max rooms are bad.
        labels: what foreign room labels mean.
        skip_bad: leave out bad plans and note it, instead of refusing the file.
        progress: called as progress(bytes read, bytes of the file).
        takes_joined: take plans with rooms joined without a direction, too; see
            `PlanTable.joined`. Else they are bad.
        units: what the coordinates are measured in.
        keeps_shapes: keep the shapes of rooms, doors and windows, and take rooms with holes; see
            `PlanTable.shapes`. Else a room with holes is bad.

    Raises:
        InputError: the file is unreadable or holds no good plan; or, without `skip_bad`, any
            plan is bad: the message counts them by kind and names the first few.
    """
    unit, texts, units, _ = open_plans(path, vocabulary.words, units, progress)
    parse = PlanParser(
        vocabulary,
        labels or RoomLabels(words=vocabulary.words),
        unit,
        takes_joined,
        units,
        keeps_shapes,
    )
    return collect_table(path, parse, texts, Collecting(skip_bad, keeps_shapes))
