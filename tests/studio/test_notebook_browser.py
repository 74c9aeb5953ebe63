"""The widget in a real browser: its module with a stand-in for the notebook's channel."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.generation.checkpoints import saved

import bd_gen
from bd_gen.studio.notebook import Channel

pytest.importorskip("anywidget")
pytestmark = pytest.mark.slow

STAND_IN = """async ([traits, esm]) => {
    const listeners = {};
    const model = {
        get: (name) => traits[name],
        set: (name, value) => { traits[name] = value; },
        save_changes: () => window.saved(JSON.stringify(traits.document)),
        on: (name, f) => (listeners[name] ??= []).push(f),
        send: (content) => window.heard(JSON.stringify(content)),
    };
    window.told = (content, buffers) => listeners["msg:custom"].forEach((f) => f(content, buffers));
    window.changed = (document) => {
        traits.document = document;
        listeners["change:document"].forEach((f) => f());
    };
    const url = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
    const widget = await import(url);
    await widget.default.render({ model, el: document.body });
}"""


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    page = browser.new_page()
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    yield page
    page.close()
    assert messages == []


def test_the_widget_draws_asks_and_is_told(page: Any, tmp_path: Any) -> None:
    home = bd_gen.Diagram("LivingRoom, Kitchen, Bathroom", [(1, 0, "left-of")])
    widget = bd_gen.Studio(home).widget
    documents: list[Any] = []

    def told(content: Any, buffers: Any) -> None:
        data = [base64.b64encode(part).decode() for part in buffers or ()]
        said.append((content, data))

    said: list[Any] = []
    channel = Channel(str(saved(tmp_path)), told)

    def heard(text: str) -> None:
        channel.heard(json.loads(text), [])

    page.expose_function("heard", heard)
    page.expose_function("saved", lambda text: documents.append(json.loads(text)))
    traits = {name: getattr(widget, name) for name in ("modules", "style", "height", "document")}
    page.evaluate(
        "([a, b]) => { window.ready = (" + STAND_IN + ")([a, b]); }", [traits, widget._esm]
    )

    def deliver_until(selector: str) -> None:
        for _ in range(200):
            while said:
                content, data = said.pop(0)
                page.evaluate("([c, d]) => window.told(c, d)", [content, data])
            if page.locator(selector).count():
                return
            page.wait_for_timeout(100)
        raise AssertionError(f"never there: {selector}")

    deliver_until(".plan .place >> nth=2")
    assert page.locator(".links .link").count() == 1
    page.locator('.bubbles .room[aria-label="Bathroom"]').focus()
    page.keyboard.press("Delete")
    deliver_until(".plan[aria-label*='2 rooms']")
    assert [room["type"] for room in documents[-1]["rooms"]] == ["LivingRoom", "Kitchen"]
    other = bd_gen.Studio(bd_gen.Diagram("Kitchen, Balcony", [(0, 1, "above")])).widget.document
    page.evaluate("(d) => window.changed(d)", other)
    deliver_until('.bubbles .room[aria-label="Balcony"]')
