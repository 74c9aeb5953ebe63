"""The words of a data set as a value: what it refuses, what it says, and how it travels."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bd_gen.diagrams.diagram import Diagram, room_names
from bd_gen.diagrams.recorded_words import (
    FIELD,
    check_same_words,
    name_of_record,
    words_name_record,
    words_of_record,
    words_record,
)
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.diagrams.word_parts import DirectionRule, Relation, RoomType, TouchRule
from bd_gen.diagrams.words import Words
from bd_gen.diagrams.words_file import built_in_words, read_words, words_named, yaml_text
from bd_gen.system.errors import InputError

DOORS = Words(
    "doors",
    (RoomType("living", passage=True), RoomType("bedroom", synonyms=("bed",)), RoomType("bath")),
    (Relation("door"), Relation("leads to", "follows"), Relation("follows", "leads to")),
)


def test_rplan_is_what_it_always_was() -> None:
    assert RPLAN.hash == "e61ffd86986b"
    assert (RPLAN.num_room_types, RPLAN.node_mask, RPLAN.node_pad) == (13, 13, 14)
    assert (RPLAN.no_edge, RPLAN.edge_mask, RPLAN.edge_pad, RPLAN.edge_size) == (10, 11, 12, 13)
    assert RPLAN.inverse.tolist() == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 10, 11, 12]
    assert sum(map(len, RPLAN.forbidden_outer_types.values())) == 69
    assert [RPLAN.room_names[t] for t in RPLAN.at_most_one] == ["LivingRoom", "Entrance"]
    assert RPLAN.typical_footprint(8) == 9000 + 8 * 1850


def test_tokens_follow_from_the_words() -> None:
    v = Vocabulary(3, DOORS)
    assert v.mask_row.tolist() == [3, 3, 3, 4, 4, 4]
    assert v.pad_row.tolist() == [4, 4, 4, 5, 5, 5]
    assert (v.num_values, v.node_size, v.edge_size) == (4, 5, 6)
    assert DOORS.inverse.tolist() == [0, 2, 1, 3, 4, 5]
    assert DOORS.meaning == {}
    assert not DOORS.has_directions


def test_names_and_synonyms_are_found_and_plurals_are_told() -> None:
    assert DOORS.room_type("BED-") == DOORS.room_type("bedroom") == 1
    assert DOORS.room_type("Kitchen") is None
    assert DOORS.relation("Leads_To") == 1
    assert RPLAN.plural(9) == "Balconies"
    assert DOORS.plural(1) == "bedrooms"


@pytest.mark.parametrize("name", ["rplan", "resplan", "lifull"])
def test_words_come_back_from_plain_values_and_from_a_file(name: str, tmp_path: Path) -> None:
    words = words_named(name)
    assert Words.from_plain(json.loads(json.dumps(words.plain))) == words
    (tmp_path / "w.yaml").write_text(yaml_text(words))
    assert read_words(tmp_path / "w.yaml") == words
    assert name in built_in_words()


def test_a_copy_of_rplan_is_rplan(tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text(yaml_text(RPLAN))
    assert read_words(tmp_path / "w.yaml") is RPLAN


def test_equality_sees_everything_and_the_hash_what_tokens_mean() -> None:
    painted = replace(DOORS, room_types=(replace(DOORS.room_types[0], colour="#123456"),
                                         *DOORS.room_types[1:]))  # fmt: skip
    assert painted != DOORS
    assert painted.hash == DOORS.hash
    renamed = replace(DOORS, room_types=(RoomType("lounge"), *DOORS.room_types[1:]))
    assert renamed.hash != DOORS.hash
    once = replace(DOORS.room_types[0], at_most_one=True)
    assert replace(DOORS, room_types=(once, *DOORS.room_types[1:])).hash != DOORS.hash
    assert hash(replace(DOORS)) == hash(DOORS)
    assert replace(DOORS) == DOORS


def test_diagrams_of_other_words_are_other_diagrams() -> None:
    assert Diagram((0, 1)) != Diagram((0, 1), words=DOORS)
    assert room_names(Diagram((1, 1, 0), words=DOORS)) == ("bedroom 1", "bedroom 2", "living")
    assert str(Diagram((0, 1), ((0, 1, 1),), DOORS)).endswith("living[0] leads to bedroom[1]")
    with pytest.raises(ValueError, match=r"type 3 is not in 0\.\.2"):
        Diagram((3,), words=DOORS)
    with pytest.raises(ValueError, match=r"relation 3 is not in 0\.\.2"):
        Diagram((0, 1), ((0, 1, 3),), DOORS)


def types(*names: str) -> tuple[RoomType, ...]:
    return tuple(RoomType(name) for name in names)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"room_types": types("Kitchen", "kit-chen")}, "'Kitchen' of Kitchen and 'kit-chen'"),
        ({"room_types": (RoomType("a", ("b",)), RoomType("B"))}, "'b' of a and 'B' of B"),
        ({"room_types": types("a", "a")}, "'a' of a and 'a' of a"),
        ({"room_types": types(*(f"t-{k}" for k in range(201)))}, "1 to 200, got 201"),
        ({"room_types": ()}, "1 to 200, got 0"),
        ({"relations": ()}, "relations: expected 1 to 200"),
        ({"relations": (Relation("a", "b"),)}, "a: inverse: there is no 'b'"),
        ({"relations": (Relation("a", "b"), Relation("b"))}, "a: its inverse is b, whose inverse"),
        ({"relations": (Relation("none"),)}, "'none' is what files say of rooms not joined"),
        ({"relations": (Relation("above"),)}, "above means above, so its inverse above must mean"),
        ({"never_inside": (("a", ("b",)),)}, "never_inside: there is no relation that means ins"),
        ({"rule": DirectionRule()}, "graph2plan needs relations that mean left-above"),
        ({"rule": TouchRule(relation="x")}, "rule: relation: there is no 'x'"),
        ({"entries": ("hall",)}, "entries: there is no room type 'hall'"),
        ({"metres_per_pixel": 0.0}, "metres_per_pixel: expected a number above 0"),
        ({"footprint": (-1, 0)}, "footprint: expected two numbers"),
        ({"name": "two\nlines"}, "name of a vocabulary"),
    ],
)
def test_words_that_contradict_themselves(changes: dict[str, object], message: str) -> None:
    whole = {"name": "w", "room_types": types("a", "b"), "relations": (Relation("door"),)}
    with pytest.raises(ValueError, match=r".") as error:
        Words(**(whole | changes))
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_directed_relation_is_not_what_touching_is() -> None:
    with pytest.raises(ValueError, match="leads to is not symmetric"):
        replace(DOORS, rule=TouchRule(relation="leads to"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: w\nroom_types: [a]\n", "relations: is missing"),
        ("name: w\nroom_types: [a]\nrelations: [b]\nrules: {}\n", "rules: there is no such field"),
        ("name: w\nroom_types: a\nrelations: [b]\n", "room_types: expected another kind"),
        ("name: w\nroom_types: [{name: a, size: 3}]\nrelations: [b]\n", "a: size: there is no"),
        ("name: w\nroom_types: [{name: a, area: wide}]\nrelations: [b]\n", "a: area: expected a n"),
        (
            "name: w\nroom_types: [{name: a, passage: 1}]\nrelations: [b]\n",
            "expected true or false",
        ),
        ("name: w\nroom_types: [{name: a, kind: x}]\nrelations: [b]\n", "a: kind: expected one of"),
        ("name: w\nroom_types: [{name: a, colour: red}]\nrelations: [b]\n", "expected #RRGGBB"),
        ("name: w\nroom_types: [Room 2]\nrelations: [b]\n", "must not end in a blank and a number"),
        (
            "name: w\nroom_types: [a]\nrelations: [b]\nrule: {kind: x}\n",
            "expected one of graph2plan",
        ),
        ("name: w\nroom_types: [a]\nrelations: [b]\nrule: {kind: touch, wall: 0}\n", "rule: wall"),
        ("name: w\nname: v\nroom_types: [a]\nrelations: [b]\n", "stands there twice"),
        ("- a\n", "expected fields"),
    ],
)
def test_files_that_are_no_vocabulary(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "w.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=r"w\.yaml") as error:
        read_words(path)
    assert message in str(error.value)


def test_an_unknown_name_is_answered_with_a_near_one() -> None:
    with pytest.raises(InputError, match="did you mean resplan"):
        words_named("resplann")


def test_files_say_which_words_they_have_but_for_those_of_rplan() -> None:
    assert words_record(RPLAN) == words_name_record(RPLAN) == {}
    assert words_of_record(None, "f") is RPLAN
    assert name_of_record(None, "f") == ("rplan", RPLAN.hash)
    record = json.loads(json.dumps(words_record(DOORS)))[FIELD]
    assert words_of_record(record, "f") == DOORS
    assert name_of_record(words_name_record(DOORS)[FIELD], "f") == ("doors", DOORS.hash)


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ([], "expected a dictionary"),
        ({"words": None}, "expected fields"),
        ({"words": DOORS.plain, "hash": "0"}, "its hash is not that of its words"),
    ],
)
def test_files_that_say_nonsense_of_their_words(record: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        words_of_record(record, "f.pt")


def test_other_words_are_refused_with_both_names() -> None:
    with pytest.raises(InputError, match=rf"a: .*doors \({DOORS.hash}\).* b is rplan"):
        check_same_words(DOORS, "a", RPLAN, "b")
    check_same_words(RPLAN, "a", RPLAN, "b")


def test_sizes_that_are_not_known_are_those_of_usual_rooms() -> None:
    assert (DOORS.typical_areas == 1500).all()
    some = replace(DOORS, room_types=(RoomType("living", area=4000), *DOORS.room_types[1:]))
    assert some.typical_areas.tolist() == [4000, 4000, 4000]
    assert 0 < some.short_sides[0] < some.half_perimeters[0] / 2
    assert np.isclose(some.typical_footprint(3), 12_000)
