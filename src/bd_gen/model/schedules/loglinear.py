"""The loglinear schedule: every token is equally likely to go at any time."""

import torch
from torch import Tensor

from bd_gen.model.schedules import Schedule, ScheduleOutput, schedule


@schedule("loglinear", formula="1 − (1 − 10⁻³) t")
class LogLinear(Schedule):
    """alpha(t) = 1 - (1 - 1e-3) t: every token is equally likely to go at any time."""

    smallest = 1e-3

    def __call__(self, t: Tensor) -> ScheduleOutput:
        """See `Schedule`."""
        t = t.double()
        slope = 1.0 - self.smallest
        return ScheduleOutput(1.0 - slope * t, torch.full_like(t, -slope))

    def time_of(self, alpha: Tensor) -> Tensor:
        """See `Schedule`."""
        return ((1.0 - alpha.double()) / (1.0 - self.smallest)).clamp(0.0, 1.0)
