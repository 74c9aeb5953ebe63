import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, box
from shapely.affinity import affine_transform
from tests.rplan import ROOM_TYPES

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.floor_plan import Door, FloorPlan
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.metrics.plan_geometry import (
    coverage,
    has_slit,
    is_accessible,
    joined_pairs,
    outline_sides,
    plan_geometry,
    proportion,
)

LIVING, MASTER, KITCHEN, BATH, SECOND, BALCONY, STORE = (
    ROOM_TYPES.index(name)
    for name in (
        "LivingRoom", "MasterRoom", "Kitchen", "Bathroom", "SecondRoom", "Balcony", "Storage",
    )
)  # fmt: skip


def plan_of(rooms, **floor_plan):
    """A plan of rooms [(type, (x0, y0, x1, y1) or polygon)] in tenths of a metre."""
    shapes = [s if isinstance(s, Polygon) else box(*s) for _, s in rooms]
    plan = FloorPlan(tuple(shapes), **floor_plan)
    diagram = Diagram(tuple(room_type for room_type, _ in rooms))
    return LaidOut("a", diagram, np.array([s.bounds for s in shapes]), floor_plan=plan)


def measured(rooms, **floor_plan):
    return plan_geometry(plan_of(rooms, **floor_plan), 0.1)


FLAT = [
    (LIVING, (0, 60, 120, 120)),
    (MASTER, (0, 0, 60, 60)),
    (BATH, (60, 0, 90, 60)),
    (KITCHEN, (90, 0, 120, 60)),
    (BALCONY, (0, 120, 60, 140)),
]


def test_a_flat_by_hand():
    g = measured(FLAT)
    assert g.areas.tolist() == pytest.approx([72, 36, 18, 18, 12])
    assert g.proportions.tolist() == pytest.approx([0.5, 1, 0.5, 0.5, 1 / 3])
    assert (g.corners, g.steps, g.has_slit) == (6, 0, False)
    assert g.bbox == pytest.approx(156 / 168)
    assert g.hull == pytest.approx(156 / (168 - 6))  # the hull cuts a triangle of 6 m x 2 m off
    assert (g.living_is_rectangle, g.is_accessible, g.is_accessible_wide) == (1, True, True)
    # all but master and kitchen, and kitchen and balcony, and so on: 4 pairs with the living
    # room, master-bath, bath-kitchen
    assert (g.num_joined, g.num_wide) == (6, 6)
    # the bathroom needs no façade
    assert (g.num_habitable, g.num_facades) == (4, 4)
    assert (g.covered, g.twice) == pytest.approx((156, 0))
    assert np.isnan(g.filled)
    assert np.isnan(g.doors_reach)


@pytest.mark.parametrize(("depth", "steps"), [(5, 1), (6, 0)])
def test_a_side_under_60_centimetres_is_a_step(depth, steps):
    g = measured([(LIVING, (0, 0, 60, 60)), (SECOND, (60, 0, 120, 60 + depth))])
    assert (g.corners, g.steps) == (6, steps)


@pytest.mark.parametrize(("width", "is_slit"), [(9.5, True), (10.5, False)])
def test_a_slit_is_narrower_than_a_metre(width, is_slit):
    shape = box(0, 0, 100, 100).difference(box(40, 50, 40 + width, 100))
    assert has_slit(shape, 10, 15) == is_slit


def test_a_nick_is_no_slit():
    # 0.9 m wide, and 0.16 or 0.14 m deep: 0.144 or 0.126 m², and the same a little deeper
    shape = box(0, 0, 100, 100)
    assert not has_slit(shape.difference(box(40, 98.6, 49, 100)), 10, 15)
    assert has_slit(shape.difference(box(40, 98.3, 49, 100)), 10, 15)


def test_a_room_behind_a_bedroom_is_not_reached_but_a_bath_there_is():
    row = [(LIVING, (0, 0, 60, 60)), (MASTER, (60, 0, 120, 60))]
    assert not measured([*row, (SECOND, (120, 0, 180, 60))]).is_accessible
    assert measured([*row, (BATH, (120, 0, 180, 60))]).is_accessible
    assert measured([*row, (BALCONY, (120, 0, 180, 60))]).is_accessible
    assert not measured([*row, (STORE, (120, 0, 180, 60))]).is_accessible


def test_walls_of_80_centimetres_are_enough_for_one_rate_only():
    g = measured([(LIVING, (0, 0, 60, 60)), (SECOND, (60, 52, 120, 100))])
    assert (g.is_accessible, g.is_accessible_wide) == (True, False)
    assert (g.num_joined, g.num_wide) == (1, 1)
    g = measured([(LIVING, (0, 0, 60, 60)), (SECOND, (60, 53, 120, 100))])
    assert (g.is_accessible, g.num_joined, g.num_wide) == (False, 1, 0)


