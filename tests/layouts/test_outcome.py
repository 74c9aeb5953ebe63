import pytest
from tests.rplan import RELATIONS

from bd_gen.diagrams.diagram import Diagram
from bd_gen.layouts import outcome
from bd_gen.layouts.checking import check_layout
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outcome import lay_out
from bd_gen.layouts.search import Status
from bd_gen.layouts.solver import Layout
from bd_gen.system.errors import InputError

LEFT, RIGHT = RELATIONS.index("left-of"), RELATIONS.index("right-of")
OPTIONS = SolverOptions(improve_effort=0)


def test_a_layout_is_found():
    pytest.importorskip("ortools")
    diagram = Diagram((0, 1), ((0, 1, LEFT),))
    found = lay_out(diagram, OPTIONS)
    check_layout(diagram, found.boxes)
    assert found.why == ""


def test_a_contradiction_is_told_in_words():
    pytest.importorskip("ortools")
    found = lay_out(Diagram((0, 1, 2), ((0, 1, LEFT), (1, 2, LEFT), (0, 2, RIGHT))), OPTIONS)
    assert found.boxes is None
    assert found.is_proven
    assert found.why.startswith("there is no layout: impossible together are: ")
    assert "LivingRoom left-of MasterRoom" in found.why


def test_a_time_limit_is_told(monkeypatch):
    monkeypatch.setattr(outcome, "has_solver", lambda: True)
    monkeypatch.setattr(
        outcome, "solve", lambda *_: Layout(Status.TIME_LIMIT, None, 1.0, why="late")
    )
    found = lay_out(Diagram((0,)), SolverOptions(time_limit=2.5))
    assert (found.boxes, found.why) == (None, "late")
    assert not found.is_proven


def test_rectangles_that_became_no_plan_are_no_proof(monkeypatch):
    monkeypatch.setattr(outcome, "has_solver", lambda: True)
    answer = Layout(Status.NOT_TILED, None, 1.0, why="rectangles were found, but ...")
    monkeypatch.setattr(outcome, "solve", lambda *_: answer)
    found = lay_out(Diagram((0,)), OPTIONS)
    assert (found.boxes, found.why) == (None, "rectangles were found, but ...")
    assert not found.is_proven


def test_without_or_tools(monkeypatch):
    monkeypatch.setattr(outcome, "has_solver", lambda: False)
    with pytest.raises(InputError, match=r"need OR-tools: pip install"):
        lay_out(Diagram((0,)), OPTIONS)
