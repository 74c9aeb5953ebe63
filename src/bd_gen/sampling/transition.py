"""One step of some diagrams, each from its own time t to a time s < t."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Transition:
    """One step of r diagrams, each from its own t to s.

    Attributes:
        rows: (r,) int64 rows of the group.
        time: (r,) float64 time t.
        alpha_t: (r, N) float64 visible before.
        alpha_s: (r, N) float64 visible after.
    """

    rows: "Tensor"
    time: "Tensor"
    alpha_t: "Tensor"
    alpha_s: "Tensor"

    @property
    def sigma_max(self) -> "Tensor":
        """(r, N) the largest sigma for which the reveal probability is not negative."""
        return ((1.0 - self.alpha_s) / self.alpha_t).clamp(max=1.0)

    def reveal_probability(self, sigma: "Tensor") -> "Tensor":
        """(r, N) probability that a masked position is revealed."""
        kept = (1.0 - sigma) * self.alpha_t
        return (self.alpha_s - kept) / (1.0 - self.alpha_t)
