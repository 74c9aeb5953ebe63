import numpy as np
import pytest
from tests.exchange.exports.cases import FLAT, flat

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.laid_out import LaidOut


def test_labels_are_unique_and_numbered_only_where_they_must_be() -> None:
    plan = LaidOut("x", Diagram((7, 2, 7, 9)))
    assert plan.labels == ("SecondRoom 1", "Kitchen", "SecondRoom 2", "Balcony")


def test_whole_numbers_become_integers() -> None:
    diagram = flat().diagram
    assert LaidOut("x", diagram, FLAT.astype(np.float32)).boxes.dtype == np.int64
    assert LaidOut("x", diagram, FLAT + 0.5).boxes.dtype == np.float64


def test_do_the_relations_follow_from_the_boxes() -> None:
    plan = flat()
    assert plan.diagram.edges == ((0, 1, 1), (0, 2, 2), (1, 2, 3))
    assert plan.follows_from_boxes
    assert not LaidOut("x", Diagram((0, 2, 3)), FLAT).follows_from_boxes
    assert not LaidOut("x", plan.diagram).follows_from_boxes


@pytest.mark.parametrize(
    ("plan_id", "types", "boxes"),
    [
        ("", (0,), None),
        ("a\nb", (0,), None),
        ("x" * 201, (0,), None),
        ("x", (), None),
        ("x", (0,), np.zeros((2, 4))),
        ("x", (0,), np.array([[1, 0, 0, 5]])),
        ("x", (0,), np.array([[0, 0, np.nan, 5]])),
        ("x", (0,), np.array([[0, 0, np.inf, 5]])),
    ],
)
def test_what_is_no_plan(plan_id, types, boxes) -> None:
    with pytest.raises(ValueError, match=r"expected|needs"):
        LaidOut(plan_id, Diagram(types), boxes)
