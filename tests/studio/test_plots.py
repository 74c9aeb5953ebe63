"""Plots: read with the fields of a brief file, filled, and told where they stand in the way."""

import json
from typing import Any

import numpy as np
import pytest
import shapely
from tests.studio.sketches import message

from bd_gen.studio.calls import CALLS, Desk
from bd_gen.studio.projects import project_of

pytest.importorskip("ortools")
ROOMS = ("LivingRoom", "Kitchen", "Bathroom", "MasterRoom", "Entrance")
L_SHAPE = "0,0; 9,0; 9,4; 6,4; 6,8; 0,8"


def ask(call: str, **message: Any) -> Any:
    return CALLS[call](Desk(), message)


def planned(effort: float = 0.2, **more: Any) -> Any:
    return ask("plan", sketch=message(rooms=ROOMS, **more), effort=effort)


def shapes_of(answer: Any) -> list[Any]:
    return [shapely.Polygon(rings[0], rings[1:]) for rings in answer["plan"]["shapes"]]


@pytest.mark.parametrize("plot", [{"size": "7 x 8"}, {"corners": L_SHAPE, "entrance": "south"}])
def test_rooms_lie_in_the_plot_and_what_stays_empty_is_told(plot: dict[str, Any]) -> None:
    answer = planned(plot=plot)
    ground = shapely.Polygon(answer["plot"]["corners"])
    rooms = shapes_of(answer)
    assert all(ground.covers(room) for room in rooms)
    empty = ground.area - sum(room.area for room in rooms)
    assert ("stay empty" in answer["plan"]["left"]) == (empty >= 1)
    assert empty < 0.05 * ground.area
    # shown again, it is where it was
    boxes = answer["plan"]["boxes"]
    sketch = message(rooms=ROOMS, plot=plot)
    again = ask("plan", sketch=sketch, boxes=boxes, stays=True)
    assert again["plan"]["boxes"] == boxes
    assert not again["is_new"]
    moved = (np.array(boxes) + np.array([60, 0, 60, 0])).clip(0, 255).tolist()
    assert ask("plan", sketch=sketch, boxes=moved)["is_new"]


def test_the_entrance_is_at_its_side_and_north_turns_it() -> None:
    for north, side in (("up", "below"), ("right", "left")):
        answer = planned(plot={"size": "8 x 8", "entrance": "south", "north": north})
        assert answer["plot"]["entrance"] == side
        (x0, _, _, y1), corners = answer["plan"]["boxes"][4], np.array(answer["plot"]["corners"])
        at = {"below": y1 == corners[:, 1].max(), "left": x0 == corners[:, 0].min()}
        assert at[side]
        front = [d for d in answer["plan"]["doors"] if d["kind"] == "entrance"]
        assert len(front) == 1


def test_setbacks_are_kept_free() -> None:
    plot = {"size": "9 x 9", "setbacks": {"north": "1", "east": "0.5"}}
    found = ask("plot", plot=plot)["plot"]
    assert found["area"] == 68.0
    whole, inner = shapely.Polygon(found["whole"]), shapely.Polygon(found["corners"])
    assert whole.covers(inner)
    assert whole.bounds[1] < inner.bounds[1]


@pytest.mark.parametrize(
    ("plot", "words"),
    [
        ({"size": "9"}, "width and depth"),
        ({"size": "900 x 12"}, "did you mean"),
        ({"size": "25 x 25"}, "a plan reaches 17.9 m$"),
        ({"corners": "0,0; 5,5; 0,5"}, "at least four corners"),
        ({"size": "9 x 12", "corners": L_SHAPE}, "one of the two"),
        ({"size": "9 x 12", "setbacks": {"west": "20"}}, "setback"),
        ({"entrance": "soth"}, "no side; did you mean south"),
        ({"colour": "red"}, "unknown field"),
        ({"size": 9}, "printable text"),
        ("9 x 12", "expected an object"),
    ],
)
def test_what_is_no_plot_is_refused_in_words(plot: Any, words: str) -> None:
    import re

    assert re.search(words, ask("plot", plot=plot)["wrong"])


def test_rooms_that_need_more_than_the_plot_has() -> None:
    areas = {"LivingRoom": [30, None], "Kitchen": [9, None]}
    found = planned(plot={"size": "5 x 7"}, areas=areas)
    assert "the rooms need at least 39.0 m²" in found["why"]
    assert "the plot has 35.0 m²" in found["why"]
    freed = [(p["free"], p.get("type")) for p in found["proposals"]]
    assert freed == [("plot", None), ("area", "LivingRoom"), ("area", "Kitchen")]
    rooms = [{"type": t} for t in ROOMS]
    rooms[0]["area"] = [40, None]  # type: ignore[assignment]
    found = ask("plan", sketch={"rooms": rooms, "plot": {"size": "5 x 7"}})
    assert [p["free"] for p in found["proposals"]] == ["plot", "room area"]


def test_the_plot_and_the_entrance_are_named_where_they_stand_in_the_way() -> None:
    fixed = {"0": [0, 0, 30, 30]}
    found = planned(plot={"size": "6 x 6"}, fixed=fixed)
    assert found["is_proven"]
    assert {p["free"] for p in found["proposals"]} == {"place", "plot"}
    surrounded = message([0, 4, "surrounding"], rooms=ROOMS, plot={"entrance": "south"})
    found = ask("plan", sketch=surrounded)
    assert {p["free"] for p in found["proposals"]} == {"relation", "entrance"}


def test_the_area_of_one_room_goes_before_that_of_its_type() -> None:
    rooms: list[dict[str, Any]] = [{"type": "SecondRoom"}, {"type": "SecondRoom"}]
    rooms[1]["area"] = [14, 15]
    sketch = {"rooms": rooms, "areas": {"SecondRoom": [7, 8]}}
    areas = ask("plan", sketch=sketch, effort=0.2)["plan"]["areas"]
    assert 7 <= areas[0] <= 8
    assert 14 <= areas[1] <= 15
    rooms[0]["area"] = [9, 5]
    with pytest.raises(Exception, match="largest area"):
        ask("plan", sketch=sketch)


def test_a_project_keeps_plot_and_areas() -> None:
    sketch = {
        "rooms": [{"type": "Kitchen", "area": [5, None]}],
        "plot": {"size": "9 x 12", "setbacks": {"south": "1", "north": ""}, "north": ""},
    }
    project = {"format": "bd-gen project", "version": 1, "sketch": sketch}
    found = project_of(json.dumps(project), "")["project"]
    assert found["rooms"][0]["area"] == [5, None]
    assert found["plot"] == {"size": "9 x 12", "setbacks": {"south": "1"}}
    for bad in ({"size": "x"}, [1], {"roof": "flat"}):
        with pytest.raises(Exception, match="plot"):
            project_of(json.dumps({**project, "sketch": {**sketch, "plot": bad}}), "")


def test_exports_know_plot_and_north() -> None:
    sketch = message(rooms=ROOMS, plot={"size": "7 x 8", "north": "90"})
    boxes = ask("plan", sketch=sketch, effort=0.1)["plan"]["boxes"]
    file = ask("export", sketch=sketch, format="jsonl", boxes=boxes)
    plan = json.loads(file.content)
    assert plan["north"] == 90
    assert len(plan["plot"]) >= 4 or len(plan["plot"][0]) >= 4
