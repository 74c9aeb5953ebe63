"""Gaps in walls and how doors swing; lengths in pixels of 0.1 m."""

import numpy as np
import pytest
import shapely

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.floor_plan import Door, FloorPlan, Window
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.drawing.openings import openings_of
from bd_gen.drawing.structure import structure_of

LIVING, BEDROOM = shapely.box(0, 0, 60, 50), shapely.box(60, 0, 90, 50)


def found(*doors: Door, windows=(), rooms=(LIVING, BEDROOM), types=(0, 7)):
    boxes = np.array([room.bounds for room in rooms])
    floor_plan = FloorPlan(tuple(rooms), doors, tuple(windows))
    plan = LaidOut("x", Diagram(types), boxes, floor_plan=floor_plan)
    structure = structure_of(plan, 0.1)
    return openings_of(plan, structure), structure


def test_a_door_opens_the_wall_and_swings_into_the_smaller_room() -> None:
    (door,), structure = found(Door((0, 1), (60, 20, 60, 29)))
    assert door.shape.equals(shapely.box(59.5, 20, 60.5, 29))
    (leaf,) = door.leaves
    assert leaf.width == pytest.approx(9)
    assert BEDROOM.contains(shapely.Point(leaf.open))
    assert np.dot(leaf.open - leaf.hinge, leaf.closed - leaf.hinge) == pytest.approx(0)
    assert leaf.swept.area == pytest.approx(np.pi * 81 / 4, rel=0.01)
    assert structure.walls.contains(door.shape.buffer(-0.01))


def test_a_leaf_stands_along_the_wall_beside_it() -> None:
    (door,), _ = found(Door((0, 1), (60, 40, 60, 49)))
    (leaf,) = door.leaves
    assert leaf.hinge[1] == 49


def test_leaves_keep_off_the_swings_of_others() -> None:
    (one, other), _ = found(Door((0, 1), (60, 10, 60, 19)), Door((0, 1), (60, 20, 60, 29)))
    assert one.leaves[0].swept.intersection(other.leaves[0].swept).area < 1


def test_a_segment_beside_its_wall_opens_it_all_the_same() -> None:
    (door,), _ = found(Door((0, 1), (61, 20, 61, 29)))
    assert door.shape.equals(shapely.box(59.5, 20, 60.5, 29))


def test_an_entrance_opens_inwards_through_the_outer_wall() -> None:
    (entrance,), _ = found(Door((0,), (0, 20, 0, 30), "entrance"))
    assert entrance.depth == pytest.approx(2)
    assert LIVING.contains(shapely.Point(entrance.leaves[0].open))


def test_wide_doors_passages_and_doors_to_balconies() -> None:
    (wide,), _ = found(Door((0, 1), (60, 20, 60, 36)))
    assert len(wide.leaves) == 2
    assert sum(leaf.width for leaf in wide.leaves) == pytest.approx(16)
    (passage,), _ = found(Door((0, 1), (60, 20, 60, 36), "open"))
    assert passage.leaves == ()
    (sliding,), _ = found(Door((0, 1), (60, 20, 60, 36)), types=(0, 9))
    assert sliding.slides
    assert sliding.leaves == ()
    (narrow,), _ = found(Door((0, 1), (60, 20, 60, 29)), types=(0, 9))
    assert LIVING.contains(shapely.Point(narrow.leaves[0].open)), "balconies are not swung into"


def test_windows_come_behind_doors() -> None:
    (door, window), _ = found(Door((0, 1), (60, 20, 60, 29)), windows=[Window(0, (20, 0, 40, 0))])
    assert (door.kind, window.kind) == ("door", "window")
    assert window.shape.equals(shapely.box(20, -2, 40, 0))
    assert (window.width, window.depth) == pytest.approx((20, 2))


def test_a_door_where_there_is_no_wall_is_drawn_all_the_same() -> None:
    rooms = (LIVING, shapely.box(90, 0, 120, 50))
    (door,), _ = found(Door((0, 1), (75, 20, 75, 29)), rooms=rooms)
    assert door.depth == pytest.approx(1)
    assert len(door.leaves) == 1


def test_a_slanted_wall() -> None:
    rooms = (
        shapely.Polygon([(0, 0), (40, 0), (80, 40), (0, 40)]),
        shapely.Polygon([(40, 0), (80, 0), (80, 40)]),
    )
    (door,), _ = found(Door((0, 1), (55, 15, 62, 22)), rooms=rooms)
    assert door.depth == pytest.approx(1)
    assert door.width == pytest.approx(7 * 2**0.5)
