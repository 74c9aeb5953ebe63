"""Which rows are taken, in which order, and how many are looked at."""

from pathlib import Path

import pytest

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.exchange.choosing import Choice, Row
from bd_gen.system.errors import InputError

PATH = Path("x")


def rows(names: str, bad: str = ""):
    for name in names.split():
        plan = LaidOut(name, Diagram((0,)))
        yield Row(name, None if name in bad.split() else lambda plan=plan: plan)


def taken(choice: Choice, names: str = "1-0 1-1 2-0 2-1", bad: str = "") -> str:
    return " ".join(plan.id for plan in choice.of(rows(names, bad), PATH).plans)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (Choice(), "1-0 1-1 2-0 2-1"),
        (Choice(limit=3), "1-0 1-1 2-0"),
        (Choice(seed=2), "2-0 2-1"),
        (Choice(seed=2, limit=1), "2-0"),
        (Choice(ids=("2-1",), indices=(2, 0)), "1-0 2-0 2-1"),
        (Choice(ids=("2-1",), indices=(2, 0), is_as_asked=True), "2-0 1-0 2-1"),
        (Choice(ids=("2-1", "1-0"), indices=(3, 3), is_as_asked=True), "2-1 1-0"),
        (Choice(ids=("2-1", "1-0"), limit=1), "1-0"),
        (Choice(ids=("2-1", "1-0"), limit=1, is_as_asked=True), "2-1"),
    ],
)
def test_what_is_taken(choice: Choice, expected: str) -> None:
    assert taken(choice) == expected


def test_of_an_id_that_stands_there_twice_the_first_is_taken() -> None:
    chosen = Choice(ids=("a", "c")).of(rows("a a b c"), PATH)
    assert [plan.id for plan in chosen.plans] == ["a", "c"]
    assert taken(Choice(ids=("a",), indices=(1,)), "a a b") == "a a"


@pytest.mark.parametrize("choice", [Choice(limit=2), Choice(indices=(1,)), Choice(ids=("1-1",))])
def test_no_more_is_looked_at_than_has_to_be(choice: Choice) -> None:
    source = rows("1-0 1-1 2-0 2-1")
    assert choice.of(source, PATH).num_rows == 2
    assert next(source).id == "2-0"
    assert choice.of(rows("1-0 1-1 2-0 2-1"), PATH, is_whole=True).num_rows == 4


def test_rows_that_are_no_diagrams_are_counted_and_keep_their_places() -> None:
    chosen = Choice(limit=1).of(rows("1-0 1-1 2-0", "1-1"), PATH, is_whole=True)
    assert chosen[1:] == (3, 1, 3)
    assert Choice(seed=2).of(rows("1-0 1-1 2-0", "1-1"), PATH, is_whole=True)[1:] == (3, 0, 1)
    assert taken(Choice(indices=(2,)), bad="1-1") == "2-0"
    for choice in (Choice(indices=(1,)), Choice(ids=("1-1",))):
        with pytest.raises(InputError, match=r"x: 1-1 \(index 1\) is no complete diagram"):
            taken(choice, bad="1-1")


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        (Choice(indices=(1, 4)), r"--index: 4: x holds 4 diagrams, 0\.\.3"),
        (Choice(ids=("1-0", "1-00")), r"x: there is no diagram with id '1-00'; did you mean 1-0"),
        (Choice(ids=("y",)), r"id 'y'\Z"),
        (Choice(seed=3), "--seed: x holds no samples of seed 3"),
    ],
)
def test_what_is_not_there(choice: Choice, message: str) -> None:
    with pytest.raises(InputError, match=message):
        taken(choice)


def test_choices_that_are_none() -> None:
    with pytest.raises(InputError, match="counts from 0"):
        Choice(indices=(-1,))
    with pytest.raises(InputError, match="at least 1"):
        Choice(limit=0)
    with pytest.raises(InputError, match="--seed: goes without --index and --id"):
        Choice(ids=("a",), seed=1)
