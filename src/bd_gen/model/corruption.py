"""The forward process: which tokens of a clean diagram are masked, and how much that counts.

All corruptions here estimate a bound on -log p(diagram) without bias (see
`bd_gen.model.objective`):

- `MaskedCount` draws the number k of masked tokens uniformly from 1..N and weighs with N / k.
  This is the any-order form of the bound (arXiv:2409.02908): no time, less variance.
- `MaskedByTime` draws t and masks each token with probability 1 - alpha(t), weight w(t)
  (arXiv:2406.07524).
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor

from bd_gen.diagrams.vocabulary import NUM_SIDES
from bd_gen.model.schedules import Schedule

SMALLEST_TIME = 1e-3
"""Times below this are not drawn: almost nothing is masked there and the weight grows as 1/t."""


@dataclass(frozen=True)
class Corruption:
    """What happens to b diagrams of N tokens each.

    Attributes:
        is_masked: (b, N) bool.
        weight: (b, 1) or (b, N) float32 factor of each masked token's cross-entropy.
        time: (b,) float32 time that a model with time conditioning is told.
        soft: None, or (b, N) `is_masked` as numbers that carry a gradient to the forward process.
        shown: None, or (b, N) int64 tokens that stand in place of MASK where they are not -1.
        log_prefix: None, or (b,) log probability of what is visible in the order in which a
            learned law drew it, with a gradient to the law.
    """

    is_masked: Tensor
    weight: Tensor
    time: Tensor
    soft: Tensor | None = None
    shown: Tensor | None = None
    log_prefix: Tensor | None = None


class Corrupter(ABC):
    """Draws corruptions from uniform noise, so that randomness stays with the caller."""

    @abstractmethod
    def __call__(
        self, num_rooms: int, level: Tensor, noise: Tensor, tokens: Tensor | None = None
    ) -> Corruption:
        """Corrupt b diagrams of one size.

        Args:
            num_rooms: their size.
            level: (b,) uniform in [0, 1); decides how much is masked.
            noise: (b, N) uniform in [0, 1); decides which tokens.
            tokens: (b, N) int64 the clean diagrams, for laws that look at what is visible.
        """


class MaskedCount(Corrupter):
    """k of N tokens, k uniform."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule

    def __call__(
        self,
        num_rooms: int,  # noqa: ARG002
        level: Tensor,
        noise: Tensor,
        tokens: Tensor | None = None,  # noqa: ARG002
    ) -> Corruption:
        """See `Corrupter`."""
        length = noise.shape[1]
        count, _ = masked_count(level, length)
        rank = noise.argsort(dim=1).argsort(dim=1)
        return Corruption(
            is_masked=rank < count[:, None],
            weight=(length / count).float()[:, None],
            time=self.schedule.time_of(1.0 - count / length).float(),
        )


class MaskedByTime(Corrupter):
    """Every token by itself, at a time t uniform in (1e-3, 1]."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule

    def __call__(
        self,
        num_rooms: int,  # noqa: ARG002
        level: Tensor,
        noise: Tensor,
        tokens: Tensor | None = None,  # noqa: ARG002
    ) -> Corruption:
        """See `Corrupter`."""
        time = time_at(level)
        at_time = self.schedule(time)
        return Corruption(
            is_masked=noise < (1.0 - at_time.alpha)[:, None],
            weight=((1.0 - SMALLEST_TIME) * at_time.weight).float()[:, None],
            time=time.float(),
        )


class MaskedBoxes(Corrupter):
    """Sides of boxes alone are masked, as another corrupter masks whole rows.

    Args:
        of_sides: masks the 4n sides of n rooms as if they were all there is.
    """

    def __init__(self, of_sides: Corrupter) -> None:
        self.of_sides = of_sides

    def __call__(
        self, num_rooms: int, level: Tensor, noise: Tensor, tokens: Tensor | None = None
    ) -> Corruption:
        """See `Corrupter`; the diagram stands before the sides."""
        known = noise.shape[1] - NUM_SIDES * num_rooms
        sides = None if tokens is None else tokens[:, known:]
        found = self.of_sides(num_rooms, level, noise[:, known:], sides)
        is_masked = torch.nn.functional.pad(found.is_masked, (known, 0), value=False)
        weight = found.weight
        if weight.shape[1] > 1:
            weight = torch.nn.functional.pad(weight, (known, 0))
        return Corruption(is_masked, weight, found.time)


def masked_count(level: Tensor, length: int) -> tuple[Tensor, Tensor]:
    """A number of masked tokens uniform in 1..N, and what the level leaves over.

    Args:
        level: (b,) uniform in [0, 1).
        length: N.

    Returns:
        (b,) whole numbers of the level's kind, and (b,) numbers uniform in [0, 1) whatever the
        first are.
    """
    place = level * length
    before = place.floor().clamp(max=length - 1)
    return before + 1, (place - before).clamp(max=1.0 - 1e-9)


ESTIMATORS = ("count", "time")


def corrupter_named(estimator: str, schedule: Schedule) -> Corrupter:
    """The corrupter of a fixed schedule that makes an estimator, a name of `ESTIMATORS`."""
    return {"count": MaskedCount, "time": MaskedByTime}[estimator](schedule)


def time_at(level: Tensor) -> Tensor:
    """Times in (1e-3, 1], float64, from uniform levels in [0, 1)."""
    return 1.0 - (1.0 - SMALLEST_TIME) * level.double()


def spread_levels(count: int, generator: torch.Generator, device: torch.device) -> Tensor:
    """(count,) uniform levels that cover [0, 1) evenly, in random order (low discrepancy)."""
    offset = torch.rand(1, generator=generator, device=device, dtype=torch.float64)
    order = torch.randperm(count, generator=generator, device=device)
    return (order + offset) / count
