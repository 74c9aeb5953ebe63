"""From a brief to plans."""

import numpy as np
import pytest
from tests.generation.checkpoints import saved

import bd_gen
from bd_gen.api.designing import Design, design
from bd_gen.api.model import load
from bd_gen.design import search as searching
from bd_gen.design.brief import Brief
from bd_gen.design.room_rules import parse_rule
from bd_gen.design.run import design as designs_for
from bd_gen.layouts.checking import check_layout
from bd_gen.layouts.options import SolverOptions
from bd_gen.system.errors import InputError

SETTINGS = {
    "count": 2,
    "seed": 3,
    "min_difference": 1,
    "solver": SolverOptions(improve_effort=0.0),
}
RULE = "Kitchen touches Bathroom"


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    pytest.importorskip("ortools")
    monkeypatch.setattr(searching, "BATCH", 32)
    monkeypatch.setattr(searching, "_PILOT", 64)


@pytest.fixture
def model(tmp_path):
    return load(saved(tmp_path), device="cpu")


def test_the_plans_of_the_command(model):
    found = design("Kitchen, 2 Bathroom", require=RULE, model=model, **SETTINGS)
    brief = Brief((2, 3, 3), (parse_rule(RULE, "require"),), **SETTINGS)
    expected = designs_for(model.checkpoint, brief, device="cpu")
    assert isinstance(found, Design)
    assert [plan.diagram for plan in found] == list(expected.diagrams)
    assert np.array_equal(found.nats, expected.nats)
    assert (len(found), found[0].id, found.why_fewer) == (2, "01", "")
    for plan in found:
        check_layout(plan.diagram, plan.boxes)
    assert found[:1] == found.plans[:1]
    assert "</svg>" in found._repr_svg_()
    again = bd_gen.design(brief, model=model)
    assert [plan.diagram for plan in again] == list(expected.diagrams)


def test_too_few_are_told_with_the_reason(model):
    found = design(["Kitchen"], model=model, count=5, most_drawn=64, solver=SETTINGS["solver"])
    assert len(found) < 5
    assert found.why_fewer
    assert "--" not in found.why_fewer


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"brief": "Kitchn"}, "rooms: unknown room 'Kitchn'; did you mean Kitchen?"),
        ({"brief": ""}, "given: expected at least one room"),
        ({"brief": "Kitchen", "require": "Kitchen near"}, "require 'Kitchen near': expected ROOM"),
        ({"brief": "Kitchen", "forbid": ["Kitchen touches Spa"]}, "forbid 'Kitchen touches Spa'"),
        ({"brief": "Kitchen", "count": 0}, "count: expected 1 to 1000, got 0"),
        ({"brief": "Kitchen", "speed": 1}, "design: got an unexpected keyword argument 'speed'"),
        ({"brief": Brief((2,)), "count": 1}, "design: a Brief holds rules and settings already"),
        (
            {"brief": "Kitchen, Bathroom", "require": RULE, "forbid": RULE},
            "rules that cannot hold together: ",
        ),
    ],
)
def test_what_cannot_be_used_is_told_in_one_line(model, arguments, message):
    with pytest.raises(InputError) as caught:
        design(**arguments, model=model)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