def test_access_without_a_passage_is_that_of_the_first_room():
    walls = np.array([[0, 2.0], [2.0, 0]])
    assert is_accessible((MASTER, BATH), walls, 0.8)
    assert not is_accessible((MASTER, SECOND), walls, 0.8)


def test_doors_are_followed_where_a_plan_has_some():
    front = Door((0,), (0, 70, 0, 79), "entrance")
    doors = [Door((0, k), (0, 60, 8, 60)) for k in (1, 2, 3)]
    assert measured(FLAT, doors=(front, *doors)).doors_reach == 0
    more = Door((1, 4), (0, 60, 8, 60))
    assert measured(FLAT, doors=(front, *doors, more)).doors_reach == 1  # a balcony off a bedroom


def test_a_plot_is_filled_as_far_as_the_outline_covers_it():
    assert measured(FLAT, plot=box(0, 0, 120, 200)).filled == pytest.approx(156 / 240)
    assert measured(FLAT, plot=box(0, 0, 60, 60)).filled == 1


def test_an_l_shaped_living_room_is_no_rectangle():
    shape = box(0, 0, 90, 90).difference(box(0, 0, 40, 40))
    g = measured([(LIVING, shape), (BATH, (0, 0, 40, 40))])
    assert g.living_is_rectangle == 0
    assert g.areas[0] == pytest.approx(65)
    assert (g.covered, g.twice, g.covered_others, g.twice_others) == pytest.approx((81, 16, 16, 0))
    assert np.isnan(measured([(BATH, (0, 0, 40, 40))]).living_is_rectangle)


def test_a_room_in_the_middle_of_the_plan_has_no_facade():
    ring = [(BATH, (-40, -40, 100, 0)), (BATH, (-40, 60, 100, 100)),
            (BATH, (-40, 0, 0, 60)), (BATH, (60, 0, 100, 60))]  # fmt: skip
    g = measured([(MASTER, (0, 0, 60, 60)), *ring])
    assert (g.num_habitable, g.num_facades) == (1, 0)


def test_boxes_are_seen_less_the_smaller_ones_in_them():
    boxes = np.array([[0, 0, 90, 90], [0, 0, 40, 40]])
    g = plan_geometry(LaidOut("a", Diagram((LIVING, BATH)), boxes), 0.1)
    assert g.areas.tolist() == pytest.approx([65, 16])


def test_without_boxes_there_is_no_geometry():
    with pytest.raises(ValueError, match="has no layout"):
        plan_geometry(LaidOut("a", Diagram((LIVING,))), 0.1)


def test_sides_of_an_outline_leave_out_points_on_them():
    square = Polygon([(5, 0), (10, 0), (10, 10), (0, 10), (0, 4), (0, 0)])
    assert outline_sides(square).tolist() == [10] * 4
    assert outline_sides(Polygon()).tolist() == []
    two = outline_sides(box(0, 0, 1, 1).union(box(5, 0, 6, 1)))
    assert len(two) == 8


def test_a_shape_that_is_not_there_has_no_proportion():
    assert np.isnan(proportion(Polygon()))
    assert proportion(box(0, 0, 30, 10)) == pytest.approx(1 / 3)


def test_three_boxes_over_one_another_are_twice_covered_once():
    boxes = np.array([[0, 0, 10, 10], [5, 5, 15, 15], [8, 8, 10, 10]])
    assert coverage(boxes) == (175, 25)
    assert coverage(np.zeros((0, 4))) == (0, 0)


def test_boxes_are_joined_over_nine_pixels():
    boxes = np.array([[0, 0, 10, 10], [19, 0, 30, 10], [40, 0, 50, 10]])
    assert joined_pairs(boxes) == [(0, 1)]


@settings(deadline=None, max_examples=20)
@given(
    st.sampled_from(((1, 0, 0, 1), (-1, 0, 0, 1), (0, 1, 1, 0), (0, -1, 1, 0))),
    st.permutations(range(len(FLAT))),
)
def test_turning_mirroring_and_renumbering_change_nothing(matrix, order):
    turned = [(FLAT[k][0], affine_transform(box(*FLAT[k][1]), [*matrix, 3, 7])) for k in order]
    one, other = measured(FLAT), measured(turned)
    assert other.areas.tolist() == pytest.approx(one.areas[list(order)].tolist())
    for name in ("corners", "steps", "hull", "bbox", "num_joined", "num_wide", "num_facades"):
        assert getattr(one, name) == pytest.approx(getattr(other, name))
    assert one.is_accessible == other.is_accessible
