import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.report.axes import Scale, scale_for, x_axis, y_axis

NUMBERS = st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=6)
SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=6)


@given(NUMBERS | SHARES, st.booleans(), st.booleans())
def test_whatever_the_numbers_they_stand_between_the_ends(
    values: list[float], is_rate: bool, may_bend: bool
) -> None:
    scale = scale_for(values, 50.0, 400.0, is_rate=is_rate, may_bend=may_bend)
    for value in (*values, *scale.ticks(20.0)):
        assert 50 - 1e-6 <= scale(value) <= 400 + 1e-6
    assert len(scale.ticks(20.0)) <= 20
    assert "nan" not in x_axis(scale, 300, 200) + y_axis(scale, 50, 200)


@given(st.lists(st.floats(0, 0.999), min_size=2, max_size=6, unique=True))
def test_a_bent_scale_keeps_the_order_of_shares(values: list[float]) -> None:
    scale = scale_for([*values, 1.0], 0.0, 1000.0, is_rate=True, may_bend=True)
    places = [scale(value) for value in sorted(values)]
    assert places == sorted(places)
    assert scale(1.0) == 1000


def test_values_of_many_sizes_get_a_logarithmic_scale() -> None:
    scale = scale_for([0.0001, 0.01, 1.0], 0.0, 100.0, is_rate=False, may_bend=True)
    assert scale.bend == "log"
    gaps = scale(0.01) - scale(0.0001), scale(1.0) - scale(0.01)
    assert gaps[0] == pytest.approx(gaps[1])
    assert scale_for([0.5, 1.0], 0, 1, is_rate=False, may_bend=True).bend == "none"


def test_a_zero_among_them_stands_at_the_low_end() -> None:
    scale = scale_for([0.0, 0.0001, 1.0], 0.0, 100.0, is_rate=False, may_bend=True)
    assert scale.bend == "log"
    assert scale(0.0) == 0 < scale(0.0001)


def test_shares_near_one_are_spread_out_and_one_is_labelled() -> None:
    scale = scale_for([0.6, 0.99, 0.999, 1.0], 0.0, 400.0, is_rate=True, may_bend=True)
    assert scale(0.999) - scale(0.99) > 60
    assert scale.ticks(40.0)[-1] == 1
    below = scale_for([0.6, 0.95], 0.0, 400.0, is_rate=True, may_bend=True)
    assert max(below.ticks(40.0)) < 1


def test_ticks_are_round() -> None:
    scale = Scale(0.0, 0.31, 0.0, 100.0, is_rate=True)
    assert [scale.label(tick) for tick in scale.ticks(0.0)] == ["0 %", "10 %", "20 %", "30 %"]
    log = Scale(2e-5, 0.3, 0.0, 100.0, "log")
    assert [log.label(tick) for tick in log.ticks(0.0)] == ["0.0001", "0.001", "0.01", "0.1"]
    assert all(math.isclose(tick, 10 ** round(math.log10(tick))) for tick in log.ticks(0.0))


def test_a_scale_may_run_backwards() -> None:
    scale = Scale(0.0, 10.0, 100.0, 0.0)
    assert (scale(0.0), scale(10.0), scale(99.0)) == (100, 0, 0)
