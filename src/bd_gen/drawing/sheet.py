"""The page that a grid of diagrams is drawn on: margins, headings, panels, legend.

Everything is in points (1/72 inch), y downwards.
"""

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words
from bd_gen.drawing.appearance import CARD, INK, LINE, line_colours, room_colours, tint
from bd_gen.drawing.groups import add_group
from bd_gen.drawing.wording import fitted, text_width

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARGIN = 12.0
SPACING = 8.0
PADDING = 9.0
"""Free space within a panel."""
TITLE_SIZE, HEADING_SIZE, LEGEND_SIZE = 14.0, 9.0, 9.0

_DOT = 5.0  # radius of a legend's dot
_LEGEND_ROW, _LEGEND_SPACING = 18.0, 16.0


@dataclass(frozen=True)
class Sheet:
    """Sizes and places of everything but the diagrams.

    Attributes:
        num_panels: panels, filled in row by row.
        columns: panels in a row.
        side: width and height of a part of a panel that holds a picture.
        headings: a line of text for each panel, or None.
        title: a line of text for the page, or None.
        room_types: the types in the legend.
        note: a line of text below the legend, or an empty one.
        parts: pictures side by side in a panel.
        tooltips: what an SVG tells over the heading of each panel, or None.
        has_floors: does the legend show the colours of floors instead of those of bubbles?
        words: whose room types and relations these are.
        relations: those in the legend.
    """

    num_panels: int
    columns: int
    side: float
    headings: tuple[str, ...] | None
    title: str | None
    room_types: tuple[int, ...]
    note: str = ""
    parts: int = 1
    tooltips: tuple[str, ...] | None = None
    has_floors: bool = False
    words: Words = RPLAN
    relations: tuple[int, ...] = ()

    @property
    def width(self) -> float:
        """Width of the page."""
        return 2 * MARGIN + self.columns * (self.panel_width + SPACING) - SPACING

    @property
    def height(self) -> float:
        """Height of the page."""
        below = MARGIN + self.legend_rows * _LEGEND_ROW + (_LEGEND_ROW if self.note else 0)
        rows = -(-self.num_panels // self.columns)
        return self._top + rows * (self.panel_height + SPACING) + below

    @property
    def panel_width(self) -> float:
        """Width of a panel."""
        return self.parts * self.side

    @property
    def panel_height(self) -> float:
        """Height of a panel with its heading."""
        return self.side + (HEADING_SIZE + 4 if self.headings else 0)

    @property
    def _top(self) -> float:
        return MARGIN + (TITLE_SIZE * 1.7 if self.title else 0)

    @cached_property
    def _legend_places(self) -> list[tuple[float, int]]:
        """Left end and row of each entry of the legend."""
        x, row, places = MARGIN, 0, []
        for name in self._legend_names:
            width = 3 * _DOT + text_width(name) * LEGEND_SIZE
            if x + width > self.width - MARGIN and x > MARGIN:
                x, row = MARGIN, row + 1
            places.append((x, row))
            x += width + _LEGEND_SPACING
        return places

    @property
    def _legend_names(self) -> list[str]:
        """What the entries of the legend say: room types, then relations."""
        rooms, relations = self.words.room_names, self.words.relation_names
        return [rooms[k] for k in self.room_types] + [relations[k] for k in self.relations]

    @property
    def legend_rows(self) -> int:
        """Rows of the legend."""
        return self._legend_places[-1][1] + 1

    def corner(self, panel: int) -> tuple[float, float]:
        """Left and top of a panel."""
        row, column = divmod(panel, self.columns)
        return (
            MARGIN + column * (self.panel_width + SPACING),
            self._top + row * (self.panel_height + SPACING),
        )

    def middle(self, panel: int, part: int = 0) -> tuple[float, float]:
        """The point in the middle of a part of a panel, heading excluded."""
        left, top = self.corner(panel)
        return left + (part + 0.5) * self.side, top + self.panel_height - self.side / 2

    def unit_for(self, extent: np.ndarray, largest: float) -> float:
        """Points for a unit of a diagram's coordinates, so that its extent fits into a panel."""
        return float(min(largest, (self.side - 2 * PADDING) / extent.max()))

    def new_axes(self) -> "tuple[Figure, Axes]":
        """A new figure, bound to no display, and axes that fill it: panels, headings and legend."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(self.width / 72, self.height / 72), facecolor="white")
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, self.width)
        axes.set_ylim(self.height, 0)
        self._draw_panels(axes)
        self._draw_legend(axes)
        if self.title:
            text, size = fitted(self.title, TITLE_SIZE, self.width - 2 * MARGIN, bold=True)
            style: dict[str, Any] = {
                "weight": "bold",
                "color": INK,
                "va": "top",
                "parse_math": False,
            }
            axes.text(MARGIN, MARGIN, text, fontsize=size, gid="title", **style)
        return figure, axes

    def _draw_panels(self, axes: "Axes") -> None:
        from matplotlib.patches import FancyBboxPatch

        for k in range(self.num_panels):
            left, top = self.corner(k)
            axes.add_artist(
                FancyBboxPatch(
                    (left, top),
                    self.panel_width,
                    self.panel_height,
                    boxstyle="round,pad=0,rounding_size=6",
                    facecolor=CARD,
                    edgecolor="none",
                    zorder=1,
                )
            )
            if self.headings:
                text, size = fitted(self.headings[k], HEADING_SIZE, self.panel_width - 2 * PADDING)
                x, y = left + PADDING, top + PADDING + HEADING_SIZE / 2
                style: dict[str, Any] = {
                    "color": INK,
                    "va": "center",
                    "zorder": 40,
                    "parse_math": False,
                }
                axes.text(x, y, text, fontsize=size, gid=f"plan-{k}-heading", **style)
                self._add_tooltip(axes, k)

    def _add_tooltip(self, axes: "Axes", panel: int) -> None:
        """Lay the ground of a heading once more, as what tells more to a pointer over it."""
        from matplotlib.patches import Rectangle

        if self.tooltips is None or not self.tooltips[panel]:
            return
        left, top = self.corner(panel)
        place = (left + PADDING, top + PADDING / 2)
        ground = Rectangle(place, self.panel_width - 2 * PADDING, HEADING_SIZE + PADDING / 2,
                           facecolor=CARD, edgecolor="none")  # fmt: skip
        add_group(axes, [ground], f"plan-{panel}", self.tooltips[panel], 1.2)

    def _draw_legend(self, axes: "Axes") -> None:
        first = self.height - MARGIN - _LEGEND_ROW * (self.legend_rows + bool(self.note)) + 9
        marks = [partial(self._room_mark, k) for k in self.room_types]
        marks += [partial(self._line_mark, k) for k in self.relations]
        entries = zip(marks, self._legend_names, self._legend_places, strict=True)
        for mark, name, (left, row) in entries:
            x, y = left + _DOT, first + row * _LEGEND_ROW
            axes.add_artist(mark(x, y))
            axes.text(x + 2 * _DOT, y, name, fontsize=LEGEND_SIZE, color=INK, va="center_baseline")
        if self.note:
            text, size = fitted(self.note, LEGEND_SIZE, self.width - 2 * MARGIN)
            y = first + self.legend_rows * _LEGEND_ROW
            axes.text(MARGIN, y, text, fontsize=size, color=INK, va="center_baseline")

    def _room_mark(self, room_type: int, x: float, y: float) -> "Artist":
        from matplotlib.patches import Circle, Rectangle

        colour = room_colours(self.words)[room_type]
        if not self.has_floors:
            return Circle((x, y), _DOT, facecolor=colour, edgecolor=INK, linewidth=0.8)
        corner = x - _DOT, y - _DOT
        style: dict[str, Any] = {"edgecolor": LINE, "linewidth": 0.6}
        return Rectangle(corner, 2 * _DOT, 2 * _DOT, facecolor=tint(colour), **style)

    def _line_mark(self, relation: int, x: float, y: float) -> "Artist":
        from matplotlib.lines import Line2D

        colour = line_colours(self.words)[relation]
        return Line2D([x - _DOT, x + _DOT], [y, y], color=colour, linewidth=1.5)
