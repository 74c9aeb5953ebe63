import numpy as np
from tests.layouts.cells.test_tilings import TYPES, random_boxes, search

from bd_gen.layouts.circulation import DoorGraph
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.room_limits import DOOR_WIDTH
from bd_gen.layouts.shape_costs import SHAPE_COSTS

ACCESS = SHAPE_COSTS["access"].measure
# living room in the middle, master below, bath and balcony behind that, kitchen above
BOXES = np.array(
    [[0, 40, 80, 80], [0, 80, 80, 120], [0, 0, 80, 40], [80, 80, 100, 120], [0, 120, 80, 130]]
)


def test_what_opens_to_a_bedroom_is_reached():
    assert ACCESS(search().tilings(BOXES[None])).tolist() == [0]


def test_rooms_behind_a_wall_too_short_are_counted():
    shifted = BOXES.copy()
    shifted[[1, 3, 4], 0] += 68  # 12 pixels of wall are left between living room and master
    shifted[[1, 3, 4], 2] += 68
    assert ACCESS(search().tilings(np.stack([BOXES, shifted]))).tolist() == [0, 3]


def test_a_door_that_is_forbidden_is_none():
    options = SolverOptions(closed=((0, 2),))
    assert ACCESS(search(options).tilings(BOXES[None])).tolist() == [1]


def test_it_counts_what_the_graph_of_doors_does_not_reach():
    plans = search().tilings(random_boxes(0, 40))
    for count, walls in zip(ACCESS(plans), plans.longest_walls, strict=True):
        graph = DoorGraph(TYPES, walls[1:, 1:], DOOR_WIDTH)
        assert count == len(TYPES) - len(graph.reached_from(0))
