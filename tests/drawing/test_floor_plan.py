"""What a floor plan shows, read from the SVG."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import shapely

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.floor_plan import Door, FloorPlan, Window
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.drawing.picture_file import picture_style, svg_of
from bd_gen.drawing.plan_drawing import plans_figure

SVG = "{http://www.w3.org/2000/svg}"


def home(plan_id: str = "h", north: float = 30.0) -> LaidOut:
    living = shapely.Polygon([(0, 0), (140, 0), (140, 60), (80, 60), (80, 120), (0, 120)])
    rooms = (living, shapely.box(80, 60, 140, 120))
    floor_plan = FloorPlan(
        rooms,
        (Door((0, 1), (80, 70, 80, 82)), Door((0,), (0, 20, 0, 34), "entrance")),
        (Window(1, (100, 120, 125, 120)),),
        ("Wohnküche & Diele", "Anna's room"),
        shapely.box(-20, -20, 160, 140),
        north,
    )
    boxes = np.array([room.bounds for room in rooms])
    return LaidOut(plan_id, Diagram((0, 7), ((0, 1, 5),)), boxes, floor_plan=floor_plan)


def svg(*plans: LaidOut, mode="plan", **options) -> ET.Element:
    with picture_style():
        return ET.fromstring(svg_of(plans_figure(plans, mode, **options)))  # noqa: S314


def texts(page: ET.Element) -> list[str]:
    return ["".join(text.itertext()).strip() for text in page.iter(f"{SVG}text")]


def tooltips(page: ET.Element) -> dict[str, str]:
    groups = page.iter(f"{SVG}g")
    return {
        group.get("id", ""): title.text or ""
        for group in groups
        if (title := group.find(f"{SVG}title")) is not None
    }


def test_text_is_text_in_the_words_of_the_user() -> None:
    shown = texts(svg(home(), titles=["First"], title="Two rooms"))
    area = (140 * 120 - 60 * 60) * (18 / 256) ** 2
    assert {"First", "Two rooms", "N"} <= set(shown)
    assert f"{area:.1f} m²" in shown
    assert any("Wohnküche" in text for text in shown)
    assert any("Anna's" in text for text in shown)


def test_parts_have_names_and_tooltips() -> None:
    told = tooltips(svg(home()))
    assert told["room-0"] == "Wohnküche & Diele, 65.3 m²"
    assert told["door-0"] == "Door: Wohnküche & Diele – Anna's room, 0.84 m"
    assert told["door-1"] == "Entrance: Wohnküche & Diele, 0.98 m"
    assert told["window-0"] == "Window: Anna's room, 1.76 m"
    assert {"walls", "plot", "north", "scale-bar", "dimensions"} <= set(told)


def test_names_are_unique_on_a_sheet_of_many() -> None:
    page = svg(home("a"), home("b"), home("c"), tooltips=["", "-12.3 nats", ""])
    ids = [one.get("id") for one in page.iter() if one.get("id") is not None]
    assert len(ids) == len(set(ids))
    told = tooltips(page)
    assert {f"plan-{k}-room-1" for k in range(3)} <= set(told)


def test_what_is_told_over_a_heading_is_not_written() -> None:
    page = svg(home(), titles=["01"], tooltips=["likelihood -12.3 nats"])
    assert "likelihood -12.3 nats" in tooltips(page).values()
    assert not any("nats" in text for text in texts(page))


def test_an_arrow_says_where_north_is_only_where_that_is_known() -> None:
    plan = home()
    boxes_only = LaidOut("b", plan.diagram, plan.boxes)
    assert "north" not in tooltips(svg(boxes_only))
    assert tooltips(svg(home(north=300)))["north"] == "North: 300° clockwise from the top"


@pytest.mark.parametrize("scale", [18 / 256, 0.02, 1.0])
def test_the_bar_is_as_long_as_it_says(scale: float) -> None:
    page = svg(home(), metres_per_pixel=scale)
    (bar,) = (group for group in page.iter(f"{SVG}g") if group.get("id") == "scale-bar")
    metres = float(tooltips(page)["scale-bar"].removesuffix(" m"))
    numbers = [
        float(number)
        for path in bar.iter(f"{SVG}path")
        for number in re.findall(r"[ML] ([\d.]+) ", path.get("d", ""))
    ]
    (wall,) = (group for group in page.iter(f"{SVG}g") if group.get("id") == "room-1")
    corners = [
        float(number)
        for path in wall.iter(f"{SVG}path")
        for number in re.findall(r"[ML] ([\d.]+) ", path.get("d", ""))
    ]
    drawn = (max(numbers) - min(numbers)) / (max(corners) - min(corners))
    # the floor is the room of 60 pixels less half of an inner wall of 0.1 m
    assert drawn == pytest.approx(metres / (60 * scale - 0.05), rel=1e-3)


def test_several_plans_are_drawn_to_one_scale() -> None:
    small = LaidOut("s", Diagram((0,)), np.array([[0, 0, 120, 100]]))
    large = LaidOut("l", Diagram((0,)), np.array([[0, 0, 150, 140]]))
    widths = []
    for k, extent in ((0, 120), (1, 150)):
        page = svg(small, large)
        (room,) = (g for g in page.iter(f"{SVG}g") if g.get("id") == f"plan-{k}-room-0")
        path = next(room.iter(f"{SVG}path")).get("d", "")
        xs = [float(number) for number in re.findall(r"[ML] ([\d.]+) ", path)]
        widths.append((max(xs) - min(xs)) / extent)
    assert widths[0] == pytest.approx(widths[1], rel=1e-3)
