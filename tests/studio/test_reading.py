import numpy as np
import pytest
from tests.studio.sketches import message

from bd_gen.diagrams.word_parts import Relation, RoomType, TouchRule
from bd_gen.diagrams.words import Words
from bd_gen.studio.reading import Reading, allowed_tokens
from bd_gen.studio.sketch_message import sketch_of

THREE = ("LivingRoom", "Kitchen", "Bathroom")
LIVING, RIGHT, BELOW = [0, 0, 60, 60], [60, 10, 100, 50], [10, 58, 55, 90]


def offices(is_complete: bool) -> Words:
    """Words whose relations are symmetric, of which the rule knows touching alone."""
    return Words(
        name="offices",
        room_types=tuple(RoomType(name) for name in ("Hall", "Desk")),
        relations=(Relation("door"), Relation("glass")),
        rule=TouchRule(wall=13, complete=is_complete),
    )


def test_holds_what_is_decided_and_nothing_else() -> None:
    rule = {"kind": "forbid", "text": "Bathroom touches Kitchen"}
    sketch = sketch_of(message([0, 1, "touches"], rooms=THREE, rules=[rule]))
    assert Reading(sketch, np.array([LIVING, RIGHT, BELOW])).broken == ()
    assert not Reading(sketch, np.array([LIVING, RIGHT, BELOW])).holds  # within 9 pixels they touch
    assert Reading(sketch, np.array([LIVING, RIGHT, [0, 60, 40, 90]])).holds
    apart = Reading(sketch, np.array([LIVING, [160, 10, 200, 50], [0, 60, 40, 90]]))
    assert apart.broken == ((0, 1, -1, 10),)
    assert not apart.holds


@pytest.mark.parametrize("is_complete", [False, True])
def test_where_rooms_only_touch_boxes_leave_the_relation_open(is_complete: bool) -> None:
    words = offices(is_complete)
    boxes = np.array([LIVING, RIGHT, [150, 0, 200, 40]])
    allowed = allowed_tokens(boxes, words)
    assert allowed[0, 1] == ({0, 1} if is_complete else {0, 1, 2})
    assert allowed[0, 2] == {2}
    rooms = [{"type": t} for t in ("Hall", "Desk", "Desk")]
    for name, holds in (("glass", True), ("touches", True), ("apart", not is_complete)):
        sketch = sketch_of({"rooms": rooms, "relations": [[1, 0, name]]}, words)
        assert Reading(sketch, boxes).holds == holds
    sketch = sketch_of({"rooms": rooms, "relations": [[0, 1, "glass"]]}, words)
    assert Reading(sketch, boxes).diagram.edges == ((0, 1, 1),)
    over = np.array([LIVING, [50, 10, 100, 50], [150, 0, 200, 40]])
    assert not Reading(sketch_of({"rooms": rooms}, words), over).holds
