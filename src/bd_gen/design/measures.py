"""Lengths and areas as people write them: "2.4", "8 ft", "900px", "6-9 m²", "at least 11.5".

Metres are the unit of everything that has none. A number that no room has is not taken as it
stands: the message says which reading was probably meant.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bd_gen.system.errors import InputError

Range = tuple[float | None, float | None]
"""The least and the most; None where there is no such bound."""

_FOOT = 0.3048
_NUMBER = r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+"
_UNIT = r"[a-zA-Z'′²^. ]*2?"
_QUANTITY = re.compile(rf"\s*({_NUMBER})\s*({_UNIT})\s*")
_RANGE = re.compile(rf"\s*({_NUMBER})\s*({_UNIT}?)\s*(?:-|–|\.\.|to)\s*({_NUMBER})\s*({_UNIT})\s*")
_LEAST = re.compile(r"(?:at least|least|min(?:imum)?|from|>=?|≥)\s*(.+)", re.IGNORECASE)
_MOST = re.compile(r"(?:at most|most|max(?:imum)?|up to|to|<=?|≤)\s*(.+)", re.IGNORECASE)
_ABOUT = 0.1
"""How far off a single number may be where a range is asked for."""


@dataclass(frozen=True)
class Quantity:
    """What a number is of, and between which values it is plausible.

    Attributes:
        name: for messages: "side of a room".
        low: the least that one has, in metres or m².
        high: the most.
        power: 1 of lengths, 2 of areas.
    """

    name: str
    low: float
    high: float
    power: int = 1


ROOM_SIDE = Quantity("side of a room", 0.3, 15)
ROOM_AREA = Quantity("area of a room", 0.3, 150, 2)
TOTAL_AREA = Quantity("area of a home", 8, 400, 2)
PLOT_SIDE = Quantity("side of a plot", 1.5, 60)
SETBACK = Quantity("setback", 0, 20)


def metres(value: object, quantity: Quantity, where: str, scale: float) -> float:
    """A length in metres, or an area in m².

    Args:
        value: a number, or a text with a unit: m, cm, mm, ft, px, and m², ft², px².
        quantity: what it is of.
        where: file and field, or option, for messages.
        scale: metres per pixel.

    Raises:
        InputError: it is no number, of no such unit, or of a size that nothing of the kind has.
    """
    number, unit = _number_and_unit(value, quantity, where)
    factor = _factor(unit, quantity, where, scale)
    size = number * factor
    if not quantity.low <= size <= quantity.high:
        raise InputError(_implausible(number, unit, size, quantity, where, scale))
    return size


def metres_range(value: object, quantity: Quantity, where: str, scale: float) -> Range:
    """A range: "6-9", "at least 6", "up to 9", [6, 9], or one number, give or take a tenth.

    Raises:
        InputError: as `metres`, or the most is less than the least.
    """
    least, most = _bounds(value, quantity, where, scale)
    if least is not None and most is not None and most < least:
        raise InputError(f"{where}: {most:g} is less than {least:g}; write the smaller one first")
    return least, most


def _bounds(value: object, quantity: Quantity, where: str, scale: float) -> Range:
    if isinstance(value, Sequence) and not isinstance(value, str):
        if len(value) != 2:
            raise InputError(f"{where}: expected the least and the most, got {list(value)!r:.60}")
        least, most = (metres(part, quantity, where, scale) for part in value)
        return least, most
    text = str(value).strip()
    between = _RANGE.fullmatch(text)
    if between is not None:
        low, unit, high, last = between.groups()
        unit = unit.strip() or last
        return (
            metres(f"{low} {unit}", quantity, where, scale),
            metres(f"{high} {last}", quantity, where, scale),
        )
    if bound := _LEAST.fullmatch(text):
        return metres(bound[1], quantity, where, scale), None
    if bound := _MOST.fullmatch(text):
        return None, metres(bound[1], quantity, where, scale)
    size = metres(value, quantity, where, scale)
    return (1 - _ABOUT) * size, (1 + _ABOUT) * size


def _number_and_unit(value: object, quantity: Quantity, where: str) -> tuple[float, str]:
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not (math.isfinite(value) and value >= 0):
            raise InputError(f"{where}: expected the {quantity.name}, got {value!r:.40}")
        return float(value), ""
    match = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        example = "'8', '8 m²' or '90 ft²'" if quantity.power == 2 else "'2.4', '2.4 m' or '8 ft'"
        raise InputError(f"{where}: expected {example}, got {value!r:.60}")
    return float(match[1]), match[2]


def _factor(unit: str, quantity: Quantity, where: str, scale: float) -> float:
    folded = unit.casefold().replace(" ", "").replace(".", "")
    is_square = folded.endswith(("2", "²")) or folded.startswith(("sq", "qm"))
    for mark in ("²", "^2", "2", "square", "sq"):
        folded = folded.replace(mark, "")
    factors = {
        **dict.fromkeys(("m", "metre", "metres", "meter", "meters", "qm"), 1.0),
        **dict.fromkeys(("cm", "centimetres"), 0.01),
        **dict.fromkeys(("mm", "millimetres"), 0.001),
        **dict.fromkeys(("ft", "feet", "foot", "'", "′"), _FOOT),
        **dict.fromkeys(("px", "pixel", "pixels"), scale),
    }
    is_px = folded.startswith("p")
    if not unit.strip():
        return 1.0
    if folded not in factors or (is_square and quantity.power == 1):
        known = "m², ft², px" if quantity.power == 2 else "m, cm, mm, ft, px"
        raise InputError(f"{where}: unknown unit {unit.strip()[:20]!r} of a length; known: {known}")
    if quantity.power == 2 and not is_square and not is_px:
        raise InputError(
            f"{where}: {unit.strip()[:20]!r} is no unit of an area; write m² or ft² (m2, ft2)"
        )
    return float(factors[folded] ** quantity.power)


def _implausible(
    number: float, unit: str, size: float, quantity: Quantity, where: str, scale: float
) -> str:
    square = "²" if quantity.power == 2 else ""
    said = f"{number:g}{' ' if unit.strip() else ''}{unit.strip()}"
    readings = [
        f"{number:g}{name} ({number * factor**quantity.power:.3g} m{square})"
        for name, factor in (
            (f" m{square}", 1.0),
            ("px", scale),
            (f" mm{square}", 0.001),
            (f" cm{square}", 0.01),
            (f" ft{square}", _FOOT),
        )
        if quantity.low <= number * factor**quantity.power <= quantity.high
    ]
    hint = f"; did you mean {' or '.join(readings[:2])}?" if readings else ""
    return (
        f"{where}: {said}: {size:.3g} m{square} is no {quantity.name} "
        f"({quantity.low:g} to {quantity.high:g} m{square}){hint}"
    )


def shown_range(bounds: Range, square: bool = True) -> str:
    """A range in words: "6 to 9 m²", "at least 11.5 m²"."""
    unit = "m²" if square else "m"
    least, most = bounds
    if least is None or most is None:
        return f"at most {most:g} {unit}" if least is None else f"at least {least:g} {unit}"
    return f"{least:g} to {most:g} {unit}"
