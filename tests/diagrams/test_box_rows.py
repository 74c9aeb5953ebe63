import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.diagrams.box_rows import (
    boxes_of_levels,
    centred,
    levels_of,
    rows_with_boxes,
)
from bd_gen.diagrams.vocabulary import Vocabulary

SIDE = st.integers(0, 255)


@given(st.lists(st.tuples(SIDE, SIDE, SIDE, SIDE), min_size=1, max_size=5), st.integers(2, 254))
def test_levels_and_back_moves_a_side_by_half_a_step_at_most(
    boxes: list[tuple[int, int, int, int]], levels: int
) -> None:
    sides = np.array(boxes, float)
    sides = np.concatenate(
        [np.minimum(sides[:, :2], sides[:, 2:]), np.maximum(sides[:, :2], sides[:, 2:])], axis=1
    )
    back = boxes_of_levels(levels_of(sides, levels), levels)
    assert np.abs(back - sides).max() <= 128 / levels + 1e-9


def test_sides_beyond_the_canvas_have_the_outermost_levels() -> None:
    assert levels_of(np.array([-3, 0, 256, 400]), 128).tolist() == [0, 0, 127, 127]


def test_sides_drawn_in_the_wrong_order_change_places() -> None:
    box = boxes_of_levels(np.array([50, 10, 20, 40]), 128)
    assert box.tolist() == [41, 21, 101, 81]


def test_plans_come_to_the_middle_by_whole_pixels() -> None:
    boxes = np.zeros((2, 3, 4), np.float32)
    boxes[0] = [[10, 20, 50, 60], [50, 20, 91, 60], [0, 0, 0, 0]]
    boxes[1, 0] = [100, 100, 156, 156]
    found = centred(boxes, np.array([2, 1]))
    # from 10 to 91 and from 20 to 60: the middle goes from (50.5, 40) to (128, 128)
    assert found[0].tolist() == [[88, 108, 128, 148], [128, 108, 169, 148], [0, 0, 0, 0]]
    np.testing.assert_array_equal(found[1], boxes[1])
    assert found.dtype == np.float32


def test_a_row_with_boxes_worked_out_by_hand() -> None:
    vocabulary = Vocabulary(2, levels=128)
    tokens = np.array([[0, 3, 7], [2, 14, 12]], np.uint8)
    boxes = np.array([[[0, 0, 20, 40], [24, 0, 60, 41]], [[2, 4, 6, 8], [9, 9, 9, 9]]], float)
    rows = rows_with_boxes(tokens, boxes, np.array([2, 1]), vocabulary)
    assert rows[0].tolist() == [0, 3, 7, 0, 0, 10, 20, 12, 0, 30, 20]
    # a room that is not there is PAD, 129
    assert rows[1].tolist() == [2, 14, 12, 1, 2, 3, 4, 129, 129, 129, 129]
    hidden = rows_with_boxes(tokens, None, np.array([2, 1]), vocabulary)
    assert hidden[:, 3:].tolist() == [[128] * 8, [128] * 4 + [129] * 4]


def test_the_layout_of_rows_with_boxes() -> None:
    v = Vocabulary(3, levels=64)
    assert (v.length, v.num_sides, v.sizes) == (18, 12, (15, 13, 66))
    assert v.kinds.tolist() == [0] * 3 + [1] * 3 + [2] * 12
    assert v.shifts.tolist() == [0] * 3 + [15] * 3 + [28] * 12
    assert v.ends[6:].tolist() == [[k, k] for k in (0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2)]
    assert v.real_positions(2).tolist() == [0, 1, 3, 6, 7, 8, 9, 10, 11, 12, 13]
    assert [int(v.num_real(n)) for n in (1, 2, 3)] == [5, 11, 18]
    assert v.mask_row[6:].tolist() == [64] * 12
    assert v.pad_row[6:].tolist() == [65] * 12
    assert v.of_diagrams == Vocabulary(3)


@pytest.mark.parametrize("levels", [1, 255, -4])
def test_levels_that_no_byte_holds_are_refused(levels: int) -> None:
    with pytest.raises(ValueError, match="levels must be 0 or 2 to 254"):
        Vocabulary(8, levels=levels)
