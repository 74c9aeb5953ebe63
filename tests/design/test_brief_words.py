"""From the words of a brief to a brief."""

from pathlib import Path

import pytest

from bd_gen.design.brief_file import read_brief
from bd_gen.design.brief_words import Around, brief_from, checked_fields
from bd_gen.design.impossible import check_possible
from bd_gen.diagrams.laid_out import METRES_PER_PIXEL
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.layouts.room_limits import Opening
from bd_gen.system.errors import InputError

BRIEFS = sorted((Path(__file__).resolve().parents[2] / "examples" / "briefs").glob("*.yaml"))
SQUARE = METRES_PER_PIXEL**2

HOME = {
    "rooms": {
        "Living room": {"area": "20-30", "facade": "any"},
        "Kitchen": {"area": "6-9", "side": 1.8},
        "Anna's room": {"type": "SecondRoom", "area": "at least 9", "facade": "south"},
        "Ben's room": {"type": "bedroom", "opens to": "Living room"},
        "Baths": {"type": "Bathroom", "number": 2},
    },
    "plot": {"size": "9 x 12", "north": "right", "entrance": "south"},
    "require": ["Kitchen opens to Living room", "Anna's room north of Ben's room"],
    "forbid": ["Bath touches kitchen"],
    "count": 3,
}


def test_rooms_go_by_their_own_names():
    brief = brief_from(HOME)
    names = ("Living room", "Kitchen", "Anna's room", "Ben's room", "Baths 1", "Baths 2")
    assert brief.labels == names
    assert brief.room_types == (0, 2, 7, 7, 3, 3)
    assert brief.alike == (0, 1, 2, 3, 4, 4)
    assert brief.count == 3


def test_sizes_are_pixels_that_are_not_less():
    options = brief_from(HOME).options
    kitchen, anna = options.rooms[1], options.rooms[2]
    assert kitchen.min_side * METRES_PER_PIXEL >= 1.8 > (kitchen.min_side - 1) * METRES_PER_PIXEL
    assert kitchen.min_area * SQUARE >= 6
    assert kitchen.max_area * SQUARE <= 9
    assert (anna.min_area * SQUARE >= 9, anna.max_area) == (True, None)
    assert anna.facade == ("left",)  # north is to the right
    assert options.entrance == "left"
    assert options.wording.side("left") == "to the south"


def test_rules_and_openings():
    brief = brief_from(HOME)
    words = [str(rule) for rule in brief.rules]
    assert words == [
        "require Kitchen opens to Living room",
        "require Anna's room north of Ben's room",
        "forbid Bathroom touches Kitchen",
        "require Ben's room opens to Living room",
    ]
    assert brief.rules[1].relation == "right-of"
    assert brief.options.openings == (Opening(((0, 1),)), Opening(((0, 3),)))


