"""The ten journeys of docs/studio.md, in Debian's chromium."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.studio.served import Served
from tests.studio.tab import Tab

pytestmark = pytest.mark.slow


def test_1_from_the_first_page_to_a_dxf_by_clicking_only(tab: Tab, studio: Served) -> None:
    pytest.importorskip("ezdxf")
    start = studio.cpu()
    assert "token" not in tab.page.url
    tab.complete()
    file = tab.file("export dxf")
    assert file.suggested_filename == "plan.dxf"
    assert "SECTION" in Path(file.path()).read_text()
    assert studio.cpu() - start < 60  # of processor time: a machine may be busy with something else
    tab.picture("1-complete")


def test_2_lock_the_kitchen_and_redo_the_rest(tab: Tab) -> None:
    tab.complete()
    tab.room("Kitchen").focus()
    tab.page.keyboard.press("l")
    tab.place("Kitchen").focus()
    tab.page.keyboard.press("l")
    before = tab.document()
    (kitchen,) = [room for room in before["rooms"] if room["type"] == "Kitchen"]
    assert kitchen["locked"]
    assert kitchen["placed"]

    def of_kitchen(document: dict[str, Any]) -> dict[str, str]:
        links = [x for x in document["links"] if kitchen["id"] in (x["a"], x["b"])]
        return {f"{x['a']} {x['b']}": x["relation"] for x in links}

    for _ in range(2):
        tab.click("top redo")
        tab.page.wait_for_selector(".card")
        tab.settle()
    after = tab.document()
    assert of_kitchen(after) == of_kitchen(before)
    (again,) = [room for room in after["rooms"] if room["type"] == "Kitchen"]
    assert again["box"] == kitchen["box"]
    assert after["links"] != before["links"]
    tab.picture("2-redo")


def test_3_a_contradiction_is_explained_and_mended_by_one_click(tab: Tab) -> None:
    tab.relate("Kitchen", "LivingRoom", "left-of")
    tab.relate("Kitchen", "Balcony", "right-of")
    tab.relate("LivingRoom", "Balcony", "left-of")
    assert "No plan has all of this" in tab.note
    assert tab.page.locator(".links .link.conflict").count() == 3
    tab.picture("3-contradiction")
    tab.page.locator(".note button").first.click()
    tab.settle()
    assert "has all that is decided" in tab.note  # what was freed is open now
    assert tab.page.locator(".links .link.conflict").count() == 0
    # a rule that is typed is marked before it is taken
    field = tab.page.locator("[data-rule='0'] input.text")
    field.fill("Kitchn touches LivingRoom")
    tab.until("document.querySelector('#rule-error-0').textContent != ''")
    assert "Kitchen" in tab.page.locator("#rule-error-0").inner_text()
    field.fill("Kitchen touches LivingRoom")
    field.press("Tab")
    tab.click("add rule")
    rule = tab.page.locator("[data-rule='3'] input.text")
    rule.fill("Kitchen touches Bathroom 1")
    rule.press("Tab")
    tab.until("document.querySelector('#rule-error-3').textContent != ''")
    assert "cannot hold together" in tab.page.locator("#rule-error-3").inner_text()
    tab.picture("3-rules")


def test_4_a_wall_is_dragged(tab: Tab) -> None:
    tab.complete()
    tab.place("LivingRoom").focus()
    before = tab.document()
    tab.drag(tab.page.locator(".plan .wall").nth(2), (40, 0))
    after = tab.document()
    assert [room["box"] for room in after["rooms"]] != [room["box"] for room in before["rooms"]]
    assert after["links"] == before["links"]  # whatever was dragged, the relations stay
    tab.picture("4-wall")
    tab.drag(tab.place("LivingRoom"), (400, 300))
    assert "would break" in tab.note
    tab.picture("4-offer")
    assert tab.page.evaluate(
        """document.querySelector('[data-key="offer yes"]').getBoundingClientRect().bottom
            < document.querySelector('.note').getBoundingClientRect().bottom"""
    )  # in sight without scrolling
    tab.click("offer yes")
    tab.settle()
    assert tab.document()["links"] != before["links"]
    assert "every relation" in tab.note


def test_5_twenty_steps_back_and_forth(tab: Tab) -> None:
    tab.settle()
    before = tab.document()
    for _ in range(10):
        tab.click("add room")
        tab.page.keyboard.press("Control+z")
        tab.click("add room")
    tab.room("Kitchen").focus()
    for _ in range(10):
        tab.page.keyboard.press("ArrowLeft")
    after = tab.document()
    assert len(after["rooms"]) == len(before["rooms"]) + 10
    tab.settle()
    for _ in range(20):
        tab.click("top undo")
    tab.settle()

    def essence(document: dict[str, Any]) -> Any:
        return [(r["type"], r["x"], r["y"]) for r in document["rooms"]], document["links"]

    assert essence(tab.document()) == essence(before)
    for _ in range(20):
        tab.click("top forward")
    assert essence(tab.document()) == essence(after)


def test_6_a_reload_keeps_everything(tab: Tab) -> None:
    tab.complete()
    tab.room("Kitchen").focus()
    tab.page.keyboard.press("l")
    tab.place("Kitchen").focus()
    tab.settle()
    before, plan = tab.document(), tab.page.locator(".plan .floor").first.get_attribute("d")
    tab.page.reload()
    tab.page.wait_for_selector(".plan .place")
    tab.settle()
    assert tab.document() == before
    assert tab.page.locator(".plan .floor").first.get_attribute("d") == plan
    tab.click("top undo")
    tab.click("top undo")
    assert tab.document()["links"] == []


def test_7_all_of_it_by_keyboard(tab: Tab) -> None:
    press = tab.page.keyboard.press
    tab.page.locator("body").press("?")
    assert tab.page.locator("dialog.help").is_visible()
    tab.picture("7-keys")
    press("Escape")
    press("a")
    press("Tab")
    press("Enter")  # adds a room, which is selected
    assert len(tab.document()["rooms"]) == 9
    tab.room("Kitchen").focus()
    press("c")
    for _ in range(30):
        press("Shift+Tab")
        focused = tab.page.evaluate("document.activeElement.getAttribute('aria-label') || ''")
        if focused.startswith("LivingRoom"):
            break
    press("Enter")
    press("4")
    tab.settle()
    assert "Kitchen left-of LivingRoom" in tab.relations()
    press("l")
    assert "Kitchen left-of LivingRoom, locked" in tab.relations()
    press("l")
    press("t")
    assert "Kitchen touches LivingRoom" in tab.relations()
    press("Delete")
    assert not any(label.startswith("Kitchen") for label in tab.relations())
    tab.room("SecondRoom 2").focus()
    press("F2")
    tab.page.keyboard.type("Study")
    press("Enter")
    tab.room("Study").focus()
    press("Delete")
    assert len(tab.document()["rooms"]) == 8
    tab.page.locator("body").press("g")
    tab.page.wait_for_selector(".card")
    tab.settle()
    tab.place("Kitchen").focus()
    before = tab.boxes()
    press("Shift+ArrowRight")
    tab.settle()
    assert tab.boxes() != before
    press("F6")  # to the number of alternatives, a field, where nothing is typed that it could undo
    assert tab.page.evaluate("document.activeElement.closest('.gallery') !== null")
    press("Control+z")
    tab.settle()
    assert tab.boxes() == before


@pytest.mark.parametrize(("width", "height"), [(320, 640), (844, 390)])
def test_8_on_a_phone(browser: Any, studio: Served, width: int, height: int) -> None:
    tab = Tab(
        browser,
        studio.address,
        viewport={"width": width, "height": height},
        has_touch=True,
        is_mobile=True,
    )
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
    for name in ("brief", "diagram", "plan", "gallery"):
        tab.page.locator(f'[data-key="tab {name}"]').tap()
        assert tab.page.locator(f".pane.{name}").is_visible()
        assert tab.page.evaluate("document.querySelector('main').offsetWidth") == width
        tab.picture(f"8-{width}-{name}")
    tab.page.locator('[data-key="tab diagram"]').tap()
    tab.page.locator('[data-key="top complete"]').tap()
    tab.page.wait_for_selector(".card", state="attached")
    tab.room("Kitchen").tap()
    tab.page.locator('[data-key="tool lock"]').tap()
    assert "Kitchen, locked" in (tab.room("Kitchen").get_attribute("aria-label") or "")
    tab.picture(f"8-{width}-complete")
    tab.close()


def test_9_the_server_is_started_again_under_an_open_page(browser: Any) -> None:
    served = Served()
    tab = Tab(browser, served.address)
    tab.settle()
    served.stop()
    tab.click("add room")
    tab.page.wait_for_selector(".banner.shown")
    assert "nothing is lost" in tab.page.locator(".banner.shown").inner_text()
    tab.picture("9-gone")
    served = Served(port=served.port)
    other = tab.context.new_page()  # what a person does: the new address is opened
    other.goto(served.address)
    other.wait_for_selector(".plan .place")
    other.close()
    tab.page.locator(".elsewhere button").click()
    tab.until("document.querySelectorAll('.banner.shown').length === 0")
    tab.settle()
    assert len(tab.document()["rooms"]) == 9
    tab.page.close()
    served.stop()
    # the browser itself tells the console of every request that nobody answered
    tab.messages = [one for one in tab.messages if "Failed to load resource" not in one]
    tab.close()


HOSTILE = {
    "evil.bdgen.json": b'{"format": "bd-gen project", "version": 99}',
    "html.bdgen.json": json.dumps(
        {
            "format": "bd-gen project",
            "version": 1,
            "sketch": {"rooms": [{"type": "<img src=x onerror=alert(1)>"}]},
        }
    ).encode(),
    "deep.bdgen.json": b"[" * 100_000,
    "plans.jsonl": b"\x80\x04\x95cos\nsystem\n",
    "bomb.graphml": b'<!DOCTYPE x [<!ENTITY a "aaaa">]><graphml>&a;</graphml>',
    "none.json": b"",
}


def test_10_hostile_files_are_refused_in_a_sentence(tab: Tab) -> None:
    tab.settle()
    before = tab.document()
    for name, content in HOSTILE.items():
        tab.choose(name, content)
        tab.until(f"document.querySelector('.status').textContent.startsWith('{name}')")
        assert "cannot be opened" in tab.status
    tab.picture("10-hostile")
    assert tab.document() == before
    # markup in a name is a name
    tab.open_sketch("x", {"rooms": [{"type": "Kitchen", "name": "<b onclick=x>&amp;</b>"}]})
    tab.until("document.querySelectorAll('.bubbles .room').length === 1")
    assert (
        tab.page.locator(".bubbles .room").get_attribute("aria-label") == "<b onclick=x>&amp;</b>"
    )
