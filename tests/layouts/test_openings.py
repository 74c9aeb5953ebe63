import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon, box
from shapely.affinity import affine_transform
from tests.rplan import ROOM_TYPES

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.floor_plan import Door, FloorPlan, Window
from bd_gen.layouts.openings import add_openings
from bd_gen.system.errors import InputError

METRE = 256 / 18
LIVING, MASTER, KITCHEN, BATH, SECOND, BALCONY, ENTRANCE, DINING, STORE = (
    ROOM_TYPES.index(name)
    for name in (
        "LivingRoom", "MasterRoom", "Kitchen", "Bathroom", "SecondRoom", "Balcony", "Entrance",
        "DiningRoom", "Storage",
    )
)  # fmt: skip


def opened(rooms, **rules):
    """Openings of rooms [(type, polygon or box)]."""
    shapes = [shape if isinstance(shape, Polygon) else box(*shape) for _, shape in rooms]
    diagram = Diagram(tuple(room_type for room_type, _ in rooms))
    return add_openings(diagram, FloorPlan(tuple(shapes)), **rules)


def line(place):
    return LineString([place[:2], place[2:]])


FLAT = [
    (LIVING, (0, 60, 120, 120)),
    (MASTER, (0, 0, 60, 60)),
    (BATH, (60, 0, 90, 60)),
    (KITCHEN, (90, 0, 120, 60)),
    (BALCONY, (0, 120, 60, 140)),
]


def test_a_flat_has_a_door_to_every_room_and_windows_where_people_stay():
    result = opened(FLAT)
    assert [(door.rooms, door.kind) for door in result.doors] == [
        ((0,), "entrance"),
        ((0, 1), "door"),
        ((0, 2), "door"),
        ((0, 3), "door"),
        ((0, 4), "door"),
    ]
    assert {window.room for window in result.windows} == {0, 1, 2, 3}
    assert (result.unreached, result.unmet, result.dark, result.no_entrance) == ((), (), (), "")
    assert result.problems(["a"] * 5) == []


def test_doors_are_as_wide_as_doors_and_clear_of_corners():
    for door in opened(FLAT).doors[1:]:
        assert line(door.segment).length / METRE == pytest.approx(0.8)
    (door,) = (door for door in opened(FLAT).doors if door.rooms == (0, 1))
    # the wall runs from x = 0 to 60 at y = 60
    assert door.segment[1] == door.segment[3] == 60
    assert min(door.segment[0], 60 - door.segment[2]) / METRE == pytest.approx(0.1)


def test_a_room_behind_a_bedroom_is_named_with_the_reason():
    rooms = [(LIVING, (0, 0, 60, 60)), (MASTER, (60, 0, 120, 60)), (SECOND, (120, 0, 180, 60))]
    result = opened(rooms)
    (missing,) = result.unreached
    assert missing.rooms == (2,)
    assert result.problems(["Hall", "Bed", "Den"]) == [
        "Den is not reached: MasterRoom cannot be crossed on the way to it"
    ]
    assert opened(rooms, required=[(2, 1)]).unreached == ()


def test_a_wall_that_is_too_short_is_told_with_its_length():
    rooms = [(LIVING, (0, 0, 60, 60)), (SECOND, (60, 48, 120, 120))]  # 12 pixels: 0.84 m
    result = opened(rooms, required=[(0, 1)])
    assert "the longest is 0.84 m" in result.unreached[0].reason
    assert result.problems(["A", "B"])[1] == (
        "A does not open to B: a door needs 0.90 m of wall in common, and they have 0.84 m"
    )
    # 13 pixels: 0.91 m
    assert opened([rooms[0], (SECOND, (60, 47, 120, 120))]).unreached == ()


def test_a_forbidden_door_leaves_a_room_out_with_that_reason():
    result = opened(FLAT, forbidden=[(0, 3)])
    assert result.unreached[0].rooms == (3,)
    assert "a door to LivingRoom is forbidden" in result.unreached[0].reason


def test_a_door_that_is_asked_for_stands_beside_those_on_the_ways():
    pairs = [door.rooms for door in opened(FLAT, required=[(2, 1)]).doors]
    assert (1, 2) in pairs
    assert (0, 2) in pairs  # the only bathroom is for all


def test_the_entrance_is_where_the_front_door_is_to_be():
    result = opened(FLAT, front_door=(120, 85, 124, 99))
    (entrance,) = (door for door in result.doors if door.kind == "entrance")
    assert entrance.rooms == (0,)
    assert entrance.segment[0] == entrance.segment[2] == 120
    assert (entrance.segment[1] + entrance.segment[3]) / 2 == pytest.approx(92)


def test_the_front_door_leads_to_the_entrance_hall():
    rooms = [(LIVING, (0, 0, 60, 60)), (ENTRANCE, (60, 0, 90, 30))]
    result = opened(rooms)
    assert result.doors[0].rooms == (1,)
    assert [door.kind for door in result.doors] == ["entrance", "open"]


def test_a_home_without_an_outer_wall_for_the_entrance_says_so():
    ring = [(SECOND, (-40, -40, 100, 0)), (SECOND, (-40, 60, 100, 100)),
            (MASTER, (-40, 0, 0, 60)), (SECOND, (60, 0, 100, 60))]  # fmt: skip
    result = opened([(LIVING, (0, 0, 60, 60)), *ring])
    assert result.entrance == 0
    assert result.no_entrance == "no room that it may lead to has 0.90 m of outer wall"
    assert result.unreached == ()
    assert result.dark == (0,)
    told = result.problems(["Hall", *"abcd"])
    assert told == [
        "no front door: no room that it may lead to has 0.90 m of outer wall",
        "Hall has no outer wall for a window",
    ]


