"""Many plans as arrays: what every source is read into, and what the cache stores."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bd_gen.data.sources.plans.bad_plan import LARGEST_COORDINATE
from bd_gen.diagrams.relations import (
    Mirror,
    mirror_boxes,
    mirror_relations,
    relations_from_boxes,
    tells_relations,
)
from bd_gen.diagrams.renumbered import renumbering_classes
from bd_gen.diagrams.row_classes import by_first_occurrence, joined_classes, row_classes
from bd_gen.diagrams.tokens import tokens_from_parts
from bd_gen.diagrams.twins import twin_classes
from bd_gen.diagrams.vocabulary import Vocabulary

if TYPE_CHECKING:
    from bd_gen.data.sources.plans.plan_shapes import PlanShapes


@dataclass(frozen=True, eq=False)
class PlanTable:
    """N plans, row by row.

    Attributes:
        room_types: (N, n_max) uint8 types, PAD in slots without a room.
        num_rooms: (N,) int64 number of rooms.
        boxes: (N, n_max, 4) float32 boxes (x0, y0, x1, y1) in pixels of a 256-pixel plan, y
            downwards; 0 where a plan has no boxes or no such room.
        has_boxes: (N,) bool: does the plan have boxes?
        relations: (N, num_edges) uint8 relations, no-edge, PAD.
        ids: (N,) numpy strings, each once.
        vocabulary: the layout of the token row.
        notes: what was dropped or changed on the way in, in words for people.
        joined: by id, pairs (i, j) of rooms that are joined without a word on how; only for who
            asked for such plans. The relations say no-edge there.
        shapes: by id, what plans have besides boxes; only for who asked for that.
    """

    room_types: np.ndarray
    num_rooms: np.ndarray
    boxes: np.ndarray
    has_boxes: np.ndarray
    relations: np.ndarray
    ids: np.ndarray
    vocabulary: Vocabulary
    notes: tuple[str, ...] = ()
    joined: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    shapes: Mapping[str, "PlanShapes"] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.num_rooms)

    @cached_property
    def tokens(self) -> np.ndarray:
        """(N, length) uint8 token rows, read-only."""
        tokens = tokens_from_parts(self.room_types, self.relations, self.num_rooms, self.vocabulary)
        tokens.setflags(write=False)
        return tokens

    @cached_property
    def groups(self) -> np.ndarray:
        """(N,) int64: which distinct plan each row is, counted from 0 by first occurrence.

        Plans with boxes are identical if they have the same rooms with the same boxes, in
        whatever order; plans without boxes if their token rows are equal.
        """
        groups = np.zeros(len(self), np.int64)
        with_boxes = np.flatnonzero(self.has_boxes)
        without = np.flatnonzero(~self.has_boxes)
        groups[with_boxes] = row_classes(_sorted_rooms(self, with_boxes))
        offset = groups[with_boxes].max() + 1 if len(with_boxes) else 0
        groups[without] = row_classes(self.tokens[without]) + offset
        return by_first_occurrence(groups)

    @cached_property
    def diagram_classes(self) -> np.ndarray:
        """(N,) int64: which diagram each row is, counted from 0 by first occurrence.

        Plans are the same diagram if a renumbering of rooms makes types and both relations of
        each pair equal (`bd_gen.diagrams.renumbered`), or if they are identical. Renumbering a
        plan's rooms changes nothing.
        """
        same = renumbering_classes(self.tokens, self.reverse_relations, self.vocabulary)
        return by_first_occurrence(_merged(same, self.groups))

    @cached_property
    def twin_classes(self) -> np.ndarray:
        """(N,) int64: which class each row is in, counted from 0 by first occurrence.

        Plans are in one class if some numberings of their rooms give the same token row, if they
        are identical, or if such plans join them (`bd_gen.diagrams.twins`).
        """
        twins = twin_classes(self.tokens, self.reverse_relations, self.vocabulary)
        return by_first_occurrence(_merged(twins, self.groups))

    @cached_property
    def reverse_relations(self) -> np.ndarray:
        """(N, num_edges) uint8: the relation of the slot's second room seen from its first.

        By the rule where a plan has boxes and they give its own relation; the inverse elsewhere,
        which is what the format takes a turned edge for. No-edge and PAD stay.
        """
        turned = self.vocabulary.words.inverse[self.relations]
        if not tells_relations(self.vocabulary.words):
            return turned
        forward = relations_from_boxes(self.boxes, self.num_rooms, self.vocabulary)
        backward = relations_from_boxes(
            self.boxes, self.num_rooms, self.vocabulary, from_second=True
        )
        by_rule = self.has_boxes[:, None] & (forward == self.relations)
        return np.where(by_rule, backward, turned)

    def mirrored(self, mirror: Mirror = Mirror.LEFT_RIGHT) -> "PlanTable":
        """The same plans with left and right exchanged, or up and down.

        Relations follow from the boxes where a plan has them and they give its own relations, so
        that the mirror image obeys the same rule to the last tie; elsewhere each is exchanged for
        its counterpart. Rooms keep their order; shapes are left out.

        Raises:
            InputError: a relation has no counterpart.
        """
        real = self.vocabulary.real_mask(self.num_rooms)[:, : self.vocabulary.n_max]
        boxes = np.where(
            (real & self.has_boxes[:, None])[..., None],
            mirror_boxes(self.boxes, mirror),
            self.boxes,
        ).astype(np.float32)
        relations = mirror_relations(self.relations, mirror, self.vocabulary.words)
        if tells_relations(self.vocabulary.words):
            by_rule = self.has_boxes[:, None] & (
                relations_of_boxes(self.boxes, self.num_rooms, self.vocabulary) == self.relations
            )
            from_boxes = relations_of_boxes(boxes, self.num_rooms, self.vocabulary)
            relations = np.where(by_rule, from_boxes, relations)
        return PlanTable(
            self.room_types,
            self.num_rooms,
            boxes,
            self.has_boxes,
            relations,
            self.ids,
            self.vocabulary,
            self.notes,
            self.joined,
        )

    def of_size(self, n_max: int) -> "PlanTable":
        """The same plans in rows for up to `n_max` rooms, no fewer than any plan has."""
        if n_max == self.vocabulary.n_max:
            return self
        small = self.vocabulary.of_size(n_max)
        pairs = zip(small.edge_rows.tolist(), small.edge_cols.tolist(), strict=True)
        slots = [self.vocabulary.edge_index(i, j) for i, j in pairs]
        return replace(
            self,
            room_types=self.room_types[:, :n_max],
            boxes=self.boxes[:, :n_max],
            relations=self.relations[:, slots],
            vocabulary=small,
        )

    def select(self, rows: np.ndarray) -> "PlanTable":
        """The table of these rows (indices or a mask)."""
        return PlanTable(
            self.room_types[rows],
            self.num_rooms[rows],
            self.boxes[rows],
            self.has_boxes[rows],
            self.relations[rows],
            self.ids[rows],
            self.vocabulary,
            self.notes,
            self.joined,
            self.shapes,
        )


def table_from_boxes(
    room_types: np.ndarray,
    boxes: np.ndarray,
    num_rooms: np.ndarray,
    ids: np.ndarray,
    vocabulary: Vocabulary,
) -> PlanTable:
    """A table whose relations follow from the boxes; slots beyond `num_rooms` are cleared."""
    real = vocabulary.real_mask(num_rooms)[:, : vocabulary.n_max]
    boxes = np.where(real[..., None], boxes, 0).astype(np.float32)
    return PlanTable(
        np.where(real, room_types, vocabulary.node_pad).astype(np.uint8),
        num_rooms,
        boxes,
        np.ones(len(num_rooms), bool),
        relations_of_boxes(boxes, num_rooms, vocabulary),
        ids,
        vocabulary,
    )


def relations_of_boxes(
    boxes: np.ndarray, num_rooms: np.ndarray, vocabulary: Vocabulary
) -> np.ndarray:
    """`relations_from_boxes` in float64, where sums of float32 coordinates are exact."""
    return relations_from_boxes(boxes.astype(np.float64), num_rooms, vocabulary)


def has_sound_boxes(table: PlanTable) -> np.ndarray:
    """(N,) bool: has the plan boxes that a file of plans may hold?"""
    boxes = table.boxes
    sound = np.abs(boxes) <= LARGEST_COORDINATE  # False for NaN
    sound &= np.concatenate([boxes[..., :2] <= boxes[..., 2:]] * 2, axis=-1)
    return np.asarray(table.has_boxes & sound.all(axis=(1, 2)))


def table_sizes(table: PlanTable) -> np.ndarray:
    """(N,) how far each plan's boxes reach from one end to the other, the longer way; pixels."""
    return plan_sizes(table.boxes, table.room_types != table.vocabulary.node_pad)


