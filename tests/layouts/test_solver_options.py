"""Layouts with every option, and the check that looks at them."""

import numpy as np
import pytest

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.relations import are_joined
from bd_gen.layouts.checking import check_layout
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outline import Outline
from bd_gen.layouts.search import Status
from bd_gen.layouts.solver import Layout, solve
from bd_gen.system.errors import InputError

# A flat that every option can be tried on: LivingRoom, Kitchen, MasterRoom, Bathroom, Balcony.
FLAT = Diagram(
    (0, 2, 1, 3, 9), ((0, 1, 6), (0, 2, 2), (0, 3, 2), (1, 2, 0), (2, 3, 3), (0, 4, 3), (2, 4, 8))
)


def solved(diagram: Diagram, **settings: object) -> Layout:
    layout = solve(diagram, SolverOptions(**{"improve_effort": 0, **settings}))
    assert layout.status is Status.REALIZABLE
    return layout


def test_min_side() -> None:
    boxes = solved(FLAT, min_side=40).boxes
    assert (boxes[:, 2:] - boxes[:, :2] >= 40).all()
    assert solve(FLAT, SolverOptions(min_side=130)).status is Status.UNREALIZABLE


def test_areas() -> None:
    settings = {"min_areas": {0: 6000, 3: 500}, "max_areas": {0: 6100, 9: 300, 2: 1200}}
    boxes = solved(FLAT, **settings).boxes
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    assert 6000 <= areas[0] <= 6100
    assert areas[1] <= 1200
    assert areas[3] >= 500
    assert areas[4] <= 300
    impossible = SolverOptions(min_areas={2: 50_000, 1: 40_000})
    assert solve(FLAT, impossible).status is Status.UNREALIZABLE


def test_a_rectangle_as_outline() -> None:
    boxes = solved(FLAT, outline=Outline((30, 40, 150, 130))).boxes
    assert (boxes[:, :2] >= [30, 40]).all()
    assert (boxes[:, 2:] <= [150, 130]).all()


@pytest.mark.parametrize(
    ("notch", "door"),
    [
        ((30, 40, 80, 90), (100, 130, 110, 132)),
        ((100, 40, 150, 90), (28, 60, 30, 70)),
        ((30, 80, 80, 130), (148, 100, 152, 110)),
        ((100, 80, 150, 130), (50, 38, 60, 40)),
    ],
)
def test_an_l_with_a_front_door(
    notch: tuple[int, int, int, int], door: tuple[int, int, int, int]
) -> None:
    boxes = solved(FLAT, outline=Outline((30, 40, 150, 130), notch, door), min_side=6).boxes
    overlap = np.minimum(boxes[:, 2:], notch[2:]) - np.maximum(boxes[:, :2], notch[:2])
    assert (overlap <= 0).any(axis=1).all()
    assert are_joined(boxes[0], np.array(door))


def test_the_door_leads_to_the_entrance_or_else_to_a_living_room() -> None:
    outline = Outline((0, 0, 200, 60), None, (198, 20, 200, 30))
    # the Entrance is left of the LivingRoom, which is left of the Kitchen
    row = ((0, 1, 2), (1, 2, 2))
    far_left = {0: (0, 10, 40, 50)}
    with_entrance = Diagram((10, 0, 2), row)
    without = Diagram((9, 0, 2), row)
    options = {"outline": outline, "fixed": far_left, "improve_effort": 0}
    assert solve(with_entrance, SolverOptions(**options)).status is Status.UNREALIZABLE
    boxes = solved(without, **options).boxes
    assert boxes[1, 2] >= 198 - 9
    two = Diagram((0, 0, 2), row)  # either of two LivingRooms will do
    assert solved(two, **options).boxes[1, 2] >= 198 - 9
    nobody = Diagram((9, 3, 2), row)
    assert solve(nobody, SolverOptions(**options)).status is Status.REALIZABLE


def test_given_boxes_stay() -> None:
    first = solved(FLAT, min_side=10).boxes
    fixed = {0: tuple(first[0].tolist()), 3: tuple(first[3].tolist())}
    boxes = solved(FLAT, fixed=fixed, improve_effort=0.2).boxes
    assert np.array_equal(boxes[[0, 3]], first[[0, 3]])
    with pytest.raises(InputError, match=r"fixed: expected a room in 0\.\.4, got 5"):
        solve(FLAT, SolverOptions(fixed={5: (1, 2, 3, 4)}))


def test_check_layout_sees_what_is_wrong() -> None:
    diagram = Diagram((0, 2), ((0, 1, 2),))
    boxes = np.array([[10, 10, 50, 50], [55, 20, 80, 45]])
    check_layout(diagram, boxes, SolverOptions(fixed={1: (55, 20, 80, 45)}))
    door = Outline((10, 10, 80, 50), None, (8, 20, 9, 24))
    check_layout(diagram, boxes, SolverOptions(outline=door))
    check_layout(diagram, boxes, SolverOptions(outline=Outline((9, 9, 90, 60), (51, 46, 90, 60))))
    for wrong, options, words in [
        (boxes - 11, SolverOptions(), "out of bounds"),
        (boxes + 200, SolverOptions(), "out of bounds"),
        (boxes[::-1], SolverOptions(), "other relations"),
        (boxes + np.array([[0, 0, 0, 0], [10, 0, 10, 0]]), SolverOptions(), "other relations"),
        (boxes, SolverOptions(min_side=26), "a side is too short"),
        (boxes, SolverOptions(min_areas={2: 700}), "area of room 1"),
        (boxes, SolverOptions(max_areas={0: 1599}), "area of room 0"),
        (boxes, SolverOptions(fixed={0: (10, 10, 50, 51)}), "another box"),
        (boxes, SolverOptions(outline=Outline((11, 9, 90, 60))), "outline"),
        (boxes, SolverOptions(outline=Outline((9, 9, 90, 60), (70, 44, 90, 60))), "outline"),
        (boxes, SolverOptions(outline=Outline((9, 9, 90, 60), None, (88, 20, 90, 30))), "outline"),
    ]:
        with pytest.raises(RuntimeError, match=words):
            check_layout(diagram, wrong, options)
