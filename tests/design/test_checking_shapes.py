"""Shapes, doors, areas and the plot of a plan's line are checked by code of their own."""

import json
import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from bd_gen.design.brief import Brief
from bd_gen.design.checking import check_plans
from bd_gen.design.checking_shapes import what_is_wrong_with_shapes
from bd_gen.design.room_rules import parse_rule
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outline import Outline
from bd_gen.layouts.room_limits import RoomLimits
from bd_gen.sampling.conditions import condition_from_rooms
from bd_gen.system.errors import InternalError

Line = dict[str, Any]
PLOT = Outline((40, 40, 160, 140))
LIMITS = {0: RoomLimits(min_area=7_000, facade=("left",)), 1: RoomLimits(max_area=4_000)}


def brief(**solver: Any) -> Brief:
    return Brief(
        condition_from_rooms("LivingRoom, Kitchen, Bathroom").room_types,
        (
            parse_rule("Kitchen opens to LivingRoom", "require"),
            parse_rule("Bathroom opens to Kitchen", "forbid"),
        ),
        solver=SolverOptions(**{"rooms": LIMITS, "outline": PLOT, "min_side": 20, **solver}),
    )


def plan() -> Line:
    return {
        "id": "01",
        "rooms": [
            {"type": "LivingRoom", "box": [40, 40, 120, 140]},
            {"type": "Kitchen", "box": [120, 40, 160, 100]},
            {"type": "Bathroom", "box": [120, 100, 160, 140]},
        ],
        "doors": [
            {"rooms": [0], "at": [60, 140, 74, 140], "kind": "entrance"},
            {"rooms": [0, 1], "at": [120, 60, 120, 72], "kind": "door"},
            {"rooms": [0, 2], "at": [120, 110, 120, 122], "kind": "door"},
        ],
        "plot": [[40, 40], [160, 40], [160, 140], [40, 140]],
    }


def test_a_good_plan_passes() -> None:
    assert what_is_wrong_with_shapes(plan(), brief()) is None


def box_of(room: int, *box: int) -> Callable[[Line], None]:
    return lambda line: line["rooms"][room].update(box=list(box))


def door(which: int, *at: float) -> Callable[[Line], None]:
    return lambda line: line["doors"][which].update(at=list(at))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (box_of(0, 50, 40, 120, 140), "4.94 m² of the plot stay empty without a word"),
        (box_of(0, 60, 40, 120, 140), "LivingRoom has 29.66 m² instead of 34.61 to"),
        (box_of(1, 120, 40, 160, 110), "Kitchen has another box than its polygon"),
        (box_of(1, 120, 40, 135, 100), "Kitchen is narrower than 1.41 m"),
        (box_of(2, 120, 100, 170, 140), "rooms beyond the plot"),
        (box_of(2, 120, 100, 150, 140), "1.98 m² of the plot stay empty without a word"),
        (door(1, 110, 60, 110, 72), "a door of LivingRoom and Kitchen stands in 0.00 m of wall"),
        (door(1, 120, 95, 120, 107), "a door of LivingRoom and Kitchen stands in 0.00 m"),
        (door(0, 120, 60, 120, 74), "a door of LivingRoom stands in 0.00 m"),
        (lambda line: line["doors"].pop(0), "0 front doors"),
        (lambda line: line.pop("plot"), "another plot"),
    ],
)
def test_what_is_wrong_is_told(change: Callable[[Line], None], message: str) -> None:
    line = plan()
    change(line)
    wrong = what_is_wrong_with_shapes(line, brief())
    assert wrong is not None
    assert re.match(message, wrong), wrong


def test_walls_of_less_than_a_door_are_told() -> None:
    line = plan()
    line["rooms"][1]["box"] = [120, 40, 160, 52]
    line["doors"][1]["at"] = [120, 41, 120, 51]
    bare = brief(rooms={}, min_side=1)
    told = ["some of the plot stay empty"]
    wrong = what_is_wrong_with_shapes(line, bare, told)
    assert wrong == "a door of LivingRoom and Kitchen stands in 0.84 m of wall"


def test_rooms_that_overlap_are_told() -> None:
    line = plan()
    for room in line["rooms"]:
        x0, y0, x1, y1 = room["box"]
        room["polygon"] = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
    line["rooms"][1]["box"] = [110, 40, 160, 100]
    line["rooms"][1]["polygon"] = [[110, 40], [160, 40], [160, 100], [110, 100]]
    assert what_is_wrong_with_shapes(line, brief()) == "rooms overlap"


def test_a_facade_that_is_lacking_is_told() -> None:
    asked = brief(rooms={1: RoomLimits(facade=("below", "left"))})
    assert what_is_wrong_with_shapes(plan(), asked) == "Kitchen has no outer wall below or left"
    assert (
        what_is_wrong_with_shapes(plan(), brief(rooms={1: RoomLimits(facade=("right",))})) is None
    )


def test_a_polygon_counts_and_not_its_box() -> None:
    line = plan()
    notch = [[40, 40], [120, 40], [120, 140], [60, 140], [60, 120], [40, 120]]
    line["rooms"][0]["polygon"] = notch
    line["doors"][0]["at"] = [70, 140, 84, 140]
    assert what_is_wrong_with_shapes(line, brief()) == (
        "1.98 m² of the plot stay empty without a word"
    )
    told = ["2.0 m² of the plot stay empty beside LivingRoom"]
    assert what_is_wrong_with_shapes(line, brief(), told) is None


def test_what_is_told_to_the_user_is_no_fault() -> None:
    line = plan()
    line["doors"].pop(0)
    assert what_is_wrong_with_shapes(line, brief(), ["no front door: no wall"]) is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda line: line["doors"].pop(1), "'require Kitchen opens to LivingRoom'"),
        (
            lambda line: line["doors"].append(
                {"rooms": [1, 2], "at": [130, 100, 142, 100], "kind": "door"}
            ),
            "'forbid Bathroom opens to Kitchen'",
        ),
    ],
)
def test_rules_of_doors_are_taken_at_their_words(
    tmp_path: Path, change: Callable[[Line], None], message: str
) -> None:
    path = tmp_path / "plans.jsonl"
    line = deepcopy(plan())
    path.write_text(json.dumps(line) + "\n")
    check_plans(path, brief(), 1)
    change(line)
    path.write_text(json.dumps(line) + "\n")
    with pytest.raises(InternalError, match=f"plans.jsonl: plan 01: does not satisfy {message}"):
        check_plans(path, brief(), 1)
