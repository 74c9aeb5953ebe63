import ast
import gc
import json
import math
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bd_gen
from bd_gen.system.errors import InputError
from bd_gen.system.plain import LARGEST_DEPTH, JsonError, parse_json, plain_dict, plain_value


def test_plain_values_stay_and_others_become_plain() -> None:
    value = {"a": (1, np.float64(0.5), [None, True]), 3: np.str_("x"), "b": {}}
    copy = plain_value(value, "here")
    assert copy == {"a": [1, 0.5, [None, True]], "3": "x", "b": {}}
    assert type(copy["a"][1]) is float
    assert type(copy["3"]) is str


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (math.nan, "expected finite numbers, got nan"),
        ([-math.inf], "expected finite numbers, got -inf"),
        ({"a": object()}, "expected plain values, got one of type object"),
        ({(1, 2): 3}, "expected plain values, got one of type dict"),
        (np.int64(3), "expected plain values, got one of type int64"),
        ({1.5: 2}, "expected plain values"),
    ],
)
def test_other_values_are_refused(value: object, message: str) -> None:
    with pytest.raises(InputError, match=f"^here: {message}"):
        plain_value(value, "here")


def test_depth_and_size_are_limited() -> None:
    deep: list = []
    for _ in range(LARGEST_DEPTH):
        deep = [deep]
    assert plain_value(deep, "here") == deep
    endless: list = []
    endless.append(endless)
    doubled: list = []
    for _ in range(LARGEST_DEPTH):
        doubled = [doubled] * 10
    for value in ([deep], endless, doubled):
        with pytest.raises(InputError, match="nested too deeply or too large"):
            plain_value(value, "here")


def test_a_dictionary_is_asked_for() -> None:
    assert plain_dict({"a": 1}, "here") == {"a": 1}
    with pytest.raises(InputError, match="here: expected a dictionary, got list"):
        plain_dict([1], "here")


@pytest.mark.parametrize("number", [10**400, -(10**309)])
def test_integers_beyond_the_range_of_floats_are_refused(number: int) -> None:
    """JSON can say them, and every mean of them would fail."""
    with pytest.raises(InputError, match=r"x: expected numbers within 1e.100"):
        plain_value({"a": [number]}, "x")
    assert plain_value(2**64, "x") == 2**64


@pytest.mark.parametrize("value", [1e200, -1e101, {"a": [10**101]}])
def test_numbers_whose_squares_are_none_are_refused(value: object) -> None:
    with pytest.raises(InputError, match=r"x: expected numbers within 1e.100"):
        plain_value(value, "x")


@pytest.mark.parametrize("value", ["\ud800", {"\udfff": 1}, ["a\ud800b"]])
def test_half_a_character_is_refused(value: object) -> None:
    with pytest.raises(InputError, match="x: holds half of a character"):
        plain_value(value, "x")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_what_is_json_comes_out(value: object) -> None:
    text = json.dumps(value)
    assert parse_json(text) == value
    assert parse_json(text.encode()) == value
    assert parse_json(b"\xef\xbb\xbf" + text.encode()) == value


@pytest.mark.parametrize(
    "text", ['{"a": 1, "a": 1}', '[{"b": {"a": 1, "c": 2, "a": 3}}]', '{"a": 1, "\\u0061": 2}']
)
def test_a_key_that_stands_there_twice_is_refused(text: str) -> None:
    with pytest.raises(JsonError, match="says 'a' twice in one object"):
        parse_json(text)


def test_the_same_key_in_other_objects_is_no_fault() -> None:
    assert parse_json('[{"a": 1}, {"a": {"a": 2}}]') == [{"a": 1}, {"a": {"a": 2}}]


@pytest.mark.parametrize("part", ["[],", "{},", "0,", '{"a":{}},', "[[[]]],", "[0,[0]],"])
def test_values_are_counted_before_they_are_made(part: str) -> None:
    text = ("[" + part * 1_000_000)[:-1] + "]"
    tracemalloc.start()
    try:
        with pytest.raises(JsonError, match="holds more than 1,000,000 values"):
            parse_json(text)
        assert tracemalloc.get_traced_memory()[1] < 1e6
    finally:
        tracemalloc.stop()


@given(JSON)
def test_commas_and_brackets_are_no_fewer_than_values(value: object) -> None:
    def count(part: object) -> int:
        inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        return 1 + sum(map(count, inner))

    with pytest.raises(JsonError, match="values"):
        parse_json(f"[{json.dumps(value)},0]", count(value) + 1)
    parse_json('{"a": [1, 2, 3]}', 5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "is not JSON"),
        (b"{", "is not JSON"),
        (b"\xff", "is not text in UTF-8"),
        (b"[" * 200_000, "is nested too deeply"),
        (b'{"a":' * 200_000, "is nested too deeply"),
        (b"9" * 5000, "is not JSON"),
    ],
)
def test_other_texts_are_refused_by_one_line(text: bytes, message: str) -> None:
    with pytest.raises(JsonError, match=message) as caught:
        parse_json(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("is_on", [True, False])
def test_no_garbage_is_looked_for_while_values_are_made(is_on: bool) -> None:
    """Among many values that takes longer than making them."""
    rounds: list[str] = []
    (gc.enable if is_on else gc.disable)()
    gc.callbacks.append(lambda phase, _: rounds.append(phase))
    try:
        value = parse_json("[" + "[]," * 100_000 + "0]")
        assert len(value) == 100_001
        with pytest.raises(JsonError):
            parse_json("[" + "[]," * 100_000)
        assert gc.isenabled() == is_on
    finally:
        gc.callbacks.pop()
        gc.enable()
    assert rounds.count("start") <= 4  # once the value is there, or has gone


OWN_FILES = {
    "system/locks.py",
    "metrics/statistics_file.py",
    "data/cache.py",
    "studio/model_process.py",
    "studio/worker.py",
}
"""Readers of files that this program alone writes, and makes again whatever is wrong with them; the
last two read the lines that one of its processes writes to the other."""


def test_no_other_module_parses_json() -> None:
    folder = Path(bd_gen.__file__).parent
    parsers = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            is_json = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
            if is_json and node.value.id == "json" and node.attr in ("load", "loads"):
                parsers.add(str(path.relative_to(folder)))
    assert parsers == OWN_FILES
