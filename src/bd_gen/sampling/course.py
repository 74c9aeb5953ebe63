"""What an order follows through a group of diagrams."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from bd_gen.sampling.grid import TimeGrid, Visibility, times_of_shares
from bd_gen.sampling.noise import KeyedNoise
from bd_gen.sampling.strategies import Remasking


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
    remasking: Remasking
    noise: KeyedNoise
    positions: Tensor

    @cached_property
    def _times(self) -> Tensor:
        # of 0, 1, ..., N visible tokens
        shares = torch.linspace(0.0, 1.0, len(self.positions) + 1, dtype=torch.float64)
        return times_of_shares(self.visibility, self.positions, shares.to(self.positions.device))

    def time_of_visible(self, count: Tensor) -> Tensor:
        """(r,) float64 times at which so many tokens (r,) of a diagram are visible on average.

        What a network with time input was told in training where so many were visible.
        """
        return self._times[count]
