"""Three answers: a plan, a proof that there is none, or neither in time."""

import pytest

from bd_gen.api.diagram import Diagram
from bd_gen.api.layout import NoLayout, Undecided, lay_out
from bd_gen.api.plan import Plan
from bd_gen.layouts import outcome
from bd_gen.layouts.checking import check_layout
from bd_gen.layouts.options import SolverOptions
from bd_gen.system.errors import InputError

DIAGRAM = Diagram("Kitchen, Balcony", [(0, 1, "left-of")])
CIRCLE = Diagram("3 Bathroom", [(0, 1, "left-of"), (1, 2, "left-of"), (2, 0, "left-of")])


@pytest.fixture(autouse=True)
def solver():
    pytest.importorskip("ortools")


def test_a_plan():
    plan = lay_out(DIAGRAM, improve_effort=0, min_side=12)
    assert isinstance(plan, Plan)
    assert plan
    check_layout(DIAGRAM, plan.boxes)
    assert (plan.boxes[:, 2:] - plan.boxes[:, :2]).min() >= 12
    again = lay_out(Plan("mine", DIAGRAM), SolverOptions(improve_effort=0, min_side=12))
    assert (again.id, again.boxes.tolist()) == ("mine", plan.boxes.tolist())


def test_a_proof_in_words():
    answer = lay_out(CIRCLE)
    assert isinstance(answer, NoLayout)
    assert not answer
    assert (answer.diagram, answer.boxes) == (CIRCLE, None)
    assert answer.why.startswith("there is no layout: impossible together are: ")


def test_a_proof_that_the_demands_are_too_much():
    answer = lay_out(DIAGRAM, min_side=200)
    assert isinstance(answer, NoLayout)


def test_undecided():
    answer = lay_out(DIAGRAM, time_limit=1e-9)
    assert isinstance(answer, Undecided)
    assert not answer
    assert (answer.diagram, answer.boxes) == (DIAGRAM, None)
    assert answer.why == "no layout found within 1e-09 s by the clock"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lay_out("Kitchen"), "diagram: expected a Diagram, got str"),
        (lambda: lay_out(DIAGRAM, min_side=0), "min_side: expected an integer in 1..255, got 0"),
        (lambda: lay_out(DIAGRAM, speed=1), "lay_out: got an unexpected keyword argument 'speed'"),
        (lambda: lay_out(DIAGRAM, SolverOptions(), seed=1), "lay_out: options and settings: give"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_line(call, message):
    with pytest.raises(InputError) as caught:
        call()
    assert str(caught.value).startswith(message)


def test_without_or_tools(monkeypatch):
    monkeypatch.setattr(outcome, "has_solver", lambda: False)
    with pytest.raises(InputError, match=r"^layouts need OR-tools: pip install"):
        lay_out(DIAGRAM)
