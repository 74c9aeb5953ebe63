"""Nats of diagrams along several orders, and what they say of -log p.

Let p_o(x) be what a model gives to diagram x when it reveals the tokens in order o. A sampler
that draws o at random draws x with p(x) = E_o p_o(x). By Jensen's inequality

    -log p(x) <= E_o[-log p_o(x)],

with equality if the model's conditionals belong to one joint, so that all orders agree. From K
orders -log(1/K sum_k p_k(x)) is a bound, too, in expectation over the orders; it falls towards
-log p(x) as K grows (arXiv:1509.00519).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class MeanOfDiagrams:
    """A mean over diagrams.

    Attributes:
        value: the mean.
        standard_error: of the mean; 0 for a single diagram.
        count: how many diagrams.
    """

    value: float
    standard_error: float
    count: int


def mean_of(values: np.ndarray) -> MeanOfDiagrams:
    """The mean of (N,) values; of differences of two models, that in pairs."""
    count = len(values)
    error = float(values.std(ddof=1) / count**0.5) if count > 1 else 0.0
    return MeanOfDiagrams(float(values.mean()), error, count)


@dataclass(frozen=True)
class AnyOrderNats:
    """-log p of N diagrams along K orders each, given their number of rooms.

    Attributes:
        per_order: (K, N) float64 nats.
        num_rooms: (N,) int64.
        num_tokens: (N,) int64 tokens that were revealed, n(n+1)/2 if none was given.
    """

    per_order: np.ndarray
    num_rooms: np.ndarray
    num_tokens: np.ndarray

    @property
    def num_orders(self) -> int:
        """K."""
        return len(self.per_order)

    @cached_property
    def per_diagram(self) -> np.ndarray:
        """(N,) mean over the orders: bounds -log p of the sampler that draws its order."""
        mean: np.ndarray = self.per_order.mean(axis=0)
        return mean

    @cached_property
    def log_mean_exp(self) -> np.ndarray:
        """(N,) -log of the mean of p over the orders: tighter, a bound in expectation."""
        mean = np.logaddexp.reduce(-self.per_order, axis=0) - np.log(self.num_orders)
        return np.asarray(-mean)

    @cached_property
    def between_orders(self) -> np.ndarray | None:
        """(N,) s.d. of a diagram's nats between orders; None for a single order."""
        return self.per_order.std(axis=0, ddof=1) if self.num_orders > 1 else None

    @property
    def inconsistency(self) -> float | None:
        """S.d. between orders of one diagram, variances averaged over diagrams; 0 if all agree."""
        spread = self.between_orders
        return None if spread is None else float(np.sqrt((spread**2).mean()))

    @property
    def mean(self) -> float:
        """The bound, in nats per diagram."""
        return mean_of(self.per_diagram).value

    @property
    def standard_error(self) -> float:
        """Of the mean, over diagrams; 0 for a single one."""
        return mean_of(self.per_diagram).standard_error

    @property
    def per_token(self) -> float:
        """The bound, in nats per revealed token; 0 if there was none."""
        return float(self.per_diagram.sum() / max(1, self.num_tokens.sum()))

    def by_num_rooms(self) -> dict[int, tuple[float, int]]:
        """Mean bound and number of the diagrams of each size."""
        return {
            int(n): (
                float(self.per_diagram[self.num_rooms == n].mean()),
                int((self.num_rooms == n).sum()),
            )
            for n in np.unique(self.num_rooms)
        }

    def select(self, rows: np.ndarray) -> "AnyOrderNats":
        """Those of some diagrams, by indices or a mask."""
        return AnyOrderNats(self.per_order[:, rows], self.num_rooms[rows], self.num_tokens[rows])
