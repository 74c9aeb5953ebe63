"""What is asked of single rooms: kept by the solver, refused on a proof and in words."""

from dataclasses import replace

import pytest
from shapely import Polygon, box

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.floor_plan import FloorPlan
from bd_gen.diagrams.vocabulary import RELATIONS
from bd_gen.layouts.cells.asked import outer_walls
from bd_gen.layouts.cells.search import TilingSearch
from bd_gen.layouts.cells.sizes import drawn_sizes
from bd_gen.layouts.checking import check_floor_plan
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outcome import lay_out
from bd_gen.layouts.outline import Outline
from bd_gen.layouts.room_checks import common_wall, outer_wall
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
    return SolverOptions(wording=WORDS, **asked)  # type: ignore[arg-type]


ASKED = options(
    rooms={
        1: RoomLimits(31, facade=("left",)),
        2: RoomLimits(max_area=900, facade=("below", "left")),
        3: RoomLimits(min_area=3000),
    },
    opens=((0, 1),),
    openings=(Opening(((1, 3), (0, 3))),),
    entrance="right",
    total_area=(12000, 13000),
    improve_effort=0.4,
)


def test_what_is_asked_is_kept_and_checked_by_other_code():
    found = solve(HOME, ASKED)
    plan = found.floor_plan
    assert plan is not None  # `check_floor_plan` has been run
    assert outer_wall(plan, 1, "left") >= 13
    assert max(common_wall(plan.rooms[i], plan.rooms[3]) for i in (0, 1)) >= 13
    assert 12000 <= plan.areas.sum() <= 13000
    assert plan.areas[2] <= 900
    for bad in (
        replace(ASKED, rooms={1: RoomLimits(250)}),
        replace(ASKED, rooms={1: RoomLimits(facade=("right",))}),
        replace(ASKED, rooms={3: RoomLimits(max_area=2999)}),
        replace(ASKED, openings=(Opening(((2, 3),)),)),
        replace(ASKED, total_area=(1, 11999)),
    ):
        with pytest.raises(RuntimeError, match="not a plan"):
            check_floor_plan(HOME, plan, bad)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"rooms": {1: RoomLimits(facade=("right",))}}, "Kitchen has an outer wall to the east"),
        ({"rooms": {3: RoomLimits(200)}}, "Anna's room is at least 14.06 m wide and deep"),
        ({"rooms": {3: RoomLimits(min_area=15000)}}, "Anna's room has at least 74.2 m²"),
        ({"opens": ((2, 3),)}, "Bath opens to Anna's room (a common wall of 0.91"),
        ({"openings": (Opening(((2, 3),)),)}, "Bath opens to Anna's room (a common wall of 0.91"),
    ],
)
def test_what_cannot_be_is_explained_in_the_users_words(asked, words):
    found = lay_out(HOME, options(outline=L_SHAPE, **asked))
    assert found.boxes is None
    assert found.is_proven
    assert words in found.why


def test_edges_of_an_outline():
    assert outline_edges(L_SHAPE, "left") == [(0, 40, 100), (40, 0, 40)]
    assert outline_edges(L_SHAPE, "above") == [(0, 40, 128), (40, 0, 40)]
    assert outline_edges(L_SHAPE, "right") == [(128, 0, 100)]
    assert outline_edges(Outline((0, 0, 9, 9)), "below") == [(9, 0, 9)]
    turned = Outline(polygon=((0, 0), (0, 30), (60, 30), (60, 10), (30, 10), (30, 0)))
    assert outline_edges(turned, "above") == [(0, 0, 30), (10, 30, 60)]


ROOMS = ((0, 0, 60, 40), (0, 40, 30, 70), (30, 40, 60, 50))


def test_an_outer_wall_is_one_that_no_room_lies_before():
    plan = FloorPlan(tuple(box(*room) for room in ROOMS))
    walls = {side: [outer_wall(plan, k, side) for k in range(3)] for side in DIRECTIONS}
    assert walls["above"] == [60, 0, 0]
    assert walls["left"] == [40, 30, 0]
    assert walls["right"] == [40, pytest.approx(20, abs=0.5), 10]
    assert walls["below"] == [0, 30, pytest.approx(30, abs=0.5)]


def test_cells_measure_the_same_outer_walls():
    import numpy as np

    diagram = Diagram((1, 2, 3))
    search = TilingSearch(diagram, SolverOptions(), drawn_sizes(diagram, SolverOptions()))
    plans = search.tilings(np.array([ROOMS], np.int64))
    plan = FloorPlan(tuple(box(*room) for room in ROOMS))
    for side in DIRECTIONS:
        expected = [round(outer_wall(plan, k, side)) for k in range(3)]
        assert outer_walls(plans, side)[0].tolist() == expected, side


@pytest.mark.parametrize(("side", "fits"), [(20, True), (21, False)])
def test_a_room_that_is_no_rectangle_is_wide_where_a_square_fits(side, fits):
    import numpy as np

    from bd_gen.layouts.cells.faults import faults

    # a bedroom of 60 by 40 that another, smaller room leaves an L of it, 20 wide
    boxes = np.array([[(0, 0, 60, 40), (20, 0, 60, 20)]], np.int64)
    diagram = Diagram((1, 3), ((0, 1, RELATIONS.index("surrounding")),))
    asked = SolverOptions(rooms={0: RoomLimits(side)})
    search = TilingSearch(diagram, asked, drawn_sizes(diagram, asked))
    bare = TilingSearch(diagram, SolverOptions(), drawn_sizes(diagram, SolverOptions()))
    more = faults(search.tilings(boxes))[0] - faults(bare.tilings(boxes))[0]
    assert (more == 0) == fits
    shape = Polygon([(0, 0), (20, 0), (20, 20), (60, 20), (60, 40), (0, 40)])
    assert (not shape.buffer(-0.49 * side, join_style="mitre").is_empty) == fits or side == 20


@pytest.mark.parametrize(
    "make",
    [
        lambda: RoomLimits(0),
        lambda: RoomLimits(min_area=9, max_area=8),
        lambda: RoomLimits(facade=("south",)),  # type: ignore[arg-type]
        lambda: Opening(((2, 1),)),
        lambda: Opening(()),
        lambda: options(entrance="south"),
        lambda: options(total_area=(5, 4)),
        lambda: lay_out(HOME, options(rooms={4: RoomLimits()})),
        lambda: lay_out(HOME, replace(options(min_side=2), wording=Wording(("A",)))),
    ],
)
def test_what_is_none_is_refused(make):
    with pytest.raises(InputError):
        make()
