import dataclasses

import pytest
from shapely import box

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.floor_plan import FloorPlan
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.word_parts import Relation, RoomType, TouchRule
from bd_gen.diagrams.words import Words
from bd_gen.layouts.openings import add_openings
from bd_gen.layouts.room_roles import room_roles, thickest_wall

OFFICE = Words(
    "office",
    (
        RoomType("Corridor", kind="hall", passage=True),
        RoomType("Desk room", kind="study"),
        RoomType("Closet", kind="storage"),
        RoomType("Walk-in closet", kind="storage"),
        RoomType("Something"),
        RoomType("Lobby", kind="hall", passage=True),
    ),
    (Relation("beside"),),
    entries=("Lobby",),
    metres_per_pixel=0.1,
)


@pytest.mark.parametrize(
    ("name", "passage", "daylight", "facade"),
    [
        ("LivingRoom", True, "wanted", True),
        ("Kitchen", True, "wanted", True),
        ("Entrance", True, "none", False),
        ("DiningRoom", True, "wanted", False),
        ("GuestRoom", False, "wanted", True),
        ("StudyRoom", False, "wanted", True),
        ("Bathroom", False, "welcome", False),
        ("Balcony", False, "none", True),
        ("Storage", False, "none", False),
    ],
)
def test_rplans_rooms(name, passage, daylight, facade):
    role = room_roles(RPLAN).of_type[RPLAN.room_type(name)]
    assert (role.is_passage, role.daylight, role.wants_facade) == (passage, daylight, facade)


def test_a_wardrobe_belongs_to_a_bedroom_and_a_store_does_not():
    roles = room_roles(RPLAN)
    wardrobe, store, master = map(RPLAN.room_type, ("Wall-in", "Storage", "MasterRoom"))
    assert roles.may_open(wardrobe, master)
    assert not roles.may_open(store, master)
    kinds = [role.kind for role in room_roles(OFFICE).of_type]
    assert kinds == ["hall", "study", "storage", "wardrobe", "", "hall"]


def test_living_room_dining_room_and_entrance_are_one_space():
    roles = room_roles(RPLAN)
    living, dining, bath = map(RPLAN.room_type, ("LivingRoom", "DiningRoom", "Bathroom"))
    assert roles.is_open(living, dining)
    assert not roles.is_open(living, bath)
    assert not roles.is_open(living, living)


def test_the_front_door_leads_where_the_words_say_first():
    assert room_roles(OFFICE).entrance_order((1, 0, 5, 2)) == [2, 1, 0]
    assert room_roles(RPLAN).entrance_order((3, 2, 0, 10)) == [3, 2, 1]
    assert room_roles(RPLAN).entrance_order((3, 9)) == []


def test_walls_are_as_thick_as_the_rule_joins_rooms():
    assert thickest_wall(RPLAN) == 9
    assert thickest_wall(OFFICE) == 9
    assert thickest_wall(dataclasses.replace(OFFICE, rule=TouchRule(touch=4))) == 4
    assert thickest_wall(dataclasses.replace(OFFICE, rule=TouchRule(touch=0))) == 1


def test_plans_in_other_words_get_doors_in_their_unit():
    rooms = (box(0, 0, 20, 100), box(20, 0, 60, 50), box(20, 50, 60, 100))
    result = add_openings(Diagram((5, 1, 2), words=OFFICE), FloorPlan(rooms))
    assert [door.rooms for door in result.doors] == [(0,), (0, 1), (0, 2)]
    x0, y0, x1, y1 = result.doors[1].segment
    assert (x0, x1, y1 - y0) == pytest.approx((20, 20, 8))  # 0.8 m
    assert {window.room for window in result.windows} == {1}
