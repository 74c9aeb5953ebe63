"""Refused draws in samples files, results and comparisons."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.results.carry_over import kept
from bd_gen.results.columns import Column
from bd_gen.results.configuration import configuration
from bd_gen.results.rejection import (
    Rejection,
    plain_rejection,
    rejection_from_plain,
    rejection_in_words,
)
from bd_gen.results.result_file import Result
from bd_gen.results.samples_file import Samples, read_description, read_samples, write_samples
from bd_gen.system.errors import InputError

Make = Callable[..., Samples]
DRAWN = {42: Rejection(25, 4, 1), 123: Rejection(20, 0, 0)}
PLAIN = {
    "attempts": {"42": 25, "123": 20},
    "refused": {"42": 4, "123": 0},
    "undecided": {"42": 1, "123": 0},
    "refused_share": {"42": 0.2, "123": 0.0},
}


def test_how_it_stands_in_a_file() -> None:
    assert plain_rejection(DRAWN) == PLAIN
    assert rejection_from_plain(PLAIN, (42, 123), 20, "here") == DRAWN


@given(
    st.dictionaries(
        st.integers(0, 2**64 - 1), st.tuples(st.integers(0, 10**9), st.integers(0, 10**9))
    ).filter(bool),
    st.integers(1, 10**7),
)
def test_both_ways(refused: dict[int, tuple[int, int]], num_samples: int) -> None:
    drawn = {seed: Rejection(num_samples + a + b, a, b) for seed, (a, b) in refused.items()}
    plain = plain_rejection(drawn)
    assert rejection_from_plain(plain, tuple(drawn), num_samples, "here") == drawn
    assert all(0 <= share < 1 for share in plain["refused_share"].values())


def test_nothing_is_nothing() -> None:
    assert rejection_from_plain(None, (42,), 20, "here") == {}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (7, "here: expected a dictionary, got int"),
        ({}, "here/attempts: expected a count for each seed"),
        (PLAIN | {"refused": {"42": 4}}, "here/refused: expected a count for each seed"),
        (PLAIN | {"refused": {"42": 4, "7": 0}}, "here/refused: expected a count for each seed"),
        (PLAIN | {"undecided": {"42": 1.0, "123": 0}}, "here/undecided: expected a count"),
        (PLAIN | {"undecided": {"42": True, "123": 0}}, "here/undecided: expected a count"),
        (PLAIN | {"refused": {"42": 5, "123": -1}}, "here/refused: expected a count"),
        (PLAIN | {"refused": {"42": 5, "123": 0}}, "here: seed 42: expected 20 kept, got 19"),
        (PLAIN | {"refused": {"42": [4], "123": 0}}, "here/refused: expected a count"),
    ],
)
def test_what_contradicts_the_file_is_refused(value: Any, said: str) -> None:
    with pytest.raises(InputError) as raised:
        rejection_from_plain(value, (42, 123), 20, "here")
    assert str(raised.value).startswith(said)


# ---------------------------------------------------------------- the samples file


def test_the_samples_file_keeps_it(tmp_path: Path, make_samples: Make) -> None:
    path = tmp_path / "a_samples.pt"
    write_samples(path, replace(make_samples("a"), rejection=DRAWN))
    assert read_samples(path).rejection == read_description(path).rejection == DRAWN


def test_a_file_without_it_is_as_it_always_was(tmp_path: Path, make_samples: Make) -> None:
    import torch

    path = tmp_path / "a_samples.pt"
    write_samples(path, make_samples("a"))
    assert "rejection" not in torch.load(path, weights_only=True)
    assert read_samples(path).rejection == {}


def test_a_file_that_contradicts_itself_is_neither_written_nor_read(
    tmp_path: Path, make_samples: Make
) -> None:
    import torch

    path = tmp_path / "a_samples.pt"
    wrong = {42: Rejection(25, 4, 0), 123: Rejection(20, 0, 0)}
    said = f"{path}: rejection: seed 42: expected 20 kept, got 21"
    with pytest.raises(InputError) as raised:
        write_samples(path, replace(make_samples("a"), rejection=wrong))
    assert str(raised.value) == said
    assert not path.exists()
    write_samples(path, make_samples("a"))
    content = torch.load(path, weights_only=True)
    torch.save(content | {"rejection": plain_rejection(wrong)}, path)
    with pytest.raises(InputError) as raised:
        read_samples(path)
    assert str(raised.value) == said


# ---------------------------------------------------------------- result and comparison


def test_the_result_takes_it_over(make_samples: Make) -> None:
    samples = replace(make_samples(config={"only_realizable": True}), rejection=DRAWN)
    config = kept(None, samples, "s", "d").config
    assert config["only_realizable"] is True
    assert config["rejection"] == PLAIN
    assert "rejection" not in kept(None, make_samples(), "s", "d").config


def column(name: str, **config: object) -> Column:
    fields = {"format_version": 2, "method": name, "timestamp": "", "config": config}
    return Column(name, Result({**fields, "per_seed": {}, "summary": {}}))


def test_the_comparison_says_it_in_words() -> None:
    columns = [column("a", only_realizable=True, rejection=PLAIN), column("b", top_p=0.9)]
    rows = {row[0]: row[1:] for row in configuration(columns).rows}
    assert rows["only_realizable"] == ("yes", "n/a")
    assert rows["refused draws"] == ("11.1 % of 45 draws, 1 undecided", "n/a")
    assert "rejection" not in rows


def test_without_such_a_method_there_is_no_such_row() -> None:
    rows = {row[0] for row in configuration([column("b", top_p=0.9)]).rows}
    assert not rows & {"refused draws", "only_realizable", "rejection"}


@pytest.mark.parametrize("value", [7, [], {"attempts": 3}, PLAIN | {"attempts": {"42": "x"}},
                                   PLAIN | {"attempts": {}}])  # fmt: skip
def test_a_result_of_others_may_say_anything(value: Any) -> None:
    assert rejection_in_words(value) == "not readable"
