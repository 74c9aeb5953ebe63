import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.results.where import LONGEST, Condition
from bd_gen.system.errors import InputError

COLUMNS = {
    "seed": np.array([42, 42, 7]),
    "connected": np.array([True, False, True]),
    "num_rooms": np.array([4, 7, 8], np.uint8),
    "hash": np.array(["a", "bb", "é"]),
    "distance": np.array([0.5, np.nan, -2.0]),
}


def rows(text: str) -> list[int]:
    """Numbers of the rows for which the condition holds."""
    holds = Condition(text, list(COLUMNS)).holds(COLUMNS)
    assert (holds.dtype, holds.shape) == (np.bool_, (3,))
    return np.flatnonzero(holds).tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("connected", [0, 2]),
        ("not connected", [1]),
        ("connected and num_rooms >= 7", [2]),
        ("not connected or num_rooms == 8", [1, 2]),
        ("not (connected and num_rooms >= 7)", [0, 1]),
        ("connected or connected and num_rooms > 9", [0, 2]),
        ("4 < num_rooms <= 7", [1]),
        ("num_rooms != 7", [0, 2]),
        ("num_rooms in (4, 8)", [0, 2]),
        ("num_rooms not in [4, 8]", [1]),
        ("num_rooms in ()", []),
        ("hash == 'bb'", [1]),
        ("hash in ('é', 'x')", [2]),
        ("hash < 'b'", [0]),
        ("distance > -3", [0, 2]),
        ("distance != distance", [1]),
        ("num_rooms == 4.0", [0]),
        ("num_rooms < 1e999", [0, 1, 2]),
        ("num_rooms < 99999999999999999999999", [0, 1, 2]),
        ("seed > num_rooms", [0, 1]),
        ("connected == (num_rooms == 4)", [0, 1]),
        ("connected == False", [1]),
        ("True", [0, 1, 2]),
        ("1 > 2", []),
        ("  connected\n", [0, 2]),
        ("((((connected))))", [0, 2]),
    ],
)
def test_a_condition_says_which_rows(text: str, expected: list[int]) -> None:
    assert rows(text) == expected


def test_the_columns_asked_for_are_known() -> None:
    condition = Condition("num_rooms > 3 and not connected and num_rooms < 9", list(COLUMNS))
    assert condition.names == ["num_rooms", "connected"]
    assert condition.text == "num_rooms > 3 and not connected and num_rooms < 9"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("conected", "conected: column 'conected': not known; did you mean connected"),
        ("zzz > 1", "column 'zzz': not known; there are 5 names"),
        ("num_rooms = 4", "num_rooms = 4: is no condition; it compares with ==, not ="),
        ("connected and", "is no condition; it may hold columns"),
        ("connected & connected", "cannot use 'connected & connected' here; it may hold"),
        ("num_rooms + 1 > 3", "cannot use 'num_rooms [+] 1' here"),
        ("num_rooms", "num_rooms is a number, not true or false: compare it"),
        ("not hash", "hash is text, not true or false"),
        ("connected and 3", "3 is a number, not true or false"),
        ("hash == 3", r"hash \(text\) and 3 \(a number\) cannot be compared"),
        ("connected > 0", r"connected \(true or false\) and 0 \(a number\) cannot be compared"),
        ("num_rooms in hash", "expected values in parentheses after 'in'"),
        ("num_rooms in (4, 'a')", r"num_rooms \(a number\) and 'a' \(text\) cannot be compared"),
        ("(4, 5) == num_rooms", "a list of values stands only after 'in'"),
        ("(4, 5)", "a list of values stands only after 'in'"),
        ("num_rooms is 4", "'is' compares nothing here; use == or !="),
        ("-connected", "cannot use '-connected' here"),
        ("num_rooms == None", "cannot use 'None' here"),
        ("hash == b'a'", "cannot use \"b'a'\" here"),
        ("num_rooms == 1j", "cannot use '1j' here"),
        ("", "expected a condition of 1 to"),
        ("   ", "expected a condition of 1 to"),
        ("not " * LONGEST + "connected", "expected a condition of 1 to"),
        ("(" * 900, "is no condition"),
        ("hash == 'a\0'", "is no condition"),
        ("\ud800", "is no condition"),
        ("connected\nseed", "connected seed: is no condition"),
    ],
)
def test_what_is_no_condition_is_told_in_one_line(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        rows(text)
    assert "\n" not in str(caught.value)
    str(caught.value).encode()


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "connected.__class__",
        "seed[0] == 42",
        "(lambda: connected)()",
        "[s for s in hash]",
        "f'{seed}' == 'a'",
        "(connected := True)",
        "connected if connected else connected",
        "{'a': 1}",
        "9**9**9 > num_rooms",
        "'a' * 999999999 == hash",
        "num_rooms in {4}",
        "await connected",
        "(yield)",
        "print",
        "...",
        "*hash, ",
    ],
)
def test_nothing_else_is_carried_out(text: str) -> None:
    with pytest.raises(InputError):
        rows(text)


def test_the_deepest_condition_can_be_carried_out() -> None:
    text = "not " * ((LONGEST - len("connected")) // 4) + "connected"
    assert rows(text) in ([0, 2], [1])


def test_no_warning_of_the_parser_gets_through() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert rows(r"hash == '\d'") == []


def problem(text: str) -> str:
    """What is wrong with a condition; empty if nothing is."""
    try:
        rows(text)
    except InputError as error:
        return str(error)
    return ""


_PARTS = [*COLUMNS, "and", "or", "not", "in", "(", ")", ",", "==", "<", "3", "'a'", "-", "."]


@given(st.lists(st.sampled_from(_PARTS), max_size=12).map(" ".join))
def test_any_words_are_a_condition_or_an_error_for_people(text: str) -> None:
    assert "\n" not in problem(text)


@given(st.text(max_size=40))
def test_any_text_is_a_condition_or_an_error_for_people(text: str) -> None:
    assert "\n" not in problem(text)
