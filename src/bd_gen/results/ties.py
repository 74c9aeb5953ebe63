"""Which of several methods is best, and which cannot be told from it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bd_gen.metrics.keys import Direction
from bd_gen.metrics.significance import LEVEL, holm, normal_p

Mark = Literal["best", "tied", ""]

ERROR_RATE = 1 - LEVEL
"""How often at most a method that is as good as the best is set apart from it, over all methods."""


@dataclass(frozen=True)
class Estimate:
    """A number and how sure it is.

    Attributes:
        mean: the number.
        standard_error: None where it is not known.
        degrees_of_freedom: how many values stand behind the standard error, less one; infinite
            where it comes from samples, not from a few seeds.
    """

    mean: float
    standard_error: float | None
    degrees_of_freedom: float = math.inf


def marks(estimates: Mapping[str, Estimate], direction: Direction) -> dict[str, Mark]:
    """The best of several methods, and those tied with it.

    A method is tied if its difference from the best is not significant: a two-sided test
    (Welch's where the errors come from a few seeds), corrected by Holm's procedure for the number
    of methods that are held against the best. The best is itself chosen from these numbers, which
    the test does not know, so a method that is nearly as good may be set apart a little too often.

    Args:
        estimates: by method.
        direction: which one is best; without a direction, or with fewer than two methods, there
            is nothing to mark.
    """
    found: dict[str, Mark] = dict.fromkeys(estimates, "")
    if direction is None or len(estimates) < 2:
        return found
    choose = max if direction == "higher" else min
    best = choose(estimates.values(), key=lambda estimate: estimate.mean)
    p_values = {
        name: p_of_difference(estimate, best)
        for name, estimate in estimates.items()
        if estimate.mean != best.mean and None not in (estimate.standard_error, best.standard_error)
    }
    found.update((name, "best") for name, e in estimates.items() if e.mean == best.mean)
    for name, p in zip(p_values, holm(list(p_values.values())), strict=True):
        if p > ERROR_RATE:
            found[name] = "tied"
    return found


def p_of_difference(a: Estimate, b: Estimate) -> float:
    """Two-sided p-value of two independent estimates being of the same number.

    Raises:
        ValueError: a standard error is not known.
    """
    if a.standard_error is None or b.standard_error is None:
        raise ValueError("a difference cannot be judged without standard errors")
    variances = a.standard_error**2, b.standard_error**2
    error = math.sqrt(sum(variances))
    if error == 0:
        return float(a.mean == b.mean)
    t = abs(a.mean - b.mean) / error
    # Welch-Satterthwaite
    parts = zip(variances, (a.degrees_of_freedom, b.degrees_of_freedom), strict=True)
    lost = sum((variance / error**2) ** 2 / df for variance, df in parts)
    if lost == 0:
        return normal_p(t)
    from scipy.special import stdtr  # scipy.stats would take seconds to import

    return float(2 * stdtr(1 / lost, -t))
