"""Plans as they are handed out."""

from shapely import box

from bd_gen.design.brief import Brief
from bd_gen.design.finished import finished
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.floor_plan import FloorPlan
from bd_gen.layouts.options import SolverOptions
from bd_gen.sampling.conditions import condition_from_rooms


def test_rooms_that_do_not_touch_have_no_door() -> None:
    # The rule joins rooms that are up to 9 pixels apart; what lies between is no wall here.
    brief = Brief(condition_from_rooms("LivingRoom, Kitchen").room_types)
    diagram = Diagram(brief.room_types, ((0, 1, 2),))
    for gap, num_doors in ((0, 2), (5, 1)):
        plan = FloorPlan((box(40, 40, 100, 100), box(100 + gap, 40, 150, 100)))
        made = finished(brief, diagram, plan)
        assert len(made.doors) == num_doors
        assert len(made.unreached) == 2 - num_doors


def test_the_front_door_is_in_an_inner_corner_where_it_is_asked_for() -> None:
    # An L: the longest wall to the south ends at the wall of its other leg.
    brief = Brief(
        condition_from_rooms("LivingRoom, Kitchen").room_types,
        solver=SolverOptions(entrance="below"),
    )
    leg, bar = box(40, 100, 90, 180), box(40, 40, 190, 100)
    plan = FloorPlan((leg.union(bar), box(190, 40, 220, 70)))
    (door,) = (
        d for d in finished(brief, Diagram((0, 2), ((0, 1, 2),)), plan).doors if len(d.rooms) == 1
    )
    assert door.segment[1] == door.segment[3] == 100
