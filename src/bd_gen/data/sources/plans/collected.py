"""Plans that were read one by one or many at a time, on their way into a table."""

from array import array

import numpy as np

from bd_gen.data.odd_plans import OddPlans
from bd_gen.data.plan_table import PlanTable, relations_of_boxes
from bd_gen.data.sources.plans.plan_parser import ParsedPlan, PlanParser
from bd_gen.data.sources.plans.plan_shapes import PlanShapes
from bd_gen.diagrams.relations import tells_relations
from bd_gen.diagrams.vocabulary import Vocabulary

_CHUNK = 8192  # plans held as Python numbers before they become arrays


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
        ids = np.array(self.ids)
        return PlanTable(room_types, num_rooms, boxes, has_boxes, relations, ids, v)


class CollectedPlans:
    """Plans in the order of their file: tables, and a chunk of those that came one by one.

    Args:
        parse: the parser of the file.
        keeps_shapes: keep what plans have besides boxes?
    """

    def __init__(self, parse: PlanParser, keeps_shapes: bool) -> None:
        self.parse = parse
        self.keeps_shapes = keeps_shapes
        self.tables: list[PlanTable] = []
        self.related: list[np.ndarray] = []
        self.chunk = _Chunk(parse.vocabulary)
        self.shapes: dict[str, PlanShapes] = {}
        self.joined: dict[str, tuple[tuple[int, int], ...]] = {}

    def add(self, plan: ParsedPlan) -> None:
        """Add one plan."""
        if len(self.chunk) == _CHUNK:
            self._pack()
        self.chunk.add(plan)
        if plan.joined:
            self.joined[plan.name] = plan.joined
        if self.keeps_shapes and plan.shapes is not None:
            self.shapes[plan.name] = plan.shapes

    def add_table(self, table: PlanTable) -> None:
        """Add plans whose relations are those of their boxes."""
        self._pack()
        self.tables.append(table)
        self.related.append(np.zeros(len(table), bool))

    def _pack(self) -> None:
        if len(self.chunk):
            self.tables.append(self.chunk.pack())
            self.related.append(np.array(self.chunk.is_related, bool))
            self.chunk = _Chunk(self.parse.vocabulary)

    def table(self, notes: list[str]) -> PlanTable:
        """All of them, at least one; what looks odd about them goes behind the notes."""
        self._pack()
        odd = OddPlans(words=self.parse.vocabulary.words, counts_sizes=not self.parse.num_converted)
        for table, is_related in zip(self.tables, self.related, strict=True):
            odd.add_table(table, is_related)

        def whole(name: str) -> np.ndarray:
            return np.concatenate([getattr(table, name) for table in self.tables])

        return PlanTable(
            room_types=whole("room_types"),
            num_rooms=whole("num_rooms"),
            boxes=whole("boxes"),
            has_boxes=whole("has_boxes"),
            relations=whole("relations"),
            ids=whole("ids"),
            vocabulary=self.parse.vocabulary,
            notes=(*notes, *odd.notes),
            joined=self.joined,
            shapes=self.shapes,
        )
