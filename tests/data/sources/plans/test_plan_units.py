import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.data.conftest import EIGHT, FLAT

from bd_gen.data.sources.plans.plan_diagrams import each_plan
from bd_gen.data.sources.plans.plan_units import FITTED_SIZE, Units, UnitsError
from bd_gen.data.sources.plans.source import read_plans
from bd_gen.system.errors import InputError

Write = Callable[..., Path]
PIXELS_PER_METRE = 256 / 18


def scaled(factor: float, dx: float = 0, dy: float = 0) -> list[dict[str, Any]]:
    return [
        {"type": r["type"], "box": [c * factor + d for c, d in zip(r["box"], [dx, dy] * 2)]}  # type: ignore[arg-type]  # noqa: B905
        for r in FLAT
    ]


METRES = scaled(18 / 256, dx=1000)


def header(**values: Any) -> dict[str, Any]:
    return {"bd_gen": "plans", **values}


@pytest.mark.parametrize(
    ("rooms", "units"),
    [
        (METRES, {"unit": "m"}),
        (scaled(18_000 / 256), {"unit": "m", "scale": 0.001}),
        (scaled(4), {"unit": "px", "scale": 0.25}),
        (scaled(3.7, dy=-9), {"unit": "m", "scale": 18 / 256 / 3.7}),
    ],
)
def test_the_same_plan_in_other_units_is_the_same_diagram(
    write_lines: Write, rooms: list[dict[str, Any]], units: dict[str, Any]
) -> None:
    expected = read_plans(write_lines({"id": 1, "rooms": FLAT}, name="pixels"), EIGHT)
    plan = {"id": 1, "rooms": rooms}
    tables = [
        read_plans(write_lines(header(**units), plan), EIGHT),
        read_plans(write_lines({**plan, **units}), EIGHT),
        read_plans(write_lines(json.dumps([header(**units), plan], indent=1)), EIGHT),
        read_plans(write_lines(plan), EIGHT, units=Units(**units)),
    ]
    for table in tables:
        np.testing.assert_array_equal(table.tokens, expected.tokens)
        sides = table.boxes[..., 2:] - table.boxes[..., :2]
        np.testing.assert_allclose(
            sides, expected.boxes[..., 2:] - expected.boxes[..., :2], atol=1 / 32
        )
    first = next(each_plan(write_lines(header(**units), plan)))
    assert first.boxes is not None
    np.testing.assert_array_equal(first.boxes.astype(np.float32), tables[0].boxes[0, :4])


def test_metres_lie_in_the_middle_and_y_may_grow_upwards(write_lines: Write) -> None:
    rooms = [{"type": "Kitchen", "box": [7, 1, 16, 10]}, {"type": "Storage", "box": [7, 1, 8, 2]}]
    plan = {"id": 1, "rooms": rooms, "unit": "m", "doors": [{"rooms": [0, 1], "at": [8, 1, 8, 2]}]}
    down, up = (next(each_plan(write_lines({**plan, "flip_y": f}))) for f in (False, True))
    assert down.boxes is not None
    assert up.boxes is not None
    assert down.boxes.tolist()[0] == up.boxes.tolist()[0] == [64, 64, 192, 192]
    low, high = (
        np.rint(64 * (64 + PIXELS_PER_METRE)) / 64,
        np.rint(64 * (192 - PIXELS_PER_METRE)) / 64,
    )
    assert down.boxes.tolist()[1] == [64, 64, low, low]
    assert up.boxes.tolist()[1] == [64, high, low, 192]
    assert up.floor_plan is not None
    assert up.floor_plan.doors[0].segment == (low, high, low, 192)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    factor=st.floats(1e-3, 1e4),
    dx=st.floats(-1e3, 1e3),
    dy=st.floats(-1e3, 1e3),
    flip=st.booleans(),
)
def test_fitting_knows_neither_size_nor_place(
    write_lines: Write, factor: float, dx: float, dy: float, flip: bool
) -> None:
    rooms = scaled(factor, dx * factor, dy * factor)
    units = Units(fit=True, flip_y=flip)
    table = read_plans(write_lines({"id": 1, "rooms": rooms}), EIGHT, units=units)
    plain = read_plans(write_lines({"id": 1, "rooms": FLAT}), EIGHT, units=units)
    boxes = table.boxes[0, :4]
    np.testing.assert_allclose(boxes, plain.boxes[0, :4], atol=1 / 32)
    assert (boxes[:, 2:].max(axis=0) - boxes[:, :2].min(axis=0)).max() == FITTED_SIZE


