"""Drawing a value with a uniform random number."""

from torch import Tensor, minimum


def tempered(logits: Tensor, temperature: float) -> Tensor:
    """Probabilities (M, V); the largest logit is taken off first, so that no quotient is inf."""
    return ((logits - logits.amax(dim=1, keepdim=True)) / temperature).softmax(dim=1)


def inverse_cdf(weights: Tensor, noise: Tensor) -> Tensor:
    """(M,) int64 indices drawn with probability proportional to `weights` (M, V)."""
    cumulative = weights.cumsum(dim=1)
    threshold = noise[:, None] * cumulative[:, -1:]
    index = (cumulative <= threshold).sum(dim=1)
    # Rounding may carry the threshold past the last value that has any weight.
    last = weights.shape[1] - 1 - (weights > 0).flip(1).int().argmax(dim=1)
    return minimum(index, last)
