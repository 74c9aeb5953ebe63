"""Remasking (ReMDM, arXiv:2503.00307): revealed tokens may be masked again.

Going from t to s, a revealed position is masked with probability sigma and a masked one is
revealed with (alpha_s - (1 - sigma) alpha_t) / (1 - alpha_t), so that the share of visible
tokens stays that of the forward process. sigma may be at most min(1, (1 - alpha_s) / alpha_t).
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor

from bd_gen.sampling.state import GroupState


@dataclass(frozen=True)
class Transition:
    """One step of r diagrams, each from its own t to s.

    Attributes:
        rows: (r,) int64 rows of the group.
        time: (r,) float64 time t.
        alpha_t: (r, N) float64 visible before.
        alpha_s: (r, N) float64 visible after.
        is_last: (r,) bool; the last step never remasks.
    """

    rows: Tensor
    time: Tensor
    alpha_t: Tensor
    alpha_s: Tensor
    is_last: Tensor

    @property
    def sigma_max(self) -> Tensor:
        """(r, N) the largest sigma for which the reveal probability is not negative."""
        return ((1.0 - self.alpha_s) / self.alpha_t).clamp(max=1.0)

    def reveal_probability(self, sigma: Tensor) -> Tensor:
        """(r, N) probability that a masked position is revealed."""
        kept = (1.0 - sigma) * self.alpha_t
        return (self.alpha_s - kept) / (1.0 - self.alpha_t)


class Remasking(ABC):
    """Gives sigma for every position of every diagram."""

    @abstractmethod
    def sigma(self, state: GroupState, transition: Transition) -> Tensor:
        """(r, N) float64 in [0, sigma_max]; zero in the last step."""


class NoRemasking(Remasking):
    """What is revealed stays."""

    def sigma(self, state: GroupState, transition: Transition) -> Tensor:  # noqa: ARG002
        """See `Remasking`."""
        return torch.zeros_like(transition.alpha_t)
