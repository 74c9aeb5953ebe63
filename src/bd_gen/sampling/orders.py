"""Orders: which masked positions are revealed when.

Everything that does not depend on the network is decided first, so that the network is called
only for diagrams in which a token changes, and every diagram moves on to its own next change.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import torch
from torch import Tensor

from bd_gen.sampling.grid import LawVisibility, TimeGrid, Visibility, times_of_shares
from bd_gen.sampling.learned_order import reveal_by_law
from bd_gen.sampling.noise import KeyedNoise, StepNoise
from bd_gen.sampling.remasking import Remasking, Transition
from bd_gen.sampling.state import GroupState, Reveal


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


class Order(ABC):
    """Decides where and when tokens are revealed.

    `may_be_exact`: whether, given exact probabilities and one position a call, the samples
    follow the model's distribution. It holds for orders that do not look at drawn values.
    `has_steps`: whether it goes through a time grid; without one it reveals one token a call.
    """

    may_be_exact: ClassVar[bool]
    has_steps: ClassVar[bool]

    @abstractmethod
    def next_reveal(self, state: GroupState, course: Course) -> Reveal | None:
        """Move every diagram to its next step with a reveal; None when all are complete."""

    def score(self, probabilities: Tensor, drawn: Tensor) -> Tensor:  # noqa: ARG002
        """Which candidates come first, if not all are revealed; higher is sooner.

        Args:
            probabilities: (M, 13) float64 raw probabilities of the candidates' values.
            drawn: (M,) int64 the value drawn for each.
        """
        raise AssertionError(f"{type(self).__name__} reveals all its candidates")


@dataclass(frozen=True)
class _Step:
    """One step of r diagrams before the network is asked; all (r, N) unless said."""

    transition: Transition
    is_masked: Tensor
    is_free: Tensor
    noise: Tensor
    sigma: Tensor
    remask: Tensor


class GridOrder(Order):
    """Orders that go through the steps of a time grid."""

    has_steps = True

    def next_reveal(self, state: GroupState, course: Course) -> Reveal | None:
        """See `Order`."""
        found: list[Reveal] = []
        last = course.grid.steps
        rows = (state.step < last).nonzero()[:, 0]
        while len(rows):
            if course.remasking.acts_after:
                self._mask_after(state, rows[state.step[rows] > 0], course)
            reveal = self._propose(state, rows, course)
            acts = reveal.candidates.any(dim=1) if reveal.count is None else reveal.count > 0
            idle = rows[~acts]
            state.mask(idle, reveal.remask[~acts])
            state.step[rows] += 1
            if acts.any():
                found.append(reveal.part(acts))
            rows = idle[state.step[idle] < last]
        return Reveal.joined(found) if found else None

    def _propose(self, state: GroupState, rows: Tensor, course: Course) -> Reveal:
        at = state.step[rows]
        transition, drawn = self._transition(rows, at, course), _noise_at(state, rows, at, course)
        is_masked, is_free = state.is_masked[rows], ~state.is_given[rows]
        if course.remasking.acts_after:
            sigma = torch.zeros_like(transition.alpha_t)
        else:
            sigma = course.remasking.sigma(state, transition)
        remask = is_free & ~is_masked & (drawn.remask < sigma)
        step = _Step(transition, is_masked, is_free, drawn.reveal, sigma, remask)
        candidates, count = self._reveals(step)
        return Reveal(rows, transition.time, at, candidates, count, remask)

    def _mask_after(self, state: GroupState, rows: Tensor, course: Course) -> None:
        """Mask again what is visible after the last step of some diagrams, before the next."""
        at = state.step[rows] - 1
        sigma = course.remasking.sigma(state, self._transition(rows, at, course))
        may_go = ~state.is_given[rows] & ~state.is_masked[rows]
        state.mask(rows, may_go & (_noise_at(state, rows, at, course).remask < sigma))

    def _transition(self, rows: Tensor, at: Tensor, course: Course) -> Transition:
        grid = course.grid
        return Transition(rows, grid.times[at], grid.alphas[at], grid.alphas[at + 1])

    @abstractmethod
    def _reveals(self, step: _Step) -> tuple[Tensor, Tensor | None]:
        """Candidates (r, N), and how many of them (r,) will be revealed if not all."""


def _noise_at(state: GroupState, rows: Tensor, at: Tensor, course: Course) -> StepNoise:
    """(r, N) noise of step `at` (r,) of some diagrams."""
    return course.noise.step(state.samples[rows, None], at[:, None], state.positions[None])


class RandomOrder(GridOrder):
    """Every masked position by itself, with the probability of the reverse process."""

    may_be_exact = True

    def _reveals(self, step: _Step) -> tuple[Tensor, Tensor | None]:
        return step.is_masked & (step.noise < step.transition.reveal_probability(step.sigma)), None


class CountedOrder(GridOrder):
    """A fixed number of positions a step, the best first.

    The number still masked after the step is the rounded expectation of the forward process.
    """

    def _reveals(self, step: _Step) -> tuple[Tensor, Tensor | None]:
        left = ((1.0 - step.transition.alpha_s) * step.is_free).sum(dim=1).round().long()
        masked = step.is_masked.sum(dim=1)
        count = (masked + step.remask.sum(dim=1) - left).clamp(min=0)
        return step.is_masked, torch.minimum(count, masked)


class LladaOrder(CountedOrder):
    """Draw a value for every masked position and keep the most confident draws.

    Published (LLaDA, arXiv:2502.09992) and biased: values that happen to be likely come first.
    """

    may_be_exact = False

    def score(self, probabilities: Tensor, drawn: Tensor) -> Tensor:
        """The probability of the drawn value."""
        return probabilities.gather(1, drawn[:, None])[:, 0]


class ConfidenceOrder(CountedOrder):
    """The positions whose most probable value is most probable, chosen before any is drawn."""

    may_be_exact = True

    def score(self, probabilities: Tensor, drawn: Tensor) -> Tensor:  # noqa: ARG002
        """The largest probability."""
        return probabilities.amax(dim=1)


class MarginOrder(CountedOrder):
    """The positions whose best value leads the second best by most (arXiv:2502.06768)."""

    may_be_exact = True

    def score(self, probabilities: Tensor, drawn: Tensor) -> Tensor:  # noqa: ARG002
        """The gap between the two largest probabilities."""
        best = probabilities.topk(2, dim=1).values
        return best[:, 0] - best[:, 1]


class FirstHitting(Order):
    """One position a call, in the order in which the reverse process hits them.

    Position l is visible at time t iff u_l <= alpha_l(t) for its own uniform u_l, so it is
    revealed at the time where alpha_l(t) = u_l (arXiv:2409.02908). The law is that of the random
    order with infinitely many steps. A learned law over orders takes the place of all this.
    """

    may_be_exact = True
    has_steps = False

    def next_reveal(self, state: GroupState, course: Course) -> Reveal | None:
        """See `Order`."""
        rows = state.is_masked.any(dim=1).nonzero()[:, 0]
        if not len(rows):
            return None
        if isinstance(course.visibility, LawVisibility):
            return reveal_by_law(state, rows, course.visibility, course.noise)
        drawn = course.noise.order(state.samples[rows, None], state.positions[None])
        times = course.visibility.time_of(drawn, state.positions)
        first = times.masked_fill(~state.is_masked[rows], -1.0).argmax(dim=1, keepdim=True)
        candidates = torch.zeros_like(state.is_masked[rows]).scatter_(1, first, value=True)
        step = state.step[rows]
        state.step[rows] += 1
        time = times.gather(1, first)[:, 0]
        return Reveal(rows, time, step, candidates, None, torch.zeros_like(candidates))
