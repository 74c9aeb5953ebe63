"""Noise schedules: how much of a diagram is still visible at time t.

alpha(t) is the probability that a token is not yet masked. It falls from 1 at t = 0 to (almost)
0 at t = 1. Everything is computed in float64: the samplers divide by differences of alpha.

Each schedule is a file here, named after it; a plug-in's is a class with the same decorator.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor

from bd_gen.system.errors import InputError
from bd_gen.system.names import Registry

_BISECTIONS = 60


@dataclass(frozen=True)
class ScheduleOutput:
    """A schedule at some times.

    Attributes:
        alpha: probability that a token is visible.
        derivative: d alpha / d t, not positive.
    """

    alpha: Tensor
    derivative: Tensor

    @property
    def weight(self) -> Tensor:
        """w(t) = -alpha'(t) / (1 - alpha(t)), the weight of the bound (MDLM, arXiv:2406.07524)."""
        return -self.derivative / (1.0 - self.alpha)


class Schedule(ABC):
    """alpha(t) for t in [0, 1].

    Attributes:
        name: under which it is registered.
        formula: alpha(t), for tables.
    """

    name: str
    formula: str

    @abstractmethod
    def __call__(self, t: Tensor) -> ScheduleOutput:
        """Alpha and its derivative at times t (...), in float64."""

    def time_of(self, alpha: Tensor) -> Tensor:
        """The time t in [0, 1] at which `alpha` (...) tokens of a row are visible, in float64.

        By bisection, which a schedule with a formula for it replaces.
        """
        alpha = alpha.double()
        low, high = torch.zeros_like(alpha), torch.ones_like(alpha)
        for _ in range(_BISECTIONS):
            middle = 0.5 * (low + high)
            is_early = self.alpha(middle) > alpha
            low, high = torch.where(is_early, middle, low), torch.where(is_early, high, middle)
        return 0.5 * (low + high)

    def alpha(self, t: Tensor) -> Tensor:
        """Alpha alone."""
        return self(t).alpha


SCHEDULES: Registry[Schedule] = Registry("noise schedule")
"""All schedules by name."""

LEARNED, LEARNED_RATES = "learned", "learned_rates"
"""Names that stand where a schedule is named: a learned law over orders, and MELD's published form,
a learned schedule for each position."""

Class = TypeVar("Class", bound=type[Schedule])


def schedule(name: str, formula: str = "") -> Callable[[Class], Class]:
    """Register the decorated class, which takes no arguments, as the schedule of that name.

    Args:
        name: as in noise=NAME.
        formula: alpha(t), for tables.

    Raises:
        InputError: the name is taken.
    """

    def decorate(cls: Class) -> Class:
        if name in (LEARNED, LEARNED_RATES):
            raise InputError(f"there is already a noise schedule called {name!r}")
        cls.name, cls.formula = name, formula
        SCHEDULES.add(name, cls())
        return cls

    return decorate


def schedule_named(name: str) -> Schedule:
    """The schedule of that name.

    Raises:
        InputError: there is none; the message lists the known ones and the near one.
    """
    return SCHEDULES.find(name)


SCHEDULES.complete(__name__, first=("loglinear", "linear", "cosine"))
