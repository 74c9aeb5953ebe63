"""Pictures as lists of shapes, and the axes of plots: matplotlib's scales, ticks and places.

The templates write shapes as SVG, and colours, strokes and sizes of text stand in the style sheet,
so that they follow the reader's choice of a dark page and of print. A figure that matplotlib
writes itself has them in style attributes, which the page's security policy forbids, and knows no
tooltips; the hundreds of plots of a page would take it a quarter of a minute.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike

Bend = Literal["none", "log", "near_one"]
Place = tuple[float, float]

_LOG_SPAN = 20.0
"""Positive values that differ by more than this factor get a logarithmic scale."""
_NEAR_ONE = 0.9
"""Shares of which one is larger get a scale that is logarithmic in the distance to 1."""
_SMALLEST, _LARGEST = 1e-150, 1e150  # whose quotient is still a number
_MARGIN = 0.06  # of the span, on both sides
_ACROSS, _UP = 44.0, 20.0
"""Space for the labels of ticks on either axis."""
_ROUND_SHARES = (
    1.0, 0.99, 0.9, 0.999, 0.0, 0.5, 0.95, 0.9999, 0.8, 0.98, 0.995, 0.7, 0.85, 0.97, 0.998,
    0.2, 0.6, 0.96, 0.94, 0.92, 0.99999, 0.75, 0.985, 0.975,
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A line through points; `look` is its class in the style sheet, `tip` its tooltip."""

    kind: ClassVar[str] = "line"
    points: Sequence[Place]
    look: str = ""
    tip: str = ""
    is_closed: bool = False


@dataclass(frozen=True)
class Circle:
    """A circle around (x, y)."""

    kind: ClassVar[str] = "circle"
    x: float
    y: float
    r: float
    look: str = ""
    tip: str = ""


@dataclass(frozen=True)
class Box:
    """A rectangle whose upper left corner is (x, y)."""

    kind: ClassVar[str] = "box"
    x: float
    y: float
    width: float
    height: float
    look: str = ""
    tip: str = ""


@dataclass(frozen=True)
class Words:
    """A line of text whose `anchor` is at (x, y), turned by degrees clockwise."""

    kind: ClassVar[str] = "words"
    text: str
    x: float
    y: float
    look: str = ""
    anchor: Literal["", "middle", "end"] = "middle"
    turn: int = 0


Shape = Line | Circle | Box | Words


@dataclass(frozen=True)
class Picture:
    """Shapes, the first of them lowest.

    Attributes:
        title: its name for those who cannot see it.
        size: width and height, in the units of the shapes.
        shapes: what is drawn; y goes downwards.
        description: what is to be seen, in words.
        look: its class in the style sheet.
        font_size: of its text, where that is not the style sheet's.
    """

    title: str
    size: tuple[float, float]
    shapes: Sequence[Shape]
    description: str = ""
    look: str = ""
    font_size: float | None = None


@dataclass(frozen=True)
class Span:
    """What an axis shows.

    Attributes:
        low, high: the values at its two ends.
        bend: "log" where equal steps are equal factors, "near_one" where equal steps are equal
            factors of the distance to 1.
        is_rate: whether values are shares, shown as percentages.
        reaches_one: whether the high end of a scale "near_one" stands for 1 itself.
        is_backwards: whether it runs from high to low.
    """

    low: float
    high: float
    bend: Bend = "none"
    is_rate: bool = False
    reaches_one: bool = False
    is_backwards: bool = False

    def label(self, value: float) -> str:
        """A tick's value as text."""
        if self.is_rate:
            return f"{100 * value:.6g} %"
        return f"{value:.6g}" if value == 0 or abs(value) >= 1e-4 else f"{value:.0e}"


def span_of(
    values: Sequence[float],
    *,
    is_rate: bool,
    may_bend: bool = False,
    is_backwards: bool = False,
) -> Span:
    """An axis on which all values stand, with a margin; shares stay within 0 and 1.

    Args:
        values: at least one.
        is_rate: whether values are shares.
        may_bend: whether values of many sizes, and shares near 1, are spread out. A zero among
            values of many sizes then stands at the low end.
        is_backwards: whether the axis runs from high to low.
    """
    # A damaged file may hold any number; beyond these no axis could be drawn.
    values = [min(max(value, -_LARGEST), _LARGEST) for value in values]
    positive = [value for value in values if value > _SMALLEST]
    low, high = min(values), max(values)
    if may_bend and not is_rate and low >= 0 and positive and high / min(positive) > _LOG_SPAN:
        low = min(positive) / (2 if low == 0 else 1)
        factor = (high / low) ** _MARGIN
        return Span(low / factor, high * factor, "log", is_backwards=is_backwards)
    if may_bend and is_rate and high > _NEAR_ONE:
        return _span_near_one(values, is_backwards)
    span = high - low
    if span <= max(_SMALLEST, 1e-9 * max(abs(low), abs(high))):
        span = abs(high) if abs(high) > _SMALLEST else 1.0
    low, high = low - _MARGIN * span, high + _MARGIN * span
    if min(values) >= 0:
        low = max(low, 0.0)
    if is_rate and max(values) <= 1:
        # A mark at 100 % needs no free space beyond it, but the axis must not end below it.
        high = min(high, 1.0 + 0.02 * (1.0 - low))
    return Span(low, high, is_rate=is_rate, is_backwards=is_backwards)


