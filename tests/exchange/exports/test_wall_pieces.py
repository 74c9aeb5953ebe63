import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from bd_gen.exchange.exports.wall_pieces import THICKEST, wall_pieces

COURT = shapely.box(0, 0, 6, 4).difference(shapely.box(0.2, 0.2, 5.8, 3.8))


def test_walls_around_a_room_are_four_the_longest_first() -> None:
    pieces = wall_pieces(COURT)
    assert [piece.bounds for piece in pieces[:2]] == [
        pytest.approx((0, 0, 6, 0.2)), pytest.approx((0, 3.8, 6, 4)),
    ]  # fmt: skip
    assert [piece.area for piece in pieces] == pytest.approx([1.2, 1.2, 0.72, 0.72])


def test_walls_aslant_are_left_as_they_hang_together() -> None:
    aslant = shapely.LineString([(6, 4), (9, 7)]).buffer(0.1, cap_style="flat")
    walls = COURT.union(aslant)
    pieces = wall_pieces(walls)
    assert shapely.union_all(pieces).area == pytest.approx(walls.area, abs=1e-2)
    assert max(piece.area for piece in pieces) < 1.3


def test_no_walls() -> None:
    assert wall_pieces(shapely.Polygon()) == []


@settings(max_examples=25)
@given(st.lists(st.tuples(*[st.integers(0, 60)] * 3, st.booleans()), min_size=1, max_size=7))
def test_pieces_are_thin_fill_the_walls_and_do_not_overlap(lines) -> None:
    boxes = [
        (x / 10, y / 10, (x + length) / 10, y / 10 + 0.1)
        if across
        else (x / 10, y / 10, x / 10 + 0.1, (y + length) / 10)
        for x, y, length, across in lines
        if length > 2
    ]
    walls = shapely.union_all([shapely.box(*box) for box in boxes])
    pieces = wall_pieces(walls)
    assert shapely.union_all(pieces).symmetric_difference(walls).area < 1e-3
    assert sum(piece.area for piece in pieces) == pytest.approx(walls.area, abs=1e-3)
    for piece in pieces:
        x0, y0, x1, y1 = piece.bounds
        assert min(x1 - x0, y1 - y0) <= THICKEST + 1e-9
        assert np.isclose(piece.area, (x1 - x0) * (y1 - y0))
