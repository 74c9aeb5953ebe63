import pytest

from bd_gen.cli.batch_report import Pace
from bd_gen.cli.engine_options import numbers, summary
from bd_gen.system.errors import InputError


class Clock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_pace_is_that_of_what_was_drawn():
    clock = Clock()
    pace = Pace(clock)
    pace.at(0, 1000)
    assert pace.left == ""
    clock.now += 10
    pace.at(100, 1000)
    assert pace.left == "about 90 s left"
    clock.now += 10
    pace.at(200, 1000)
    assert pace.left == "about 80 s left"


@pytest.mark.parametrize(
    ("total", "text"),
    [
        (1_001, "about 100 s left"),
        (10_001, "about 17 min left"),
        (100_001, "about 2.8 h left"),
    ],
)
def test_long_times_are_short_words(total, text):
    clock = Clock()
    pace = Pace(clock)
    pace.at(0, total)
    clock.now += 0.1
    pace.at(1, total)
    assert pace.left == text


def test_what_an_earlier_start_left_does_not_count():
    clock = Clock()
    pace = Pace(clock)
    pace.at(0, 1000)
    clock.now += 50  # loading a model, say
    pace.pause()
    pace.at(500, 1000)
    assert pace.left == ""
    clock.now += 10
    pace.at(600, 1000)
    assert pace.left == "about 40 s left"


def test_nothing_is_left_at_the_end():
    clock = Clock()
    pace = Pace(clock)
    pace.at(0, 10)
    clock.now += 1
    pace.at(10, 10)
    assert pace.left == ""


def test_numbers_may_stand_in_brackets():
    assert numbers("--seeds", None) is None
    assert numbers("--seeds", "42,123") == numbers("--seeds", "[42, 123]") == (42, 123)
    with pytest.raises(InputError, match=r"^--seeds 1;2: expected numbers such as 42,123$"):
        numbers("--seeds", "1;2")


def test_a_summary_names_a_few_and_each_once():
    assert summary(["a", "b", "a"]) == "2 failed: a, b"
    assert summary(list("abcdef")) == "6 failed: a, b, c, d, ..."
