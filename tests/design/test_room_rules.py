"""Rules in words, and what they mean for tokens."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rplan import NO_EDGE, NUM_RELATIONS, RELATIONS, ROOM_TYPES

from bd_gen.design.checking import satisfies
from bd_gen.design.room_rules import parse_rule
from bd_gen.design.rule_meaning import TOUCHES, AnyRule, RoomPhrase, RoomRule
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.system.errors import InputError

LIVING, MASTER, KITCHEN, BATH, SECOND = 0, 1, 2, 3, 7
VOCABULARY = Vocabulary(4)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Kitchen touches LivingRoom", "Kitchen touches LivingRoom"),
        ("the kitchen is next to a living room", "Kitchen touches LivingRoom"),
        ("Second room 2 is left of master_room", "SecondRoom 2 left-of MasterRoom"),
        ("every Bathroom touches MasterRoom", "every Bathroom touches MasterRoom"),
        ("all bathroom are adjacent to each SecondRoom", "every Bathroom touches every SecondRoom"),
        ("LivingRoom surrounds Storage", "LivingRoom surrounding Storage"),
        ("Wall-in right-below Kitchen", "Wall-in right-below Kitchen"),
        ("Bathroom is inside MasterRoom", "Bathroom inside MasterRoom"),
    ],
)
def test_words_are_understood(text, meaning):
    assert str(parse_rule(text, "require")) == f"require {meaning}"
    assert parse_rule(meaning, "require") == parse_rule(text, "require")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Kitchen", "expected ROOM RELATION ROOM"),
        ("", "expected ROOM RELATION ROOM"),
        ("Kitchen toches LivingRoom", "did you mean touches"),
        ("Kitchn touches LivingRoom", "did you mean Kitchen"),
        ("Kitchen touches", "expected ROOM RELATION ROOM"),
        ("Bathroom 0 touches Kitchen", "numbered from 1"),
        ("every Bathroom 2 touches Kitchen", "'every' and a number"),
        ("Kitchen touches Garden", "unknown room 'Garden'; known: LivingRoom"),
        ("Kitchen touches " * 30, "at most 200 characters"),
    ],
)
def test_what_is_no_rule_is_said_in_one_line(text, message):
    with pytest.raises(InputError, match=message) as caught:
        parse_rule(text, "require")
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("--require ")


def test_what_is_forbidden_is_forbidden_for_all():
    with pytest.raises(InputError, match="leave out 'every'"):
        parse_rule("every Bathroom touches Kitchen", "forbid")


@given(st.text(max_size=60))
def test_any_text_is_a_rule_or_an_error(text):
    try:
        rule = parse_rule(text, "require")
    except InputError:
        return
    assert isinstance(rule, RoomRule | AnyRule)


def test_a_programme_must_have_the_rooms_of_a_rule():
    rule = parse_rule("Bathroom 2 touches Kitchen", "require")
    with pytest.raises(InputError, match="should have Bathroom 2, it has only 1 of Bathroom"):
        rule.for_programme((BATH, KITCHEN), VOCABULARY)
    with pytest.raises(InputError, match="should have Kitchen, it has none of Kitchen"):
        rule.for_programme((BATH, BATH), VOCABULARY)
    with pytest.raises(InputError, match="takes two"):
        parse_rule("Kitchen touches Kitchen", "require").for_programme((BATH, KITCHEN), VOCABULARY)


@pytest.mark.parametrize(
    "text",
    ["Kitchen inside Bathroom", "every Bathroom surrounding Kitchen", "Bathroom contains Kitchen"],
)
def test_a_room_inside_one_that_cannot_hold_it_is_not_asked_for(text):
    with pytest.raises(InputError, match="no sound plan has a Kitchen inside a Bathroom"):
        parse_rule(text, "require").for_programme((BATH, KITCHEN), VOCABULARY)


def test_a_room_inside_one_that_can_hold_it_may_be_asked_for_and_all_be_forbidden():
    for kind, text in (
        ("require", "Bathroom inside Kitchen"),
        ("forbid", "Kitchen inside Bathroom"),
    ):
        assert parse_rule(text, kind).for_programme((BATH, KITCHEN), VOCABULARY).clauses


def test_an_edge_from_the_other_end_has_the_inverse_relation():
    rule = parse_rule("Kitchen left-of Bathroom", "require")
    for types, label in (((KITCHEN, BATH), "left-of"), ((BATH, KITCHEN), "right-of")):
        (clause,) = rule.for_programme(types, VOCABULARY).clauses
        assert [RELATIONS[r] for r in clause[0].allowed] == [label]


phrases = st.builds(
    RoomPhrase,
    st.sampled_from([KITCHEN, BATH, SECOND]),
    st.none() | st.integers(1, 2),
    st.booleans(),
)
room_rules = st.builds(
    RoomRule,
    st.sampled_from(["require", "forbid"]),
    phrases,
    st.sampled_from([TOUCHES, *RELATIONS]),
    phrases,
)


@given(
    room_rules,
    st.lists(st.sampled_from([KITCHEN, BATH, SECOND]), min_size=2, max_size=4),
    st.integers(0, 2**31 - 1),
)
def test_clauses_say_what_the_words_say(rule, room_types, seed):
    """The rule's clauses against the check that takes it at its words, on random diagrams."""
    try:
        clauses = rule.for_programme(room_types, VOCABULARY)
    except InputError:
        return
    rng = np.random.default_rng(seed)
    rows = rng.choice([NO_EDGE, 2, 7, 4, 5], (40, VOCABULARY.length)).astype(np.uint8)
    found = clauses.holds(rows)
    for row, holds in zip(rows, found, strict=True):
        relations = {}
        for i, j in itertools.combinations(range(len(room_types)), 2):
            label = int(row[VOCABULARY.n_max + VOCABULARY.edge_index(i, j)])
            if label < NUM_RELATIONS:
                relations[i, j] = RELATIONS[label]
                relations[j, i] = RELATIONS[9 - label]
        assert satisfies(rule, room_types, relations) == holds


def test_a_phrase_reads_as_it_was_written():
    assert str(RoomPhrase(LIVING, None, True)) == "every LivingRoom"
    assert str(RoomPhrase(MASTER, 2)) == f"{ROOM_TYPES[MASTER]} 2"
