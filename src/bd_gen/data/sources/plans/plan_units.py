"""What the coordinates of plans are measured in, and how they become pixels of a 256-pixel plan."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from bd_gen.data.sources.plans.bad_plan import BadPlanError
from bd_gen.diagrams.laid_out import METRES_PER_PIXEL

UNITS = ("m", "px")
USUAL_SIZE = (64, 256)
"""Pixels from one end of a plan to the other; others are not taken for pixels unless so said."""

FITTED_SIZE = 170
"""Pixels from one end to the other of a plan that is fitted: the median of RPLAN's plans."""

_CANVAS = 256
_STEPS = 64
"""Converted coordinates are whole 64ths of a pixel, about a millimetre: exact in float32."""

_HOME_METRES = (2, 100)
"""What a home may measure from one end to the other."""


class UnitsError(ValueError):
    """What is wrong with the units that somebody gave."""


@dataclass(frozen=True, slots=True)
class Units:
    """How coordinates are to be read; None where nothing is said.

    Attributes:
        unit: "px", pixels of a 256-pixel plan, or "m", metres.
        scale: how many of these units one step of the coordinates is: 0.001 for millimetres with
            unit "m".
        flip_y: does y grow upwards?
        fit: are sizes unknown, so that each plan is scaled to `FITTED_SIZE`?

    Raises:
        UnitsError: a value that cannot be, or values that contradict one another.
    """

    unit: str | None = None
    scale: float | None = None
    flip_y: bool | None = None
    fit: bool | None = None

    def __post_init__(self) -> None:
        if self.unit is not None and self.unit not in UNITS:
            raise UnitsError(f"unit: expected {' or '.join(UNITS)}, got {str(self.unit)[:40]!r}")
        scale = self.scale
        if scale is not None and not (
            type(scale) in (int, float) and math.isfinite(scale) and 0 < scale <= 1e6
        ):
            raise UnitsError(
                f"scale: expected a number above 0, at most 1e6, got {str(scale)[:40]}"
            )
        for name in ("flip_y", "fit"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, bool):
                raise UnitsError(f"{name}: expected true or false, got {str(value)[:40]}")
        if self.fit and scale is not None:
            raise UnitsError("fit: scales each plan by itself; expected no scale beside it")
        if scale is not None and self.unit is None:
            raise UnitsError("scale: expected a unit, m or px, beside it")

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Units":
        """The units among the keys of a header or a plan.

        Raises:
            UnitsError: as `Units`.
        """
        return cls(**{name: values[name] for name in UNIT_KEYS if name in values})

    def joined(self, other: "Units", where: str) -> "Units":
        """What both say.

        Raises:
            UnitsError: they contradict one another; `where` is who says the other.
        """
        values: dict[str, Any] = {}
        for name in UNIT_KEYS:
            mine, others = getattr(self, name), getattr(other, name)
            if mine is not None and others is not None and mine != others:
                raise UnitsError(f"{name}: {where} says {_said(others)}, you say {_said(mine)}")
            values[name] = others if mine is None else mine
        return Units(**values)

    @property
    def largest(self) -> float:
        """Coordinates beyond this are nonsense."""
        return 4096 if self.is_pixels else 1e9

    @property
    def is_pixels(self) -> bool:
        """Are coordinates taken as they are?"""
        return not (self.fit or self.flip_y or self.unit == "m" or self.scale not in (None, 1))


UNIT_KEYS = tuple(field.name for field in fields(Units))
PIXELS = Units()


def _said(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class ToPixels:
    """An affine map: pixel = factor * coordinate + offset, x and y each.

    Attributes:
        factor: (2,) of x and y; that of y is negative if it grew upwards.
        offset: (2,) pixels.
    """

    factor: np.ndarray
    offset: np.ndarray

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """(k, 2) points in pixels."""
        return np.asarray(np.rint((points * self.factor + self.offset) * _STEPS) / _STEPS)

    def boxes(self, boxes: np.ndarray) -> np.ndarray:
        """(n, 4) boxes (x0, y0, x1, y1) in pixels."""
        corners = self(boxes.reshape(-1, 2)).reshape(-1, 2, 2)
        return np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)


def size_of(boxes: np.ndarray) -> float:
    """How far (n, 4) boxes reach from one end to the other, the longer way."""
    return float((boxes[:, 2:].max(axis=0) - boxes[:, :2].min(axis=0)).max())


def to_pixels(units: Units, boxes: np.ndarray) -> ToPixels:
    """The map for a plan of these (n, 4) boxes; not for units that are pixels already.

    A plan in metres or to be fitted lies in the middle of the canvas; one in pixels keeps its
    place, and y is counted from the other edge of the canvas if it grew upwards.

    Raises:
        BadPlanError: the unit cannot be that of the coordinates.
    """
    size = size_of(boxes)
    if units.fit:
        if not size > 0:
            raise BadPlanError("no size to fit", "all rooms are one point")
        factor = FITTED_SIZE / size
    elif units.unit == "m":
        metres = size * (units.scale or 1)
        if not _HOME_METRES[0] <= metres <= _HOME_METRES[1]:
            raise BadPlanError("not in metres", f"{metres:,.4g} m across; {remedy(size)}")
        factor = (units.scale or 1) / METRES_PER_PIXEL
    else:
        factor = float(units.scale or 1)
    factors = factor * np.array([1, -1 if units.flip_y else 1])
    if units.fit or units.unit == "m":
        middle = (boxes[:, :2].min(axis=0) + boxes[:, 2:].max(axis=0)) / 2
        return ToPixels(factors, _CANVAS / 2 - factors * middle)
    return ToPixels(factors, np.array([0, _CANVAS if units.flip_y else 0]))


def check_pixels(size: float) -> None:
    """Is this the size of a plan in pixels?

    Args:
        size: from one end to the other, as `size_of` has it.

    Raises:
        BadPlanError: it is not; the likely cause and what to do are said.
    """
    if not USUAL_SIZE[0] <= size <= USUAL_SIZE[1]:
        low, high = USUAL_SIZE
        raise BadPlanError(
            "not in pixels",
            f"{size:,.4g} across, expected {low} to {high}; {remedy(size)}",
        )


def remedy(size: float) -> str:
    """What coordinates of this size are likely to be, and the option that reads them so."""
    if size <= 2:
        return "parts of a whole? [--fit]"
    if size < USUAL_SIZE[0]:
        return "metres? [--unit m]"
    if size <= USUAL_SIZE[1]:
        return "pixels? [--unit px]"
    if size <= 1100:
        return "a larger picture? [--fit, or --unit m --scale METRES]"
    if size <= 6000:
        return "centimetres? [--unit m --scale 0.01]"
    return "millimetres? [--unit m --scale 0.001]"
