"""The linear schedule: the rate of masking is constant."""

import math

import torch
from torch import Tensor

from bd_gen.model.schedules import Schedule, ScheduleOutput, schedule


@schedule("linear", formula="exp(−10 t)")
class Linear(Schedule):
    """alpha(t) = exp(-10 t): the rate of masking is constant."""

    rate = 10.0

    def __call__(self, t: Tensor) -> ScheduleOutput:
        """See `Schedule`."""
        alpha = torch.exp(-self.rate * t.double())
        return ScheduleOutput(alpha, -self.rate * alpha)

    def time_of(self, alpha: Tensor) -> Tensor:
        """See `Schedule`."""
        smallest = math.exp(-self.rate)
        return (-alpha.double().clamp(min=smallest).log() / self.rate).clamp(0.0, 1.0)