def test_what_is_left_open_gets_usable_sizes_and_is_told():
    brief = brief_from(HOME)
    assert "Kitchen" not in " ".join(brief.assumed)  # it says both
    assert "Baths at least 1.2 m and 2.2 m²" in brief.assumed
    assert brief.options.rooms[4].min_area * SQUARE >= 2.2
    bare = brief_from({**HOME, "defaults": False})
    assert bare.assumed == ()
    assert 4 not in bare.options.rooms
    small = brief_from({"rooms": {"Store": {"type": "Bathroom", "area": "1-1.5"}, "Kitchen": None}})
    assert small.options.rooms[0].min_area * SQUARE == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"romms": {}}, "unknown field 'romms'; did you mean rooms?"),
        ({"rooms": None}, "rooms: expected the rooms of the home"),
        ({"rooms": {"Kitchn": None}}, "rooms: unknown room 'Kitchn'; did you mean Kitchen?"),
        ({"rooms": {"A": {"type": "Spa"}}}, "rooms: A: unknown room 'Spa'"),
        ({"rooms": {"Kitchen": {"aera": 6}}}, "unknown field 'aera'; did you mean area?"),
        ({"rooms": {"Kitchen": {"number": 0}}}, "number: expected 1 to 32, got 0"),
        ({"rooms": {"Kitchen": {"area": 900}}}, "did you mean 900px (4.45 m²)"),
        (
            {"rooms": {"Kitchen": {"facade": "sout"}}, "require": [], "forbid": []},
            "'sout' is no side; did you mean south?",
        ),
        ({"rooms": {"A": "Kitchen", "a": "Kitchen"}}, "two rooms are called 'a'"),
        ({"min_area": {"Balcony": 4}}, "the programme has no 'Balcony'"),
        ({"max_area": "Kitchen=5"}, "at most 5 m² is less than the least, 6 m²"),
        ({"min_side": 12}, "did you mean 12px (0.844 m)"),
        ({"require": "Kitchen opens to Garage"}, "unknown room 'Garage'"),
        ({"count": "three"}, "count: expected a whole number, got 'three'"),
        ({"count": 0}, "count: expected 1 to 1000, got 0"),
        ({"defaults": "no"}, "defaults: expected true or false"),
        ({"name": ["a"]}, "name: expected a line"),
        ({"area": 5}, "5 m² is no area of a home"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(changes, words):
    with pytest.raises(InputError) as caught:
        brief_from(checked_fields({**HOME, **changes}, "brief.yaml"))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


POSSIBLE = {"rooms": "LivingRoom, Kitchen, Bathroom, MasterRoom", "count": 2}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"plot": {"size": "5 x 5", "setbacks": 0.5}, "min_area": {"MasterRoom": 12}},
            "the rooms need at least 31.6 m² (LivingRoom 14.0, MasterRoom 12.0, Kitchen 3.4, "
            "Bathroom 2.2; some of it assumed, see --no-defaults), the plot less setbacks has "
            "16.0 m²: 15.6 m² more of plot or less of rooms would do",
        ),
        (
            {"area": "20-25"},
            "but all together are to have at most 25.0 m²: 4.1 m² more in all or less of rooms",
        ),
        (
            {
                "area": "60-80",
                "max_area": {"LivingRoom": 20, "Kitchen": 6, "Bathroom": 4, "MasterRoom": 15},
            },
            "the rooms may have at most 45.0 m², but all together are to have at least 60.0 m²",
        ),
        (
            {"plot": "7 x 9", "min_side": {"LivingRoom": 8}},
            "demands that cannot hold together: LivingRoom lies in the outline; LivingRoom is at "
            "least 8.02 m wide and deep; at least 7.03 m for LivingRoom would do",
        ),
        (
            {
                "require": "Bathroom opens only to MasterRoom",
                "forbid": "Bathroom opens to MasterRoom",
            },
            "a door between Bathroom and MasterRoom is asked for and excluded",
        ),
    ],
)
def test_impossible_briefs_are_explained(changes, words):
    pytest.importorskip("ortools")
    brief = brief_from({**POSSIBLE, **changes})
    vocabulary = Vocabulary(8)
    with pytest.raises(InputError) as caught:
        check_possible(brief, brief.token_rules(vocabulary), vocabulary)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_there_are_eleven_briefs():
    assert len(BRIEFS) == 11


@pytest.mark.parametrize("path", BRIEFS, ids=lambda path: path.stem)
def test_every_brief_is_read_and_not_impossible(path):
    pytest.importorskip("ortools")
    brief = brief_from(read_brief(path), Around(where=lambda name: f"{path.name}: {name}"))
    vocabulary = Vocabulary(8)
    check_possible(brief, brief.token_rules(vocabulary), vocabulary)
    assert brief.title


def test_json_is_read_as_yaml_is(tmp_path):
    path = tmp_path / "brief.json"
    path.write_text('{"rooms": "Kitchen, 2 Bathroom", "count": 2}')
    assert brief_from(read_brief(path)).room_types == (2, 3, 3)
    path.write_text('{"rooms": "Kitchen", "rooms": "Bathroom"}')
    with pytest.raises(InputError, match=r"brief\.json: "):
        read_brief(path)
    with pytest.raises(InputError, match=r"called \.yaml, \.yml or \.json"):
        read_brief(tmp_path / "brief.txt")
