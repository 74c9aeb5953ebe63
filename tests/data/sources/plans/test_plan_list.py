import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.data.sources.plans.plan_list import ListError, first_value, split_list

PARTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.lists(PARTS, max_size=6), st.sampled_from([None, 0, 3]))
def test_the_elements_of_a_list(values: list[object], indent: int | None) -> None:
    text = " \n" + json.dumps(values, indent=indent) + "\n "
    assert [json.loads(part) for part in split_list(text)] == values


@pytest.mark.parametrize("length", [16_382, 16_383, 16_384, 16_385, 16_386, 100_000])
def test_elements_around_the_usual_length(length: int) -> None:
    for value in ("a" * (length - 2), int("9" * 4000), [0] * (length // 3)):
        assert [json.loads(p) for p in split_list(json.dumps([1, value, 2]))] == [1, value, 2]


@pytest.mark.parametrize("part", ["[],", "{},", '{"a":{}},'])
def test_one_element_is_looked_at_a_megabyte_far(part: str) -> None:
    """A list in a list of 6 MB would take 150 MB."""
    text = "[[" + part * (6_000_000 // len(part)) + "0]]"
    tracemalloc.start()
    try:
        assert list(split_list(text)) == [None]
        assert tracemalloc.get_traced_memory()[1] < 60e6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "text", ["[1", "[1,", "[1,]", "[,]", "[1 2]", "[1] 2", "[", "[[[", "[" * 9999]
)
def test_what_is_no_list(text: str) -> None:
    with pytest.raises(ListError):
        list(split_list(text))


def test_the_first_value_and_the_rest() -> None:
    assert first_value(' {"a": 1}\n{"b": 2}') == ('{"a": 1}', '\n{"b": 2}')
    assert first_value("{") is None
    assert first_value("") is None
    assert first_value('"' + "a" * (2 << 20) + '"') is None