@pytest.mark.parametrize(
    ("rooms", "expected"),
    [
        (scaled(1 / 150), "0.8 across, expected 64 to 256; parts of a whole? [--fit]"),
        (scaled(0.1), "12 across, expected 64 to 256; metres? [--unit m]"),
        (scaled(5), "600 across, expected 64 to 256; a larger picture? [--fit, or "),
        (scaled(10), "1,200 across, expected 64 to 256; centimetres? [--unit m --scale 0.01]"),
    ],
)
def test_what_cannot_be_pixels_is_refused_with_the_likely_cause(
    write_lines: Write, rooms: list[dict[str, Any]], expected: str
) -> None:
    path = write_lines({"id": 1, "rooms": rooms})
    for read in (lambda: read_plans(path, EIGHT), lambda: next(each_plan(path))):
        with pytest.raises(InputError, match="not in pixels") as caught:
            read()
        assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("lines", "units", "expected"),
    [
        (
            [{"id": 1, "rooms": FLAT}],
            {"unit": "m"},
            r"not in metres \(line 1: 120 m across; pixels",
        ),
        (
            [header(unit="m"), {"id": 1, "rooms": METRES}],
            {"unit": "px"},
            "unit: the header says m,",
        ),
        (
            [header(fit=True), {"id": 1, "rooms": METRES, "fit": False}],
            {},
            "fit: the plan says fal",
        ),
        (
            [header(unit="ft"), {"id": 1, "rooms": METRES}],
            {},
            "header: unit: expected m or px, got",
        ),
        (
            [header(scale=2), {"id": 1, "rooms": FLAT}],
            {},
            "header: scale: expected a unit, m or px",
        ),
        ([header(unit="m", scale=-1), {"id": 1}], {}, "header: scale: expected a number above 0"),
        ([header(flip_y="yes"), {"id": 1}], {}, "header: flip_y: expected true or false, got yes"),
        ([header(fit=True, unit="m", scale=2), {"id": 1}], {}, "header: fit: scales each plan"),
        ([header(units="m"), {"id": 1}], {}, "header: 'units': expected some of bd_gen, unit, sc"),
        ([header(vocabulary=3), {"id": 1}], {}, "header: vocabulary: expected a name"),
        (
            [{"bd_gen": "samples"}, {"id": 1}],
            {},
            'header: expected {"bd_gen": "plans"}, got samples',
        ),
        ([header(vocabulary="resplan"), {"id": 1}], {}, "vocabulary resplan, it is read as rplan"),
        ([header(unit="m")], {}, "holds a header and no plan"),
        ([{"id": 1, "rooms": FLAT}, header()], {}, r"1 x header that is not the first of its file"),
        (
            [{"id": 1, "rooms": [{"type": "Kitchen", "box": [3] * 4}]}],
            {"fit": True},
            "no size to fit",
        ),
    ],
)
def test_units_that_cannot_be(
    write_lines: Write, lines: list[Any], units: dict[str, Any], expected: str
) -> None:
    with pytest.raises(InputError, match=expected.replace("{", r"\{")) as caught:
        read_plans(write_lines(*lines), EIGHT, units=Units(**units))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("values", [{"scale": True, "unit": "m"}, {"fit": 1}, {"unit": 3}])
def test_units_of_other_kinds(values: dict[str, Any]) -> None:
    with pytest.raises(UnitsError):
        Units(**values)
