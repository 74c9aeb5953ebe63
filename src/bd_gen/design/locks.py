"""Lock and redo: what a brief keeps of a plan that is there."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bd_gen.data.sources.plans.plan_diagrams import NamedDiagram
from bd_gen.design.brief import Kept
from bd_gen.design.programme import AskedRoom, Programme
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.names import RoomLabels
from bd_gen.diagrams.relations import relations_from_boxes, tells_relations
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.diagrams.words import Words
from bd_gen.layouts.outline import Box
from bd_gen.sampling.conditions import Condition
from bd_gen.system.errors import InputError

ALL = "all"


@dataclass(frozen=True)
class Locks:
    """What is kept of a plan, with its rooms in the order of the brief.

    Attributes:
        programme: the rooms.
        known: relations that are kept; None if none are.
        fixed: boxes that are kept, by index of the room.
        plan: the diagram of the plan.
        kept: all this for the record.
    """

    programme: Programme
    known: Condition | None
    fixed: dict[int, Box]
    plan: Diagram
    kept: Kept


def locks_of(
    plan: NamedDiagram,
    source: str,
    keep: Sequence[str],
    keeps_boxes: bool,
    programme: Programme | None,
    labels: RoomLabels,
) -> Locks:
    """What is kept of a plan: relations of rooms to one another, and their boxes where asked.

    Args:
        plan: of any rooms, if there is no programme.
        source: how messages and the record call it.
        keep: names of rooms, "all" for all of them; () for nothing.
        keeps_boxes: are boxes kept as well as relations?
        programme: the rooms of a brief, which must be those of the plan, in any order.
        labels: what foreign names of room types mean.

    Raises:
        InputError: other rooms, a name of none, or a plan without whole boxes to keep.
    """
    if programme is None:
        programme = Programme(
            tuple(AskedRoom(t) for t in plan.diagram.room_types), plan.diagram.words
        )
    order = _order(plan.diagram.room_types, programme.room_types, source)
    diagram = in_order(plan, order)
    rooms = _named_rooms(keep, programme, labels)
    names = tuple(programme.names[k] for k in rooms)
    known = None
    if len(rooms) > 1:
        relations = tuple(edge for edge in diagram.edges if {edge[0], edge[1]} <= {*rooms})
        whole = Condition(programme.room_types, relations, words=diagram.words)
        whole = whole.with_absent_edges()
        inner = tuple(r for r in whole.relations if {r[0], r[1]} <= {*rooms})
        known = Condition(programme.room_types, inner, words=diagram.words)
    fixed = {k: _box(plan, order[k], source) for k in rooms} if keeps_boxes else {}
    kept = Kept(source, names if known is not None else (), names if keeps_boxes else ())
    return Locks(programme, known, fixed, diagram, kept)


def in_order(plan: NamedDiagram, order: Sequence[int]) -> Diagram:
    """The plan's diagram with room order[k] in place k.

    The rule is not the same from both ends, so relations are read off the boxes again where there
    are some; without, a turned edge gets the inverse relation.
    """
    room_types = tuple(plan.diagram.room_types[k] for k in order)
    if list(order) == sorted(order):
        return plan.diagram
    words = plan.diagram.words
    if plan.boxes is not None and tells_relations(words):
        return Diagram(room_types, _edges_of(plan.boxes[list(order)], words), words)
    place = {room: k for k, room in enumerate(order)}
    edges = []
    for i, j, relation in plan.diagram.edges:
        a, b = place[i], place[j]
        edges.append((a, b, relation) if a < b else (b, a, int(words.inverse[relation])))
    return Diagram(room_types, tuple(sorted(edges)), words)


def _edges_of(boxes: np.ndarray, words: Words) -> tuple[tuple[int, int, int], ...]:
    """The edges that the rule reads off (n, 4) boxes."""
    vocabulary = Vocabulary(len(boxes), words)
    labels = relations_from_boxes(boxes[None], np.array([len(boxes)]), vocabulary)[0].tolist()
    pairs = zip(vocabulary.edge_rows.tolist(), vocabulary.edge_cols.tolist(), labels, strict=True)
    return tuple((i, j, label) for i, j, label in pairs if label < vocabulary.num_relations)


def _order(theirs: Sequence[int], ours: Sequence[int], source: str) -> list[int]:
    """For each room of the brief the plan's room of its type that comes next."""
    if Counter(theirs) != Counter(ours):
        raise InputError(f"{source}: has other rooms than the brief asks for")
    left = list(range(len(theirs)))
    order = []
    for room_type in ours:
        k = next(k for k in left if theirs[k] == room_type)
        left.remove(k)
        order.append(k)
    return order


def _named_rooms(keep: Sequence[str], programme: Programme, labels: RoomLabels) -> list[int]:
    rooms: set[int] = set()
    for name in keep:
        if name.strip().casefold() == ALL:
            rooms |= set(range(len(programme.rooms)))
            continue
        words = name.split()
        number = int(words[-1]) if len(words) > 1 and words[-1].isdecimal() else None
        whole = programme.own_names.get(name.strip().casefold())
        if number is None or whole:
            rooms |= set(programme.find(name, labels, "--keep"))
            continue
        try:
            rooms |= set(programme.find(name, labels, "--keep"))
        except InputError:
            found = programme.find(" ".join(words[:-1]), labels, "--keep")
            if not 1 <= number <= len(found):
                raise InputError(
                    f"--keep: {name.strip()[:40]!r}: the programme has {len(found)} of them"
                ) from None
            rooms.add(found[number - 1])
    return sorted(rooms)


def _box(plan: NamedDiagram, room: int, source: str) -> Box:
    if plan.boxes is None:
        raise InputError(f"{source}: has no boxes to keep; leave out --keep-boxes")
    box = plan.boxes[room]
    if (box != box.round()).any():
        raise InputError(f"{source}: room {room}: expected a box of whole pixels to keep")
    x0, y0, x1, y1 = (int(side) for side in box)
    return x0, y0, x1, y1
