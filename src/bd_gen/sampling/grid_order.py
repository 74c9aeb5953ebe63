"""Orders that go through the steps of a time grid.

Everything that does not depend on the network is decided first, so that the network is called
only for diagrams in which a token changes, and every diagram moves on to its own next change.
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bd_gen.sampling.steps import Course, GroupState, Reveal, Tensor, Transition
from bd_gen.sampling.strategies import NoRemasking, Order

if TYPE_CHECKING:
    from bd_gen.sampling.noise import StepNoise


@dataclass(frozen=True)
class Step:
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
    exact_when = "as steps grow"

    def next_reveal(self, state: GroupState, course: Course) -> Reveal | None:
        """See `Order`."""
        from bd_gen.sampling.state import Reveal

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
        from bd_gen.sampling.state import Reveal

        at = state.step[rows]
        transition, drawn = _transition(rows, at, course), _noise_at(state, rows, at, course)
        is_masked, is_free = state.is_masked[rows], ~state.is_given[rows]
        now = NoRemasking() if course.remasking.acts_after else course.remasking
        sigma = now.sigma(state, transition)
        remask = is_free & ~is_masked & (drawn.remask < sigma)
        step = Step(transition, is_masked, is_free, drawn.reveal, sigma, remask)
        candidates, count = self.reveals(step)
        return Reveal(rows, transition.time, at, candidates, count, remask)

    def _mask_after(self, state: GroupState, rows: Tensor, course: Course) -> None:
        """Mask again what is visible after the last step of some diagrams, before the next."""
        at = state.step[rows] - 1
        sigma = course.remasking.sigma(state, _transition(rows, at, course))
        may_go = ~state.is_given[rows] & ~state.is_masked[rows]
        state.mask(rows, may_go & (_noise_at(state, rows, at, course).remask < sigma))

    @abstractmethod
    def reveals(self, step: Step) -> tuple[Tensor, Tensor | None]:
        """Candidates (r, N), and how many of them (r,) will be revealed if not all."""


def _transition(rows: Tensor, at: Tensor, course: Course) -> Transition:
    """Step `at` (r,) of some diagrams."""
    grid = course.grid
    return Transition(rows, grid.times[at], grid.alphas[at], grid.alphas[at + 1])


def _noise_at(state: GroupState, rows: Tensor, at: Tensor, course: Course) -> "StepNoise":
    """(r, N) noise of step `at` (r,) of some diagrams."""
    return course.noise.step(state.samples[rows, None], at[:, None], state.positions[None])


class CountedOrder(GridOrder):
    """A fixed number of positions a step, the best first by `score`.

    The number still masked after the step is the rounded expectation of the forward process.
    """

    exact_when = "at one token a step"
    is_stochastic = False

    def reveals(self, step: Step) -> tuple[Tensor, Tensor | None]:
        """See `GridOrder`."""
        left = ((1.0 - step.transition.alpha_s) * step.is_free).sum(dim=1).round().long()
        masked = step.is_masked.sum(dim=1)
        count = (masked + step.remask.sum(dim=1) - left).clamp(min=0)
        return step.is_masked, count.minimum(masked)
