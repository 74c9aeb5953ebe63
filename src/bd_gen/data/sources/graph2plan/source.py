"""RPLAN as published by Graph2Plan: MATLAB files of plans with rooms, boxes and relations.

`data.mat` holds one struct array `data` with the fields `name`, `boundary`, `rType`, `rEdge`,
`gtBoxNew` and more (arXiv:2004.13204); single-plan files have `box` for `gtBoxNew`, with the
room type as a fifth column. Boxes are (x0, y0, x1, y1), but (y0, x0, y1, x1) in the field
`gtBox`; rooms in `rEdge` (u, v, r) count from 0; r is a relation 0..9 of this project's
vocabulary. The published relations are kept as they are.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bd_gen.data.plan_table import PlanTable
from bd_gen.data.problems import Problems
from bd_gen.data.sources.graph2plan.mat_file import load_structs
from bd_gen.data.sources.plans.plan_parser import LARGEST_COORDINATE, LONGEST_ID, BadPlanError
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.system.errors import InputError

_BOX_FIELDS = ("gtBoxNew", "box", "gtBox")
_TRANSPOSED = "gtBox"


def read_graph2plan(
    path: str | Path,
    vocabulary: Vocabulary,
    skip_bad: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> PlanTable:
    """Read `data.mat` or a file with a single plan.

    Self-loops are dropped, relations with u > v turned round (9 - r), and of several relations
    between the same rooms the first is kept; each is noted. Boxes are optional, as relations do
    not depend on them; boxes that make no sense are left out.

    Raises:
        InputError: not a MATLAB file of version 7 or older, damaged, without such a struct; or,
            without `skip_bad`, a plan is bad (unknown room type, too many rooms, ...).
    """
    plans = load_structs(Path(path), "data", ("rType", "rEdge"))
    table = _Rows(len(plans), vocabulary)
    problems = Problems()
    for k, plan in enumerate(plans):
        try:
            table.add(plan, f"{k}")
        except BadPlanError as bad:
            problems.add(bad.kind, f"plan {k + 1}", bad.detail)
        if progress is not None and (k % 1024 == 1023 or k + 1 == len(plans)):
            progress(k + 1, len(plans))
    if problems.total and (not skip_bad or problems.total == len(plans)):
        hint = "" if skip_bad else " [--skip-bad or data.skip_bad=true leaves them out]"
        raise InputError(
            f"{path}: {problems.total:,} of {len(plans):,} plans are bad: {problems}{hint}"
        )
    if problems.total:
        table.notes.append(f"skipped {problems.total:,} of {len(plans):,} plans: {problems}")
    return table.finish()


class _Rows:
    """The table as it fills, row by row; only the first `count` rows are in use."""

    def __init__(self, size: int, vocabulary: Vocabulary) -> None:
        v = vocabulary
        self.vocabulary = v
        self.room_types = np.full((size, v.n_max), v.node_pad, np.uint8)
        self.num_rooms = np.zeros(size, np.int64)
        self.boxes = np.zeros((size, v.n_max, 4), np.float32)
        self.has_boxes = np.zeros(size, bool)
        self.relations = np.tile(v.pad_row[v.n_max :], (size, 1))
        self.ids: list[str] = []
        self.taken: set[str] = set()
        self.notes: list[str] = []
        self.self_loops = self.repeated = self.without_boxes = self.renamed = 0

    def add(self, plan: np.void, fallback_id: str) -> None:
        types = _room_types(plan["rType"], self.vocabulary.n_max)
        edges = _edges(plan["rEdge"], len(types))
        boxes = _boxes(plan, len(types))
        k, n, v = len(self.ids), len(types), self.vocabulary
        self.room_types[k, :n] = types
        self.num_rooms[k] = n
        if boxes is None:
            self.without_boxes += 1
        else:
            self.boxes[k, :n] = boxes
            self.has_boxes[k] = True
        self.relations[k, v.real_mask(n)[v.n_max :]] = v.no_edge
        for i, j, relation in edges:
            if i == j:
                self.self_loops += 1
                continue
            if i > j:
                i, j, relation = j, i, RPLAN.num_relations - 1 - relation
            slot = v.edge_index(i, j)
            if self.relations[k, slot] != v.no_edge:
                self.repeated += 1
            else:
                self.relations[k, slot] = relation
        self.ids.append(self._new_id(plan, fallback_id))

    def _new_id(self, plan: np.void, fallback: str) -> str:
        name = _name(plan) or fallback
        if name in self.taken:
            self.renamed += 1
            turn = 2
            while f"{name}#{turn}" in self.taken:
                turn += 1
            name = f"{name}#{turn}"
        self.taken.add(name)
        return name

    def finish(self) -> PlanTable:
        for count, what in (
            (self.self_loops, "self-loops dropped"),
            (self.repeated, "relations between rooms that already had one dropped"),
            (self.without_boxes, "plans without sound boxes: their relations alone are used"),
            (self.renamed, "plans renamed because their name was taken"),
        ):
            if count:
                self.notes.append(f"{count:,} {what}")
        k = len(self.ids)
        return PlanTable(
            self.room_types[:k],
            self.num_rooms[:k],
            self.boxes[:k],
            self.has_boxes[:k],
            self.relations[:k],
            np.array(self.ids),
            self.vocabulary,
            tuple(self.notes),
        )


def _integers(value: Any, what: str) -> np.ndarray:
    """The numbers of a field as float64 array, checked to be whole; any shape."""
    array = np.asarray(value)
    if array.dtype.kind not in "iufb":
        raise BadPlanError("malformed plan", f"{what} is not numeric")
    numbers = array.astype(np.float64)
    if not (np.abs(numbers) < 2**31).all() or (numbers != np.rint(numbers)).any():
        raise BadPlanError("malformed plan", f"{what} is not whole numbers")
    return numbers.astype(np.int64)


def _room_types(value: Any, n_max: int) -> list[int]:
    types = _integers(value, "rType").ravel()
    if types.size == 0:
        raise BadPlanError("no rooms")
    if types.size > n_max:
        raise BadPlanError("too many rooms", f"{types.size} > n_max {n_max}")
    if types.min() < 0 or types.max() >= RPLAN.num_room_types:
        raise BadPlanError("unknown room type", f"rType {types.tolist()}")
    return types.tolist()


def _edges(value: Any, num_rooms: int) -> list[list[int]]:
    edges = _integers(value, "rEdge")
    if edges.size == 0:
        return []
    if edges.size == 3:  # one relation, squeezed or transposed
        edges = edges.reshape(1, 3)
    if edges.ndim != 2 or edges.shape[1] != 3:
        raise BadPlanError("bad relation", f"rEdge of shape {edges.shape} is not (E, 3)")
    if edges[:, :2].min() < 0 or edges[:, :2].max() >= num_rooms:
        raise BadPlanError("bad relation", "there is no such room")
    if edges[:, 2].min() < 0 or edges[:, 2].max() >= RPLAN.num_relations:
        raise BadPlanError("bad relation", f"r is not in 0..{RPLAN.num_relations - 1}")
    return edges.tolist()


def _boxes(plan: np.void, num_rooms: int) -> np.ndarray | None:
    """(num_rooms, 4) boxes (x0, y0, x1, y1), or None where there are none that make sense."""
    field = next((name for name in _BOX_FIELDS if name in (plan.dtype.names or ())), None)
    if field is None:
        return None
    boxes = np.asarray(plan[field])
    if boxes.dtype.kind not in "iuf" or boxes.size not in (4 * num_rooms, 5 * num_rooms):
        return None
    boxes = boxes.astype(np.float64)
    if num_rooms == 1:
        boxes = boxes.reshape(1, -1)
    if boxes.ndim != 2 or len(boxes) != num_rooms:
        return None
    boxes = boxes[:, [1, 0, 3, 2]] if field == _TRANSPOSED else boxes[:, :4]
    within = (np.abs(boxes) <= LARGEST_COORDINATE).all()
    return boxes if within and (boxes[:, :2] <= boxes[:, 2:]).all() else None


def _name(plan: np.void) -> str | None:
    if "name" not in (plan.dtype.names or ()):
        return None
    value = np.asarray(plan["name"]).ravel()
    if value.size != 1 or value.dtype.kind not in "iufU":
        return None
    number = value[0]
    name = str(int(number)) if value.dtype.kind != "U" and float(number).is_integer() else None
    name = name if name is not None else str(number).strip()
    return name if 0 < len(name) <= LONGEST_ID and name.isprintable() else None
