"""Diagrams to export: random ones, and plans whose relations follow from their boxes."""

import numpy as np
import shapely
from hypothesis import strategies as st
from tests.rplan import NUM_RELATIONS

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.floor_plan import Door, FloorPlan, Window
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.diagrams.relations import relations_from_boxes
from bd_gen.diagrams.vocabulary import Vocabulary

FLAT = np.array([[50, 50, 110, 150], [114, 50, 150, 90], [114, 94, 150, 150]])
FLAT_TYPES = (0, 2, 3)


def by_rule(plan_id: str, room_types: tuple[int, ...], boxes: np.ndarray) -> LaidOut:
    """A plan whose relations are those of its boxes."""
    v = Vocabulary(len(room_types))
    labels = relations_from_boxes(boxes[None], np.array([len(room_types)]), v)[0]
    edges = tuple(
        (int(i), int(j), int(r))
        for i, j, r in zip(v.edge_rows, v.edge_cols, labels, strict=True)
        if r < NUM_RELATIONS
    )
    return LaidOut(plan_id, Diagram(room_types, edges), boxes)


def flat(plan_id: str = "flat") -> LaidOut:
    """A living room with a kitchen above a bathroom to its right."""
    return by_rule(plan_id, FLAT_TYPES, FLAT)


def furnished(plan_id: str = "home") -> LaidOut:
    """A home of 100 by 80 pixels on a plot: an L around a bathroom, with doors and a window."""
    living = shapely.Polygon([(0, 0), (100, 0), (100, 40), (60, 40), (60, 80), (0, 80)])
    rooms = (living, shapely.box(60, 40, 100, 80))
    diagram = by_rule(plan_id, (0, 3), np.array([room.bounds for room in rooms])).diagram
    doors = (
        Door((0, 1), (60, 50, 60, 62)),
        Door((0, 1), (70, 40, 85, 40), "open"),
    )
    floor_plan = FloorPlan(
        rooms,
        doors,
        (Window(0, (0, 20, 0, 45)),),
        ("Wohnküche", "=Bad & WC"),
        shapely.box(-20, -20, 120, 100),
        30.0,
    )
    boxes = np.array([[0, 0, 100, 80], [60, 40, 100, 80]])
    return LaidOut(plan_id, diagram, boxes, floor_plan=floor_plan)


ids = st.text(
    st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12
) | st.sampled_from(["a b", "../../etc/passwd", "=1+1", "<id>&amp;", "x\u0301", "7"])


@st.composite
def boxes_of(draw: st.DrawFn, n: int) -> np.ndarray:
    """(n, 4) boxes of whole pixels."""
    sides = st.lists(st.integers(0, 255), min_size=2, max_size=2, unique=True).map(sorted)
    drawn = [(draw(sides), draw(sides)) for _ in range(n)]
    return np.array([[x[0], y[0], x[1], y[1]] for x, y in drawn])


@st.composite
def solved(draw: st.DrawFn) -> LaidOut:
    """A plan with boxes and the relations of the rule."""
    types = tuple(draw(st.lists(st.integers(0, 12), min_size=1, max_size=8)))
    return by_rule(draw(ids), types, draw(boxes_of(len(types))))


@st.composite
def any_diagram(draw: st.DrawFn) -> LaidOut:
    """Any relations, with boxes that need not fit them, with fractions for instance, or without."""
    types = tuple(draw(st.lists(st.integers(0, 12), min_size=1, max_size=8)))
    pairs = [(i, j) for j in range(len(types)) for i in range(j)]
    joined = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    edges = tuple((i, j, draw(st.integers(0, 9))) for i, j in joined)
    boxes = draw(st.none() | boxes_of(len(types)))
    if boxes is not None and draw(st.booleans()):
        boxes = boxes + draw(st.sampled_from([0.5, 0.1, 1 / 3]))
    return LaidOut(draw(ids), Diagram(types, edges), boxes)


def same(one: LaidOut, other: LaidOut) -> bool:
    """Are id, diagram and boxes equal, the boxes bit for bit?"""
    if one.boxes is None or other.boxes is None:
        equal = one.boxes is other.boxes
    else:
        equal = one.boxes.dtype == other.boxes.dtype and np.array_equal(one.boxes, other.boxes)
    return equal and (one.id, one.diagram) == (other.id, other.diagram)
