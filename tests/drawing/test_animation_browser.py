"""The moving SVG in a real browser: Debian's chromium, driven by playwright."""

import os
from pathlib import Path

import numpy as np
import pytest
from tests.chromium import CHROMIUM
from tests.drawing.test_animation import FILM, TOKENS
from tests.rplan import NODE_MASK

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.drawing.animation import draw_animation
from bd_gen.drawing.appearance import room_colours
from bd_gen.drawing.film_shapes import MASKED_FILL

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs the browser chromium")

SEEN = """() => [...document.querySelectorAll("circle")].filter(circle => {
    for (let e = circle; e.style; e = e.parentNode)
        if (getComputedStyle(e).opacity == "0") return false;
    return true;
}).map(circle => circle.getAttribute("fill"))"""


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_a_browser_shows_each_state_at_its_time(tmp_path: Path, motion: str) -> None:
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    path = tmp_path / "film.svg"
    draw_animation(FILM, path)
    # Chromium's own walls need rights that a container's root does not have.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    starts = np.cumsum([0, *FILM.durations])[:-1]
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=arguments)
        tab = browser.new_context(offline=True, reduced_motion=motion).new_page()
        messages: list[str] = []
        tab.on("console", lambda message: messages.append(message.text))
        tab.goto(path.as_uri())
        for state, start in zip(TOKENS, starts, strict=True):
            tab.evaluate(
                "t => document.getAnimations().forEach(a => { a.pause(); a.currentTime = t })",
                int(start) + 5,
            )
            shown = TOKENS[-1] if motion == "reduce" else state
            expected = [
                MASKED_FILL if t == NODE_MASK else room_colours(RPLAN)[t] for t in shown[:3]
            ]
            assert sorted(tab.evaluate(SEEN)) == sorted(expected)
        browser.close()
    assert messages == []
