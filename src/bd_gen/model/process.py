"""Forward processes as a whole: how they corrupt in training, in validation and at a given time."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor

from bd_gen.diagrams.vocabulary import NUM_SIDES, Vocabulary
from bd_gen.model.corruption import (
    SMALLEST_TIME,
    Corrupter,
    Corruption,
    MaskedBoxes,
    MaskedCount,
    corrupter_named,
    time_at,
)
from bd_gen.model.learned_orders import DRAWS, MaskedByLaw
from bd_gen.model.learned_rates import LearnedRates
from bd_gen.model.order_law import OrderLaw
from bd_gen.model.room_orders import MaskedByRooms
from bd_gen.model.schedules import Schedule
from bd_gen.model.schedules.loglinear import LogLinear

_BISECTIONS = 40
FIRST_TEMPERATURE, LAST_TEMPERATURE = 1.0, 0.1
"""Of the Gumbel-softmax that lets a gradient through the masks, from the first step to the last."""


class ForwardProcess(ABC):
    """What masks diagrams.

    `draws`: how many masks of each diagram a batch of training needs.
    """

    draws: ClassVar[int] = 1

    @abstractmethod
    def in_training(self, done: float) -> Corrupter:
        """The corrupter for training when a share `done` of the steps is taken."""

    @abstractmethod
    def in_validation(self) -> Corrupter:
        """The corrupter of least variance for the bound on held-out diagrams."""

    def more_bounds(self) -> Mapping[str, Corrupter]:
        """Corrupters for bounds under other orders that tell about this process, by name."""
        return {}

    @abstractmethod
    def alpha(self, num_rooms: int, time: float) -> Tensor:
        """(N,) float64 on the CPU: how likely each token of a diagram is visible at a time."""

    @abstractmethod
    def time_of(self, num_rooms: int, visible: Tensor) -> Tensor:
        """Times (b,) at which a share `visible` (b,) of a diagram's tokens can be seen."""


class FixedProcess(ForwardProcess):
    """One schedule for all positions.

    Args:
        schedule: alpha(t).
        estimator: how training draws masks, `count` or `time`.
        rooms_share: how many diagrams training masks along the order "rooms" instead of a uniform
            one, in [0, 1]; with `count` only.
    """

    def __init__(
        self, schedule: Schedule, estimator: str = "count", rooms_share: float = 0.0
    ) -> None:
        self.schedule = schedule
        self.estimator = estimator
        self.rooms_share = rooms_share

    def in_training(self, done: float) -> Corrupter:  # noqa: ARG002
        """See `ForwardProcess`."""
        if self.rooms_share > 0:
            return MaskedByRooms(self.schedule, self.rooms_share)
        return corrupter_named(self.estimator, self.schedule)

    def in_validation(self) -> Corrupter:
        """See `ForwardProcess`."""
        return MaskedCount(self.schedule)

    def more_bounds(self) -> Mapping[str, Corrupter]:
        """The bound under the order "rooms", if training has it."""
        return {"nats_rooms": MaskedByRooms(self.schedule)} if self.rooms_share > 0 else {}

    def alpha(self, num_rooms: int, time: float) -> Tensor:
        """See `ForwardProcess`."""
        alpha = self.schedule.alpha(torch.tensor(time, dtype=torch.float64))
        return alpha.expand(Vocabulary(num_rooms).length)

    def time_of(self, num_rooms: int, visible: Tensor) -> Tensor:  # noqa: ARG002
        """See `ForwardProcess`."""
        return self.schedule.time_of(visible)


class BoxProcess(FixedProcess):
    """Sides of boxes are masked as in the fixed process; the diagram before them stays visible."""

    def in_training(self, done: float) -> Corrupter:
        """See `ForwardProcess`."""
        return MaskedBoxes(super().in_training(done))

    def in_validation(self) -> Corrupter:
        """See `ForwardProcess`."""
        return MaskedBoxes(super().in_validation())

    def alpha(self, num_rooms: int, time: float) -> Tensor:
        """See `ForwardProcess`; 1 for the diagram."""
        of_diagram = super().alpha(num_rooms, time)
        sides = of_diagram[:1].expand(NUM_SIDES * num_rooms)
        return torch.cat([torch.ones_like(of_diagram), sides])


