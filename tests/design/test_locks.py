"""What is kept of a plan."""

import numpy as np
import pytest
from tests.rplan import NO_EDGE, RELATIONS

from bd_gen.data.sources.plans.plan_diagrams import NamedDiagram
from bd_gen.design.locks import locks_of
from bd_gen.design.programme import programme_from
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.names import RoomLabels
from bd_gen.system.errors import InputError

LEFT = RELATIONS.index("left-of")
BOXES = np.array([[0, 0, 60, 60], [60, 0, 90, 60], [60, 70, 90, 90], [90, 0, 120, 60]], float)
PLAN = NamedDiagram("03", Diagram((0, 2, 3, 7), ((0, 1, LEFT), (1, 3, LEFT))), BOXES)
LABELS = RoomLabels()


def test_relations_of_what_is_kept_and_no_others():
    locks = locks_of(PLAN, "p#03", ["Kitchen", "living room", "Bathroom"], False, None, LABELS)
    assert locks.known is not None
    assert locks.known.relations == ((0, 1, LEFT), (0, 2, NO_EDGE), (1, 2, NO_EDGE))
    assert locks.fixed == {}
    assert locks.kept.relations == ("LivingRoom", "Kitchen", "Bathroom")
    assert locks_of(PLAN, "p", ["all"], False, None, LABELS).known.relations[0] == (0, 1, LEFT)


def test_boxes_are_kept_where_asked():
    locks = locks_of(PLAN, "p#03", ["Kitchen"], True, None, LABELS)
    assert locks.known is None
    assert locks.fixed == {1: (60, 0, 90, 60)}
    assert locks.kept.boxes == ("Kitchen",)
    with pytest.raises(InputError, match="has no boxes to keep"):
        locks_of(PLAN._replace(boxes=None), "p#03", ["Kitchen"], True, None, LABELS)
    with pytest.raises(InputError, match="whole pixels"):
        locks_of(PLAN._replace(boxes=BOXES + 0.5), "p#03", ["Kitchen"], True, None, LABELS)


def test_rooms_of_a_brief_go_by_their_names_and_order():
    rooms = {"Anna's room": "SecondRoom", "Kitchen": None, "Bath": "Bathroom", "Hall": "LivingRoom"}
    programme = programme_from(rooms, LABELS, "rooms", 1.0)
    locks = locks_of(PLAN, "p#03", ["Anna's room", "Kitchen"], True, programme, LABELS)
    assert locks.plan.room_types == (7, 2, 3, 0)
    assert locks.fixed == {0: (90, 0, 120, 60), 1: (60, 0, 90, 60)}
    # read off the boxes again: Anna's room is right of the kitchen
    assert locks.known.relations == ((0, 1, RELATIONS.index("right-of")),)


@pytest.mark.parametrize(
    ("keep", "words"),
    [
        (["Kitchn"], "the programme has no 'Kitchn'; did you mean Kitchen?"),
        (["Kitchen 2"], "the programme has 1 of them"),
    ],
)
def test_rooms_that_are_not_there_are_told(keep, words):
    with pytest.raises(InputError) as caught:
        locks_of(PLAN, "p#03", keep, False, None, LABELS)
    assert words in str(caught.value)


def test_other_rooms_than_the_brief_are_refused():
    programme = programme_from("Kitchen, 3 Bathroom", LABELS, "rooms", 1.0)
    with pytest.raises(InputError, match="has other rooms than the brief asks for"):
        locks_of(PLAN, "p#03", ["Kitchen"], False, programme, LABELS)
