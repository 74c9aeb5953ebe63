"""What is measured of cells, against polygons of the same plans."""

import numpy as np
import pytest
import shapely

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.floor_plan import with_corners_only
from bd_gen.layouts.cells.asked import asked_faults
from bd_gen.layouts.cells.polygons import polygons_of
from bd_gen.layouts.cells.search import TilingSearch
from bd_gen.layouts.cells.sizes import Sizes
from bd_gen.layouts.checking import straight_wall
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outline import Outline

N = 5
TYPES = (0, 1, 2, 3, 9)  # LivingRoom, MasterRoom, Kitchen, Bathroom, Balcony
AREAS = np.array([5000.0, 2000, 1000, 700, 600])


def search(options: SolverOptions | None = None) -> TilingSearch:
    sizes = Sizes(AREAS, np.full(N, 10.0), np.full(N, 2.0))
    return TilingSearch(Diagram(TYPES, ()), options or SolverOptions(), sizes)


def random_boxes(seed: int, count: int) -> np.ndarray:
    """(count, n, 4) boxes that overlap as they like, on a coarse grid so that sides coincide."""
    rng = np.random.default_rng(seed)
    low = rng.integers(0, 12, (count, N, 2))
    return np.concatenate([low, low + rng.integers(1, 7, (count, N, 2))], axis=2) * 5


def seen(boxes: np.ndarray) -> list[shapely.Geometry]:
    """The rooms by shapely: smaller ones by what is aimed at lie over larger ones."""
    order = np.argsort(AREAS)
    above, shapes = shapely.Polygon(), {}
    for room in order:
        whole = shapely.box(*boxes[room])
        shapes[int(room)] = whole.difference(above)
        above = above.union(whole)
    return [shapes[k] for k in range(N)]


@pytest.mark.parametrize("seed", range(3))
def test_areas_walls_and_boxes(seed: int) -> None:
    many = random_boxes(seed, 20)
    plans = search().tilings(many)
    for k, boxes in enumerate(many):
        rooms = seen(boxes)
        assert plans.areas[k].tolist() == [room.area for room in rooms]
        for i in range(N):
            outside = rooms[i].boundary.intersection(shapely.union_all(rooms).boundary).length
            assert plans.common_walls[k, 0, i + 1] == outside
            for j in range(i):
                common = rooms[i].boundary.intersection(rooms[j].boundary).length
                assert plans.common_walls[k, i + 1, j + 1] == common
                assert plans.longest_walls[k, i + 1, j + 1] == straight_wall(rooms[i], rooms[j])
            is_whole = not rooms[i].is_empty and rooms[i].bounds == tuple(boxes[i])
            assert plans.are_in_their_boxes[k, i] == is_whole


def test_corners_and_steps_of_the_outline() -> None:
    many = random_boxes(7, 80)
    plans = search().tilings(many)
    steps, missing = plans.outline.steps(9)
    compared = 0
    for k, boxes in enumerate(many):
        whole = shapely.union_all([shapely.box(*box) for box in boxes])
        if whole.geom_type == "Polygon" and not whole.interiors:
            ring = np.asarray(with_corners_only(whole).exterior.coords)
            lengths = np.abs(np.diff(ring, axis=0)).sum(axis=1)
            assert plans.outline.corners[k] == len(lengths)
            assert steps[k] == (lengths < 9).sum()
            assert missing[k] == np.maximum(9 - lengths, 0).sum()
            compared += 1
    assert compared > 5


def test_pieces_and_holes() -> None:
    ring = np.array(
        [[0, 0, 60, 60], [0, 60, 10, 70], [20, 20, 40, 40], [10, 60, 20, 70], [20, 60, 30, 70]]
    )
    split = ring.copy()
    split[1] = [0, 20, 60, 40]  # a bedroom across the living room
    split[2] = [0, 20, 5, 25]
    apart = ring.copy()
    apart[4] = [100, 100, 110, 110]
    parts = search().tilings(np.stack([ring, split, apart])).parts
    assert parts[:, 0].tolist() == [1, 1, 2]  # the plan
    assert parts[:, 1].tolist() == [0, 2, 0]  # the living room: a hole in it, in two, a hole
    assert search().tilings(ring[None]).inward_corners.tolist() == [[0 + 4, 0, 0, 0, 0]]


def test_narrow_places() -> None:
    boxes = np.array(
        [[0, 0, 50, 50], [0, 50, 20, 80], [28, 50, 50, 80], [10, 0, 50, 44], [4, 44, 8, 50]]
    )
    narrow = search().tilings(boxes[None]).narrow_places(np.array([15.0, 13, 1, 1, 1, 1]))[0]
    assert narrow[0] == 30  # the gap between the two rooms below is 8 wide and 30 long
    # the living room is 10 wide for 44, and 6 high beside that; 4 and 4 wide beside the balcony
    assert narrow[1] > 0
    assert narrow[2:].tolist() == [0, 0, 0, 0]


def test_a_hole_of_the_outline_belongs_to_nobody() -> None:
    outline = Outline((0, 0, 100, 80), (60, 50, 100, 80))
    boxes = np.array(
        [[0, 0, 100, 80], [0, 0, 30, 40], [0, 40, 30, 80], [30, 0, 60, 20], [60, 0, 100, 15]]
    )
    look = search(SolverOptions(outline=outline))
    plans = look.tilings(boxes[None])
    assert plans.areas.sum() == outline.area
    shapes = polygons_of(look.maker, boxes)
    assert shapely.union_all(shapes).equals(outline.shape)
    assert plans.owners_at(70.5, 60.5).tolist() == [0]
    assert plans.owners_at(70.5, 30.5).tolist() == [1]


@pytest.mark.parametrize("seed", range(3))
def test_the_square_that_fits_into_a_room(seed: int) -> None:
    """Against a look at every place; what no square of the least side fits into is a fault."""
    side = 17
    options = SolverOptions(min_side=side)
    many = random_boxes(seed, 12)
    many[..., 2:] = np.maximum(many[..., 2:], many[..., :2] + side)
    plans = search(options).tilings(many)
    (found, *_) = asked_faults(plans)
    for k in range(len(many)):
        expected = 0.0
        for room in np.flatnonzero(plans.inward_corners[k]):
            floor = np.zeros((120, 120))
            for cell in np.argwhere(plans.cells.inner[k] == room + 1):
                (y0, y1), (x0, x1) = (
                    lines[k, [at, at + 1]]
                    for lines, at in zip((plans.cells.ys, plans.cells.xs), cell, strict=True)
                )
                floor[y0:y1, x0:x1] = 1
            windows = np.lib.stride_tricks.sliding_window_view(floor, (side, side))
            lack = 1 - windows.sum(axis=(2, 3)).max() / side**2
            expected += 1 + lack if lack > 0 else 0
        assert (found[k] > 0) == (expected > 0)
        if expected == 0:
            assert found[k] == 0
