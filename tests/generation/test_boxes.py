from tests.exchange.exports.cases import flat

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.generation.boxes import with_layouts
from bd_gen.layouts.options import SolverOptions


def test_with_layouts_solves_what_has_none():
    laid_out = flat("has boxes")
    open_ = LaidOut("has none", laid_out.diagram)
    stale = LaidOut("has others", laid_out.diagram, laid_out.boxes[::-1])
    # what surrounds a room surrounds what is in that
    circle = LaidOut("impossible", Diagram((0, 2, 3), ((0, 1, 5), (1, 2, 5), (0, 2, 2))))
    calls = []
    found, unsolved = with_layouts(
        [laid_out, open_, stale, circle],
        SolverOptions(improve_effort=0),
        lambda done, total: calls.append((done, total)),
    )
    assert found[0] is laid_out
    assert [plan.follows_from_boxes for plan in found] == [True, True, True, False]
    assert list(map(str, unsolved)) == [
        "impossible: there is no layout: impossible together are: LivingRoom surrounding Kitchen, "
        "LivingRoom left-of Bathroom, Kitchen surrounding Bathroom"
    ]
    assert found[3].boxes is None
    assert calls[-1] == (3, 3)


def test_boxes_that_say_something_else_may_be_kept():
    plan = flat("x")
    stale = LaidOut("x", plan.diagram, plan.boxes[::-1])
    found, unsolved = with_layouts([stale], SolverOptions(improve_effort=0), keep_boxes=True)
    assert found == [stale]
    assert unsolved == []
