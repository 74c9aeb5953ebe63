"""From probabilities to values: argmax, temperature, nucleus (top-p)."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor


class Decoding(ABC):
    """Draws a value for each of M tokens."""

    @property
    @abstractmethod
    def is_exact(self) -> bool:
        """Whether values follow the model's own probabilities."""

    @abstractmethod
    def draw(self, logits: Tensor, noise: Tensor) -> Tensor:
        """Values from (M, 13) float64 logits and (M,) uniform float64 noise: (M,) int64."""


class Argmax(Decoding):
    """The most probable value."""

    is_exact = False

    def draw(self, logits: Tensor, noise: Tensor) -> Tensor:  # noqa: ARG002
        """See `Decoding`."""
        return logits.argmax(dim=1)


class Tempered(Decoding):
    """Draws from p^(1/temperature), normalised."""

    def __init__(self, temperature: float = 1.0) -> None:
        if not temperature > 0:
            raise ValueError(f"temperature must be positive, got {temperature}")
        self.temperature = temperature

    @property
    def is_exact(self) -> bool:
        """At temperature 1."""
        return self.temperature == 1.0

    def draw(self, logits: Tensor, noise: Tensor) -> Tensor:
        """See `Decoding`."""
        return _inverse_cdf(_tempered(logits, self.temperature), noise)


class Nucleus(Decoding):
    """Draws from the smallest set of values that holds probability `top_p` (arXiv:1904.09751)."""

    is_exact = False

    def __init__(self, top_p: float, temperature: float = 1.0) -> None:
        if not 0 < top_p < 1:
            raise ValueError(f"top_p must be in (0, 1), got {top_p}")
        if not temperature > 0:
            raise ValueError(f"temperature must be positive, got {temperature}")
        self.top_p = top_p
        self.temperature = temperature

    def draw(self, logits: Tensor, noise: Tensor) -> Tensor:
        """See `Decoding`."""
        probabilities = _tempered(logits, self.temperature)
        ordered, index = probabilities.sort(dim=1, descending=True, stable=True)
        # A value stays if those before it do not yet hold top_p; the first always does.
        before = ordered.cumsum(dim=1) - ordered
        kept = ordered * (before < self.top_p)
        nucleus = torch.zeros_like(probabilities).scatter_(1, index, kept)
        return _inverse_cdf(nucleus, noise)


def _tempered(logits: Tensor, temperature: float) -> Tensor:
    """Probabilities (M, V); the largest logit is taken off first, so that no quotient is inf."""
    return ((logits - logits.amax(dim=1, keepdim=True)) / temperature).softmax(dim=1)


def _inverse_cdf(weights: Tensor, noise: Tensor) -> Tensor:
    """Draw an index with probability proportional to `weights` (M, V)."""
    cumulative = weights.cumsum(dim=1)
    threshold = noise[:, None] * cumulative[:, -1:]
    index = (cumulative <= threshold).sum(dim=1)
    # Rounding may carry the threshold past the last value that has any weight.
    last = weights.shape[1] - 1 - (weights > 0).flip(1).int().argmax(dim=1)
    return torch.minimum(index, last)
