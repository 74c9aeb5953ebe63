import numpy as np
import pytest
from tests.rplan import ROOM_TYPES

from bd_gen.data.geometry import geometry_of, outline_corners
from bd_gen.data.plan_table import table_from_boxes
from bd_gen.diagrams.vocabulary import Vocabulary

LIVING, BATH = ROOM_TYPES.index("LivingRoom"), ROOM_TYPES.index("Bathroom")


@pytest.mark.parametrize(
    ("rooms", "corners"),
    [
        ([[0, 0, 40, 40]], 4),
        # a wall of 6 pixels closes, one of 10 does not
        ([[0, 0, 40, 40], [46, 0, 90, 40]], 4),
        ([[0, 0, 40, 40], [50, 0, 90, 40]], 8),
        ([[0, 0, 40, 40], [44, 0, 90, 80]], 6),
        # a C, an H, and a ring, whose hole counts as filled
        ([[0, 0, 99, 20], [0, 80, 99, 99], [80, 0, 99, 99]], 8),
        ([[0, 0, 99, 20], [0, 80, 99, 99], [40, 0, 60, 99]], 12),
        ([[0, 0, 99, 20], [0, 80, 99, 99], [80, 0, 99, 99], [0, 0, 20, 99]], 4),
    ],
)
def test_corners_worked_out_by_hand(rooms: list[list[int]], corners: int) -> None:
    boxes = np.zeros((1, 5, 4))
    boxes[0, : len(rooms)] = rooms
    is_room = np.arange(5)[None] < len(rooms)
    # slots without a room count for nothing, and rooms may stand in any order
    assert outline_corners(boxes, is_room).tolist() == [corners]
    assert outline_corners(boxes[:, ::-1], is_room[:, ::-1]).tolist() == [corners]


def test_a_plan_worked_out_by_hand() -> None:
    boxes = np.zeros((2, 3, 4))
    boxes[0] = [[0, 0, 60, 40], [64, 0, 84, 30], [50, 46, 70, 80]]
    boxes[1, :2] = [[0, 0, 60, 40], [50, 0, 70, 10]]
    types = np.array([[LIVING, BATH, BATH], [LIVING, BATH, 0]])
    table = table_from_boxes(types, boxes, np.array([3, 2]), np.array(["a", "b"]), Vocabulary(3))
    found = geometry_of(table)
    assert found.area[LIVING].tolist() == [2400, 2400, 2400]
    assert found.area[BATH, 1] == np.median([600, 680, 200])
    assert found.aspect[BATH] == np.median([1.5, 1.7, 2.0])
    assert found.upright[BATH] == pytest.approx(2 / 3)
    assert np.isnan(found.aspect[ROOM_TYPES.index("Storage")])
    assert found.plain_living == 0.5
    assert found.overlaps == 0
    # gaps: 4 beside the first bathroom, 6 above the second
    assert (found.thin_walls, found.thick_walls) == (0.5, 0.5)


def test_plans_without_boxes_have_no_geometry() -> None:
    table = table_from_boxes(
        np.zeros((1, 2), int), np.ones((1, 2, 4)), np.array([2]), np.array(["a"]), Vocabulary(2)
    )
    table.has_boxes[:] = False
    with pytest.raises(ValueError, match="no plan has any"):
        geometry_of(table)
