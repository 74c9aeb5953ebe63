"""Which plans a design takes."""

import numpy as np
import pytest
from shapely import box

from bd_gen.design.brief import Brief
from bd_gen.design.run import _plan
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.floor_plan import FloorPlan
from bd_gen.layouts.search import Status
from bd_gen.layouts.solver import Layout
from bd_gen.sampling.conditions import condition_from_rooms

BRIEF = Brief(condition_from_rooms("LivingRoom, Kitchen").room_types)
DIAGRAM = Diagram(BRIEF.room_types, ((0, 1, 2),))


def laid_out(gap: int, **counts: int) -> Layout:
    rooms = (box(40, 40, 100, 100), box(100 + gap, 40, 150, 100))
    boxes = np.array([room.bounds for room in rooms], int)
    return Layout(Status.REALIZABLE, boxes, 0.1, FloorPlan(rooms), **counts)


@pytest.mark.parametrize(
    ("layout", "is_lacking"),
    [
        (laid_out(0), False),
        (laid_out(0, left=3), True),
        (laid_out(0, unreached=1), True),
        (laid_out(5), True),  # a layout counts that as a wall, a door needs a thinner one
    ],
)
def test_a_plan_that_leaves_plot_or_rooms_is_lacking(layout: Layout, is_lacking: bool) -> None:
    plan = _plan(BRIEF, DIAGRAM, layout)
    assert plan is not None
    assert plan.is_lacking is is_lacking
