import pytest

from bd_gen.cli.indices import indices_of
from bd_gen.system.errors import InputError


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], ()),
        (["3"], (3,)),
        (["3, 8-11"], (3, 8, 9, 10, 11)),
        (["4,2-3", "0"], (4, 2, 3, 0)),
        (["5 - 5,"], (5,)),
    ],
)
def test_numbers_and_ranges(texts, expected):
    assert indices_of(texts, 10) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "numbers and ranges as in 3,8-11, got ''"),
        (",", "numbers and ranges as in 3,8-11"),
        ("a", "got 'a'"),
        ("1-", "got '1-'"),
        ("1-2-3", "got '1-2-3'"),
        ("-1", "counts from 0"),
        ("1" * 12, "numbers and ranges"),
        ("2-1", "2-1: expected the smaller number first"),
        ("0-99999999999", "expected at most 10 diagrams"),
        ("0-5,0-5", "expected at most 10 diagrams"),
    ],
)
def test_what_is_none(text, message):
    with pytest.raises(InputError, match=message):
        indices_of([text], 10)
