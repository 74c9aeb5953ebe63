import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.data.conftest import EIGHT, FLAT

from bd_gen.data.sources.plans.plan_diagrams import each_plan
from bd_gen.data.sources.plans.source import read_plans
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.floor_plan import Door, FloorPlan, Window
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.exchange.exports.plans import write_json
from bd_gen.exchange.laid_out_files import ReadingOptions, read_laid_out
from bd_gen.system.errors import InputError

Write = Callable[..., Path]
ELL = [[50, 50], [110, 50], [110, 100], [80, 100], [80, 150], [50, 150]]


def polygonal(**more: Any) -> dict[str, Any]:
    """The small flat with an L-shaped living room."""
    rooms = [{"type": "LivingRoom", "polygon": ELL}, *FLAT[1:]]
    return {"id": "x", "rooms": rooms, **more}


def floor_plan(write_lines: Write, plan: dict[str, Any]) -> FloorPlan:
    found = next(each_plan(write_lines(plan))).floor_plan
    assert found is not None
    return found


def test_a_polygon_has_the_relations_of_its_bounding_box(write_lines: Write) -> None:
    path = write_lines(polygonal(), {"id": "y", "rooms": FLAT})
    table = read_plans(path, EIGHT)
    assert table.boxes[0, 0].tolist() == [50, 50, 110, 150]
    np.testing.assert_array_equal(table.tokens[0], table.tokens[1])
    plain = next(each_plan(write_lines({"id": "y", "rooms": FLAT})))
    assert plain.floor_plan is None


def test_everything_that_a_plan_may_say(write_lines: Write) -> None:
    said = polygonal(
        doors=[
            {"rooms": [0, 1], "at": [110, 60, 114, 80]},
            {"rooms": [0, 2], "at": [114, 100, 110, 120], "kind": "open"},
            {"rooms": [0], "at": [50, 60, 50, 76], "kind": "entrance"},
        ],
        windows=[{"room": 1, "at": [150, 60, 150, 80]}],
        plot=[[40, 40], [160, 40], [160, 180], [40, 180], [40, 40]],
        north=90,
    )
    said["rooms"][1] = {**FLAT[1], "name": "Küche"}
    plan = floor_plan(write_lines, said)
    assert plan.areas.tolist() == [4500, 36 * 40, 36 * 56, 40 * 16]
    assert plan.doors == (
        Door((0, 1), (110, 60, 114, 80)),
        Door((0, 2), (110, 100, 114, 120), "open"),
        Door((0,), (50, 60, 50, 76), "entrance"),
    )
    assert plan.windows == (Window(1, (150, 60, 150, 80)),)
    assert plan.names == ("LivingRoom", "Küche", "Bathroom", "Balcony")
    assert plan.plot is not None
    assert plan.plot.bounds == (40, 40, 160, 180)
    assert plan.north == 90


def test_the_entrance_of_published_plans_leads_to_the_nearest_room(write_lines: Write) -> None:
    plan = floor_plan(write_lines, {"id": "x", "rooms": FLAT, "front_door": [112, 80, 113, 88]})
    assert plan.doors == (Door((1,), (112, 80, 113, 88), "entrance"),)
    (table,) = [read_plans(write_lines({"id": "x", "rooms": FLAT, "front_door": 3}), EIGHT)]
    assert table.notes == ()


def test_holes_are_drawn_and_no_data(write_lines: Write) -> None:
    plan = polygonal()
    plan["rooms"][0]["holes"] = [[[60, 60], [60, 70], [70, 70], [70, 60]]]
    path = write_lines(plan)
    with pytest.raises(InputError, match=r"1 x room with holes \(line 1: room 0: no box says"):
        read_plans(path, EIGHT)
    for options in (ReadingOptions(), ReadingOptions(is_whole=True)):
        (read,) = read_laid_out(path, options=options).plans
        assert read.floor_plan is not None
        assert read.floor_plan.areas[0] == 4400


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "crosses": ({"polygon": [[0, 0], [99, 99], [99, 0], [0, 99]]}, "crosses itself"),
    "two corners": ({"polygon": [[0, 0], [9, 0], [0, 0]]}, "2 corners, expected 3 or more"),
    "flat": ({"polygon": [[0, 0], [9, 0], [4, 0]]}, "bad polygon"),
    "no list": ({"polygon": "round"}, "not a list of up to 1,000 points"),
    "long": ({"polygon": [[k, k % 2] for k in range(1001)]}, "not a list of up to 1,000 points"),
    "point": ({"polygon": [[0, 0], [9, 0], [4]]}, "a point is not"),
    "text": ({"polygon": [[0, 0], [9, 0], [4, "4"]]}, "a point is not"),
    "true": ({"polygon": [[0, 0], [9, 0], [4, True]]}, "a point is not"),
    "far": ({"polygon": [[0, 0], [9, 0], [4, 4097]]}, "not within 4,096"),
    "box": ({"polygon": ELL, "box": [50, 50, 110, 151]}, "box is not its bounding box"),
    "twice": ({"polygon": [[114, 50], [150, 50], [150, 90], [114, 90]]}, "in the same place"),
    "holes": ({"box": [50, 50, 110, 150], "holes": [ELL]}, "has holes and no polygon"),
    "hole outside": ({"polygon": ELL, "holes": [[[0, 0], [0, 9], [9, 9]]]}, "crosses itself"),
    "name": ({"polygon": ELL, "name": ""}, "name of room 0 is not"),
    "name of lines": ({"polygon": ELL, "name": "a\nb"}, "name of room 0 is not"),
}
BAD_PLANS: dict[str, tuple[dict[str, Any], str]] = {
    "doors": ({"doors": {}}, "bad door: doors is not a list"),
    "door": ({"doors": [3]}, "bad door: door 0: not an object"),
    "kind": ({"doors": [{"rooms": [0, 1], "at": [1, 1, 2, 2], "kind": "flap"}]}, "kind is not"),
    "no room": ({"doors": [{"rooms": [0, 4], "at": [1, 1, 2, 2]}]}, "there is no room 4"),
    "one room": ({"doors": [{"rooms": [0], "at": [1, 1, 2, 2]}]}, "door: expected rooms, 2 of"),
    "itself": ({"doors": [{"rooms": [1, 1], "at": [1, 1, 2, 2]}]}, "joins room 1 to itself"),
    "entrance": (
        {"doors": [{"rooms": [0, 1], "at": [1, 1, 2, 2], "kind": "entrance"}]},
        "entrance: expected rooms, 1 of",
    ),
    "at": ({"doors": [{"rooms": [0, 1], "at": [1, 1, 2]}]}, "at is not four numbers"),
    "window": ({"windows": [{"room": -1, "at": [1, 1, 2, 2]}]}, "there is no room -1"),
    "nan": ({"windows": [{"room": 1, "at": [1, float("nan"), 2, 2]}]}, "window 0: not within"),
    "plot": ({"plot": [[0, 0], [9, 9]]}, "plot: 2 corners"),
    "north": ({"north": "up"}, "north is not degrees"),
    "north behind": ({"north": 361}, "north is not degrees"),
}


