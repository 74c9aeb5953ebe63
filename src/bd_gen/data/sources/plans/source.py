"""The open format `plans`: JSON lines, one plan a line, gzipped or not.

A line is `{"id": ..., "rooms": [{"type": ..., "box": [x0, y0, x1, y1]}, ...]}`, its relations
following from the boxes, or has `"relations": [[i, j, name], ...]` ("room i is `name` of room j",
rooms counted from 0) with or without boxes, which then say nothing of relations. Further keys are
ignored. A file may also hold one such object, or a list of them, over any number of lines.
"""

from array import array
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from bd_gen.data.odd_plans import OddPlans
from bd_gen.data.plan_table import PlanTable, relations_of_boxes
from bd_gen.data.problems import Problems
from bd_gen.data.sources.plans.plan_parser import BadPlanError, ParsedPlan, PlanParser
from bd_gen.data.sources.plans.plan_texts import read_plan_texts
from bd_gen.diagrams.names import RoomLabels
from bd_gen.diagrams.relations import tells_relations
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.system.errors import InputError

_CHUNK = 8192  # plans held as Python numbers before they become arrays


def read_plans(
    path: str | Path,
    vocabulary: Vocabulary,
    labels: RoomLabels | None = None,
    skip_bad: bool = False,
    progress: Callable[[int, int], None] | None = None,
    takes_joined: bool = False,
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

    Raises:
        InputError: the file is unreadable or holds no good plan; or, without `skip_bad`, any
            plan is bad: the message counts them by kind and names the first few.
    """
    problems = Problems()
    unit, texts = read_plan_texts(path, progress)
    parse = PlanParser(vocabulary, labels or RoomLabels(words=vocabulary.words), unit, takes_joined)
    joined: dict[str, tuple[tuple[int, int], ...]] = {}
    chunks: list[_Chunk] = [_Chunk(vocabulary)]
    num_lines = 0
    for number, line in texts:
        if line is not None and not line.strip():
            continue
        num_lines += 1
        try:
            plan = parse(line, number)
        except BadPlanError as bad:
            problems.add(bad.kind, f"{unit} {number}", bad.detail)
            continue
        if problems.total and not skip_bad:
            continue  # the file is refused: only count on
        if len(chunks[-1]) == _CHUNK:
            chunks[-1].pack()
            chunks.append(_Chunk(vocabulary))
        chunks[-1].add(plan)
        if plan.joined:
            joined[plan.name] = plan.joined
    if num_lines == 0:
        raise InputError(f"{path}: expected one plan a line, the file is empty")
    if problems.total and not skip_bad:
        raise InputError(
            f"{path}: {problems.total:,} of {num_lines:,} plans are bad: {problems} "
            f"[--skip-bad or data.skip_bad=true leaves them out]"
        )
    if problems.total == num_lines:
        raise InputError(f"{path}: all of {num_lines:,} plans are bad: {problems}")
    notes = []
    if problems.total:
        notes.append(f"skipped {problems.total:,} of {num_lines:,} plans: {problems}")
    return replace(_join(chunks, notes, vocabulary), joined=joined)


class _Chunk:
    """Some plans, first as flat lists, then as arrays."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.ids: list[str] = []
        self.num_rooms = array("B")
        self.types = array("B")
        self.has_boxes = array("B")
        self.is_related = array("B")
        self.numbers = array("d")
        self.edges: list[tuple[int, int, int]] = []  # plan, slot, relation
        self.table: PlanTable | None = None

    def __len__(self) -> int:
        return len(self.num_rooms)

    def add(self, plan: ParsedPlan) -> None:
        row = len(self)
        self.ids.append(plan.name)
        self.num_rooms.append(len(plan.types))
        self.types.extend(plan.types)
        self.has_boxes.append(plan.numbers is not None)
        self.is_related.append(plan.is_related)
        if plan.numbers is not None:
            self.numbers.extend(plan.numbers)
        self.edges += [(row, slot, relation) for slot, relation in plan.edges]

    def pack(self) -> PlanTable:
        if self.table is not None:
            return self.table
        v = self.vocabulary
        num_rooms = np.array(self.num_rooms, np.int64)
        has_boxes = np.array(self.has_boxes, bool)
        real = v.real_mask(num_rooms)[:, : v.n_max]
        room_types = np.full(real.shape, v.node_pad, np.uint8)
        room_types[real] = np.frombuffer(self.types, np.uint8)
        boxes = np.zeros((len(self), v.n_max, 4), np.float32)
        boxes[real & has_boxes[:, None]] = np.array(self.numbers).reshape(-1, 4)
        without = np.where(v.real_mask(num_rooms), np.uint8(v.no_edge), v.pad_row)[:, v.n_max :]
        by_rule = tells_relations(v.words)
        relations = relations_of_boxes(boxes, num_rooms, v) if by_rule else without.copy()
        is_related = np.array(self.is_related, bool)
        relations[is_related] = without[is_related]
        if self.edges:
            rows, slots, labels = np.array(self.edges).T
            relations[rows, slots] = labels
        self.table = PlanTable(
            room_types, num_rooms, boxes, has_boxes, relations, np.array(self.ids), v
        )
        self.__dict__.update(ids=[], types=array("B"), numbers=array("d"), edges=[])
        return self.table


def _join(chunks: list[_Chunk], notes: list[str], vocabulary: Vocabulary) -> PlanTable:
    tables = [chunk.pack() for chunk in chunks if len(chunk)]
    odd = OddPlans(words=vocabulary.words)
    for table in tables:
        odd.add_table(table)

    def joined(name: str) -> np.ndarray:
        return np.concatenate([getattr(table, name) for table in tables])

    return PlanTable(
        room_types=joined("room_types"),
        num_rooms=joined("num_rooms"),
        boxes=joined("boxes"),
        has_boxes=joined("has_boxes"),
        relations=joined("relations"),
        ids=joined("ids"),
        vocabulary=vocabulary,
        notes=(*notes, *odd.notes),
    )
