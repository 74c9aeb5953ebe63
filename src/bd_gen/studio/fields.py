"""Fields of messages and projects, each checked: what is none is refused with the field's name."""

from typing import Any

from bd_gen.layouts.constraints import LARGEST_COORDINATE
from bd_gen.system.errors import InputError

Box = tuple[int, int, int, int]


def box_of(value: Any, where: str) -> Box:
    """A box (x0, y0, x1, y1) in pixels 0..255.

    Raises:
        InputError: it is none.
    """
    sides = items(value, where, 4)
    good = len(sides) == 4 and all(type(s) is int and 0 <= s <= LARGEST_COORDINATE for s in sides)
    if not good or sides[0] >= sides[2] or sides[1] >= sides[3]:
        raise InputError(
            f"{where}: expected x0 < x1 and y0 < y1, whole numbers in 0..{LARGEST_COORDINATE}"
        )
    return sides[0], sides[1], sides[2], sides[3]


def table(value: Any, where: str) -> dict[str, Any]:
    """The value, if it is an object.

    Raises:
        InputError: it is none.
    """
    if not isinstance(value, dict):
        raise InputError(f"{where}: expected an object, got {type(value).__name__}")
    return value


def items(value: Any, where: str, most: int) -> list[Any]:
    """The value, if it is a list of at most so many.

    Raises:
        InputError: it is none.
    """
    if not isinstance(value, list):
        raise InputError(f"{where}: expected a list, got {type(value).__name__}")
    if len(value) > most:
        raise InputError(f"{where}: expected at most {most}, got {len(value):,}")
    return value


def text(value: Any, where: str, longest: int) -> str:
    """The value, if it is a printable text of at most so many characters.

    Raises:
        InputError: it is none.
    """
    if not isinstance(value, str) or len(value) > longest or not value.isprintable():
        raise InputError(f"{where}: expected a printable text of at most {longest} characters")
    return value


def whole(value: Any, where: str, low: int, high: int) -> int:
    """The value, if it is a whole number in that range.

    Raises:
        InputError: it is none.
    """
    if type(value) is not int or not low <= value <= high:
        raise InputError(f"{where}: expected a whole number in {low}..{high}")
    return value


def number(value: Any, where: str) -> float:
    """The value, if it is a number within 10,000.

    Raises:
        InputError: it is none.
    """
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not abs(value) <= 1e4:
        raise InputError(f"{where}: expected numbers within 10,000")
    return float(value)
