"""How numbers and settings look in a table."""

import math
from typing import Any

MISSING = "n/a"

_MOST_DECIMALS = 6
_LONGEST_CELL = 60


def mean_and_std(mean: float, std: float | None, unit: str) -> str:
    """A mean over the seeds and its standard deviation.

    Args:
        mean: in the metric's own unit; rates from 0 to 1.
        std: None where there is only one measurement.
        unit: "rate" is shown as a percentage, "count" as a whole number where it is one.
    """
    if unit == "rate":
        return _percentage(100 * mean, None if std is None else 100 * std)
    if unit == "count" and not std and mean == int(mean):
        return f"{int(mean)}"
    decimals = _decimals(mean, std)
    if decimals > _MOST_DECIMALS:
        return f"{mean:.2g}" if std is None else f"{mean:.2g} +/- {std:.1g}"
    return f"{mean:.{decimals}f}" if std is None else f"{mean:.{decimals}f} +/- {std:.{decimals}f}"


def setting(value: Any) -> str:
    """A setting of a method, short enough for a table."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        value = ", ".join(setting(item) for item in value)
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST_CELL else f"{text[: _LONGEST_CELL - 1]}…"


def _percentage(mean: float, std: float | None) -> str:
    # 99.97 must not look like 100: only what is exactly 0 or 100 is shown so.
    decimals = 1
    while decimals < 3 and 0 < mean < 100 and float(f"{mean:.{decimals}f}") in (0.0, 100.0):
        decimals += 1
    if std is None:
        return f"{mean:.{decimals}f} %"
    return f"{mean:.{decimals}f} +/- {std:.{decimals}f} %"


def _decimals(mean: float, std: float | None) -> int:
    """So many that the deviation shows its first digit, or two where that is a 1 or a 2."""
    if std:
        # Through the exponent as it is written: 0.0096 rounds to 0.010, not to 0.01.
        digits, exponent = f"{std:.1e}".split("e")
        return max(0, -int(exponent) + (float(digits) < 3))
    return max(0, 3 - math.floor(math.log10(abs(mean)))) if mean else 1
