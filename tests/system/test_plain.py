import math

import numpy as np
import pytest

from bd_gen.system.errors import InputError
from bd_gen.system.plain import LARGEST_DEPTH, plain_dict, plain_value


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
