"""The cosine schedule: few tokens go at first."""

import math

from torch import Tensor

from bd_gen.model.schedules import Schedule, ScheduleOutput, schedule


@schedule("cosine", formula="10⁻³ + (1 − 10⁻³) cos(π t / 2)")
class Cosine(Schedule):
    """alpha(t) = 1e-3 + (1 - 1e-3) cos(pi t / 2)."""

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