@pytest.mark.parametrize("name", [*BAD, *BAD_PLANS])
def test_what_is_wrong_is_said_in_a_line(write_lines: Write, name: str) -> None:
    if name in BAD:
        room, expected = BAD[name]
        kitchen = {"type": "Kitchen", "polygon": [[114, 50], [150, 50], [150, 90], [114, 90]]}
        plan = {"id": "x", "rooms": [{"type": "LivingRoom", **room}, kitchen, *FLAT[2:]]}
    else:
        more, expected = BAD_PLANS[name]
        plan = polygonal(**more)
    with pytest.raises(InputError, match="line 1: ") as caught:
        next(each_plan(write_lines(plan)))
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


def test_keys_that_mean_nothing_are_told(write_lines: Write) -> None:
    path = write_lines(polygonal(area=3, dorrs=[]), {"id": "y", "area": 3, "rooms": FLAT})
    assert (
        "keys that are not read: area (2 plans), dorrs (1 plans)" in read_plans(path, EIGHT).notes
    )
    assert read_laid_out(path).notes == ["keys that are not read: area (2 plans), dorrs (1 plans)"]


@st.composite
def laid_out(draw: st.DrawFn) -> LaidOut:
    """Up to six rooms in a row, some with a corner cut out, a hole or a name, with doors."""
    count = draw(st.integers(2, 6))
    rooms, x = [], float(draw(st.integers(-40, 40)))
    for _ in range(count):
        width, height = (draw(st.integers(96, 200)) / 4 for _ in range(2))
        room = shapely.box(x, 10, x + width, 10 + height)
        if draw(st.booleans()):
            room = room.difference(shapely.box(x, 10, x + width / 2, 10 + height / 2))
        if draw(st.booleans()):
            room = room.difference(shapely.box(x + 20, 10 + height - 4, x + 22, 10 + height - 2))
        rooms.append(room)
        x += width + draw(st.integers(0, 3))
    boxes = np.array([room.bounds for room in rooms])
    names = tuple(f"Zimmer {k}" for k in range(count)) if draw(st.booleans()) else None
    door = Door((0, 1), (x, 12, x + 1.5, 20), draw(st.sampled_from(["door", "open"])))
    front = Door((count - 1,), (3, 4, 3, 8), "entrance")
    plan = FloorPlan(
        tuple(rooms),
        (door, front) if draw(st.booleans()) else (),
        (Window(0, (0.25, 1, 2, 1)),) if draw(st.booleans()) else (),
        names,
        shapely.box(-99, -99, 399, 399) if draw(st.booleans()) else None,
        float(draw(st.integers(0, 359))),
    )
    edges = tuple((k, k + 1, 2) for k in range(count - 1))
    return LaidOut("plan", Diagram((0,) * count, edges), boxes, (), plan)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(plan=laid_out(), is_whole=st.booleans())
def test_what_is_written_is_read_again(tmp_path: Path, plan: LaidOut, is_whole: bool) -> None:
    path = tmp_path / "plan.jsonl"
    write_json(path, [plan], 1.0)
    (again,) = read_laid_out(path, options=ReadingOptions(is_whole=is_whole)).plans
    assert again.diagram == plan.diagram
    assert plan.boxes is not None
    assert again.boxes is not None
    np.testing.assert_array_equal(again.boxes, plan.boxes)
    mine, others = plan.floor_plan, again.floor_plan or FloorPlan(again.shapes)
    assert mine is not None
    assert all(a.equals(b) for a, b in zip(mine.rooms, others.rooms, strict=True))
    assert (mine.doors, mine.windows, mine.names, mine.north) == (
        others.doors, others.windows, others.names, others.north,
    )  # fmt: skip
    assert (mine.plot is None) == (others.plot is None)
    first = json.loads(path.read_text())
    write_json(path, [again], 1.0)
    assert json.loads(path.read_text()) == first