class LearnedOrders(FixedProcess):
    """Tokens are revealed along orders of a learned law.

    The law knows no time: where one is asked for, samplers on a time grid for example, every token
    has the loglinear schedule.

    Args:
        law: of the orders.
        uniform_share: how many diagrams training masks along uniform orders instead, in [0, 1].
    """

    draws = DRAWS

    def __init__(self, law: OrderLaw, uniform_share: float = 0.0) -> None:
        super().__init__(LogLinear())
        self.law = law
        self.uniform_share = uniform_share

    def in_training(self, done: float) -> Corrupter:  # noqa: ARG002
        """See `ForwardProcess`."""
        return MaskedByLaw(self.law, self.schedule, self.uniform_share)

    def in_validation(self) -> Corrupter:
        """Prefixes of the law's own orders."""
        return MaskedByLaw(self.law, self.schedule)

    def more_bounds(self) -> Mapping[str, Corrupter]:
        """The bound under uniform orders."""
        return {"nats_uniform": MaskedCount(self.schedule)}


class LearnedProcess(ForwardProcess):
    """Every position has its own schedule, given by a rate network."""

    def __init__(self, rates: LearnedRates) -> None:
        self.rates = rates

    def in_training(self, done: float) -> Corrupter:
        """Soft masks whose temperature falls from 1.0 to 0.1."""
        temperature = FIRST_TEMPERATURE * (LAST_TEMPERATURE / FIRST_TEMPERATURE) ** done
        return MaskedByRates(self.rates, temperature)

    def in_validation(self) -> Corrupter:
        """Hard masks."""
        return MaskedByRates(self.rates, None)

    def alpha(self, num_rooms: int, time: float) -> Tensor:
        """See `ForwardProcess`."""
        times = torch.tensor([time], device=self.rates.slots.weight.device)
        positions = self.rates.vocabulary.real_positions(num_rooms)
        return self.rates.alpha(times)[0].detach().cpu()[positions.tolist()]

    def time_of(self, num_rooms: int, visible: Tensor) -> Tensor:
        """See `ForwardProcess`; by bisection, as tokens have schedules of their own."""
        device = self.rates.slots.weight.device
        wanted = visible.double().to(device)
        positions = _real_positions(self.rates.vocabulary, num_rooms, device)
        low, high = torch.zeros_like(wanted), torch.ones_like(wanted)
        for _ in range(_BISECTIONS):
            middle = 0.5 * (low + high)
            is_early = self.rates.alpha(middle)[:, positions].mean(dim=1) > wanted
            low = torch.where(is_early, middle, low)
            high = torch.where(is_early, high, middle)
        return (0.5 * (low + high)).to(visible.device)


class MaskedByRates(Corrupter):
    """Every token by itself at its own learned rate, at a time t uniform in (1e-3, 1].

    A token is masked if gamma_l(t) plus logistic noise is positive, which has probability
    1 - alpha_l(t). With a temperature the mask also comes as a number with a gradient: the
    straight-through Gumbel-softmax of two classes (arXiv:1611.01144; MELD, arXiv:2505.16790).

    Args:
        rates: gives gamma.
        temperature: of the relaxation; None for hard masks without a gradient.
    """

    def __init__(self, rates: LearnedRates, temperature: float | None) -> None:
        self.rates = rates
        self.temperature = temperature

    def __call__(
        self,
        num_rooms: int,
        level: Tensor,
        noise: Tensor,
        tokens: Tensor | None = None,  # noqa: ARG002
    ) -> Corruption:
        """See `Corrupter`."""
        time = time_at(level)
        positions = _real_positions(self.rates.vocabulary, num_rooms, noise.device)
        gamma, slope = (part[:, positions] for part in self.rates.gamma(time))
        logistic = torch.logit(noise.double(), eps=1e-12)
        is_masked = gamma.detach() + logistic > 0
        # w = -alpha' / (1 - alpha). The denominator is how often the token is masked at all; the
        # draw itself makes up for it, so no gradient must flow through it.
        alpha = torch.sigmoid(-gamma)
        weight = (1.0 - SMALLEST_TIME) * alpha * (1.0 - alpha) * slope / (1.0 - alpha).detach()
        soft = None
        if self.temperature is None:
            weight = weight.detach()
        else:
            relaxed = torch.sigmoid((gamma + logistic) / self.temperature)
            soft = (is_masked.double() + relaxed - relaxed.detach()).float()
        return Corruption(is_masked, weight.float(), time.float(), soft)


def _real_positions(vocabulary: Vocabulary, num_rooms: int, device: torch.device) -> Tensor:
    return torch.tensor(vocabulary.real_positions(num_rooms).tolist(), device=device)
