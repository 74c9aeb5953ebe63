"""Numbers as the report's tables show them: short, and never rounder than they are."""

import math

from bd_gen.metrics import MetricInfo
from bd_gen.results.scores import Score

MINUS, TIMES, EN_DASH = "\N{MINUS SIGN}", "\N{MULTIPLICATION SIGN}", "\N{EN DASH}"

_MOST_DECIMALS = 6
_PREFIXES = {"multiple": "", "at least": ">", "same": "≈"}


def value_text(score: Score, info: MetricInfo) -> str:
    """The mean; of a rate in percent, without the sign."""
    return _text(score.mean, _decimals(score, info), info)


def spread_text(score: Score, info: MetricInfo) -> str:
    """The 95 % interval; empty where there is none, or where it is a single point."""
    if score.interval is None or score.interval[0] == score.interval[1]:
        return ""
    decimals = _decimals(score, info)
    low, high = (_text(bound, decimals, info) for bound in score.interval)
    return f"{low} to {high}" if MINUS in low + high else f"{low}{EN_DASH}{high}"


def against_text(score: Score, info: MetricInfo) -> str:
    """How far from real diagrams: points of a percentage, or a multiple."""
    against = score.against
    if against is None:
        return ""
    if against.kind == "difference":
        points = f"{100 * abs(against.value):.{_decimals(score, info)}f}"
        sign = "" if float(points) == 0 else MINUS if against.value < 0 else "+"
        return f"{sign}{points} pt"
    if against.kind == "same":
        return f"{_PREFIXES['same']}{TIMES}1"
    size = abs(against.value)
    # Two digits are as many as the real plans' own numbers are sure of.
    rounded = float(f"{against.value:.2g}")
    multiple = f"{rounded:,.0f}" if size >= 10 else f"{rounded:.1f}"
    return f"{_PREFIXES.get(against.kind, '')}{TIMES}{multiple.replace('-', MINUS)}"


def _text(value: float, decimals: int, info: MetricInfo) -> str:
    if info.unit == "rate":
        return f"{100 * value:.{decimals}f}".replace("-", MINUS)
    if decimals > _MOST_DECIMALS:
        return f"{value:.1e}".replace("-", MINUS)
    return f"{value:.{decimals}f}".replace("-", MINUS)


def _decimals(score: Score, info: MetricInfo) -> int:
    bounds = score.interval if score.interval is not None else (score.mean, score.mean)
    if info.unit == "rate":
        # 99.97 must not look like 100: only what is exactly 0 or 100 is shown so.
        decimals, percentage = 1, 100 * score.mean
        while decimals < 3 and _looks_round(percentage, decimals):
            decimals += 1
        return decimals
    half = (bounds[1] - bounds[0]) / 2
    if info.unit == "count" and not half and score.mean == int(score.mean):
        return 0
    if half:
        # So many that the spread shows its first digit, or two where that is a 1 or a 2.
        digits, exponent = f"{half:.1e}".split("e")
        return max(0, -int(exponent) + (float(digits) < 3))
    return max(0, 3 - math.floor(math.log10(abs(score.mean)))) if score.mean else 1


def _looks_round(percentage: float, decimals: int) -> bool:
    return 0 < percentage < 100 and float(f"{percentage:.{decimals}f}") in (0.0, 100.0)
