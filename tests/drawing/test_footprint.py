import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.exchange.exports.cases import boxes_of

from bd_gen.drawing.outlines import footprint


def area(loops: list[np.ndarray]) -> float:
    """By the shoelace formula; holes count against it (y downwards, clockwise is positive)."""
    total = 0.0
    for loop in loops:
        x, y = loop.T
        total += float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum()) / 2
    return total


def test_two_rooms_with_a_wall_between_share_an_outline() -> None:
    boxes = np.array([[0, 0, 10, 10], [14, 0, 20, 30]])
    (loop,) = footprint(boxes)
    assert set(map(tuple, loop.tolist())) == {
        (0, 0),
        (20, 0),
        (20, 30),
        (14, 30),
        (14, 10),
        (0, 10),
    }
    assert area([loop]) == 10 * 14 + 6 * 30
    assert len(footprint(boxes, gap=0)) == 2


def test_a_court_is_a_hole() -> None:
    ring = np.array([[0, 0, 30, 5], [0, 0, 5, 30], [25, 0, 30, 30], [0, 25, 30, 30]])
    loops = footprint(ring)
    assert sorted(map(len, loops)) == [4, 4]
    assert area(loops) == 900 - 400


def test_rooms_that_meet_at_a_corner_stay_two_polygons() -> None:
    loops = footprint(np.array([[0, 0, 10, 10], [10, 10, 20, 20]]), gap=0)
    assert sorted(map(len, loops)) == [4, 4]
    assert area(loops) == 200


def test_rooms_without_area_have_no_outline() -> None:
    assert footprint(np.array([[3, 3, 3, 9]])) == []


@settings(max_examples=60)
@given(boxes=st.integers(1, 7).flatmap(boxes_of))
def test_the_area_is_that_of_the_pixels(boxes: np.ndarray) -> None:
    pixels = np.zeros((256, 256), bool)
    for x0, y0, x1, y1 in boxes:
        pixels[y0:y1, x0:x1] = True
    loops = footprint(boxes, gap=0)
    assert area(loops) == pytest.approx(pixels.sum())
    for loop in loops:
        sides = np.roll(loop, -1, axis=0) - loop
        assert ((sides == 0).sum(axis=1) == 1).all()  # horizontal or vertical, never empty
        assert (sides[:, 0] * np.roll(sides, 1, axis=0)[:, 0] == 0).all()  # corners are corners


@settings(max_examples=30)
@given(boxes=st.integers(1, 6).flatmap(boxes_of))
def test_closing_is_that_of_the_pixels(boxes: np.ndarray) -> None:
    from scipy.ndimage import binary_closing

    pixels = np.zeros((300, 300), bool)
    for x0, y0, x1, y1 in boxes + 20:
        pixels[y0:y1, x0:x1] = True
    closed = binary_closing(pixels, np.ones((10, 10)))  # fills gaps of up to 9 pixels
    assert area(footprint(boxes)) == pytest.approx(closed.sum())
