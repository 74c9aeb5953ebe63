"""Which name was meant, and tables of things by name."""

import pytest

from bd_gen.system.errors import InputError
from bd_gen.system.names import Registry, did_you_mean, nearest


def fruit() -> Registry[int]:
    """Three things."""
    registry: Registry[int] = Registry("fruit")
    for number, name in enumerate(("apple", "pear", "plum")):
        registry.add(name, number)
    return registry


def test_things_keep_the_order_in_which_they_came() -> None:
    assert list(fruit().items()) == [("apple", 0), ("pear", 1), ("plum", 2)]


def test_a_taken_name_is_refused_and_changes_nothing() -> None:
    registry = fruit()
    with pytest.raises(InputError, match="there is already a fruit called 'pear'"):
        registry.add("pear", 9)
    assert registry.find("pear") == 1


def test_an_unknown_name_gets_the_names_and_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        fruit().find("appel")
    assert str(caught.value) == (
        "fruit must be one of apple, pear, plum, got 'appel'; did you mean apple?"
    )
    with pytest.raises(InputError, match=r"got 'x{60}'$"):
        fruit().find("x" * 10_000)


def test_nothing_alike_gives_no_hint() -> None:
    assert did_you_mean("zzz", ["apple"]) == ""
    assert did_you_mean("aple", ["apple", "ape"], count=2) == "; did you mean apple or ape?"
    assert nearest("apple", ["apples", "apple"], count=2) == ["apple", "apples"]


def test_a_name_from_a_file_is_escaped() -> None:
    assert did_you_mean("ab\x1b", ["ab\x1bc"]) == "; did you mean ab\\x1bc?"


def test_what_is_put_back_stands_where_it_was() -> None:
    registry = fruit()
    registry._built_in = dict(registry)
    registry.add("fig", 3)
    pear = registry.pop("pear")
    assert list(registry) == ["apple", "plum", "fig"]
    registry["pear"] = pear
    assert list(registry) == ["apple", "pear", "plum", "fig"]
