"""Floors and walls of plans; lengths in pixels of 0.1 m."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.floor_plan import FloorPlan
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.drawing.structure import closed, structure_of

BALCONY = 9


def of_boxes(*boxes, types=None):
    types = tuple(range(len(boxes))) if types is None else types
    return structure_of(LaidOut("x", Diagram(types), np.array(boxes)), 0.1)


def of_shapes(*shapes, types=None):
    types = tuple(range(len(shapes))) if types is None else types
    boxes = np.array([shape.bounds for shape in shapes])
    plan = LaidOut("x", Diagram(types), boxes, floor_plan=FloorPlan(tuple(shapes)))
    return structure_of(plan, 0.1)


def test_rooms_that_share_a_side_have_a_thin_wall_on_it_and_a_thick_one_around() -> None:
    found = of_shapes(shapely.box(0, 0, 50, 40), shapely.box(50, 0, 90, 40))
    assert found.floors[0].bounds == pytest.approx((0, 0, 49.5, 40))
    assert found.floors[1].bounds == pytest.approx((50.5, 0, 90, 40))
    assert found.shell.bounds == pytest.approx((-2, -2, 92, 42))
    assert found.walls.area == pytest.approx(94 * 44 - 90 * 40 + 40)


def test_the_space_between_rooms_is_their_wall() -> None:
    found = of_shapes(shapely.box(0, 0, 50, 40), shapely.box(53, 0, 90, 40))
    assert [floor.area for floor in found.floors] == pytest.approx([2000, 37 * 40])
    assert found.walls.contains(shapely.box(50.1, 0, 52.9, 40))
    assert found.hollows.is_empty


def test_a_wide_space_between_rooms_is_no_solid_wall() -> None:
    found = of_shapes(shapely.box(0, 0, 50, 40), shapely.box(58, 0, 90, 40))
    assert found.hollows.bounds == pytest.approx((51, 1, 57, 39))
    assert found.walls.contains(shapely.box(50.1, 2, 50.9, 38))


def test_a_small_box_on_a_large_one_has_walls_like_those_between_boxes() -> None:
    found = of_boxes([0, 0, 100, 80], [60, 40, 100, 80], [103, 0, 150, 80])
    # the smaller room keeps its box; the larger one, to which the walls belong, gives way
    assert found.floors[1].area == 1600
    assert found.floors[0].area == pytest.approx(100 * 80 - 43 * 43)
    assert found.shell.bounds == pytest.approx((-3, -3, 153, 83))


def test_areas_are_not_those_of_what_is_left_between_walls() -> None:
    found = of_boxes([0, 0, 100, 80], [60, 40, 100, 80])
    assert [room.area for room in found.rooms] == [100 * 80 - 40 * 40, 1600]


def test_a_strip_beside_a_smaller_room_is_no_floor() -> None:
    found = of_boxes([0, 0, 100, 100], [50, 0, 98, 60])
    assert not found.floors[0].intersects(shapely.Point(99, 30))
    assert found.floors[0].contains(shapely.Point(99, 90))


def test_a_narrow_room_keeps_its_strip() -> None:
    (floor,) = of_boxes([0, 0, 60, 2]).floors
    assert floor.area == 120


def test_a_balcony_has_a_parapet() -> None:
    found = of_shapes(shapely.box(0, 0, 50, 40), shapely.box(0, 40, 50, 55), types=(0, BALCONY))
    assert found.shell.bounds == pytest.approx((-2, -2, 52, 56))
    assert not found.shell.contains(shapely.Point(51.5, 50))


def test_rooms_without_area() -> None:
    found = of_boxes([0, 0, 50, 50], [0, 0, 50, 50], [20, 0, 20, 50])
    assert [room.is_empty for room in found.rooms] == [True, False, True]
    assert of_boxes([5, 5, 5, 5]).walls.is_empty


def test_closing_fills_gaps_and_adds_nothing_beyond_straight_sides() -> None:
    gap = closed([shapely.box(0, 0, 50, 40), shapely.box(54, 0, 90, 40)], 9)
    assert gap.equals(shapely.box(0, 0, 90, 40))
    apart = [shapely.box(0, 0, 50, 40), shapely.box(62, 0, 90, 40)]
    assert closed(apart, 9).area == pytest.approx(40 * 78)


SIDE = st.integers(0, 120)


@settings(max_examples=30)
@given(st.lists(st.tuples(SIDE, SIDE, SIDE, SIDE), min_size=1, max_size=8))
def test_floors_lie_in_their_rooms_and_walls_on_no_floor(corners) -> None:
    points = np.array(corners)
    boxes = np.concatenate([points[:, :2], points[:, :2] + points[:, 2:]], axis=1)
    found = of_boxes(*boxes.tolist(), types=(0,) * len(boxes))
    for room, floor in zip(found.rooms, found.floors, strict=True):
        assert room.is_empty == floor.is_empty
        assert floor.difference(room.buffer(1e-3)).area < 1e-6
    floors = shapely.union_all(list(found.floors))
    assert found.walls.intersection(floors).area < 1e-6
    assert floors.difference(found.shell.buffer(1e-6)).area < 1e-6
