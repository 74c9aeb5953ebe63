import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bd_gen.drawing.outlines import outlines_of


def area(loop: np.ndarray) -> float:
    """Signed area; positive if the loop runs clockwise as seen with y downwards."""
    x, y = loop.T
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)


def test_a_rectangle_has_four_corners():
    mask = np.zeros((9, 12), bool)
    mask[2:5, 3:10] = True
    (loop,) = outlines_of(mask)
    assert sorted(map(tuple, loop.tolist())) == [(3, 2), (3, 5), (10, 2), (10, 5)]
    assert area(loop) == 21


def test_a_hole_runs_the_other_way():
    mask = np.ones((7, 7), bool)
    mask[2:4, 2:5] = False
    assert sorted(area(loop) for loop in outlines_of(mask)) == [-6, 49]


def test_cells_that_meet_at_a_corner_are_apart():
    loops = outlines_of(np.eye(2, dtype=bool))
    assert [area(loop) for loop in loops] == [1, 1]


def test_nothing_has_no_outline():
    assert outlines_of(np.zeros((4, 4), bool)) == []


@given(arrays(bool, st.tuples(st.integers(1, 9), st.integers(1, 9))))
def test_outlines_fill_exactly_the_mask(mask: np.ndarray):
    """By winding numbers: how often loops run around the middle of each cell."""
    winding = np.zeros(mask.shape, int)
    for loop in outlines_of(mask):
        assert len(loop) >= 4
        for (x0, y0), (x1, y1) in zip(loop, np.roll(loop, -1, axis=0), strict=True):
            assert (x0 == x1) != (y0 == y1), "every side runs along one axis"
            if x0 == x1:  # cells to the right of it, between its ends
                rows = slice(min(y0, y1), max(y0, y1))
                winding[rows, x0:] += 1 if y0 > y1 else -1
    np.testing.assert_array_equal(winding, mask.astype(int))


@pytest.mark.parametrize("size", [2, 5])
def test_large_cells_give_the_same_shape(size: int):
    mask = np.random.default_rng(0).random((6, 6)) < 0.5
    large = np.kron(mask, np.ones((size, size), bool)).astype(bool)
    small_loops, large_loops = outlines_of(mask), outlines_of(large)
    assert [(size * loop).tolist() for loop in small_loops] == [
        loop.tolist() for loop in large_loops
    ]
