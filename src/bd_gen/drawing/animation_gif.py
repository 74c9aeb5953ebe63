"""The states of a sample as the pictures of a GIF."""

import io
from typing import TYPE_CHECKING, Any

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
from bd_gen.drawing.labels import draw_labels, fitting
from bd_gen.drawing.sheet import HEADING_SIZE, MARGIN, fitted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DPI = 96
_SHADES = (0.25, 0.5, 0.75)

LINE_STYLES: dict[str, dict[str, Any]] = {
    "masked": {"color": MASKED_LINE, "linewidth": 0.7, "linestyle": (0, (2, 3))},
    "dashed": {"color": LINE, "linewidth": 1.4, "linestyle": (0, (3, 2))},
    "solid": {"color": LINE, "linewidth": 1.4},
}


def gif_of(film: Film) -> bytes:
    """The film as the bytes of a GIF that repeats for ever."""
    from PIL import Image

    pictures = [_picture(film, state) for state in range(len(film.tokens))]
    table = Image.new("P", (1, 1))
    table.putpalette(_palette())
    indexed = [p.quantize(palette=table, dither=Image.Dither.NONE) for p in pictures]
    buffer = io.BytesIO()
    indexed[0].save(
        buffer,
        format="GIF",
        save_all=True,
        append_images=indexed[1:],
        duration=film.durations,
        loop=0,
        optimize=False,
    )
    return buffer.getvalue()


def _palette() -> list[int]:
    """The colours that occur, exactly, and the shades between them at the edges of shapes."""
    from matplotlib.colors import to_rgb

    fills = [*ROOM_COLOURS, MASKED_FILL, CARD, "white"]
    lines = [INK, LINE, MASKED_LINE, MASKED_RIM]
    grounds = [(ground, INK) for ground in fills] + [(CARD, line) for line in lines[1:]]
    mixed = [
        (1 - share) * np.array(to_rgb(ground)) + share * np.array(to_rgb(ink))
        for ground, ink in grounds
        for share in _SHADES
    ]
    colours = np.array([*map(to_rgb, (*fills, *lines)), *mixed])
    return [int(level) for level in np.rint(255 * colours).reshape(-1)]


def _picture(film: Film, state: int) -> Any:
    from PIL import Image

    figure = state_figure(film, state)
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())  # type: ignore[attr-defined]
    return Image.fromarray(pixels).convert("RGB")


def state_figure(film: Film, state: int) -> "Figure":
    """One state as a figure, bound to no display."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import FancyBboxPatch, Rectangle

    page = Page(film.title is not None)
    figure = Figure(figsize=(WIDTH / 72, page.height / 72), dpi=_DPI, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(page.height, 0)
    style: dict[str, Any] = {"color": INK, "va": "center_baseline", "parse_math": False}
    if film.title is not None:
        text, size = fitted(film.title, FILM_TITLE_SIZE, SIDE, bold=True)
        axes.text(MARGIN, page.title_y, text, fontsize=size, weight="bold", **style)
    axes.text(MARGIN, page.heading_y, film.heading(state), fontsize=HEADING_SIZE, **style)
    share = 1 - film.num_masked[state] / max(1, film.num_masked[0])
    for width, colour in ((SIDE, MASKED_FILL), (share * SIDE, LINE)):
        bar = Rectangle((MARGIN, page.bar_y), width, BAR_HEIGHT, facecolor=colour, linewidth=0)
        axes.add_artist(bar)
    box = "round,pad=0,rounding_size=6"
    card = FancyBboxPatch((MARGIN, page.panel_y), SIDE, SIDE, boxstyle=box, facecolor=CARD)
    card.set(edgecolor="none", zorder=1)
    axes.add_artist(card)
    _draw_state(axes, film, state, np.array([MARGIN, page.panel_y]))
    return figure


def _draw_state(axes: "Axes", film: Film, state: int, corner: np.ndarray) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Circle

    stage = film.stage
    rank = np.argsort(stage.order, kind="stable")
    for room, token in enumerate(film.room_tokens[state].tolist()):
        known = token != NODE_MASK
        fill = ROOM_COLOURS[token] if known else MASKED_FILL
        bubble = Circle(stage.centres[room] + corner, stage.radii[room], facecolor=fill)
        bubble.set(edgecolor=INK if known else MASKED_RIM, linewidth=0.8, zorder=10 + rank[room])
        if not known:
            bubble.set_linestyle((0, (3, 2)))
        axes.add_artist(bubble)
        label = stage.label(room)
        if known and label is not None:
            label = fitting(label, SHORT_NAMES[token])
            draw_labels(axes, [label], corner, {room: TEXT_COLOURS[token]})
        elif not known:
            x, y = stage.question(room) + corner
            size = min(QUESTION_SIZE, 1.4 * stage.radii[room])
            style: dict[str, Any] = {"ha": "center", "va": "center_baseline", "color": INK}
            axes.text(x, y, "?", fontsize=size, zorder=45, **style)
    for line in stage.lines:
        name = line_style(line, int(film.line_tokens(line)[state]))
        if name:
            zorder = 10.5 + rank[line.above]
            axes.add_artist(Line2D(*(line.points + corner).T, zorder=zorder, **LINE_STYLES[name]))
