"""What strategies are told: types for their annotations, steps, courses.

At run time the types stand for anything, so that a strategy can be declared without torch.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor as Tensor

    from bd_gen.sampling.grid import TimeGrid as TimeGrid
    from bd_gen.sampling.grid import Visibility as Visibility
    from bd_gen.sampling.noise import KeyedNoise as KeyedNoise
    from bd_gen.sampling.state import GroupState as GroupState
    from bd_gen.sampling.state import Reveal as Reveal
else:
    Tensor = TimeGrid = Visibility = KeyedNoise = GroupState = Reveal = Any


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


class MasksAgain(Protocol):
    """What a course needs of a remasking."""

    @property
    def acts_after(self) -> bool:
        """Whether it masks after the step's reveals."""

    def sigma(self, state: GroupState, transition: Transition) -> Tensor:
        """(r, N) float64 probabilities of being masked again."""


@dataclass(frozen=True)
class Course:
    """What an order follows through a group of diagrams.

    Attributes:
        visibility: alpha of every position.
        grid: the steps, for orders that have them.
        remasking: what is masked again.
        noise: the random numbers of the seed.
        positions: (N,) int64 positions of the tokens in the full row.
    """

    visibility: Visibility
    grid: TimeGrid
    remasking: MasksAgain
    noise: KeyedNoise
    positions: Tensor

    @cached_property
    def _times(self) -> Tensor:
        import torch

        from bd_gen.sampling.grid import times_of_shares

        # of 0, 1, ..., N visible tokens
        shares = torch.linspace(0.0, 1.0, len(self.positions) + 1, dtype=torch.float64)
        return times_of_shares(self.visibility, self.positions, shares.to(self.positions.device))

    @cached_property
    def _kept(self) -> "list[Tensor]":
        return []

    def once(self, make: "Callable[[], Tensor]") -> Tensor:
        """What an order works out for all diagrams of the group: at the first reveal, then kept."""
        if not self._kept:
            self._kept.append(make())
        return self._kept[0]

    def time_of_visible(self, count: Tensor) -> Tensor:
        """(r,) float64 times at which so many tokens (r,) of a diagram are visible on average.

        What a network with time input was told in training where so many were visible.
        """
        return self._times[count]
