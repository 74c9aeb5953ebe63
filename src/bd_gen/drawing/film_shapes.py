"""The shapes of an animation and when each is seen; every format draws these, as they stand.

Everything is in points of the page, y downwards.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from bd_gen.diagrams.words import Words as DataWords
from bd_gen.drawing.appearance import (
    CARD,
    INK,
    LINE,
    line_colours,
    room_colours,
    short_names,
    text_colours,
)
from bd_gen.drawing.film import SIDE, Film, line_style
from bd_gen.drawing.labels import LEADERS, TEXT
from bd_gen.drawing.sheet import HEADING_SIZE, MARGIN
from bd_gen.drawing.wording import Label, fitted, fitting

MASKED_FILL = "#D9DDE2"
MASKED_RIM = "#7A838E"
MASKED_LINE = "#A9B1BA"
WIDTH = SIDE + 2 * MARGIN

_QUESTION_SIZE, _TITLE_SIZE, _BAR_HEIGHT = 11.0, 10.0, 4.0
_CARD, _BUBBLES = 1.0, 10.0  # orders of drawing; those of text are in `labels`


class Bar(NamedTuple):
    """A filled rectangle: its upper left corner, its width and height; are its corners round?"""

    corner: tuple[float, float]
    size: tuple[float, float]
    fill: str
    rounding: float = 0.0


class Disc(NamedTuple):
    """A bubble; `dashes` are those of its rim, in widths of it."""

    centre: np.ndarray
    radius: float
    fill: str
    rim: str
    width: float
    dashes: tuple[float, ...] = ()


class Stroke(NamedTuple):
    """A line through points (k, 2); `dashes` in widths of it."""

    points: np.ndarray
    colour: str
    width: float
    dashes: tuple[float, ...] = ()


class Words(NamedTuple):
    """A line of text around a place, or from there to the right."""

    text: str
    place: tuple[float, float]
    size: float
    colour: str = INK
    is_centred: bool = True
    is_upright: bool = False
    is_bold: bool = False


class Mark(NamedTuple):
    """A shape, the states (T,) in which it is seen, and its order: higher ones lie above."""

    shape: Bar | Disc | Stroke | Words
    is_seen: np.ndarray
    order: float


_STROKES: dict[str, tuple[float, tuple[float, ...]]] = {
    "masked": (0.7, (2, 3)),
    "dashed": (1.4, (3, 2)),
    "solid": (1.4, ()),
}


def panel_top(film: Film) -> float:
    """Where the panel begins."""
    title = 1.6 * _TITLE_SIZE if film.title is not None else 0.0
    return MARGIN + title + 1.5 * HEADING_SIZE + _BAR_HEIGHT + 6


def page_size(film: Film) -> tuple[float, float]:
    """Width and height of the page."""
    return WIDTH, panel_top(film) + SIDE + MARGIN


def marks_of(film: Film) -> list[Mark]:
    """Everything on the page, from the lowest to the uppermost."""
    marks = [*_head(film), *_bubbles(film), *_lines(film)]
    return sorted(marks, key=lambda mark: mark.order)


def _head(film: Film) -> Iterator[Mark]:
    """The title, what is said of each state, the bar, and the ground of the panel."""
    top, count = panel_top(film), len(film.tokens)
    always, bar_y = np.ones(count, bool), top - 6 - _BAR_HEIGHT
    if film.title is not None:
        text, size = fitted(film.title, _TITLE_SIZE, SIDE, bold=True)
        place = (MARGIN, MARGIN + _TITLE_SIZE / 2)
        yield Mark(Words(text, place, size, is_centred=False, is_bold=True), always, TEXT)
    yield Mark(Bar((MARGIN, bar_y), (SIDE, _BAR_HEIGHT), MASKED_FILL), always, 0)
    shares = 1 - film.num_masked / max(1, film.num_masked[0])
    for state, (is_now, share) in enumerate(zip(np.eye(count, dtype=bool), shares, strict=True)):
        yield Mark(Bar((MARGIN, bar_y), (share * SIDE, _BAR_HEIGHT), LINE), is_now, 0)
        place = (MARGIN, bar_y - HEADING_SIZE)
        yield Mark(Words(film.heading(state), place, HEADING_SIZE, is_centred=False), is_now, TEXT)
    yield Mark(Bar((MARGIN, top), (SIDE, SIDE), CARD, rounding=6), always, _CARD)


def _bubbles(film: Film) -> Iterator[Mark]:
    words = film.vocabulary.words
    stage, corner = film.stage, np.array([MARGIN, panel_top(film)])
    for room, tokens in enumerate(film.room_tokens.T):
        label = stage.label(room)
        for token in np.unique(tokens).tolist():
            is_seen, order = tokens == token, _BUBBLES + stage.rank[room]
            place, radius = stage.centres[room] + corner, float(stage.radii[room])
            if token == words.node_mask:
                yield Mark(
                    Disc(place, radius, MASKED_FILL, MASKED_RIM, 0.8, (3, 2)), is_seen, order
                )
                x, y = stage.question(room) + corner
                question = Words("?", (x, y), min(_QUESTION_SIZE, 1.4 * radius))
                yield Mark(question, is_seen, TEXT)
                continue
            yield Mark(Disc(place, radius, room_colours(words)[token], INK, 0.8), is_seen, order)
            if label is not None:
                yield from _name(label, token, corner, is_seen, words)


def _name(
    label: Label, token: int, corner: np.ndarray, is_seen: np.ndarray, known: DataWords
) -> Iterator[Mark]:
    """The name of a room, with a line to its bubble if it stands far from there."""
    label = fitting(label, short_names(known)[token])
    if label.has_leader:
        points = label.leader + corner
        yield Mark(Stroke(points, "white", 1.8), is_seen, LEADERS)
        yield Mark(Stroke(points, INK, 0.7), is_seen, LEADERS)
        yield Mark(Disc(points[1], 1.2, INK, "white", 0.4), is_seen, LEADERS)
    x, y = label.centre + corner
    colour = text_colours(known)[token] if label.anchor is None else INK
    way = label.wording
    words = Words(way.lines[0], (x, y), way.size, colour, is_upright=way.upright)
    yield Mark(words, is_seen, TEXT)


def _lines(film: Film) -> Iterator[Mark]:
    corner, words = np.array([MARGIN, panel_top(film)]), film.vocabulary.words
    for line in film.stage.lines:
        tokens = film.line_tokens(line).tolist()
        looks = [_look(line_style(line, token, words), token, words) for token in tokens]
        for look in sorted({look for look in looks if look[0]}):
            style, colour = look
            stroke = Stroke(line.short_points + corner, colour, *_STROKES[style])
            order = _BUBBLES + film.stage.rank[line.above] + 0.5
            yield Mark(stroke, np.array([one == look for one in looks]), order)


def _look(style: str, token: int, words: DataWords) -> tuple[str, str]:
    """The style of a line and its colour."""
    is_relation = style in ("dashed", "solid")
    return style, line_colours(words)[token] if is_relation else MASKED_LINE