def test_what_a_plan_has_already_stays():
    door = Door((0, 1), (20, 60, 31, 60))
    front = Door((0,), (40, 120, 53, 120), "entrance")
    window = Window(1, (0, 10, 0, 20))
    plan = FloorPlan(tuple(box(*shape) for _, shape in FLAT), (front, door), (window,))
    result = add_openings(Diagram(tuple(t for t, _ in FLAT)), plan)
    assert result.doors[:2] == (front, door)
    assert len(result.doors) == 5
    assert [w for w in result.windows if w.room == 1] == [window]


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        (
            {"required": [(0, 1)], "forbidden": [(1, 0)]},
            "LivingRoom and MasterRoom: a door is both",
        ),
        ({"required": [(0, 9)]}, "expected two of 5 rooms"),
        ({"forbidden": [(1, 1)]}, "expected two of 5 rooms"),
    ],
)
def test_rules_that_make_no_sense_are_refused(rules, message):
    with pytest.raises(InputError, match=message):
        opened(FLAT, **rules)


def test_shapes_must_be_as_many_as_rooms():
    with pytest.raises(ValueError, match="2 rooms, but 1 shapes"):
        add_openings(Diagram((LIVING, BATH)), FloorPlan((box(0, 0, 9, 9),)))


def test_windows_have_the_glass_of_a_tenth_of_the_floor_where_walls_allow():
    result = opened([(MASTER, (0, 0, 64, 57))])  # 4.5 m x 4.0 m: 1.8 m² of glass, 1.3 m high
    assert sum(line(w.segment).length for w in result.windows) / METRE == pytest.approx(
        1.385, abs=0.02
    )


def test_a_wide_living_room_has_two_windows_in_a_long_wall():
    result = opened([(LIVING, (0, 0, 128, 57))])
    (first, second) = result.windows
    assert first.segment[1] == second.segment[1]
    assert line(first.segment).distance(line(second.segment)) > METRE


def test_no_window_looks_at_a_near_wall():
    # a slit of 10 pixels, 0.7 m, above the bedroom's top wall
    rooms = [(LIVING, (0, 0, 90, 40)), (MASTER, (0, 50, 90, 90)), (STORE, (90, 0, 120, 90))]
    result = opened(rooms)
    assert all(w.segment[1] != 50 or w.segment[3] != 50 for w in result.windows)
    assert {w.room for w in result.windows} == {0, 1}


def test_a_room_behind_its_balcony_has_its_window_there_beside_the_door():
    rooms = [(LIVING, (0, 0, 60, 60)), (BALCONY, (0, 60, 60, 80))]
    rooms += [(STORE, (-30, 0, 0, 80)), (STORE, (60, 0, 90, 80)), (STORE, (-30, -20, 90, 0))]
    result = opened(rooms)
    (window,) = (w for w in result.windows if w.room == 0)
    assert window.segment[1] == 60
    (door,) = (d for d in result.doors if d.rooms == (0, 1))
    assert line(window.segment).distance(line(door.segment)) > 0.1 * METRE


TYPES = (MASTER, KITCHEN, BATH, SECOND, BALCONY, ENTRANCE, DINING, STORE)


@st.composite
def homes(draw):
    """A living room with rooms above and below it, walls of 0 to 6 pixels between them."""
    wall = draw(st.integers(0, 6))
    rooms = [(LIVING, (0, 0, 160, 50))]
    for y0, y1 in ((-50 - wall, -wall), (50 + wall, 100 + wall)):
        cuts = draw(st.lists(st.sampled_from((20, 40, 60, 100, 120)), unique=True, max_size=3))
        edges = [0, *sorted(cuts), 160]
        for x0, x1 in itertools.pairwise(edges):
            rooms.append(
                (draw(st.sampled_from(TYPES)), (x0, y0, x1 - (wall if x1 < 160 else 0), y1))
            )
    return rooms


@settings(deadline=None, max_examples=25)
@given(homes())
def test_doors_and_windows_stand_in_walls_and_keep_clear_of_each_other(rooms):
    result = opened(rooms)
    shapes = [box(*shape) for _, shape in rooms]
    for door in result.doors:
        for room in door.rooms:
            near = shapes[room].boundary.buffer(3.1)
            assert near.covers(line(door.segment))
    for window in result.windows:
        assert shapes[window.room].boundary.buffer(3.1).covers(line(window.segment))
    places = [line(part.segment) for part in (*result.doors, *result.windows)]
    for one, other in itertools.combinations(places, 2):
        assert one.distance(other) > 0
    told = {room for one in result.unreached for room in one.rooms}
    assert len(result.doors) - 1 >= len(rooms) - 1 - len(told)


@settings(deadline=None, max_examples=15)
@given(homes(), st.sampled_from(((1, 0, 0, 1), (-1, 0, 0, 1), (0, 1, 1, 0), (0, -1, 1, 0))))
def test_the_same_rooms_are_joined_when_a_plan_is_turned_or_mirrored(rooms, matrix):
    turned = [(t, affine_transform(box(*shape), [*matrix, 31, -17])) for t, shape in rooms]
    first, second = opened(rooms), opened(turned)
    assert [door.rooms for door in first.doors[1:]] == [door.rooms for door in second.doors[1:]]
    assert np.isclose(
        sum(line(w.segment).length for w in first.windows),
        sum(line(w.segment).length for w in second.windows),
    )
