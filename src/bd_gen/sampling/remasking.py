"""Remasking (ReMDM, arXiv:2503.00307): revealed tokens may be masked again.

Going from t to s, a revealed position is masked with probability sigma and a masked one is
revealed with (alpha_s - (1 - sigma) alpha_t) / (1 - alpha_t), so that the share of visible
tokens stays that of the forward process. sigma may be at most min(1, (1 - alpha_s) / alpha_t).

A strategy that `acts_after` does not do so: tokens are revealed as without remasking, and then
visible ones, those just revealed among them, are masked with probability sigma.
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
    """

    rows: Tensor
    time: Tensor
    alpha_t: Tensor
    alpha_s: Tensor

    @property
    def sigma_max(self) -> Tensor:
        """(r, N) the largest sigma for which the reveal probability is not negative."""
        return ((1.0 - self.alpha_s) / self.alpha_t).clamp(max=1.0)

    def reveal_probability(self, sigma: Tensor) -> Tensor:
        """(r, N) probability that a masked position is revealed."""
        kept = (1.0 - sigma) * self.alpha_t
        return (self.alpha_s - kept) / (1.0 - self.alpha_t)


class Remasking(ABC):
    """Gives sigma for every position of every diagram.

    In the last step alpha_s is 1, so sigma_max and with it every sigma is 0.

    `acts_after`: whether it masks what is visible after the step's reveals, which then are not
    compensated for it.
    """

    acts_after: bool = False

    @abstractmethod
    def sigma(self, state: GroupState, transition: Transition) -> Tensor:
        """(r, N) float64 in [0, sigma_max]."""


class Cap(Remasking):
    """sigma = min(eta, sigma_max)."""

    def __init__(self, eta: float) -> None:
        self.eta = eta

    def sigma(self, state: GroupState, transition: Transition) -> Tensor:  # noqa: ARG002
        """See `Remasking`."""
        return transition.sigma_max.clamp(max=self.eta)


class Rescale(Remasking):
    """sigma = eta sigma_max."""

    def __init__(self, eta: float) -> None:
        self.eta = eta

    def sigma(self, state: GroupState, transition: Transition) -> Tensor:  # noqa: ARG002
        """See `Remasking`."""
        return self.eta * transition.sigma_max


class Confidence(Remasking):
    """sigma_max shared out among revealed positions by softmax of their negated confidence.

    As the published results have it: masked again after the step's reveals, which makes up for
    nothing, so that fewer tokens are visible than in the forward process.
    """

    acts_after = True

    def sigma(self, state: GroupState, transition: Transition) -> Tensor:
        """See `Remasking`."""
        return transition.sigma_max * _shares_of_doubt(state, transition.rows)


class Compensated(Remasking):
    """The sigma of `Confidence` for revealed positions, in ReMDM's posterior.

    A masked position has no confidence of its own. It is compensated with the sigma that keeps
    the expected number of visible tokens near that of the forward process: about sigma_max tokens
    of a row go altogether, unless none is visible.
    """

    def sigma(self, state: GroupState, transition: Transition) -> Tensor:
        """See `Remasking`."""
        rows, alpha = transition.rows, transition.alpha_t
        is_free = ~state.is_given[rows]
        visible = (alpha * is_free).sum(dim=1, keepdim=True)
        none_visible = torch.where(is_free, 1.0 - alpha, 1.0).prod(dim=1, keepdim=True)
        share_of_masked = (1.0 - none_visible) / visible
        may_go = is_free & ~state.is_masked[rows]
        shares = _shares_of_doubt(state, rows)
        return transition.sigma_max * torch.where(may_go, shares, share_of_masked)


def _shares_of_doubt(state: GroupState, rows: Tensor) -> Tensor:
    """(r, N) softmax of the negated confidence of what may be masked again; 0 elsewhere."""
    may_go = ~state.is_given[rows] & ~state.is_masked[rows]
    doubt = (-state.confidence[rows]).masked_fill(~may_go, -torch.inf)
    return torch.nan_to_num(doubt.softmax(dim=1))  # no revealed position: no share


class Looped(Remasking):
    """sigma = min(eta, sigma_max) where the time grid stands still (ReMDM-loop), else none."""

    def __init__(self, eta: float) -> None:
        self.eta = eta

    def sigma(self, state: GroupState, transition: Transition) -> Tensor:  # noqa: ARG002
        """See `Remasking`."""
        stands = transition.alpha_s == transition.alpha_t
        return transition.sigma_max.clamp(max=self.eta) * stands


class Switched(Remasking):
    """Another remasking, but only at times t < t_switch."""

    def __init__(self, remasking: Remasking, t_switch: float) -> None:
        self.remasking = remasking
        self.t_switch = t_switch
        self.acts_after = remasking.acts_after

    def sigma(self, state: GroupState, transition: Transition) -> Tensor:
        """See `Remasking`."""
        on = (transition.time < self.t_switch)[:, None]
        return self.remasking.sigma(state, transition) * on


class NoRemasking(Remasking):
    """What is revealed stays."""

    def sigma(self, state: GroupState, transition: Transition) -> Tensor:  # noqa: ARG002
        """See `Remasking`."""
        return torch.zeros_like(transition.alpha_t)
