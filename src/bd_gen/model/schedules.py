"""Noise schedules: how much of a diagram is still visible at time t.

alpha(t) is the probability that a token is not yet masked. It falls from 1 at t = 0 to (almost)
0 at t = 1. Everything is computed in float64: the samplers divide by differences of alpha.
"""

import difflib
import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor


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
    """alpha(t) for t in [0, 1]."""

    name: str

    @abstractmethod
    def __call__(self, t: Tensor) -> ScheduleOutput:
        """Alpha and its derivative at times t (...), in float64."""

    @abstractmethod
    def time_of(self, alpha: Tensor) -> Tensor:
        """The time t in [0, 1] at which `alpha` (...) tokens of a row are visible."""

    def alpha(self, t: Tensor) -> Tensor:
        """Alpha alone."""
        return self(t).alpha


class LogLinear(Schedule):
    """alpha(t) = 1 - (1 - 1e-3) t: every token is equally likely to go at any time."""

    name = "loglinear"
    smallest = 1e-3

    def __call__(self, t: Tensor) -> ScheduleOutput:
        """See `Schedule`."""
        t = t.double()
        slope = 1.0 - self.smallest
        return ScheduleOutput(1.0 - slope * t, torch.full_like(t, -slope))

    def time_of(self, alpha: Tensor) -> Tensor:
        """See `Schedule`."""
        return ((1.0 - alpha.double()) / (1.0 - self.smallest)).clamp(0.0, 1.0)


class Linear(Schedule):
    """alpha(t) = exp(-10 t): the rate of masking is constant."""

    name = "linear"
    rate = 10.0

    def __call__(self, t: Tensor) -> ScheduleOutput:
        """See `Schedule`."""
        alpha = torch.exp(-self.rate * t.double())
        return ScheduleOutput(alpha, -self.rate * alpha)

    def time_of(self, alpha: Tensor) -> Tensor:
        """See `Schedule`."""
        smallest = math.exp(-self.rate)
        return (-alpha.double().clamp(min=smallest).log() / self.rate).clamp(0.0, 1.0)


class Cosine(Schedule):
    """alpha(t) = 1e-3 + (1 - 1e-3) cos(pi t / 2)."""

    name = "cosine"
    smallest = 1e-3

    def __call__(self, t: Tensor) -> ScheduleOutput:
        """See `Schedule`."""
        angle = t.double() * (math.pi / 2)
        scale = 1.0 - self.smallest
        return ScheduleOutput(
            self.smallest + scale * angle.cos(), -scale * (math.pi / 2) * angle.sin()
        )

    def time_of(self, alpha: Tensor) -> Tensor:
        """See `Schedule`."""
        cosine = (alpha.double() - self.smallest) / (1.0 - self.smallest)
        return cosine.clamp(0.0, 1.0).acos() * (2 / math.pi)


SCHEDULES: dict[str, Schedule] = {s.name: s for s in (LogLinear(), Linear(), Cosine())}


def schedule_named(name: str) -> Schedule:
    """The schedule of that name.

    Raises:
        ValueError: there is none; the message lists the known ones and the near one.
    """
    if name not in SCHEDULES:
        near = difflib.get_close_matches(name, SCHEDULES, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"unknown noise schedule {name!r}, known: {', '.join(SCHEDULES)}{hint}")
    return SCHEDULES[name]
