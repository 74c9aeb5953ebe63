"""The states of a sample as one SVG that moves by style rules alone.

Every bubble, line and name is there once for each way in which it is seen, and is shown and
hidden at its times. What is drawn where style rules are not followed, or where motion is not
wanted, is the finished diagram. Text is drawn as outlines, so it looks the same everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from bd_gen.diagrams.vocabulary import NODE_MASK
from bd_gen.drawing.animation import SIDE, Film, line_style
from bd_gen.drawing.appearance import CARD, INK, LINE, ROOM_COLOURS, SHORT_NAMES, TEXT_COLOURS
from bd_gen.drawing.film_page import (
    BAR_HEIGHT,
    FILM_TITLE_SIZE,
    MASKED_FILL,
    MASKED_LINE,
    MASKED_RIM,
    QUESTION_SIZE,
    WIDTH,
    Page,
)
from bd_gen.drawing.labels import fitting
from bd_gen.drawing.lettering import Label
from bd_gen.drawing.sheet import HEADING_SIZE, MARGIN, fitted
from bd_gen.drawing.svg_text import SvgText

_LINES = {
    "masked": f'stroke="{MASKED_LINE}" stroke-width="0.7" stroke-dasharray="1.4 2.1"',
    "dashed": f'stroke="{LINE}" stroke-width="1.4" stroke-dasharray="4.2 2.8"',
    "solid": f'stroke="{LINE}" stroke-width="1.4"',
}


@dataclass
class _Timetable:
    """Style rules for what is seen at some times only, one for each set of times."""

    durations: Sequence[int]
    rules: dict[str, str] = field(default_factory=dict)

    def keyframes(self, name: str, values: Sequence[str]) -> str:
        """Rules that give a property its value of each state, in turn."""
        times = np.append(0, np.cumsum(self.durations))
        frames = [
            f"{100 * times[k] / times[-1]:.3f}%{{{values[k]}}}"
            for k in range(len(values))
            if k == 0 or values[k] != values[k - 1]
        ]
        return (
            f"@keyframes {name}{{{''.join(frames)}100%{{{values[-1]}}}}}"
            f".{name}{{animation:{name} {times[-1]}ms step-end infinite}}"
        )

    def attributes(self, is_seen: np.ndarray) -> str:
        """The attributes of an element that is seen in the states `is_seen` (T,)."""
        if is_seen.all():
            return ""
        key = "".join("01"[int(seen)] for seen in is_seen)
        if key not in self.rules:
            self.rules[key] = self.keyframes(
                f"t{len(self.rules)}", [f"opacity:{bit}" for bit in key]
            )
        name = f"t{list(self.rules).index(key)}"
        return f' class="{name}"' + ("" if is_seen[-1] else ' opacity="0"')


def svg_of(film: Film) -> bytes:
    """The film as the bytes of an SVG."""
    page, text, times = Page(film.title is not None), SvgText(), _Timetable(film.durations)
    corner = np.array([MARGIN, page.panel_y])
    body = [
        *_head(film, page, text, times),
        f'<rect x="{MARGIN:g}" y="{page.panel_y:g}" width="{SIDE:g}" height="{SIDE:g}" rx="6" '
        f'fill="{CARD}"/>',
        f'<g transform="translate({corner[0]:g} {corner[1]:g})">',
        *(element for _, element in sorted(_drawn(film, text, times), key=lambda one: one[0])),
        "</g>",
    ]
    share = 1 - film.num_masked / max(1, film.num_masked[0])
    bar = times.keyframes("bar", [f"transform:scaleX({part:.4f})" for part in share])
    style = "".join([*times.rules.values(), bar, f".bar{{transform-origin:{MARGIN:g}px 0}}"])
    still = "@media (prefers-reduced-motion:reduce){*{animation:none!important}}"
    name = film.title or "A diagram being sampled"
    size = f"{WIDTH:g} {page.height:g}"
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" width="{WIDTH * 1.5:g}" '
        f'height="{page.height * 1.5:g}" role="img" aria-label={quoteattr(name)}>',
        f"<title>{escape(name)}</title>",
        f"<style>{style}{still}</style>",
        f"<defs>{text.definitions()}</defs>",
        f'<rect width="{WIDTH:g}" height="{page.height:g}" fill="white"/>',
        *body,
        "</svg>\n",
    ]
    return "\n".join(parts).encode()


def _head(film: Film, page: Page, text: SvgText, times: _Timetable) -> list[str]:
    """The title, what is said of each state, and the bar."""
    elements = []
    if film.title is not None:
        title, size = fitted(film.title, FILM_TITLE_SIZE, SIDE, bold=True)
        elements.append(text.line(title, (MARGIN, page.title_y), size, INK, bold=True))
    for state in range(len(film.tokens)):
        is_now = np.arange(len(film.tokens)) == state
        heading, x = [], MARGIN
        for word in film.heading(state).split(" "):
            heading.append(text.line(word, (x, page.heading_y), HEADING_SIZE, INK))
            x += text.width(word, HEADING_SIZE) + 0.32 * HEADING_SIZE
        elements.append(f"<g{times.attributes(is_now)}>{''.join(heading)}</g>")
    for name, colour in (("", MASKED_FILL), (' class="bar"', LINE)):
        elements.append(
            f'<rect{name} x="{MARGIN:g}" y="{page.bar_y:g}" width="{SIDE:g}" '
            f'height="{BAR_HEIGHT:g}" fill="{colour}"/>'
        )
    return elements


def _drawn(film: Film, text: SvgText, times: _Timetable) -> list[tuple[float, str]]:
    """Order and element of everything in the panel."""
    stage = film.stage
    rank = np.argsort(stage.order, kind="stable")
    drawn: list[tuple[float, str]] = []
    for room, tokens in enumerate(film.room_tokens.T):
        for token in np.unique(tokens).tolist():
            seen = times.attributes(tokens == token)
            drawn.append((rank[room], f"<g{seen}>{_bubble(film, room, token)}</g>"))
            words = _words(film, room, token, text)
            if words:
                drawn.append((1000, f"<g{seen}>{words}</g>"))
    for line in stage.lines:
        styles = [line_style(line, token) for token in film.line_tokens(line).tolist()]
        for style in sorted(set(styles) - {""}):
            seen = times.attributes(np.array([one == style for one in styles]))
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y in line.short_points)
            element = f'<polyline{seen} points="{points}" fill="none" {_LINES[style]}/>'
            drawn.append((rank[line.above] + 0.5, element))
    return drawn


def _bubble(film: Film, room: int, token: int) -> str:
    x, y = film.stage.centres[room]
    place = f'cx="{x:.2f}" cy="{y:.2f}" r="{film.stage.radii[room]:.2f}" stroke-width="0.8"'
    if token == NODE_MASK:
        rim = f'stroke="{MASKED_RIM}" stroke-dasharray="2.4 1.6"'
        return f'<circle {place} fill="{MASKED_FILL}" {rim}/>'
    return f'<circle {place} fill="{ROOM_COLOURS[token]}" stroke="{INK}"/>'


def _words(film: Film, room: int, token: int, text: SvgText) -> str:
    """The name of a room, or its question mark."""
    stage = film.stage
    if token == NODE_MASK:
        size = min(QUESTION_SIZE, 1.4 * stage.radii[room])
        return text.line("?", tuple(stage.question(room)), size, INK, centred=True)
    label = stage.label(room)
    if label is None:
        return ""
    label = fitting(label, SHORT_NAMES[token])
    return _leader(label) + text.line(
        SHORT_NAMES[token],
        tuple(label.centre),
        label.wording.size,
        TEXT_COLOURS[token] if label.anchor is None else INK,
        centred=True,
        upright=label.wording.upright,
    )


def _leader(label: Label) -> str:
    """The line of a name beside its bubble."""
    if not label.has_leader:
        return ""
    (x0, y0), (x1, y1) = label.leader
    return (
        f'<path d="M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}" stroke="{INK}" stroke-width="0.7"/>'
        f'<circle cx="{x1:.1f}" cy="{y1:.1f}" r="1.1" fill="{INK}"/>'
    )
