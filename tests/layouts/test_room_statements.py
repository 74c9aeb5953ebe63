"""What is asked of single rooms: kept by the solver, refused on a proof and in words."""

from dataclasses import replace

import numpy as np
import pytest
from tests.rplan import RELATIONS

from bd_gen.diagrams.diagram import Diagram
from bd_gen.layouts.cells.faults import faults
from bd_gen.layouts.cells.search import TilingSearch
from bd_gen.layouts.cells.sizes import drawn_sizes
from bd_gen.layouts.checking import check_layout, what_is_wrong_with_plan
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outcome import lay_out
from bd_gen.layouts.outline import Outline
from bd_gen.layouts.room_checks import common_wall, has_outer_wall
from bd_gen.layouts.room_limits import Opening, RoomLimits
from bd_gen.layouts.room_statements import outline_edges
from bd_gen.layouts.solver import solve
from bd_gen.layouts.wording import DIRECTIONS, Wording
from bd_gen.system.errors import InputError

RIGHT_OF = RELATIONS.index("right-of")
# a living room right of a kitchen, a bathroom and a bedroom
HOME = Diagram((0, 2, 3, 1), ((0, 1, RIGHT_OF), (0, 2, RIGHT_OF), (0, 3, RIGHT_OF), (1, 2, 3)))
WORDS = Wording(("Living", "Kitchen", "Bath", "Anna's room"), 18 / 256, 0)
L_SHAPE = Outline((0, 0, 128, 100), notch=(0, 0, 40, 40))


def options(**asked: object) -> SolverOptions:
    return SolverOptions(wording=WORDS, improve_effort=0.0, **asked)  # type: ignore[arg-type]


def test_what_is_asked_is_kept_and_checked_by_other_code():
    asked = options(
        rooms={1: RoomLimits(31, facade=("left",)), 2: RoomLimits(max_area=900, facade=("below",))},
        openings=(Opening(((0, 1),)), Opening(((1, 3), (0, 3)))),
        entrance="right",
        extent=(8000, 12000),
    )
    boxes = lay_out(HOME, asked).boxes
    assert boxes is not None  # `check_layout` has been run
    assert has_outer_wall(boxes, 1, "left", None)
    assert common_wall(boxes[0], boxes[1]) >= 13
    moved = boxes.copy()
    moved[:, ::2] += 5
    for bad in (
        replace(asked, rooms={1: RoomLimits(250)}),
        replace(asked, rooms={1: RoomLimits(facade=("right",))}),
        replace(asked, openings=(Opening(((2, 3),)),)),
        replace(asked, entrance="left", rooms={}),
        replace(asked, extent=(1, 7999)),
    ):
        with pytest.raises(RuntimeError, match="not a layout"):
            check_layout(HOME, moved, bad)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"rooms": {1: RoomLimits(facade=("right",))}}, "Kitchen has an outer wall to the east"),
        ({"rooms": {3: RoomLimits(200)}}, "Anna's room is at least 14.06 m wide and deep"),
        ({"rooms": {3: RoomLimits(min_area=15000)}}, "Anna's room has at least 74.2 m²"),
        ({"openings": (Opening(((2, 3),)),)}, "Bath opens to Anna's room (a common wall of 0.91"),
    ],
)
def test_what_cannot_be_is_explained_in_the_users_words(asked, words):
    found = lay_out(HOME, options(outline=L_SHAPE, **asked))
    assert found.boxes is None
    assert found.is_proven
    assert words in found.why


def test_edges_of_an_l():
    assert outline_edges(L_SHAPE, "left") == [(0, 40, 100), (40, 0, 40)]
    assert outline_edges(L_SHAPE, "above") == [(0, 40, 128), (40, 0, 40)]
    assert outline_edges(L_SHAPE, "right") == [(128, 0, 100)]
    assert outline_edges(Outline((0, 0, 9, 9)), "below") == [(9, 0, 9)]


def test_an_outer_wall_is_one_that_no_room_lies_before():
    boxes = np.array([[0, 0, 60, 40], [0, 40, 30, 70], [30, 40, 60, 50]])
    walls = [
        [side for side in DIRECTIONS if has_outer_wall(boxes, k, side, None)] for k in range(3)
    ]
    assert walls == [["above", "right", "left"], ["below", "left"], ["below"]]
    # the third is narrower than a door to the right, and the second lies lower, but beside it
    boxes[2, 3] = 60
    assert has_outer_wall(boxes, 2, "right", None)
    assert has_outer_wall(boxes, 2, "below", None)
    inner = np.array([[50, 10, 80, 40], [0, 40, 40, 90]])
    assert has_outer_wall(inner, 1, "left", L_SHAPE)
    assert has_outer_wall(inner, 1, "above", L_SHAPE)
    assert not has_outer_wall(inner, 0, "left", L_SHAPE)


@pytest.mark.parametrize(
    "make",
    [
        lambda: RoomLimits(0),
        lambda: RoomLimits(min_area=9, max_area=8),
        lambda: RoomLimits(facade=("south",)),  # type: ignore[arg-type]
        lambda: Opening(((2, 1),)),
        lambda: Opening(()),
        lambda: options(entrance="south"),
        lambda: options(extent=(5, 4)),
        lambda: lay_out(HOME, options(rooms={4: RoomLimits()})),
        lambda: lay_out(HOME, replace(options(min_side=2), wording=Wording(("A",)))),
    ],
)
def test_what_is_none_is_refused(make):
    with pytest.raises(InputError):
        make()


def test_the_area_of_all_rooms_together_and_least_sides_hold_for_shapes():
    asked = SolverOptions(
        wording=WORDS,
        rooms={1: RoomLimits(31), 3: RoomLimits(40, min_area=3000)},
        total_area=(12000, 13000),
        improve_effort=0.3,
    )
    found = solve(HOME, asked)
    plan = found.floor_plan
    assert plan is not None, found.why
    assert what_is_wrong_with_plan(HOME, plan, asked) is None
    assert 12000 <= plan.areas.sum() <= 13000
    assert plan.areas[3] >= 3000
    for bad in (
        replace(asked, total_area=(1, 11999)),
        replace(asked, rooms={1: RoomLimits(250)}),
    ):
        assert what_is_wrong_with_plan(HOME, plan, bad)


@pytest.mark.parametrize(("side", "fits"), [(20, True), (21, False)])
def test_a_room_that_is_no_rectangle_is_wide_where_a_square_fits(side, fits):
    # a bedroom of 60 by 40 of which a smaller room leaves an L, 20 wide
    boxes = np.array([[(0, 0, 60, 40), (20, 0, 60, 20)]], np.int64)
    diagram = Diagram((1, 3), ((0, 1, RELATIONS.index("surrounding")),))
    found = []
    for asked in (SolverOptions(rooms={0: RoomLimits(side)}), SolverOptions()):
        search = TilingSearch(diagram, asked, drawn_sizes(diagram, asked))
        found.append(faults(search.tilings(boxes))[0])
    assert (found[0] == found[1]) == fits
