"""Lengths and areas in words: units, ranges, and the reading that was meant where one is odd."""

import pytest

from bd_gen.design.measures import (
    PLOT_SIDE,
    ROOM_AREA,
    ROOM_SIDE,
    TOTAL_AREA,
    metres,
    metres_range,
)
from bd_gen.diagrams.laid_out import METRES_PER_PIXEL
from bd_gen.system.errors import InputError

PX = METRES_PER_PIXEL


@pytest.mark.parametrize(
    ("value", "quantity", "size"),
    [
        (2.4, ROOM_SIDE, 2.4),
        ("2.4", ROOM_SIDE, 2.4),
        ("240 cm", ROOM_SIDE, 2.4),
        ("2400mm", ROOM_SIDE, 2.4),
        ("8 ft", ROOM_SIDE, 2.4384),
        ("8'", ROOM_SIDE, 2.4384),
        ("32px", ROOM_SIDE, 2.25),
        ("9 m²", ROOM_AREA, 9),
        ("9m2", ROOM_AREA, 9),
        ("9 sqm", ROOM_AREA, 9),
        ("100 sq ft", ROOM_AREA, 9.290304),
        ("100 ft²", ROOM_AREA, 9.290304),
        ("1024px", ROOM_AREA, 5.0625),
    ],
)
def test_units(value, quantity, size):
    assert metres(value, quantity, "x", PX) == pytest.approx(size)


@pytest.mark.parametrize(
    ("value", "bounds"),
    [
        ("6-9", (6, 9)),
        ("6 to 9 m²", (6, 9)),
        ("6 – 9", (6, 9)),
        ([6, "9 m2"], (6, 9)),
        ("at least 11.5", (11.5, None)),
        (">= 11.5 m²", (11.5, None)),
        ("up to 9", (None, 9)),
        ("at most 9", (None, 9)),
        (10, (9, 11)),
        ("60-100 sq ft", (5.574, 9.290)),
    ],
)
def test_ranges(value, bounds):
    found = metres_range(value, ROOM_AREA, "x", PX)
    for got, expected in zip(found, bounds, strict=True):
        assert got == (None if expected is None else pytest.approx(expected, abs=1e-3))


@pytest.mark.parametrize(
    ("value", "quantity", "words"),
    [
        (900, ROOM_AREA, "did you mean 900px (4.45 m²) or 900 ft² (83.6 m²)?"),
        (2750, ROOM_SIDE, "did you mean 2750 mm (2.75 m)?"),
        (275, ROOM_SIDE, "did you mean 275 cm (2.75 m)?"),
        ("9px", PLOT_SIDE, "0.633 m is no side of a plot (1.5 to 60 m); did you mean 9 m (9 m)"),
        (650, TOTAL_AREA, "did you mean 650 ft² (60.4 m²)?"),
        ("big", ROOM_SIDE, "expected '2.4', '2.4 m' or '8 ft', got 'big'"),
        ("8 m", ROOM_AREA, "'m' is no unit of an area; write m² or ft²"),
        ("8 m²", ROOM_SIDE, "unknown unit 'm²' of a length"),
        ("8 yards", ROOM_SIDE, "unknown unit 'yards'"),
        (True, ROOM_SIDE, "expected '2.4'"),
        (float("nan"), ROOM_SIDE, "expected the side of a room, got nan"),
        (-2, ROOM_SIDE, "expected the side of a room, got -2"),
    ],
)
def test_what_is_no_such_size_is_told_with_what_was_meant(value, quantity, words):
    with pytest.raises(InputError) as caught:
        metres(value, quantity, "brief.yaml: x", PX)
    assert words in str(caught.value)
    assert str(caught.value).startswith("brief.yaml: x: ")


@pytest.mark.parametrize("value", ["9-6", [6], "6-", "at least", [6, 7, 8], None])
def test_what_is_no_range_is_refused(value):
    with pytest.raises(InputError):
        metres_range(value, ROOM_AREA, "x", PX)
