"""Scales and axes of plots, as SVG.

Colours, strokes and sizes of text stand in the style sheet, so that they follow the reader's
choice of a dark page and of print.
"""

import math
from dataclasses import dataclass
from typing import Literal

from bd_gen.report.markup import Markup, join, number, tag

Bend = Literal["none", "log", "near_one"]

_LOG_SPAN = 20.0
"""Positive values that differ by more than this factor get a logarithmic scale."""
_NEAR_ONE = 0.9
"""Shares of which one is larger get a scale that is logarithmic in the distance to 1."""
_MOST_DECADES = 8
_SMALLEST, _LARGEST = 1e-200, 1e200
_MARGIN = 0.06  # of the span, on both sides
_ACROSS, _UP = 44.0, 20.0
"""Space for the labels of ticks on either axis."""
_ROUND_SHARES = (
    1.0, 0.99, 0.9, 0.999, 0.0, 0.5, 0.95, 0.9999, 0.8, 0.98, 0.995, 0.7, 0.85, 0.97, 0.998,
    0.2, 0.6, 0.96, 0.94, 0.92, 0.99999, 0.75, 0.985, 0.975,
)  # fmt: skip


@dataclass(frozen=True)
class Scale:
    """Values along one axis.

    Attributes:
        low, high: the values at its two ends.
        start, end: where these ends are, in the plot's own units; end < start is allowed.
        bend: "log" where equal steps are equal factors, "near_one" where equal steps are equal
            factors of the distance to 1.
        is_rate: whether values are shares, shown as percentages.
        reaches_one: whether the high end of a scale "near_one" stands for 1 itself.
    """

    low: float
    high: float
    start: float
    end: float
    bend: Bend = "none"
    is_rate: bool = False
    reaches_one: bool = False

    def __call__(self, value: float) -> float:
        """Where a value stands; one beyond an end stands at it."""
        low, high = self._bent(self.low), self._bent(self.high)
        inside = min(max(value, self.low), self.high)
        return self.start + (self._bent(inside) - low) / (high - low) * (self.end - self.start)

    def _bent(self, value: float) -> float:
        if self.bend == "log":
            return math.log10(value)
        return -math.log10(1 - value) if self.bend == "near_one" else value

    def ticks(self, space: float) -> list[float]:
        """Round values from low to high, about five; on a bent scale as many as have `space`."""
        if self.bend == "log":
            return _log_ticks(self.low, self.high)
        if self.bend == "near_one":
            return self._ticks_near_one(space)
        step = _round_step((self.high - self.low) / 5)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [k * step for k in range(first, last + 1)]

    def _ticks_near_one(self, space: float) -> list[float]:
        """The roundest shares that have space beside each other."""
        chosen: list[float] = []
        for tick in _ROUND_SHARES:
            reaches = self.low <= tick <= self.high or (tick == 1 and self.reaches_one)
            if reaches and all(abs(self(tick) - self(other)) > space for other in chosen):
                chosen.append(tick)
        return sorted(chosen)

    def label(self, value: float) -> str:
        """A tick's value as text."""
        if self.is_rate:
            return f"{100 * value:.6g} %"
        return f"{value:.6g}" if value == 0 or abs(value) >= 1e-4 else f"{value:.0e}"


def scale_for(
    values: list[float], start: float, end: float, *, is_rate: bool, may_bend: bool = False
) -> Scale:
    """A scale on which all values stand, with a margin; shares stay within 0 and 1.

    Args:
        values: at least one.
        start: where the low end is.
        end: where the high end is.
        is_rate: whether values are shares.
        may_bend: whether values of many sizes, and shares near 1, are spread out. A zero among
            values of many sizes then stands at the low end.
    """
    # A damaged file may hold any number; beyond these no axis could be drawn.
    values = [min(max(value, -_LARGEST), _LARGEST) for value in values]
    positive = [value for value in values if value > _SMALLEST]
    low, high = min(values), max(values)
    if may_bend and not is_rate and low >= 0 and positive and high / min(positive) > _LOG_SPAN:
        low = min(positive) / (2 if low == 0 else 1)
        factor = (high / low) ** _MARGIN
        return Scale(low / factor, high * factor, start, end, "log")
    if may_bend and is_rate and high > _NEAR_ONE:
        return _scale_near_one(values, start, end)
    span = high - low
    if span <= max(_SMALLEST, 1e-9 * max(abs(low), abs(high))):
        span = abs(high) if abs(high) > _SMALLEST else 1.0
    low, high = low - _MARGIN * span, high + _MARGIN * span
    if min(values) >= 0:
        low = max(low, 0.0)
    if is_rate and max(values) <= 1:
        # A mark at 100 % needs no free space beyond it, but the axis must not end below it.
        high = min(high, 1.0 + 0.02 * (1.0 - low))
    return Scale(low, high, start, end, is_rate=is_rate)


def _scale_near_one(values: list[float], start: float, end: float) -> Scale:
    gaps = [1 - value for value in values if value < 1]
    widest, least = max(gaps, default=0.5), max(min(gaps, default=0.5), 1e-6)
    factor = (2 * widest / least) ** _MARGIN
    reaches_one = max(values) >= 1
    high = 1 - least / (2 if reaches_one else factor)
    low = max(0.0, 1 - widest * factor)
    return Scale(low, high, start, end, "near_one", is_rate=True, reaches_one=reaches_one)


def x_axis(scale: Scale, y: float, height: float) -> Markup:
    """Tick labels below `y`, and lines that reach `height` up from it."""
    parts = []
    for value in _shown(scale, _ACROSS):
        x = number(scale(value))
        parts.append(tag("path", class_="grid", d=f"M{x} {number(y)}v{number(-height)}"))
        parts.append(tag("text", scale.label(value), x=x, y=number(y + 13), text_anchor="middle"))
    return join(*parts)


def y_axis(scale: Scale, x: float, width: float) -> Markup:
    """Tick labels left of `x`, and lines that reach `width` to the right of it."""
    parts = []
    for value in _shown(scale, _UP):
        y = scale(value)
        parts.append(tag("path", class_="grid", d=f"M{number(x)} {number(y)}h{number(width)}"))
        label = scale.label(value)
        parts.append(tag("text", label, x=number(x - 5), y=number(y + 3.5), text_anchor="end"))
    return join(*parts)


def _shown(scale: Scale, space: float) -> list[float]:
    return [v for v in scale.ticks(space) if not (scale.is_rate and v > 1 + 1e-9)]


def _round_step(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step))
    return next(f * power for f in (1, 2, 5, 10) if f * power >= step * (1 - 1e-9))


def _log_ticks(low: float, high: float) -> list[float]:
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    every = max(1, -(-(last - first) // _MOST_DECADES))
    factors = (1, 3) if last - first <= 3 else (1,)
    ticks = [f * 10.0**d for d in range(first, last + 1, every) for f in factors]
    return [tick for tick in ticks if low <= tick <= high]