def plan_sizes(boxes: np.ndarray, real: np.ndarray) -> np.ndarray:
    """(N,) as `table_sizes`, of (N, n, 4) boxes of which those of `real`, (N, n), are rooms'."""
    near = np.where(real[..., None], boxes[..., :2], np.inf).min(axis=1)
    far = np.where(real[..., None], boxes[..., 2:], -np.inf).max(axis=1)
    return np.asarray((far - near).max(axis=1))


def follows_from_boxes(table: PlanTable) -> np.ndarray:
    """(N,) bool: has the plan sound boxes, and do its relations follow from them?"""
    sound = has_sound_boxes(table)
    if not tells_relations(table.vocabulary.words):
        return np.zeros_like(sound)
    relations = relations_of_boxes(
        np.where(sound[:, None, None], table.boxes, 0), table.num_rooms, table.vocabulary
    )
    return np.asarray(sound & (relations == table.relations).all(axis=1))


def _sorted_rooms(table: PlanTable, rows: np.ndarray) -> np.ndarray:
    """(R, n_max * 5) float32: type and box of every room, rooms in an order of their own."""
    rooms = np.concatenate(
        [table.room_types[rows][..., None].astype(np.float32), table.boxes[rows]], axis=2
    )
    order = np.lexsort(np.moveaxis(rooms, -1, 0)[::-1], axis=-1)
    shape = (len(rows), rooms.shape[1] * rooms.shape[2])  # -1 would fail without rows
    return np.take_along_axis(rooms, order[..., None], axis=1).reshape(shape)


def _merged(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(N,) classes of what two sets of classes, (N,) each, hold together."""
    if len(one) == 0:
        return one
    rows = np.arange(len(one))
    first_of = [np.unique(classes, return_index=True)[1][classes] for classes in (one, other)]
    return joined_classes(len(one), np.tile(rows, 2), np.concatenate(first_of))
