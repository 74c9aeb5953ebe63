import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, box, union_all
from shapely.affinity import rotate, translate

from bd_gen.diagrams.floor_plan import rooms_seen
from bd_gen.layouts.walls import outline_of, walls_of


def test_rooms_that_touch_have_the_wall_between_them():
    walls = walls_of((box(0, 0, 50, 40), box(50, 10, 90, 60)))
    (wall,) = walls.common
    assert (wall.rooms, wall.segment, wall.length) == ((0, 1), (50, 10, 50, 40), 30)


def test_the_wall_of_rooms_that_stand_apart_lies_midway():
    walls = walls_of((box(0, 0, 50, 40), box(56, 10, 90, 60)))
    assert [wall.segment for wall in walls.common] == [(53, 10, 53, 40)]


@pytest.mark.parametrize(("gap", "has_wall"), [(9, True), (9.5, False)])
def test_a_wall_is_no_thicker_than_rooms_touch(gap, has_wall):
    walls = walls_of((box(0, 0, 50, 40), box(50 + gap, 0, 90, 40)))
    assert bool(walls.common) == has_wall
    assert walls.longest(1, 0) == (40 if has_wall else 0)


def test_a_room_between_two_others_parts_them():
    # a balcony of 7 pixels lies before a part of the wall
    walls = walls_of((box(0, 0, 50, 40), box(0, 47, 50, 90), box(0, 40, 30, 47)))
    assert [w.segment for w in walls.by_pair[0, 1]] == [(30, 43.5, 50, 43.5)]
    assert walls.longest(0, 2) == walls.longest(1, 2) == 30


def test_what_a_box_shows_between_two_others_is_the_wall_between_them():
    living, bath, kitchen = (0, 0, 100, 60), (40, 0, 70, 30), (0, 0, 36, 30)
    walls = walls_of(rooms_seen(np.array([living, bath, kitchen])))
    assert [w.segment for w in walls.by_pair[1, 2]] == [(38, 0, 38, 30)]
    assert [w.segment for w in walls.by_pair[0, 1]] == [(40, 30, 70, 30), (70, 0, 70, 30)]


def test_outer_walls_leave_out_what_other_rooms_cover():
    walls = walls_of((box(0, 0, 50, 40), box(50, 10, 90, 60)))
    assert [(w.segment, w.outward) for w in walls.outer_of(0)] == [
        ((0, 0, 50, 0), (0, -1)),
        ((0, 40, 50, 40), (0, 1)),
        ((0, 0, 0, 40), (-1, 0)),
        ((50, 0, 50, 10), (1, 0)),
    ]


def test_a_shaft_inside_the_plan_is_not_outside():
    ring = [box(0, 0, 90, 30), box(0, 60, 90, 90), box(0, 30, 30, 60), box(60, 30, 90, 60)]
    walls = walls_of(ring)
    assert all(wall.segment[0] in (0, 90) or wall.segment[1] in (0, 90) for wall in walls.outer)
    assert walls.outline.area == 90 * 90


def test_a_slanted_wall_is_found():
    left = Polygon([(0, 0), (40, 0), (80, 40), (0, 40)])
    right = Polygon([(40, 0), (120, 0), (120, 40), (80, 40)])
    (wall,) = walls_of((left, right)).common
    assert wall.segment == pytest.approx((40, 0, 80, 40))
    falling = walls_of([rotate(room, 90, origin=(0, 0)) for room in (left, right)]).common[0]
    assert falling.segment == pytest.approx((-40, 80, 0, 40))


def test_nearly_straight_walls_in_pieces_are_one_straight_wall():
    lower = Polygon([(0, 0), (100, 0), (100, 40), (50, 41), (0, 40)])
    upper = Polygon([(0, 44), (50, 43.5), (100, 44), (100, 90), (0, 90)])
    (wall,) = walls_of((lower, upper)).common
    x0, y0, x1, y1 = wall.segment
    assert (x0, x1) == pytest.approx((0, 100), abs=0.1)
    assert y0 == y1 == pytest.approx(42.1, abs=0.2)


def test_rooms_without_a_shape_have_no_walls():
    walls = walls_of((box(0, 0, 50, 40), Polygon()))
    assert walls.common == ()
    assert len(walls.outer) == 4


def test_the_outline_closes_walls_and_keeps_wider_slits():
    narrow = outline_of((box(0, 0, 40, 40), box(48, 0, 90, 40), box(0, 40, 90, 80)))
    wide = outline_of((box(0, 0, 40, 40), box(52, 0, 90, 40), box(0, 40, 90, 80)))
    assert narrow.area == 90 * 80
    assert wide.area == 90 * 80 - 12 * 40


def _slices(cuts, turned):
    """Rooms of a 120 x 80 plan: columns at the cuts, each cut in two at half its place."""
    edges = [0, *sorted(cuts), 120]
    rooms = []
    for x0, x1 in itertools.pairwise(edges):
        y = 20 + (x0 + x1) % 41
        rooms += [box(x0, 0, x1, y), box(x0, y, x1, 80)]
    return [rotate(room, 90, origin=(0, 0)) for room in rooms] if turned else rooms


@settings(deadline=None, max_examples=30)
@given(
    st.sets(st.integers(2, 10).map(lambda k: 10 * k), min_size=1, max_size=4),
    st.booleans(),
    st.integers(-50, 50),
)
def test_all_of_a_rooms_sides_are_walls_and_no_pixel_is_two(cuts, turned, shift):
    rooms = [translate(room, shift, -shift) for room in _slices(cuts, turned)]
    walls = walls_of(rooms)
    for k, room in enumerate(rooms):
        mine = [wall for wall in (*walls.common, *walls.outer) if k in wall.rooms]
        assert math.isclose(sum(wall.length for wall in mine), room.length)
    around = sum(wall.length for wall in walls.outer)
    assert math.isclose(around, union_all(rooms).length)
