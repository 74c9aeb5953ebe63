"""How a floor plan lies in its panel, and what stands beside it: scale bar, north, dimensions."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bd_gen.drawing.appearance import INK, LINE
from bd_gen.drawing.groups import add_group
from bd_gen.drawing.lettering import FINENESS, Fit, panel_squares, within_margin
from bd_gen.drawing.sheet import PADDING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STRIP = 17.0
"""Points at the lower edge of a panel that hold the scale bar and the arrow to the north."""
SMALLEST_EXTENT = 110.0
"""Pixels; a smaller plan does not fill its panel."""
LARGE = 250.0
"""Side of a panel in points from which the plan gets its overall dimensions."""

_DIMENSIONS = 20.0  # points beside the plan that hold them
_BARS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)  # metres
_LONGEST_BAR = 0.36  # of the width of a panel
_BAR_HEIGHT = 2.4
_LONGEST_NUMBER = 36.0  # points of a dimension in metres
_SMALL_TEXT = 5.5
_MARKS = 30.0  # drawing order


@dataclass(frozen=True)
class Frame:
    """The space of a square panel around a floor plan.

    Attributes:
        side: of the panel in points.
        extent: pixels of the plan that fill the panel at least, however small the plan is.
    """

    side: float
    extent: float = SMALLEST_EXTENT

    @property
    def has_dimensions(self) -> bool:
        """Is there space for overall dimensions?"""
        return self.side >= LARGE

    @property
    def insets(self) -> tuple[np.ndarray, np.ndarray]:
        """Points that stay free left and above, and right and below."""
        beside = _DIMENSIONS if self.has_dimensions else 0.0
        return (
            np.array([PADDING + beside, PADDING]),
            np.array([PADDING, max(PADDING, STRIP + 3) + beside]),
        )

    def fit(self, bounds: np.ndarray, share: float = 1.0) -> Fit:
        """The largest scale at which bounds (2, 2) fit into a share of the space, in its middle."""
        before, after = self.insets
        space = self.side - before - after
        size = np.maximum(bounds[1] - bounds[0], 1e-9)
        scale = share * float(min((space / size).min(), space.min() / self.extent))
        middle = before + space / 2
        return Fit(scale, middle - scale * bounds.mean(axis=0))

    def free(self, fit: Fit, building: np.ndarray) -> np.ndarray:
        """(H, W) the squares of the panel that hold no scale bar, arrow or dimensions.

        Args:
            fit: how the plan lies in the panel.
            building: (2, 2) its bounds, beside which the dimensions stand.
        """
        squares = panel_squares(self.side)
        kept = within_margin(np.ones((len(squares), len(squares)), bool))
        kept[int((self.side - STRIP) * FINENESS) :] = False
        if self.has_dimensions and np.isfinite(building).all():
            low, high = fit.points(building)
            middle, half = (low + high) / 2, np.maximum((high - low) / 2, _LONGEST_NUMBER / 2)
            (x0, y0), (x1, y1) = middle - half, middle + half
            beside_x, beside_y = squares < low[0], squares > high[1]
            near_x, near_y = squares > low[0] - _DIMENSIONS, squares < high[1] + _DIMENSIONS
            spans_x, spans_y = (squares > x0) & (squares < x1), (squares > y0) & (squares < y1)
            kept &= ~(
                (spans_y[:, None] & (beside_x & near_x)) | ((beside_y & near_y)[:, None] & spans_x)
            )
        return kept


def draw_scale_bar(
    axes: "Axes", side: float, corner: np.ndarray, points_per_metre: float, prefix: str
) -> None:
    """Draw a bar of a round number of metres into the lower left corner of a panel."""
    from matplotlib.patches import Rectangle

    limit = _LONGEST_BAR * side
    metres = max((m for m in _BARS if m * points_per_metre <= limit), default=_BARS[0])
    length = metres * points_per_metre
    left, top = corner[0] + PADDING, corner[1] + side - PADDING - _BAR_HEIGHT + 2
    halves = [
        Rectangle((left + k * length / 2, top), length / 2, _BAR_HEIGHT, linewidth=0.6,
                  facecolor=colour, edgecolor=INK)
        for k, colour in enumerate((INK, "white"))
    ]  # fmt: skip
    add_group(axes, halves, f"{prefix}scale-bar", f"{metres:g} m", _MARKS)
    style = _text_style(f"{prefix}scale-bar-label")
    axes.text(left + length + 3, top + _BAR_HEIGHT / 2, f"{metres:g} m", ha="left", **style)


def draw_north(axes: "Axes", side: float, corner: np.ndarray, degrees: float, prefix: str) -> None:
    """Draw an arrow to the north into the lower right corner; degrees clockwise from the top."""
    from matplotlib.patches import Circle, Polygon

    centre = corner + np.array([side - PADDING - 5.5, side - PADDING - 2.5])
    turn = np.radians(degrees)
    up, right = np.array([np.sin(turn), -np.cos(turn)]), np.array([np.cos(turn), np.sin(turn)])
    tip, tail = centre + 6.0 * up, centre - 5.0 * up
    halves = [
        Circle(tuple(centre), 6.0, facecolor="none", edgecolor=INK, linewidth=0.6),
        *(
            Polygon([tip, tail + sign * 3.2 * right, centre - 2.2 * up], closed=True,
                    facecolor=colour, edgecolor=INK, linewidth=0.5)
            for sign, colour in ((-1, INK), (1, "white"))
        ),
    ]  # fmt: skip
    add_group(axes, halves, f"{prefix}north", f"North: {degrees:g}° clockwise from the top", _MARKS)
    x, y = centre - (11.0, 0)
    axes.text(x, y, "N", ha="center", **_text_style(f"{prefix}north-label"))


def draw_dimensions(
    axes: "Axes", fit: Fit, bounds: np.ndarray, corner: np.ndarray, scale: float, prefix: str
) -> None:
    """Write the width below and the height to the left of a building with these bounds (2, 2)."""
    from matplotlib.lines import Line2D

    (left, top), (right, bottom) = fit.points(bounds) + corner
    width, height = (bounds[1] - bounds[0]) * scale
    x, y = left - 12.0, bottom + 12.0
    lines = [((left, right), (y, y)), ((x, x), (top, bottom))]
    lines += [((end, end), (bottom + 3, y + 2.5)) for end in (left, right)]
    lines += [((x - 2.5, left - 3), (end, end)) for end in (top, bottom)]
    ticks = [(left, y), (right, y), (x, top), (x, bottom)]
    lines += [((a - 2, a + 2), (b + 2, b - 2)) for a, b in ticks]
    parts = [
        Line2D(xs, ys, color=LINE, linewidth=0.9 if k > 5 else 0.5)
        for k, (xs, ys) in enumerate(lines)
    ]
    add_group(axes, parts, f"{prefix}dimensions", "Outer dimensions in metres", _MARKS)
    style = _text_style(f"{prefix}dimensions-width")
    axes.text((left + right) / 2, y - 3.6, f"{width:.2f} m", ha="center", **style)
    style = _text_style(f"{prefix}dimensions-height")
    style |= {"rotation": 90, "rotation_mode": "anchor"}
    axes.text(x - 3.6, (top + bottom) / 2, f"{height:.2f} m", ha="center", **style)


def _text_style(gid: str) -> dict[str, Any]:
    return {
        "fontsize": _SMALL_TEXT,
        "color": INK,
        "va": "center_baseline",
        "zorder": _MARKS + 1,
        "gid": gid,
    }
