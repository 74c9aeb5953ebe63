"""The moving SVG in a real browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.chromium import launched
from tests.drawing.test_animation import FILM, TOKENS
from tests.rplan import NODE_MASK

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.drawing.animation import draw_animation
from bd_gen.drawing.appearance import room_colours
from bd_gen.drawing.film_shapes import MASKED_FILL

SEEN = """() => [...document.querySelectorAll("circle")].filter(circle => {
    for (let e = circle; e.style; e = e.parentNode)
        if (getComputedStyle(e).opacity == "0") return false;
    return true;
}).map(circle => circle.getAttribute("fill"))"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from launched()


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_a_browser_shows_each_state_at_its_time(tmp_path: Path, motion: str, browser: Any) -> None:
    path = tmp_path / "film.svg"
    draw_animation(FILM, path)
    starts = np.cumsum([0, *FILM.durations])[:-1]
    with browser.new_context(offline=True, reduced_motion=motion) as context:
        tab = context.new_page()
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
    assert messages == []
