"""The states of a sample as the pictures of a GIF."""

import io
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from bd_gen.drawing.appearance import CARD, INK
from bd_gen.drawing.film import Film
from bd_gen.drawing.film_shapes import Bar, Disc, Mark, Stroke, Words, marks_of, page_size

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

_DPI = 96
_SHADES = (0.25, 0.5, 0.75)


def gif_of(film: Film) -> bytes:
    """The film as the bytes of a GIF that repeats for ever."""
    from PIL import Image

    marks = marks_of(film)
    table = Image.new("P", (1, 1))
    table.putpalette(_palette(marks))
    indexed = []
    for state in range(len(film.tokens)):
        figure = state_figure(film, state, marks)
        figure.canvas.draw()
        pixels = np.asarray(figure.canvas.buffer_rgba())  # type: ignore[attr-defined]
        picture = Image.fromarray(pixels).convert("RGB")
        indexed.append(picture.quantize(palette=table, dither=Image.Dither.NONE))
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


def _palette(marks: Sequence[Mark]) -> list[int]:
    """The colours that occur, exactly, and the shades between them at the edges of shapes."""
    from matplotlib.colors import to_rgb

    shapes = [mark.shape for mark in marks]
    fills = dict.fromkeys(["white", *(one.fill for one in shapes if isinstance(one, Bar | Disc))])
    lines = dict.fromkeys(
        chain(
            (one.colour for one in shapes if isinstance(one, Stroke | Words)),
            (one.rim for one in shapes if isinstance(one, Disc)),
        )
    )
    pairs = [
        (to_rgb(fill), to_rgb(line))
        for fill in fills
        for line in lines
        if line == INK or fill == CARD
    ]
    exact = dict.fromkeys(chain(map(to_rgb, fills), map(to_rgb, lines)))
    mixed = [
        tuple((1 - share) * np.array(one) + share * np.array(other))
        for one, other in pairs
        for share in _SHADES
    ]
    colours = np.array([*exact, *mixed])
    return [int(level) for level in np.rint(255 * colours).reshape(-1)]


def state_figure(film: Film, state: int, marks: Sequence[Mark] | None = None) -> "Figure":
    """One state as a figure, bound to no display; `marks` are those of the film."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    width, height = page_size(film)
    figure = Figure(figsize=(width / 72, height / 72), dpi=_DPI, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    for mark in marks_of(film) if marks is None else marks:
        if not mark.is_seen[state]:
            continue
        if isinstance(mark.shape, Words):
            axes.text(**_text(mark.shape), zorder=mark.order)
        else:
            artist = _artist(mark.shape)
            artist.set_zorder(mark.order)
            axes.add_artist(artist)
    return figure


def _artist(shape: Bar | Disc | Stroke) -> "Artist":
    from matplotlib.lines import Line2D
    from matplotlib.patches import Circle, FancyBboxPatch

    if isinstance(shape, Bar):
        box = f"round,pad=0,rounding_size={shape.rounding}"
        bar = FancyBboxPatch(shape.corner, *shape.size, boxstyle=box, facecolor=shape.fill)
        bar.set_linewidth(0)
        return bar
    style: Any = (0, shape.dashes) if shape.dashes else "solid"
    if isinstance(shape, Stroke):
        return Line2D(*shape.points.T, color=shape.colour, linewidth=shape.width, linestyle=style)
    disc = Circle(tuple(shape.centre), shape.radius, facecolor=shape.fill, edgecolor=shape.rim)
    disc.set(linewidth=shape.width, linestyle=style)
    return disc


def _text(words: Words) -> dict[str, Any]:
    return {
        "x": words.place[0],
        "y": words.place[1],
        "s": words.text,
        "fontsize": words.size,
        "color": words.colour,
        "ha": "center" if words.is_centred else "left",
        "va": "center_baseline",
        "weight": "bold" if words.is_bold else "normal",
        "rotation": 90 if words.is_upright else 0,
        "rotation_mode": "anchor",
        "parse_math": False,
    }
