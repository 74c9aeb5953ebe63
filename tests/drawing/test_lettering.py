import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.drawing.lettering import FINENESS, Writing
from bd_gen.drawing.wording import Wording, wordings_of

WORD = Wording(("Kitchen",), 8.0)


def free_box(x0: float, y0: float, x1: float, y1: float, side: int = 100) -> np.ndarray:
    free = np.zeros((side * FINENESS, side * FINENESS), bool)
    free[int(y0 * FINENESS) : int(y1 * FINENESS), int(x0 * FINENESS) : int(x1 * FINENESS)] = True
    return free


def test_text_stands_in_the_middle_of_what_is_free():
    label = Writing(100, 100).put_within(free_box(10, 20, 90, 60), [WORD])
    np.testing.assert_allclose(label.centre, (50, 40), atol=1)
    assert label.anchor is None


def test_the_first_wording_that_fits_is_taken():
    width, height = WORD.extent
    narrow = free_box(10, 10, 10 + width - 2, 10 + height + 2)
    upright = Wording(WORD.lines, WORD.size, upright=True)
    assert Writing(100, 100).put_within(narrow, [WORD]) is None
    assert Writing(100, 100).put_within(narrow, [WORD, Wording(("K",), 8.0)]).wording.lines == (
        "K",
    )
    tall = free_box(10, 10, 10 + height + 2, 10 + width + 2)
    assert Writing(100, 100).put_within(tall, [WORD, upright]).wording.upright


def test_places_are_taken_once():
    width, height = WORD.extent
    writing, free = Writing(100, 100), free_box(0, 0, width + 2, 2.9 * height)
    first, second = (writing.put_within(free, [WORD]) for _ in range(2))
    # The first stands in the middle, so that only parts above and below are left.
    assert first is not None
    assert second is None


def test_nothing_free_has_no_place():
    writing = Writing(100, 100)
    nothing = np.zeros_like(writing.taken)
    assert writing.put_within(nothing, [WORD]) is None
    assert writing.put_outside(nothing, [WORD], np.array([5.0, 5.0])) is None
    assert writing.put_at(nothing, [WORD], np.array([[50.0, 50.0]])) is None


def test_text_outside_stands_near_and_its_line_ends_at_the_rim():
    writing, target = Writing(100, 100), np.array([50.0, 50.0])
    free = ~free_box(30, 30, 70, 70)
    label = writing.put_outside(free, [WORD], target, radius=20.0)
    assert 20 <= np.linalg.norm(label.centre - target) < 40
    assert np.linalg.norm(label.anchor - target) == pytest.approx(20, abs=0.5)
    assert not label.has_leader


def test_lines_to_text_cross_no_text():
    writing = Writing(100, 100)
    words = []
    for _ in range(6):
        free = ~free_box(38, 38, 62, 62)
        words.append(writing.put_outside(free, [WORD], np.array([50.0, 50.0]), radius=8.0))
    assert None not in words
    for k, one in enumerate(words):
        points = one.leader[0] + np.linspace(0, 1, 99)[:, None] * np.diff(one.leader, axis=0)
        for other in words[:k] + words[k + 1 :]:
            half = np.array(other.wording.extent) / 2 - 0.5
            assert not (np.abs(points - other.centre) < half).all(axis=1).any()


def test_text_at_given_places():
    writing, places = Writing(100, 100), np.array([[50.0, 50.0], [50.0, 54.0], [50.0, 80.0]])
    free = np.ones_like(writing.taken)
    assert writing.put_at(free, [WORD], places).centre.tolist() == [50, 50]
    assert writing.put_at(free, [WORD], places).centre.tolist() == [50, 80]


@given(st.lists(st.integers(0, 60), min_size=4, max_size=4), st.integers(1, 12))
def test_no_two_texts_overlap(box, count):
    x0, y0, width, height = box
    writing, free = Writing(100, 100), free_box(x0, y0, x0 + width + 5, y0 + height + 5)
    wordings = [Wording((text,), size) for text in ("Kitchen", "K") for size in (8.0, 6.0, 5.0)]
    labels = [writing.put_within(free, wordings) for _ in range(count)]
    boxes = [
        np.concatenate([one.centre - half, one.centre + half])
        for one in labels
        if one is not None
        for half in [np.array(one.wording.extent) / 2]
    ]
    for k, one in enumerate(boxes):
        assert (one[:2] >= np.array([x0, y0]) - 0.5).all()
        for other in boxes[:k]:
            apart = np.maximum(one[:2], other[:2]) - np.minimum(one[2:], other[2:])
            assert apart.max() >= -1 / FINENESS


def test_text_stands_where_it_is_wanted_if_there_is_some_space():
    free = free_box(10, 20, 90, 60)
    near = Writing(100, 100).put_within(free, [WORD], np.array([40.0, 30.0]))
    np.testing.assert_allclose(near.centre, (40, 30), atol=1)
    beyond = Writing(100, 100).put_within(free, [WORD], np.array([95.0, 40.0]))
    assert beyond.centre[0] + WORD.extent[0] / 2 < 90


def test_lines_to_text_outside_are_no_longer_than_allowed():
    target = np.array([20.0, 50.0])
    far = free_box(60, 40, 99, 60)
    assert Writing(100, 100).put_outside(far, [WORD], target, farthest=20.0) is None
    assert Writing(100, 100).put_outside(far, [WORD], target, farthest=60.0) is not None


def test_names_of_several_words_are_broken_and_areas_stand_beside_where_there_is_no_line_below():
    ways = wordings_of("Anna's room", "12.0 m²", 8.0, may_be_upright=False)
    lines = [way.lines for way in ways]
    assert lines[0] == ("Anna's room", "12.0 m²")
    assert ("Anna's", "room", "12.0 m²") in lines
    assert ("Anna's room 12.0 m²",) in lines
    broken = ways[lines.index(("Anna's", "room", "12.0 m²"))]
    assert broken.sizes[0] == broken.sizes[1] > broken.sizes[2]
