"""Writing the open format `plans`, so that reading it back gives the same token rows."""

import gzip
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, cast

import numpy as np

from bd_gen.data.plan_table import PlanTable, follows_from_boxes, has_sound_boxes, table_sizes
from bd_gen.data.sources.plans.plain_shapes import add_shapes, short
from bd_gen.data.sources.plans.plan_units import USUAL_SIZE
from bd_gen.system.files import replacing


def write_plans(
    path: str | Path, table: PlanTable, progress: Callable[[int, int], None] | None = None
) -> None:
    """Write a table as JSON lines, gzipped if the name ends in `.gz`; as a list if in `.json`.

    A plan is written with its boxes if it has any, and with its relations unless they follow from
    those by the rule, so that `read_plans` gives the same tokens and boxes (and the same bytes are
    written whenever the same table is). Shapes, doors and windows are written of plans that have
    boxes.

    Raises:
        InputError: the file cannot be written; what stood there before is kept.
    """
    path = Path(path)
    with replacing(path) as file:
        if path.suffix == ".gz":
            # No name and no time in the header: equal tables give equal files.
            with gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as packed:
                _write_lines(cast(IO[bytes], packed), table, progress)
        elif path.suffix == ".json":
            _write_lines(file, table, progress, before="[\n", between=",\n", after="\n]\n")
        else:
            _write_lines(file, table, progress)


def _write_lines(
    file: IO[bytes],
    table: PlanTable,
    progress: Callable[[int, int], None] | None,
    before: str = "",
    between: str = "\n",
    after: str = "\n",
) -> None:
    text = io.TextIOWrapper(io.BufferedWriter(cast(io.RawIOBase, file)), "utf-8", newline="\n")
    for done, plan in enumerate(plain_plans(table), start=1):
        text.write(between if done > 1 else before)
        text.write(json.dumps(plan, ensure_ascii=False, separators=(",", ":")))
        if progress is not None and (done % 2048 == 0 or done == len(table)):
            progress(done, len(table))
    text.write(after if len(table) else "")
    text.flush()
    text.detach().detach()


def plain_plans(table: PlanTable) -> Iterator[dict[str, object]]:
    """Each plan as the plain values that its line holds."""
    sizes = table_sizes(table)
    is_usual = (sizes >= USUAL_SIZE[0]) & (sizes <= USUAL_SIZE[1])
    is_sound, follows = has_sound_boxes(table), follows_from_boxes(table)
    types = table.vocabulary.words.room_names
    relations = table.vocabulary.words.relation_names
    pairs = np.stack([table.vocabulary.edge_rows, table.vocabulary.edge_cols], axis=1).tolist()
    for k, n in enumerate(table.num_rooms.tolist()):
        rooms: list[dict[str, object]] = [
            {"type": types[t]} for t in table.room_types[k, :n].tolist()
        ]
        if is_sound[k]:
            for room, box in zip(rooms, table.boxes[k, :n].tolist(), strict=True):
                room["box"] = [short(number) for number in box]
        plan: dict[str, object] = {"id": str(table.ids[k]), "rooms": rooms}
        if is_sound[k] and not is_usual[k]:
            plan["unit"] = "px"  # else it would not be believed
        if not follows[k]:
            slots = np.flatnonzero(table.relations[k] < len(relations)).tolist()
            plan["relations"] = [
                [*pairs[slot], relations[table.relations[k, slot]]] for slot in slots
            ]
        if is_sound[k] and (shapes := table.shapes.get(str(table.ids[k]))) is not None:
            add_shapes(plan, shapes)
        yield plan
