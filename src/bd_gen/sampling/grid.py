"""When tokens become visible: the times of a sampler's steps and alpha at each."""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from bd_gen.model.learned_rates import LearnedVisibility
from bd_gen.model.order_law import OrderLaw
from bd_gen.model.process import (
    FixedProcess,
    ForwardProcess,
    LearnedOrders,
    LearnedProcess,
)
from bd_gen.model.schedules import Schedule


class Visibility(Protocol):
    """alpha of every position of the row as a function of time."""

    def alpha(self, times: Tensor, positions: Tensor) -> Tensor:
        """(K, N) float64 for times (K,) and positions (N,)."""

    def time_of(self, alpha: Tensor, positions: Tensor) -> Tensor:
        """(r, N) float64 times at which each position (N,) has `alpha` (r, N)."""


@dataclass(frozen=True)
class SharedVisibility:
    """One schedule for all positions."""

    schedule: Schedule

    def alpha(self, times: Tensor, positions: Tensor) -> Tensor:
        """See `Visibility`."""
        return self.schedule.alpha(times)[:, None].expand(len(times), len(positions))

    def time_of(self, alpha: Tensor, positions: Tensor) -> Tensor:  # noqa: ARG002
        """See `Visibility`."""
        return self.schedule.time_of(alpha)


@dataclass(frozen=True)
class LawVisibility(SharedVisibility):
    """A learned law over orders: on a grid of times it is the schedule alone that counts."""

    law: OrderLaw


def visibility_of(process: ForwardProcess) -> Visibility:
    """The visibility of a forward process.

    Raises:
        TypeError: a process of an unknown kind.
    """
    if isinstance(process, LearnedOrders):
        return LawVisibility(process.schedule, process.law)
    if isinstance(process, FixedProcess):
        return SharedVisibility(process.schedule)
    if isinstance(process, LearnedProcess):
        return LearnedVisibility(process.rates)
    raise TypeError(f"no visibility for {type(process).__name__}")


@dataclass(frozen=True)
class TimeGrid:
    """Steps 0, 1, ..., steps-1 from t = 1 down to t = 0.

    Attributes:
        times: (steps + 1,) float64, from 1 to 0.
        alphas: (steps + 1, N) float64: probability that each position is visible at each time;
            exactly 1 in the last row, so that the last step reveals everything.
    """

    times: Tensor
    alphas: Tensor

    @property
    def steps(self) -> int:
        """Number of steps."""
        return len(self.times) - 1


def equal_steps(visibility: Visibility, steps: int, positions: Tensor) -> TimeGrid:
    """A grid of equal steps in t.

    Raises:
        ValueError: fewer than one step.
    """
    if steps < 1:
        raise ValueError(f"sampling needs at least 1 step, got {steps}")
    times = torch.linspace(1.0, 0.0, steps + 1, dtype=torch.float64, device=positions.device)
    return _grid_at(times, visibility, positions)


@dataclass(frozen=True)
class Loop:
    """The detour of ReMDM-loop (arXiv:2503.00307, appendix): down, on the spot, down.

    Of the sampler's own time, the part from 1 to `t_on` leads to where a share `alpha_on` is
    visible; from `t_on` to `t_off` the forward process stands still there while tokens are
    masked and revealed again; the rest leads to the end.
    """

    t_on: float = 0.55
    t_off: float = 0.05
    alpha_on: float = 0.9


def looped_steps(visibility: Visibility, steps: int, positions: Tensor, loop: Loop) -> TimeGrid:
    """A grid whose middle part stands still.

    Raises:
        ValueError: fewer than one step.
    """
    if steps < 1:
        raise ValueError(f"sampling needs at least 1 step, got {steps}")
    own = torch.linspace(1.0, 0.0, steps + 1, dtype=torch.float64, device=positions.device)
    share = torch.tensor([loop.alpha_on], dtype=torch.float64, device=positions.device)
    on = float(times_of_shares(visibility, positions, share))
    before = 1.0 - (1.0 - own) / (1.0 - loop.t_on) * (1.0 - on)
    after = own / loop.t_off * on
    times = torch.where(own >= loop.t_on, before, torch.where(own <= loop.t_off, after, on))
    return _grid_at(times, visibility, positions)


def times_of_shares(visibility: Visibility, positions: Tensor, shares: Tensor) -> Tensor:
    """(K,) float64 times at which shares (K,) of the positions are visible on average.

    By bisection; 1 for a share that is never so small, 0 for one that is never so large.
    """
    low, high = torch.zeros_like(shares), torch.ones_like(shares)
    for _ in range(60):
        middle = 0.5 * (low + high)
        is_early = visibility.alpha(middle, positions).mean(dim=1) > shares
        low = torch.where(is_early, middle, low)
        high = torch.where(is_early, high, middle)
    return 0.5 * (low + high)


def _grid_at(times: Tensor, visibility: Visibility, positions: Tensor) -> TimeGrid:
    alphas = visibility.alpha(times, positions).double().clone()
    alphas[-1] = 1.0
    return TimeGrid(times, alphas)
