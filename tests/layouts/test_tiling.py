"""Plans whose rooms tile: sound by other code, simple, deterministic."""

import os
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
import shapely

from bd_gen.diagrams.diagram import Diagram
from bd_gen.layouts import tiling
from bd_gen.layouts.cells.search import TilingSearch
from bd_gen.layouts.cells.sizes import drawn_sizes
from bd_gen.layouts.checking import what_is_wrong_with_plan
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outline import Outline
from bd_gen.layouts.room_limits import Opening, RoomLimits
from bd_gen.layouts.search import Status
from bd_gen.layouts.solver import solve
from bd_gen.layouts.tiling import tile

# LivingRoom, Kitchen, MasterRoom, Bathroom, Balcony
FLAT = Diagram(
    (0, 2, 1, 3, 9), ((0, 1, 6), (0, 2, 2), (0, 3, 2), (1, 2, 0), (2, 3, 3), (0, 4, 3), (2, 4, 8))
)
ROW = Diagram((0, 2, 1), ((0, 1, 2), (0, 2, 7)))  # Kitchen, LivingRoom, MasterRoom side by side
QUICK = SolverOptions(improve_effort=0.3)


def corners(shape: shapely.Polygon) -> int:
    return len(shape.exterior.coords) - 1


def test_plans_of_all_kinds_are_sound(realizable: Callable[..., list[Diagram]]) -> None:
    for diagram in realizable(4, 7, 5):
        plan = solve(diagram, QUICK).floor_plan
        assert plan is not None
        assert (
            what_is_wrong_with_plan(diagram, plan, QUICK) is None
        )  # once more, on what is handed out
        assert plan.outline.geom_type == "Polygon"


def test_what_has_boxes_and_no_plan_is_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiling, "what_is_wrong_with_plan", lambda *_: "no door for the cat")
    layout = solve(ROW, QUICK)
    assert layout.status is Status.NOT_TILED
    assert str(layout.status) == "not tiled"
    assert layout.boxes is None
    assert not layout.by_clock
    assert layout.why.endswith("no plan that keeps all that is asked: no door for the cat")


@pytest.mark.parametrize("tries", [1, 3, 5])
def test_so_many_walks_are_tried(monkeypatch: pytest.MonkeyPatch, tries: int) -> None:
    walks: list[list[int]] = []

    def walk(
        _: TilingSearch, boxes: np.ndarray, steps: int, seed: list[int]
    ) -> tuple[np.ndarray, float]:
        assert steps
        walks.append(seed)
        return boxes, 0.0

    monkeypatch.setattr(TilingSearch, "walk", walk)
    monkeypatch.setattr(tiling, "what_is_wrong_with_plan", lambda *_: "no door for the cat")
    solve(ROW, SolverOptions(tries=tries))
    assert walks == [[0, attempt] for attempt in range(tries)]


def test_the_boxes_are_those_of_the_polygons() -> None:
    layout = solve(FLAT, QUICK)
    assert layout.floor_plan is not None
    bounds = np.array([room.bounds for room in layout.floor_plan.rooms])
    assert np.array_equal(bounds, layout.boxes)


def test_areas_asked_for_are_those_seen() -> None:
    options = SolverOptions(
        improve_effort=0.5, min_areas={0: 6000, 3: 900}, max_areas={0: 6100, 9: 400}
    )
    plan = solve(FLAT, options).floor_plan
    assert plan is not None
    assert 6000 <= plan.areas[0] <= 6100
    assert plan.areas[3] >= 900
    assert plan.areas[4] <= 400


def test_a_rectangle_is_filled() -> None:
    outline = Outline((20, 30, 180, 110), front_door=(90, 110, 104, 113))
    plan = solve(ROW, SolverOptions(outline=outline)).floor_plan
    assert plan is not None
    assert plan.outline.equals(outline.shape)
    assert plan.plot.equals(outline.shape)
    assert plan.rooms[0].distance(shapely.box(*outline.front_door)) <= 9
    assert what_is_wrong_with_plan(ROW, plan, SolverOptions(outline=outline)) is None


