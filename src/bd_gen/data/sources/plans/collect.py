"""Many plans of the open format, one by one, into a table."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from bd_gen.data.odd_plans import OddPlans
from bd_gen.data.plan_table import PlanTable, relations_of_boxes
from bd_gen.data.problems import Problems
from bd_gen.data.sources.plans.plan_parser import (
    BadPlanError,
    ParsedPlan,
    PlanParser,
    unread_notes,
)
from bd_gen.data.sources.plans.plan_shapes import PlanShapes
from bd_gen.data.unknown_labels import UnknownLabelsError, labels_sentence
from bd_gen.diagrams.relations import tells_relations
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.system.errors import InputError

_CHUNK = 8192  # plans held as Python numbers before they become arrays

Plain = dict[str, Any]
Items = Iterator[tuple[int | str, bytes | Plain | BadPlanError | None]]
"""The number or name of each plan, and the plan: JSON, plain values, what is wrong with it, or None
for a text that was too long to keep."""


@dataclass(frozen=True)
class Collecting:
    """How plans become a table.

    Attributes:
        skip_bad: leave out bad plans and note it, instead of refusing the file.
        keeps_shapes: keep what plans have besides boxes; see `PlanTable.shapes`.
    """

    skip_bad: bool = False
    keeps_shapes: bool = False


def collect_table(
    path: str | Path, parse: PlanParser, items: Items, how: Collecting = Collecting()
) -> PlanTable:
    """The table of some plans.

    Args:
        path: the file, as messages call it.
        parse: the parser of its plans.
        items: its plans.
        how: what is done with them.

    Raises:
        InputError: there is no good plan; or, without `skip_bad`, any is bad: the message counts
            bad plans by kind, names the first few, and all labels that are not known
            (`UnknownLabelsError`).
    """
    problems = Problems()
    shapes: dict[str, PlanShapes] = {}
    joined: dict[str, tuple[tuple[int, int], ...]] = {}
    chunks: list[_Chunk] = [_Chunk(parse.vocabulary)]
    count = 0
    for number, item in items:
        count += 1
        try:
            plan = parse(item, number)
        except BadPlanError as bad:
            problems.add(bad.kind, f"{parse.unit} {number}", bad.detail)
            continue
        if problems.total and not how.skip_bad:
            continue  # the file is refused: only count on
        if len(chunks[-1]) == _CHUNK:
            chunks[-1].pack()
            chunks.append(_Chunk(parse.vocabulary))
        chunks[-1].add(plan)
        if plan.joined:
            joined[plan.name] = plan.joined
        if how.keeps_shapes and plan.shapes is not None:
            shapes[plan.name] = plan.shapes
    if not count:
        raise InputError(f"{path}: holds no plan")
    if problems.total and (not how.skip_bad or problems.total == count):
        _refuse(path, parse, problems, count, how.skip_bad)
    notes = unread_notes(parse.unread)
    if problems.total:
        notes = [f"skipped {problems.total:,} of {count:,} plans: {problems}", *notes]
    if parse.unknown:
        notes.append(labels_sentence(parse.unknown))
    return replace(_join(chunks, notes, parse), joined=joined, shapes=shapes)


def _refuse(
    path: str | Path, parse: PlanParser, problems: Problems, count: int, skip_bad: bool
) -> NoReturn:
    """Say what is wrong with a file.

    Raises:
        InputError: always.
    """
    if skip_bad:
        raise InputError(f"{path}: all of {count:,} plans are bad: {problems}")
    message = f"{path}: {problems.total:,} of {count:,} plans are bad: {problems}"
    hint = "[--skip-bad or data.skip_bad=true leaves them out]"
    if not parse.unknown:
        raise InputError(f"{message} {hint}")
    sentence = labels_sentence(parse.unknown)
    mapping = "[--labels FILE maps them; --labels-template FILE writes one to fill in]"
    raise UnknownLabelsError(f"{message} {hint}; {sentence} {mapping}", parse.unknown)


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


def _join(chunks: list[_Chunk], notes: list[str], parse: PlanParser) -> PlanTable:
    tables = [chunk.pack() for chunk in chunks if len(chunk)]
    odd = OddPlans(words=parse.vocabulary.words, counts_sizes=not parse.num_converted)
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
        vocabulary=parse.vocabulary,
        notes=(*notes, *odd.notes),
    )
