from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rplan import NO_EDGE, RELATIONS
from tests.studio.sketches import message

from bd_gen.studio.sketch_message import sketch_of
from bd_gen.system.errors import InputError


def test_a_relation_is_stored_from_the_lower_room() -> None:
    sketch = sketch_of(message([1, 0, "left-of"], [0, 2, "touches"], [3, 1, "apart"]))
    assert sketch.relations == ((0, 1, RELATIONS.index("right-of")), (1, 3, NO_EDGE))
    assert sketch.joined == ((0, 2),)
    assert (0, 1) not in sketch.open_pairs
    assert len(sketch.open_pairs) == 15 - 3


def test_areas_are_square_metres() -> None:
    sketch = sketch_of(message(areas={"Kitchen": [4, None]}))
    assert sketch.min_areas == {2: 809}  # 4 / (18 / 256)²
    assert sketch.max_areas == {}


def test_names_stand_before_types() -> None:
    rooms = [{"type": "Bathroom", "name": "Spa"}, {"type": "Bathroom"}]
    assert sketch_of({"rooms": rooms}).labels == ("Spa", "Bathroom 2")


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({}, "at least one room"),
        ({"rooms": [{"type": "Kitchn"}]}, "Kitchen"),
        ({"rooms": 3}, "expected a list"),
        ({"rooms": [3]}, "expected an object"),
        (message([0, 0, "above"]), "two rooms"),
        (message([0, 1, "above"], [1, 0, "below"]), "each pair once"),
        (message([0, 9, "above"]), "0..5"),
        (message([0, 1, "abov"]), "unknown relation"),
        (message([0, True, "above"]), "whole number"),
        (message(fixed={"9": [0, 0, 1, 1]}), "below 6"),
        (message(fixed={"0": [5, 0, 1, 1]}), "x0 < x1"),
        (message(areas={"Kitchen": [-1, 2]}), "above 0"),
        (message(areas={"Kitchen": [9, 2]}), "least area"),
        (message(rules=[{"kind": "must", "text": "x"}]), "'require' or 'forbid'"),
        (message(rules=[{"kind": "require", "text": "x\n"}]), "printable"),
        ({"rooms": [{"type": "Kitchen"}] * 33}, "at most 32"),
        ({"rooms": [{"type": "Kitchen", "name": "x" * 61}]}, "at most 60"),
        ({"rooms": [{"type": "Kitchen", "at": [1, 1e9]}]}, "within"),
    ],
)
def test_what_cannot_be_is_refused_in_words(bad: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        sketch_of(bad).options()


NONSENSE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["rooms", "type", "relations", "rules", "0"]), inner)
    ),
    max_leaves=12,
)


@given(NONSENSE)
def test_nonsense_is_refused_and_nothing_worse(value: Any) -> None:
    with suppress(InputError):
        sketch_of(value)
