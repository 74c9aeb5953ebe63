"""What is known of a diagram: read, checked, and turned into a token row."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from tests.rplan import EDGE_MASK, EDGE_PAD, NO_EDGE, NODE_MASK, NODE_PAD, RELATIONS, ROOM_TYPES

from bd_gen.diagrams.tokens import diagrams_from_tokens, is_well_formed
from bd_gen.diagrams.vocabulary import LARGEST_N_MAX, Vocabulary
from bd_gen.sampling.condition_reader import read_condition
from bd_gen.sampling.conditions import Condition, condition_from_rooms
from bd_gen.system.errors import InputError

LIVING, MASTER, KITCHEN, BATH = (
    ROOM_TYPES.index(name) for name in ("LivingRoom", "MasterRoom", "Kitchen", "Bathroom")
)
LEFT, RIGHT = RELATIONS.index("left-of"), RELATIONS.index("right-of")


def written(folder: Path, content: Any) -> Path:
    path = folder / "diagram.json"
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(text)
    return path


def test_rooms_as_words():
    condition = condition_from_rooms("LivingRoom, kitchen,BATH ROOM, master_room,")
    assert condition.room_types == (LIVING, KITCHEN, BATH, MASTER)
    assert condition.relations == ()


@pytest.mark.parametrize("text", ["", " , ,"])
def test_no_room_is_refused(text):
    with pytest.raises(InputError, match="at least one room"):
        condition_from_rooms(text)


def test_an_unknown_room_is_answered_with_the_near_one():
    with pytest.raises(InputError, match=r"--rooms: unknown room 'Kitchn'; did you mean Kitchen\?"):
        condition_from_rooms("LivingRoom, Kitchn")


def test_a_file_by_hand(tmp_path):
    path = written(
        tmp_path,
        {
            "rooms": ["Kitchen", None, {"type": "Bathroom"}],
            "relations": [[0, 2, "left-of"], [1, 0, "none"], [2, 1, "left of"]],
        },
    )
    condition = read_condition(path)
    assert condition.room_types == (KITCHEN, None, BATH)
    # Given as "2 is left of 1", kept as "1 is right of 2".
    assert set(condition.relations) == {(0, 2, LEFT), (0, 1, NO_EDGE), (1, 2, RIGHT)}
    row = condition.row(Vocabulary(4))
    k, m, p = EDGE_MASK, NODE_MASK, NODE_PAD
    assert row.tolist()[:4] == [KITCHEN, m, BATH, p]
    assert row.tolist()[4:] == [NO_EDGE, LEFT, EDGE_PAD, RIGHT, EDGE_PAD, EDGE_PAD]
    assert k not in row.tolist()
    assert row.dtype == np.uint8


def test_what_is_not_known_is_masked():
    row = Condition((None, KITCHEN)).row(Vocabulary(3))
    assert row.tolist() == [NODE_MASK, KITCHEN, NODE_PAD, EDGE_MASK, EDGE_PAD, EDGE_PAD]


def test_boxes_give_relations(tmp_path):
    rooms = [
        {"type": "LivingRoom", "box": [0, 0, 100, 100]},
        {"type": "Kitchen", "box": [100, 0, 150, 100]},
        {"type": "Bathroom", "box": [300, 0, 350, 100]},
    ]
    condition = read_condition(written(tmp_path, {"rooms": rooms}))
    assert set(condition.relations) == {(0, 1, LEFT), (0, 2, NO_EDGE), (1, 2, NO_EDGE)}


def test_pairs_whose_direction_is_open(tmp_path):
    relations = [[0, 1], [2, 1, "touches"], [2, 0, None], [0, 2, "left-of"], [1, 2]]
    condition = read_condition(written(tmp_path, {"rooms": GOOD, "relations": relations}))
    assert condition.relations == ((0, 2, LEFT),)  # says more than that they are joined
    assert condition.joined == ((0, 1), (1, 2))
    row = condition.row(Vocabulary(3)).tolist()
    assert row[3:] == [EDGE_MASK, LEFT, EDGE_MASK]
    assert condition.allowed(Vocabulary(3)) == {k: frozenset(range(10)) for k in (3, 5)}
    assert condition.with_rooms(4).joined == condition.joined
    assert condition.with_absent_edges().relations == condition.relations
    assert read_condition(written(tmp_path, condition.as_plain)) == condition
    assert condition.digest != Condition(condition.room_types, condition.relations).digest


def test_relations_come_before_boxes(tmp_path):
    rooms = [{"type": "Kitchen", "box": [0, 0, 9, 9]}, {"type": None, "box": [9, 0, 20, 9]}]
    condition = read_condition(written(tmp_path, {"rooms": rooms, "relations": []}))
    assert condition.relations == ()
    assert condition.room_types == (KITCHEN, None)


def test_more_rooms_of_which_nothing_is_known():
    condition = condition_from_rooms("Kitchen, Bathroom").with_rooms(4)
    assert condition.room_types == (KITCHEN, BATH, None, None)
    assert condition.with_rooms(4) == condition
    with pytest.raises(InputError, match="4 rooms, but only 3"):
        condition.with_rooms(3)


@pytest.mark.parametrize("num_rooms", [LARGEST_N_MAX + 1, 10**12])
def test_far_too_many_rooms_are_refused_at_once(num_rooms):
    with pytest.raises(InputError, match="at most"):
        condition_from_rooms("Kitchen").with_rooms(num_rooms)


def test_too_many_rooms_for_the_model():
    with pytest.raises(InputError, match="3 rooms, but this model knows at most 2"):
        condition_from_rooms("Kitchen, Bathroom, Balcony").row(Vocabulary(2))


GOOD = ["Kitchen", "Bathroom", "Balcony"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "expected a JSON object"),
        (b"{", "expected a JSON object"),
        (b"\xff\xfe\xfa", "expected a JSON object"),
        (b"[" * 100_000, "expected a JSON object"),
        ([], "expected {"),
        ({}, "expected {"),
        ({"rooms": "Kitchen"}, "expected {"),
        ({"rooms": []}, "at least one room"),
        ({"rooms": ["Kichen"]}, r"rooms\[0\]: unknown room 'Kichen'; did you mean Kitchen"),
        ({"rooms": ["Kitchen", 3]}, r"rooms\[1\]: expected a name"),
        ({"rooms": ["Kitchen", ["Bathroom"]]}, r"rooms\[1\]: expected a name"),
        ({"rooms": [{"type": 5}]}, r"rooms\[0\]: expected a name"),
        ({"rooms": ["LivingRoom", "living room"]}, "at most one LivingRoom, here are 2"),
        ({"rooms": ["Entrance"] * 3}, "at most one Entrance, here are 3"),
        ({"rooms": ["Kitchen"] * 40}, "at most"),
        ({"rooms": [{"type": None, "box": [0, 0, 9, 9]}] * 40}, "at most"),
        ({"rooms": GOOD, "relations": {}}, "relations: expected a list"),
        ({"rooms": GOOD, "relations": None}, "relations: expected a list"),
        ({"rooms": GOOD, "relations": [[0]]}, r"expected \[i, j, name\]"),
        ({"rooms": GOOD, "relations": [[0, 1], [1, 0, "none"]]}, "are both joined and none"),
        ({"rooms": GOOD, "relations": [[0, 3]]}, r"numbered 0\.\.2"),
        ({"rooms": GOOD, "relations": [[0, 1.0, "above"]]}, r"expected \[i, j, name\]"),
        ({"rooms": GOOD, "relations": [[True, 2, "above"]]}, r"expected \[i, j, name\]"),
        ({"rooms": GOOD, "relations": [[0, 1, 3]]}, r"expected \[i, j, name\]"),
        ({"rooms": GOOD, "relations": [[0, 1, "beside"]]}, "unknown relation 'beside'"),
        ({"rooms": GOOD, "relations": [[1, 1, "above"]]}, "room 1 is related to itself"),
        ({"rooms": GOOD, "relations": [[0, 3, "above"]]}, r"numbered 0\.\.2"),
        ({"rooms": GOOD, "relations": [[-1, 2, "above"]]}, r"numbered 0\.\.2"),
        (
            {"rooms": GOOD, "relations": [[0, 1, "above"], [0, 1, "below"]]},
            "rooms 0 and 1 are both above and below",
        ),
        (
            {"rooms": GOOD, "relations": [[0, 1, "above"], [1, 0, "above"]]},
            "rooms 0 and 1 are both above and below",
        ),
        ({"rooms": GOOD, "relations": [[0, 1, "above"], [0, 1, "none"]]}, "both above and none"),
        (
            {"rooms": [{"type": "Kitchen", "box": [0, 0, 9, 9]}, "Balcony"]},
            "all of them have a box",
        ),
        ({"rooms": [{"type": "Kitchen", "box": [9, 0, 0, 9]}]}, "x0 <= x1"),
        ({"rooms": [{"type": "Kitchen", "box": [0, 0, 9]}]}, "x0 <= x1"),
        ({"rooms": [{"type": "Kitchen", "box": "0 0 9 9"}]}, "x0 <= x1"),
        (b'{"rooms": [{"type": "Kitchen", "box": [0, 0, NaN, 9]}]}', "x0 <= x1"),
        (b'{"rooms": [{"type": "Kitchen", "box": [0, 0, 1e400, 9]}]}', "x0 <= x1"),
    ],
)
def test_bad_files(content, reason, tmp_path):
    path = written(tmp_path, content)
    with pytest.raises(InputError, match=reason) as raised:
        read_condition(path)
    assert str(raised.value).startswith(f"{path}: ")
    assert "\n" not in str(raised.value)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_condition(tmp_path / "nowhere.json")
    with pytest.raises(InputError, match="is not a file"):
        read_condition(tmp_path)
    path = tmp_path / "large.json"
    path.write_bytes(b" " * (2 << 20))
    with pytest.raises(InputError, match="more than 1 MB"):
        read_condition(path)


@pytest.mark.parametrize(
    ("relations", "words"),
    [
        ([[0, 1, "left-of"], [1, 2, "left-above"], [2, 0, "left-below"]], "left and right"),
        ([[0, 1, "above"], [1, 2, "right-above"], [0, 2, "below"]], "above and below"),
    ],
)
def test_relations_in_a_circle_are_refused(relations, words, tmp_path):
    condition = read_condition(written(tmp_path, {"rooms": GOOD, "relations": relations}))
    with pytest.raises(InputError, match=f"{words} form a circle"):
        condition.row(Vocabulary(8))


def test_relations_that_agree_are_no_circle(tmp_path):
    relations = [[0, 1, "left-of"], [1, 2, "left-above"], [0, 2, "left-below"]]
    row = read_condition(written(tmp_path, {"rooms": GOOD, "relations": relations})).row(
        Vocabulary(3)
    )
    assert is_well_formed(row[None], Vocabulary(3)).all()


@pytest.mark.parametrize(
    ("room_types", "relations"),
    [
        ((13,), ()),
        ((14,), ()),
        ((-1,), ()),
        ((2, 3), ((0, 1, 11),)),
        ((2, 3), ((0, 1, 12),)),
        ((2, 3), ((0, 1, -1),)),
    ],
)
def test_values_that_are_no_rooms_or_relations(room_types, relations):
    """MASK and PAD are not for callers to give."""
    with pytest.raises(InputError, match="given: "):
        Condition(room_types, relations)


@st.composite
def conditions(draw) -> Condition:
    rooms = draw(st.lists(st.none() | st.integers(1, 9), min_size=1, max_size=6))
    pairs = [(i, j) for j in range(len(rooms)) for i in range(j)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    return Condition(tuple(rooms), tuple((i, j, draw(st.integers(0, NO_EDGE))) for i, j in chosen))


@given(conditions())
def test_written_out_and_read_back(tmp_path_factory, condition):
    path = written(tmp_path_factory.mktemp("given"), condition.as_plain)
    again = read_condition(path)
    assert again.room_types == condition.room_types
    assert sorted(again.relations) == sorted(condition.relations)
    assert again.digest == condition.digest


@given(conditions())
def test_a_row_says_what_is_known_and_no_more(condition):
    vocabulary = Vocabulary(6)
    try:
        row = condition.row(vocabulary)
    except InputError:  # in a circle, which has tests of its own
        reject()
    n = condition.num_rooms
    filled = np.where(row == vocabulary.mask_row, 0, row)[None]
    (diagram,) = diagrams_from_tokens(filled, vocabulary)
    assert diagram.num_rooms == n
    known = {(i, j): r for i, j, r in condition.relations}
    for j in range(n):
        for i in range(j):
            token = row[6 + vocabulary.edge_index(i, j)]
            assert token == known.get((i, j), EDGE_MASK)
    for k, room_type in enumerate(condition.room_types):
        assert row[k] == (NODE_MASK if room_type is None else room_type)


def test_the_order_of_relations_does_not_change_the_digest():
    one = Condition((2, 3, 4), ((0, 1, 3), (1, 2, 4)))
    other = Condition((2, 3, 4), ((1, 2, 4), (0, 1, 3)))
    assert one.digest == other.digest
    assert len(one.digest) == 8
    assert Condition((2, 3, 4)).digest != one.digest
