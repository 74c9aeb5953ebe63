"""The last check finds whatever is wrong with the plans in a file."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bd_gen.design.brief import Brief
from bd_gen.design.checking import check_plans
from bd_gen.design.room_rules import parse_rule
from bd_gen.layouts.options import SolverOptions
from bd_gen.sampling.conditions import condition_from_rooms
from bd_gen.system.errors import InputError

BRIEF = Brief(
    condition_from_rooms("LivingRoom, Kitchen, Bathroom").room_types,
    (
        parse_rule("Kitchen touches LivingRoom", "require"),
        parse_rule("Bathroom touches Kitchen", "forbid"),
    ),
)
GOOD = {
    "LivingRoom": [60, 60, 160, 160],
    "Kitchen": [160, 60, 200, 100],
    "Bathroom": [20, 60, 60, 90],
}


def plan_file(folder: Path, **boxes: object) -> Path:
    path = folder / "plans.jsonl"
    rooms = [
        {"type": name, "box": box} for name, box in {**GOOD, **boxes}.items() if box is not None
    ]
    path.write_text(json.dumps({"id": "01", "rooms": rooms}) + "\n")
    return path


def test_a_good_plan_passes(tmp_path):
    check_plans(plan_file(tmp_path), BRIEF, 1)


@pytest.mark.parametrize(
    ("boxes", "message"),
    [
        ({"Kitchen": [200, 60, 240, 100]}, "'require Kitchen touches LivingRoom'"),
        ({"Bathroom": [160, 105, 200, 140]}, "'forbid Bathroom touches Kitchen'"),
        ({"Bathroom": None}, "other rooms"),
        ({"Balcony": [60, 160, 80, 180]}, "other rooms|bad"),
        ({"Bathroom": [20.5, 60, 60, 90]}, "no boxes of whole pixels"),
        ({"Bathroom": [-2, 60, 60, 90]}, "outside the plan"),
        ({"Bathroom": [40, 60, 60, 69]}, "too small"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, boxes, message):
    brief = replace(BRIEF, solver=SolverOptions(min_side=10))
    with pytest.raises((RuntimeError, InputError), match=message):
        check_plans(plan_file(tmp_path, **boxes), brief, 1)


def test_plans_that_are_missing_are_noticed(tmp_path):
    with pytest.raises(RuntimeError, match="expected 2 plans, found 1"):
        check_plans(plan_file(tmp_path), BRIEF, 2)


def test_relations_instead_of_boxes_are_not_enough(tmp_path):
    path = tmp_path / "plans.jsonl"
    rooms = [{"type": name} for name in GOOD]
    path.write_text(json.dumps({"id": "1", "rooms": rooms, "relations": [[0, 1, "left-of"]]}))
    with pytest.raises(RuntimeError, match="no boxes"):
        check_plans(path, BRIEF, 1)