def test_a_living_room_goes_round_a_corner_of_the_outline() -> None:
    outline = Outline(polygon=[(20, 20), (200, 20), (200, 80), (120, 80), (120, 130), (20, 130)])
    options = SolverOptions(outline=outline, min_areas={0: 9000})
    plan = solve(Diagram((0, 2), ((0, 1, 5),)), options).floor_plan
    assert plan is not None
    assert plan.outline.equals(outline.shape)


def test_rooms_open_to_one_another() -> None:
    openings = (Opening(((2, 3),)), Opening(((0, 1), (1, 2))))
    plan = solve(FLAT, SolverOptions(improve_effort=0.3, openings=openings)).floor_plan
    assert plan is not None
    for opening in openings:
        walls = [plan.rooms[i].intersection(plan.rooms[j]).length for i, j in opening.pairs]
        assert max(walls) >= 13


def test_rooms_have_the_outer_walls_and_the_size_asked_for() -> None:
    asked = {
        4: RoomLimits(facade=("above", "below"), max_area=500),
        3: RoomLimits(min_side=18, min_area=600),
    }
    options = SolverOptions(improve_effort=0.3, rooms=asked, entrance="left", extent=(1, 20000))
    plan = solve(FLAT, options).floor_plan
    assert plan is not None
    assert what_is_wrong_with_plan(FLAT, plan, options) is None
    assert plan.areas[4] <= 500
    assert plan.areas[3] >= 600


def test_given_boxes_stay() -> None:
    first = solve(FLAT, QUICK).boxes
    fixed = {k: tuple(first[k].tolist()) for k in (0, 3)}
    boxes = solve(FLAT, SolverOptions(improve_effort=0.3, fixed=fixed, seed=5)).boxes
    assert np.array_equal(boxes[[0, 3]], first[[0, 3]])


def test_sizes_vary_as_in_homes_and_come_again() -> None:
    options = SolverOptions()
    flats = [Diagram((0, 1, 3), ((0, 1, r), (0, 2, s))) for r in range(10) for s in range(10)]
    areas = np.array([drawn_sizes(flat, options).areas for flat in flats]) * (18 / 256) ** 2
    low, median, high = np.percentile(areas, [25, 50, 75], axis=0)
    assert median == pytest.approx([36.8, 13.4, 3.6], rel=0.1)
    assert (high - low)[1] > 2.5
    assert (high - low)[2] > 1.0
    again = drawn_sizes(flats[3], options).areas
    assert np.array_equal(again, drawn_sizes(flats[3], options).areas)
    assert not np.array_equal(again, drawn_sizes(flats[3], SolverOptions(seed=1)).areas)
    bounded = drawn_sizes(FLAT, SolverOptions(min_areas={3: 1500}, max_areas={1: 1000})).areas
    assert bounded[3] >= 1500
    assert bounded[2] <= 1000


def test_the_same_plan_in_another_process() -> None:
    boxes = solve(FLAT, SolverOptions(improve_effort=0)).boxes
    script = (
        "import sys, numpy as np\n"
        "from bd_gen.diagrams.diagram import Diagram\n"
        "from bd_gen.layouts.options import SolverOptions\n"
        "from bd_gen.layouts.tiling import tile\n"
        f"diagram = Diagram({FLAT.room_types!r}, {FLAT.edges!r})\n"
        f"boxes = np.array({boxes.tolist()!r})\n"
        "print(tile(diagram, boxes, SolverOptions(improve_effort=0.2)).boxes.tolist())\n"
    )
    env = os.environ | {"PYTHONHASHSEED": "7"}
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=env)
    here = tile(FLAT, boxes, SolverOptions(improve_effort=0.2)).boxes.tolist()
    assert run.stdout.strip() == str(here), run.stderr
