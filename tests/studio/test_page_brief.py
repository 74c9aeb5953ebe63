"""Plots, areas of single rooms and searches that stay, in Debian's chromium."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.studio.served import Served
from tests.studio.tab import Tab

pytestmark = pytest.mark.slow


def fill(tab: Tab, key: str, text: str) -> None:
    field = tab.page.locator(f'[data-key="{key}"]')
    field.fill(text)
    field.press("Tab")
    tab.settle()


def choose(tab: Tab, key: str, value: str) -> None:
    tab.page.locator(f'[data-key="{key}"]').select_option(value)
    tab.settle()


def test_a_plot_is_entered_filled_and_kept(tab: Tab, tmp_path: Path) -> None:
    pytest.importorskip("ezdxf")
    tab.settle()
    tab.click("plot")
    field = tab.page.locator('[data-key="plot size"]')
    field.fill("9 x")
    tab.until("document.querySelector('#plot-error').textContent.includes('width and depth')")
    fill(tab, "plot size", "9 x 11")
    assert tab.page.locator("#plot-error").inner_text() == ""
    assert tab.page.locator(".plan .plot .buildable").count() == 1
    fill(tab, "plot setback south", "1")
    assert "90.0 m²" in tab.page.locator("[data-plot]").inner_text()
    choose(tab, "plot entrance", "south")
    choose(tab, "plot north", "right")
    assert tab.page.locator(".plan .entrance-mark").count() == 1
    label = tab.page.locator(".plan .plot").get_attribute("aria-label")
    assert label == "Plot, 88.0 m² to build on"  # south is to the left: 1 m of the width
    tab.complete()
    boxes = tab.boxes()
    corners = [min(b[0] for b in boxes), max(b[2] for b in boxes)]
    assert corners[1] - corners[0] <= 8 / (18 / 256) + 1
    tab.picture("plot")
    # kept in the project, in exports and over steps back
    file = json.loads(Path(tab.file("save").path()).read_text())
    assert file["sketch"]["plot"] == {
        "size": "9 x 11", "setbacks": {"south": "1"}, "entrance": "south", "north": "right",
    }  # fmt: skip
    plan = json.loads(Path(tab.file("export jsonl").path()).read_text())
    assert plan["north"] == 90
    assert plan["plot"]
    assert "PLOT" in Path(tab.file("export dxf").path()).read_text().upper()
    tab.click("top undo")
    tab.click("top undo")
    tab.settle()
    assert "north" not in tab.document()["plot"]
    assert tab.page.locator('[data-key="plot north"]').input_value() == "up"


def test_a_plot_that_is_too_small_says_so_and_is_mended_by_one_click(tab: Tab) -> None:
    tab.settle()
    tab.click("plot")
    choose(tab, "plot shape", "corners")
    fill(tab, "plot corners", "0,0; 6,0; 6,3; 3,3; 3,6; 0,6")
    assert tab.page.locator(".plan .place").count() == 8
    tab.click("more of Kitchen")
    fill(tab, "area Kitchen 0", "40")
    assert "the rooms need at least 40.0 m²" in tab.note
    assert "the plot has 27.0 m²" in tab.note
    tab.picture("plot-small")
    tab.page.locator('.note button:has-text("Remove the edge of the plot")').click()
    tab.settle()
    assert "has all that is decided" in tab.note
    assert tab.page.locator(".plan .plot .buildable").count() == 0


def test_a_room_has_an_area_of_its_own(tab: Tab) -> None:
    tab.settle()
    tab.click("more of Bathroom")
    second = [room["id"] for room in tab.document()["rooms"] if room["type"] == "Bathroom"][1]
    fill(tab, f"area {second} 0", "9")
    label = tab.place("Bathroom 2").get_attribute("aria-label")
    assert "at least 9 asked" in label
    assert float(label.removeprefix("Bathroom 2, ").partition(" ")[0]) >= 9
    assert "asked" not in tab.place("Bathroom 1").get_attribute("aria-label")
    fill(tab, "area Bathroom 1", "6")  # of the type: the other one alone is bound by it
    assert "at most 6 asked" in tab.place("Bathroom 1").get_attribute("aria-label")
    tab.click("top undo")
    tab.click("top undo")
    assert "area" not in tab.document()["rooms"][3]


def test_a_search_leaves_what_others_have_found(tab: Tab) -> None:
    tab.complete()
    which = tab.page.locator('[data-key="which gallery"]')
    assert not which.is_visible()
    first = tab.document()
    tab.click("top redo")
    tab.until("document.querySelectorAll('[data-key=\"which gallery\"] option').length === 2")
    tab.page.wait_for_selector(".card")
    tab.settle()
    assert "2: Redo unlocked (1)" in which.inner_text()
    tab.click("add room")
    tab.settle()
    choose(tab, "which gallery", "1")
    tab.page.locator(".card").click()
    tab.settle()
    assert "other rooms" in tab.status
    again = tab.document()
    assert [room["id"] for room in again["rooms"]] == [room["id"] for room in first["rooms"]]
    links = [{(x["a"], x["b"], x["relation"]) for x in one["links"]} for one in (first, again)]
    assert links[0] == links[1]
    tab.click("top undo")
    assert len(tab.document()["rooms"]) == 9


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_plot_on_a_phone_and_in_the_dark(browser: Any, studio: Served, scheme: str) -> None:
    tab = Tab(browser, studio.address, viewport={"width": 320, "height": 640}, color_scheme=scheme)
    tab.page.locator('[data-key="tab brief"]').click()
    tab.click("plot")
    fill(tab, "plot size", "9 x 11")
    tab.click("more of Bathroom")
    assert tab.page.evaluate("document.querySelector('.pane.brief').scrollWidth") <= 320
    named = "[...document.querySelectorAll('.plot-fields input, .plot-fields select')]"
    assert tab.page.evaluate(f"{named}.every(field => field.ariaLabel)")
    tab.picture(f"plot-320-{scheme}")
    tab.page.locator('[data-key="tab plan"]').click()
    tab.picture(f"plot-320-{scheme}-plan")
    tab.close()
