"""The states of a sample as one SVG that moves by style rules alone.

Every bubble, line and name is there once for each way in which it is seen, and is shown and
hidden at its times. What is drawn where style rules are not followed, or where motion is not
wanted, is the finished diagram. Text is drawn as outlines, so it looks the same everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from bd_gen.drawing.film import Film
from bd_gen.drawing.film_shapes import Bar, Disc, Stroke, Words, marks_of, page_size
from bd_gen.drawing.wording import HINTING, text_width

_UNITS = 100  # of an outline for the size of its text
_MIDDLE = 0.36  # of the size: from the baseline to the middle of a capital
_BLANK = 0.32  # of the size: between two words
_LETTERS = {1: "M", 2: "L", 3: "Q", 4: "C"}
_VERTICES = {1: 1, 2: 1, 3: 2, 4: 3}
_CLOSE = 79


def svg_of(film: Film) -> bytes:
    """The film as the bytes of an SVG."""
    times, words = _Timetable(film.durations), _Outlines()
    body = []
    for is_seen, marks in groupby(marks_of(film), lambda mark: mark.is_seen.tolist()):
        shapes = [mark.shape for mark in marks]
        drawn = "".join(words.line(s) if isinstance(s, Words) else _element(s) for s in shapes)
        body.append(f"<g{times.attributes(is_seen)}>{drawn}</g>")
    still = "@media (prefers-reduced-motion:reduce){*{animation:none!important}}"
    name = film.title or "A diagram being sampled"
    width, height = page_size(film)
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width * 1.5:g}" height="{height * 1.5:g}" role="img" '
        f"aria-label={quoteattr(name)}>",
        f"<title>{escape(name)}</title>",
        f"<style>{''.join(times.rules.values())}{still}</style>",
        f"<defs>{words.definitions()}</defs>",
        f'<rect width="{width:g}" height="{height:g}" fill="white"/>',
        *body,
        "</svg>\n",
    ]
    return "\n".join(parts).encode()


@dataclass
class _Timetable:
    """Style rules for what is seen at some times only, one for each set of times."""

    durations: Sequence[int]
    rules: dict[str, str] = field(default_factory=dict)

    def attributes(self, is_seen: Sequence[bool]) -> str:
        """The attributes of an element that is seen in the states `is_seen` (T,)."""
        if all(is_seen):
            return ""
        key = "".join("01"[seen] for seen in is_seen)
        if key not in self.rules:
            self.rules[key] = self._rule(f"t{len(self.rules)}", key)
        name = f"t{list(self.rules).index(key)}"
        return f' class="{name}"' + ("" if is_seen[-1] else ' opacity="0"')

    def _rule(self, name: str, values: str) -> str:
        times = np.append(0, np.cumsum(self.durations))
        frames = [
            f"{100 * times[k] / times[-1]:.3f}%{{opacity:{values[k]}}}"
            for k in range(len(values))
            if k == 0 or values[k] != values[k - 1]
        ]
        return (
            f"@keyframes {name}{{{''.join(frames)}100%{{opacity:{values[-1]}}}}}"
            f".{name}{{animation:{name} {times[-1]}ms step-end infinite}}"
        )


def _element(shape: Bar | Disc | Stroke) -> str:
    if isinstance(shape, Bar):
        (x, y), (width, height) = shape.corner, shape.size
        rounding = f' rx="{shape.rounding:g}"' if shape.rounding else ""
        place = f'x="{x:g}" y="{y:g}" width="{width:.4g}" height="{height:g}"'
        return f'<rect {place}{rounding} fill="{shape.fill}"/>'
    dashes = " ".join(f"{shape.width * length:g}" for length in shape.dashes)
    style = f'stroke-width="{shape.width:g}"'
    style += f' stroke-dasharray="{dashes}"' if dashes else ""
    if isinstance(shape, Stroke):
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
        return f'<polyline points="{points}" fill="none" stroke="{shape.colour}" {style}/>'
    (x, y), radius = shape.centre, shape.radius
    place = f'cx="{x:.2f}" cy="{y:.2f}" r="{radius:.2f}"'
    return f'<circle {place} fill="{shape.fill}" stroke="{shape.rim}" {style}/>'


class _Outlines:
    """Text by reference to the outlines of its words, each of which is defined once."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, bool], int] = {}

    def line(self, words: Words) -> str:
        """The elements of a line of text, one a word."""
        texts = words.text.split()
        widths = [text_width(text, words.is_bold) / HINTING for text in texts]
        along = -(sum(widths) + _BLANK * (len(widths) - 1)) / 2 if words.is_centred else 0.0
        (x, y), size = words.place, words.size
        turn = " rotate(-90)" if words.is_upright else ""
        elements = []
        for text, width in zip(texts, widths, strict=True):
            name = self._names.setdefault((text, words.is_bold), len(self._names))
            elements.append(
                f'<use href="#w{name}" fill="{words.colour}" transform="translate({x:.2f} {y:.2f})'
                f"{turn} translate({along * size:.2f} {_MIDDLE * size:.2f}) "
                f'scale({size / _UNITS:.4f})"/>'
            )
            along += width + _BLANK
        return "".join(elements)

    def definitions(self) -> str:
        """The outlines that lines refer to."""
        return "".join(
            f'<path id="w{name}" d="{_outline(*word)}"/>' for word, name in self._names.items()
        )


def _outline(text: str, bold: bool) -> str:
    """Path data, y downwards, 100 units for the size of the text."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    path = TextPath((0, 0), text, _UNITS, prop=FontProperties(weight="bold" if bold else "normal"))
    pieces, k = [], 0
    while k < len(path.codes):
        code = int(path.codes[k])
        if code == _CLOSE:
            pieces.append("Z")
            k += 1
            continue
        count = _VERTICES[code]
        numbers = " ".join(f"{x:.0f} {-y:.0f}" for x, y in path.vertices[k : k + count])
        pieces.append(_LETTERS[code] + numbers)
        k += count
    return "".join(pieces)
