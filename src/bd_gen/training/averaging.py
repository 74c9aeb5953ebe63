"""The running average of the weights, which is what gets sampled."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Weights = tuple[Tensor, ...] | list[Tensor]


def decay_after(taken: float, decay: float) -> float:
    """Decay of the average after so many updates: from 0.1 up to `decay`.

    It grows as (1 + taken) / (10 + taken), so that the average forgets the initial weights.
    """
    return min(decay, (1.0 + taken) / (10.0 + taken))


def running_average(decay: float) -> Callable[[Weights, Weights, Any], None]:
    """The update of an `AveragedModel` with that decay."""

    @torch.no_grad()
    def update(averaged: Any, current: Any, num_averaged: Any) -> None:
        now = decay_after(float(num_averaged), decay)
        torch._foreach_lerp_(list(averaged), list(current), 1.0 - now)

    return update
