import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rplan import RELATIONS
from tests.studio.sketches import CIRCLE, ROOMS, message

from bd_gen.studio.reading import Reading, diagram_of
from bd_gen.studio.sketch import Sketch
from bd_gen.studio.sketch_message import sketch_of
from bd_gen.studio.solving import boxes_for, fits

pytest.importorskip("ortools")


def solved(sketch: Sketch, **more: float) -> np.ndarray:
    boxes = boxes_for(sketch, **more)
    assert boxes is not None
    return boxes


def test_open_pairs_may_do_as_they_like_but_do_not_overlap() -> None:
    sketch = sketch_of(message([0, 1, "left-of"], [2, 4, "touches"], [2, 1, "apart"]))
    boxes = solved(sketch)
    assert Reading(sketch, boxes).holds
    for j in range(len(boxes)):
        for i in range(j):
            low = np.maximum(boxes[i, :2], boxes[j, :2])
            high = np.minimum(boxes[i, 2:], boxes[j, 2:])
            assert (i, j) == (0, 1) or (high <= low).any()
    assert (boxes[:, 2:] - boxes[:, :2] >= 15).all()  # a metre


def test_boxes_that_still_fit_are_kept() -> None:
    sketch = sketch_of(message([0, 1, "left-of"]))
    boxes = solved(sketch)
    assert boxes_for(sketch, boxes) is boxes
    other = sketch_of(message([0, 1, "right-of"]))
    assert not fits(other, boxes)
    assert fits(other, solved(other, improve=0.02))


def test_a_room_that_keeps_its_place_keeps_it() -> None:
    sketch = sketch_of(message([0, 1, "above"], fixed={"1": [100, 100, 140, 130]}))
    assert solved(sketch, improve=0.02)[1].tolist() == [100, 100, 140, 130]


def test_where_bubbles_are_drawn_rooms_lie() -> None:
    at = [[0, 0], [900, 0], [0, 900], [900, 900], [450, 450], [450, 0]]
    rooms = [{"type": t, "at": a} for t, a in zip(ROOMS, at, strict=True)]
    boxes = solved(sketch_of({"rooms": rooms}), improve=0.1)
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    assert middle[0, 0] < middle[1, 0]
    assert middle[0, 1] < middle[2, 1]
    assert middle[2, 0] < middle[3, 0]


def test_a_rule_with_a_choice_is_satisfied() -> None:
    rules = [
        {"kind": "require", "text": "Bathroom touches MasterRoom"},
        {"kind": "require", "text": "every Bathroom touches SecondRoom"},
        {"kind": "forbid", "text": "Bathroom left-of Kitchen"},
    ]
    sketch = sketch_of(message([2, 4, "apart"], rules=rules))
    boxes = solved(sketch, improve=0.02)
    found = {(i, j): r for i, j, r in diagram_of(sketch.room_types, boxes).edges}
    assert (3, 4) in found
    assert (2, 5) in found
    assert (3, 5) in found
    assert RELATIONS.index("right-of") not in (found.get((1, 2)), found.get((1, 3)))


def test_nothing_is_found_where_nothing_is() -> None:
    assert boxes_for(sketch_of(message(*CIRCLE))) is None
    complete = [[i, j, "apart"] for j in range(6) for i in range(j)]
    assert boxes_for(sketch_of(message(*complete))) is not None
    rules = [{"kind": "require", "text": "Bathroom touches Kitchen"}]
    assert boxes_for(sketch_of(message(*complete, rules=rules))) is None


PAIRS = [(i, j) for j in range(4) for i in range(j)]


@settings(max_examples=25)
@given(st.dictionaries(st.sampled_from(PAIRS), st.sampled_from([*RELATIONS, "touches", "apart"])))
def test_what_is_found_has_all_that_is_decided(said: dict[tuple[int, int], str]) -> None:
    sketch = sketch_of(message(*([i, j, r] for (i, j), r in said.items()), rooms=ROOMS[:4]))
    boxes = boxes_for(sketch)
    if boxes is not None:
        assert Reading(sketch, boxes).holds
