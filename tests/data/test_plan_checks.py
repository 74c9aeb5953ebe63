import numpy as np
from tests.data.conftest import EIGHT

from bd_gen.data.plan_checks import import_notes
from bd_gen.data.plan_table import PlanTable, table_from_boxes
from bd_gen.data.sources.synthetic.source import make_plans
from bd_gen.diagrams.rplan import RPLAN

FLAT = np.array([[50, 50, 110, 150], [114, 50, 150, 90], [114, 94, 150, 150], [60, 154, 100, 170]])
LIVING, KITCHEN, BATH, BALCONY, ENTRANCE = (
    RPLAN.room_names.index(name)
    for name in ("LivingRoom", "Kitchen", "Bathroom", "Balcony", "Entrance")
)


def plans(types: list[list[int]], boxes: np.ndarray = FLAT) -> PlanTable:
    table = np.zeros((len(types), 8), int)
    table[:, :4] = types
    wide = np.zeros((len(types), 8, 4))
    wide[:, :4] = boxes
    ids = np.array([str(k) for k in range(len(types))])
    return table_from_boxes(table, wide, np.full(len(types), 4), ids, EIGHT)


def test_plans_of_the_kind_that_rules_were_made_for_say_nothing() -> None:
    assert import_notes(make_plans(500, 0, EIGHT)) == ()
    assert import_notes(plans([[LIVING, KITCHEN, BATH, BALCONY]] * 10)) == ()


def test_types_that_break_the_rule_are_told_with_their_share() -> None:
    good, bad = [LIVING, KITCHEN, BATH, BALCONY], [LIVING, ENTRANCE, ENTRANCE, BALCONY]
    assert import_notes(plans([good] * 59 + [bad] * 41)) == (
        "Entrance occurs twice or more in 41 % of plans; the vocabulary rplan calls those invalid",
    )
    assert import_notes(plans([good] * 99 + [bad])) == ()


def test_rooms_in_others_that_cannot_hold_them_are_told() -> None:
    boxes = np.array([*FLAT[:3], [120, 100, 140, 120]])
    table = plans([[KITCHEN, LIVING, ENTRANCE, BATH]] * 10, boxes)
    assert import_notes(table) == (
        "in 100 % of plans a room lies inside one that cannot hold it, by the vocabulary rplan",
    )


def test_rooms_that_are_too_far_apart_are_told() -> None:
    (note,) = import_notes(plans([[LIVING, KITCHEN, BATH, BALCONY]] * 10, FLAT * 10))
    assert note.startswith(
        "rooms within 9 pixels touch: 0.0 pairs in a plan of 4.0 rooms, too few to hang together; "
        "walls are 40 pixels thick at the median: are plans of a larger picture?"
    )
    assert import_notes(plans([[LIVING, KITCHEN, BATH, BALCONY]] * 4, FLAT * 10)) == ()


def test_many_rooms_that_all_touch() -> None:
    boxes = np.array([[k, 0, k + 1, 1] for k in range(8)])
    table = table_from_boxes(
        np.tile(np.arange(8), (6, 1)), np.tile(boxes, (6, 1, 1)), np.full(6, 8),
        np.array(list("abcdef")), EIGHT,
    )  # fmt: skip
    assert import_notes(table) == (
        "rooms within 9 pixels touch: 28.0 pairs in a plan of 8.0 rooms, more than can lie side by "
        "side (18.0); are coordinates in metres, or plans much smaller than 256 pixels? "
        "[data.unit=m, data.fit]",
    )


def test_no_plans_say_nothing() -> None:
    assert import_notes(plans([[LIVING] * 4]).select(np.arange(0))) == ()