def _span_near_one(values: Sequence[float], is_backwards: bool) -> Span:
    gaps = [1 - value for value in values if value < 1]
    widest, least = max(gaps, default=0.5), max(min(gaps, default=0.5), 1e-6)
    factor = (2 * widest / least) ** _MARGIN
    reaches_one = max(values) >= 1
    high = 1 - least / (2 if reaches_one else factor)
    low = max(0.0, 1 - widest * factor)
    return Span(low, high, "near_one", True, reaches_one, is_backwards)


class Axes:
    """The axes of a plot: where values stand, and the ticks and lines behind them."""

    def __init__(
        self,
        size: tuple[float, float],
        margins: tuple[float, float, float, float],
        up: Span,
        across: Span | None = None,
    ) -> None:
        """Axes within a picture.

        Args:
            size: width and height of the picture.
            margins: free space left, right, above and below the axes.
            up: what the vertical axis shows.
            across: what the horizontal one shows; if None, places across are in the picture's
                own units, and there are no ticks.
        """
        from matplotlib.figure import Figure

        (width, height), (left, right, above, below) = size, margins
        self.size, self.left, self.right = size, left, width - right
        self.high = up.high
        self.top, self.bottom = above, height - below
        self._across, self._up = across or Span(self.left, self.right), up
        self._has_ticks_across = across is not None
        # With one pixel an inch, matplotlib's pixels are the units of the picture.
        figure = Figure(figsize=size, dpi=1)
        share = (left, below, self.right - left, self.bottom - above)
        self._axes = figure.add_axes(tuple(np.array(share) / (width, height, width, height)))
        self._axes.set(
            xscale=_scale(self._across), yscale=_scale(up), xlim=_ends(self._across), ylim=_ends(up)
        )

    def places(self, across: ArrayLike, up: ArrayLike) -> list[Place]:
        """Where pairs of values stand; those beyond an end stand at it."""
        x = np.clip(np.asarray(across, float), self._across.low, self._across.high)
        y = np.clip(np.asarray(up, float), self._up.low, self._up.high)
        pixels = self._axes.transData.transform(np.stack(np.broadcast_arrays(x, y), -1))
        return [(float(x), self.size[1] - float(y)) for x, y in pixels.reshape(-1, 2)]

    def place(self, across: float, up: float) -> Place:
        """Where one pair of values stands."""
        return self.places(across, up)[0]

    def shapes(self) -> list[Shape]:
        """Lines behind the plot, and the labels of ticks left of it and below it."""
        shapes: list[Shape] = []
        for value, y in self.ticks_up():
            shapes.append(Line(((self.left, y), (self.right, y)), "grid"))
            shapes.append(Words(self._up.label(value), self.left - 5, y + 3.5, anchor="end"))
        for value, x in self.ticks_across() if self._has_ticks_across else ():
            shapes.append(Line(((x, self.bottom), (x, self.top)), "grid"))
            shapes.append(Words(self._across.label(value), x, self.bottom + 13))
        return shapes

    def ticks_up(self) -> list[Place]:
        """Round values on the vertical axis, and where they stand."""
        return _placed(self._up, lambda value: self.place(self._across.low, value)[1], _UP)

    def ticks_across(self) -> list[Place]:
        """Round values on the horizontal axis, and where they stand."""
        return _placed(self._across, lambda value: self.place(value, self._up.low)[0], _ACROSS)


def _scale(span: Span) -> object:
    from matplotlib.scale import FuncScale

    if span.bend == "near_one":
        return FuncScale(None, (_nearness, _share))
    return "log" if span.bend == "log" else "linear"


def _nearness(shares: ArrayLike) -> ArrayLike:
    return -np.log10(1 - np.asarray(shares))


def _share(nearness: ArrayLike) -> ArrayLike:
    return 1 - 10.0 ** -np.asarray(nearness)


def _ends(span: Span) -> tuple[float, float]:
    return (span.high, span.low) if span.is_backwards else (span.low, span.high)


def _ticks(span: Span) -> list[float]:
    """Round values from low to high, about five; of shares near 1 the roundest first."""
    from matplotlib.ticker import Locator, LogLocator, MaxNLocator

    if span.bend == "near_one":
        return [v for v in _ROUND_SHARES if span.low <= v <= (1 if span.reaches_one else span.high)]
    if span.bend == "log":
        is_short = math.log10(span.high / span.low) <= 3
        locator: Locator = LogLocator(subs=(1.0, 3.0) if is_short else (1.0,), numticks=9)
    else:
        locator = MaxNLocator(5, steps=[1, 2, 5, 10])
    limit = min(span.high, 1 + 1e-9) if span.is_rate else span.high
    return [float(v) for v in locator.tick_values(span.low, span.high) if span.low <= v <= limit]


def _placed(span: Span, where: Callable[[float], float], space: float) -> list[Place]:
    """Round values and where they stand; of shares near 1 as many as have space between them."""
    chosen: list[Place] = []
    for value in _ticks(span):
        place = where(value)
        if span.bend != "near_one" or all(abs(place - other) > space for _, other in chosen):
            chosen.append((value, place))
    return sorted(chosen)
