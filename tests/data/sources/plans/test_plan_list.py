import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.data.sources.plans.line_reader import LONGEST_LINE
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


@pytest.mark.parametrize("length", [100_000, *range(LONGEST_LINE - 12, LONGEST_LINE)])
def test_elements_around_the_end_of_what_is_looked_at(length: int) -> None:
    for value in ("a" * (length - 2), int("9" * 4000), [0] * (length // 3)):
        values = [1, value, 23, value, "b", 45]
        assert [json.loads(part) for part in split_list(json.dumps(values))] == values


class _Counted(str):
    """A text that knows how much of it was copied."""

    copied = 0

    def __getitem__(self, place: object) -> str:
        part = super().__getitem__(place)  # type: ignore[index]
        self.copied += len(part)
        return part


@pytest.mark.parametrize("part", ["[],", "0,", '"' + "a" * 700_000 + '",'])
def test_a_list_is_copied_a_few_times_however_short_its_elements(part: str) -> None:
    text = _Counted("[" + part * (3_000_000 // len(part)) + "0]")
    assert sum(1 for _ in split_list(text)) == text.count(",") + 1
    assert text.copied < 5 * len(text)


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
