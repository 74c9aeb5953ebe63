"""Shapes of rooms, doors and windows."""

import numpy as np
import pytest

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.floor_plan import Door, FloorPlan, Window, rooms_seen
from bd_gen.diagrams.laid_out import LaidOut

BOXES = np.array([[0, 0, 100, 100], [0, 0, 40, 30], [100, 20, 140, 60]])


def test_the_smaller_room_lies_over_the_larger():
    living, bath, kitchen = rooms_seen(BOXES)
    assert living.area == 100 * 100 - 40 * 30
    assert len(living.exterior.coords) - 1 == 6
    assert bath.area == 1200
    assert kitchen.bounds == (100, 20, 140, 60)


def test_a_room_that_is_all_covered_is_empty():
    covered, _, _ = rooms_seen(np.array([[0, 0, 10, 9], [0, 0, 5, 9], [5, 0, 10, 9]]))
    assert covered.is_empty


def test_a_laid_out_plan_shows_its_own_shapes_and_names():
    diagram = Diagram((0, 3, 2))
    seen = rooms_seen(BOXES)
    own = FloorPlan(seen[::-1], names=("Salon", "Bath", "Cuisine"))
    assert LaidOut("a", diagram, BOXES).shapes == seen
    plan = LaidOut("a", diagram, BOXES, floor_plan=own)
    assert plan.shapes == seen[::-1]
    assert plan.labels == ("Salon", "Bath", "Cuisine")
    assert own.areas.tolist() == [1600, 1200, 8800]
    assert own.outline.area == 8800 + 1200 + 1600


def test_a_floor_plan_needs_a_shape_for_each_box():
    with pytest.raises(ValueError, match="a box and a shape for each room"):
        LaidOut("a", Diagram((0,)), None, floor_plan=FloorPlan(()))


@pytest.mark.parametrize(
    ("rooms", "kind"), [((0,), "door"), ((0, 0), "door"), ((0, 1), "entrance")]
)
def test_a_door_joins_two_rooms_and_an_entrance_leads_to_one(rooms, kind):
    with pytest.raises(ValueError, match=kind):
        Door(rooms, (0, 0, 9, 0), kind)


def test_a_segment_runs_right_or_down():
    with pytest.raises(ValueError, match="x0 < x1"):
        Window(0, (9, 0, 0, 0))
