import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bd_gen.drawing.regions import INNER_WALL, OUTER_WALL, regions_of

SIDE = st.integers(0, 120)


def cells(regions, x: float, y: float) -> tuple[int, int]:
    """The cell of a grid at a place of the plan."""
    column, row = np.floor((np.array([x, y]) - regions.corner) / regions.cell).astype(int)
    return int(row), int(column)


def test_a_small_room_is_cut_out_of_a_large_one():
    regions = regions_of(np.array([[0, 0, 100, 80], [60, 40, 100, 80]]))
    assert regions.areas.tolist() == [100 * 80 - 40 * 40, 40 * 40]
    assert regions.seen[cells(regions, 80, 60)] == 1
    assert regions.seen[cells(regions, 30, 60)] == 0
    assert regions.floor[cells(regions, 80, 60)] == 1


def test_rooms_of_no_or_covered_area_are_not_seen():
    regions = regions_of(np.array([[0, 0, 50, 50], [0, 0, 50, 50], [20, 0, 20, 50]]))
    assert regions.areas.tolist() == [0, 2500, 0]


@pytest.mark.parametrize("gap", [0, 1, 2, 3, 5])
def test_walls_between_rooms_have_their_thickness(gap: int):
    """Half of what the gap lacks is taken from each room; a wider gap is the wall itself."""
    regions = regions_of(np.array([[0, 0, 50, 60], [50 + gap, 0, 100, 60]]))
    row = regions.floor[cells(regions, 10, 30)[0]]
    between = np.flatnonzero(row == 1)[0] - np.flatnonzero(row == 0)[-1] - 1
    assert between * regions.cell == max(INNER_WALL, gap)
    assert regions.is_building[cells(regions, 50 + gap / 2, 30)]


@pytest.mark.parametrize(("gap", "is_joined"), [(9, True), (12, False)])
def test_what_lies_between_rooms_that_touch_is_wall(gap: int, is_joined: bool):
    far = 2 * (OUTER_WALL + 1)
    regions = regions_of(np.array([[0, 0, 50, 60], [50 + gap, 0, 100, 60]]))
    assert regions.is_building[cells(regions, 50 + gap / 2, 30)] == (is_joined or gap < far - 2)


def test_an_outer_wall_runs_around():
    regions = regions_of(np.array([[0, 0, 50, 60]]))
    assert regions.is_building[cells(regions, -OUTER_WALL + 0.1, 30)]
    assert not regions.is_building[cells(regions, -OUTER_WALL - 0.3, 30)]


def test_a_strip_beside_a_smaller_room_is_no_room():
    """The large box reaches 2 pixels beyond the small one; that is wall, not living room."""
    regions = regions_of(np.array([[0, 0, 100, 100], [50, 0, 98, 60]]))
    assert regions.areas.tolist() == [100 * 100 - 50 * 60, 48 * 60]
    assert regions.seen[cells(regions, 99, 30)] == -1
    assert regions.is_building[cells(regions, 99, 30)]


def test_a_narrow_room_keeps_its_strip():
    regions = regions_of(np.array([[0, 0, 60, 2]]))
    assert regions.areas.tolist() == [120]
    assert (regions.floor == 0).any()


def test_small_shafts_are_wall_and_courts_are_not():
    def ring(hole: int) -> np.ndarray:
        far = 40 + hole
        return np.array(
            [[0, 0, far, 40], [far, 0, far + 40, far], [40, far, far + 40, far + 40],
             [0, 40, 40, far + 40]]
        )  # fmt: skip

    for hole, is_wall in ((16, True), (60, False)):
        regions = regions_of(ring(hole))
        assert regions.is_building[cells(regions, 40 + hole / 2, 40 + hole / 2)] == is_wall


def test_there_must_be_boxes():
    with pytest.raises(ValueError, match="no box"):
        regions_of(np.zeros((0, 4)))


@settings(max_examples=40)
@given(st.lists(st.tuples(SIDE, SIDE, SIDE, SIDE), min_size=1, max_size=8), st.booleans())
def test_whatever_the_boxes(corners, is_large: bool):
    points = np.array(corners)
    scale = 30.5 if is_large else 1
    boxes = np.concatenate([points[:, :2], points[:, :2] + points[:, 2:]], axis=1) * scale
    regions = regions_of(boxes)
    assert max(regions.seen.shape) < 800
    # Sides are rounded to whole cells, which are half a pixel in plans of a usual size.
    assert (regions.areas <= (boxes[:, 2:] - boxes[:, :2] + regions.cell).prod(axis=1)).all()
    if not is_large:
        assert (regions.areas <= (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)).all()
    shown = regions.floor >= 0
    assert (regions.seen[shown] == regions.floor[shown]).all()
    assert regions.is_building[regions.seen >= 0].all()
    # What is seen of a room lies in its box.
    for room in np.flatnonzero(regions.areas):
        rows, columns = np.nonzero(regions.seen == room)
        low = regions.corner + np.array([columns.min(), rows.min()]) * regions.cell
        assert (low >= boxes[room, :2] - regions.cell).all()
