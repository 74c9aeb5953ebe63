import numpy as np
import pytest
from tests.rplan import RELATIONS
from tests.studio.sketches import message

from bd_gen.studio.moving import move
from bd_gen.studio.plan_message import finished
from bd_gen.studio.reading import Reading
from bd_gen.studio.sketch_message import sketch_of

pytest.importorskip("ortools")
LEFT, RIGHT = RELATIONS.index("left-of"), RELATIONS.index("right-of")
TWO = ("LivingRoom", "Kitchen")
BOXES = np.array([[0, 0, 60, 60], [60, 10, 100, 50]])


def test_a_wall_takes_the_wall_beside_it_along() -> None:
    sketch = sketch_of(message([0, 1, "left-of"], rooms=TWO))
    found = move(sketch, BOXES, 0, np.array([0, 0, 70, 60]))
    assert found.boxes is not None
    assert found.boxes.tolist() == [[0, 0, 70, 60], [70, 10, 100, 50]]
    assert found.broken == ()


def test_the_plan_goes_as_far_as_the_relations_allow() -> None:
    sketch = sketch_of(message([0, 1, "left-of"], rooms=TWO))
    found = move(sketch, BOXES, 1, np.array([200, 10, 240, 50]))  # away from the living room
    assert found.broken == ((0, 1, LEFT, 10),)
    assert found.boxes is not None
    assert Reading(sketch, found.boxes).holds
    assert found.boxes[1, 0] > 60  # it went some way
    assert found.wished[1].tolist() == [200, 10, 240, 50]


def test_on_the_other_side_the_relation_would_be_another() -> None:
    sketch = sketch_of(message([0, 1, "left-of"], rooms=TWO))
    boxes = BOXES + np.array([100, 0, 100, 0])
    found = move(sketch, boxes, 1, np.array([55, 10, 95, 50]))
    assert found.broken == ((0, 1, LEFT, RIGHT),)


def test_a_drag_stays_in_the_plan() -> None:
    sketch = sketch_of(message(rooms=TWO))
    found = move(sketch, BOXES, 0, np.array([-500, -500, -440, -440]))
    assert found.boxes is not None
    assert found.boxes[0].tolist() == [0, 0, 60, 60]


def test_a_room_that_keeps_its_place_is_not_taken_along_but_may_be_dragged_itself() -> None:
    sketch = sketch_of(message([0, 1, "left-of"], rooms=TWO, fixed={"1": [60, 10, 100, 50]}))
    found = move(sketch, BOXES, 0, np.array([0, 0, 70, 60]))
    assert found.boxes is not None
    assert found.boxes[1].tolist() == [60, 10, 100, 50]
    found = move(sketch, BOXES, 1, np.array([62, 10, 102, 50]))
    assert found.boxes is not None
    assert found.boxes[1].tolist() == [62, 10, 102, 50]


def test_a_rule_that_a_drag_would_break_is_told() -> None:
    rule = {"kind": "require", "text": "Kitchen touches LivingRoom"}
    sketch = sketch_of(message(rooms=TWO, rules=[rule]))
    found = move(sketch, BOXES, 1, np.array([200, 10, 240, 50]))
    assert found.broken_rules == (0,)
    assert found.boxes is not None
    assert Reading(sketch, found.boxes).holds


def test_what_is_kept_of_a_drag_onto_another_room_is_what_is_drawn() -> None:
    sketch = sketch_of(message([0, 1, "left-of"], rooms=("SecondRoom", "Kitchen")))
    boxes = np.array([[188, 112, 225, 168], [225, 112, 256, 168]])
    found = move(sketch, boxes, 1, np.array([224, 112, 255, 168]))
    assert found.boxes is not None
    shapes = finished(sketch, found.boxes).plan.shapes
    assert found.boxes.tolist() == [list(shape.bounds) for shape in shapes]
