"""A learned forward process: every position of the row has its own schedule.

MELD (arXiv:2505.16790): alpha_l(t) = sigmoid(-gamma_l(t)), where gamma_l rises from -13 at
t = 0 to 5 at t = 1 along a polynomial with positive coefficients that a small network gives.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - the name that everybody uses

from bd_gen.diagrams.vocabulary import Vocabulary

GAMMA_MIN, GAMMA_MAX = -13.0, 5.0
_BISECTIONS = 60


class LearnedRates(nn.Module):
    """Rates of masking for all positions of a row.

    A node slot i has an embedding h_i, an edge h_i + h_j; a linear map for each kind and an MLP
    turn it into K positive coefficients w_k of gamma_hat(t) = sum_k w_k t^k / sum_k w_k.
    """

    edge_rows: Tensor
    edge_cols: Tensor
    gamma_min, gamma_max = GAMMA_MIN, GAMMA_MAX

    def __init__(
        self, vocabulary: Vocabulary, embedding: int = 32, hidden: int = 64, powers: int = 4
    ) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self.slots = nn.Embedding(vocabulary.n_max, embedding)
        self.node_map = nn.Linear(embedding, hidden)
        self.edge_map = nn.Linear(embedding, hidden)
        self.powers = powers
        self.mlp = nn.Sequential(
            nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU(), nn.Linear(hidden, powers)
        )
        for name, slots in (
            ("edge_rows", vocabulary.edge_rows),
            ("edge_cols", vocabulary.edge_cols),
        ):
            self.register_buffer(name, torch.tensor(slots.tolist()).long(), persistent=False)

    def coefficients(self) -> Tensor:
        """(length, K) positive weights of t, t^2, ..., t^K, summing to 1 at each position."""
        slots = self.slots.weight
        edges = slots[self.edge_rows] + slots[self.edge_cols]
        weights = F.softplus(self.mlp(torch.cat([self.node_map(slots), self.edge_map(edges)])))
        return weights / weights.sum(dim=1, keepdim=True)

    def gamma(self, times: Tensor) -> tuple[Tensor, Tensor]:
        """Gamma and its derivative in t: two (b, length) for times (b,), in float64."""
        powers = torch.arange(1, self.powers + 1, device=times.device)
        t = times.double()[:, None]
        coefficients = self.coefficients().double()
        span = self.gamma_max - self.gamma_min
        gamma = self.gamma_min + span * (t**powers) @ coefficients.T
        slope = span * (powers * t ** (powers - 1)) @ coefficients.T
        return gamma, slope

    def alpha(self, times: Tensor) -> Tensor:
        """(b, length) float64 probability that each position is visible at times (b,)."""
        return torch.sigmoid(-self.gamma(times)[0])


class LearnedVisibility:
    """The learned schedules as a sampler needs them, as constants."""

    def __init__(self, rates: LearnedRates) -> None:
        with torch.inference_mode():
            self._coefficients = rates.coefficients().double()
        self._start, self._span = rates.gamma_min, rates.gamma_max - rates.gamma_min

    def alpha(self, times: Tensor, positions: Tensor) -> Tensor:
        """(K, N) float64 for times (K,) and positions (N,)."""
        return self._alpha(times.double()[:, None], positions)

    def time_of(self, alpha: Tensor, positions: Tensor) -> Tensor:
        """(r, N) float64 times at which each position (N,) has `alpha` (r, N), by bisection.

        Values above alpha(0) give 0, values below alpha(1) give 1.
        """
        low, high = torch.zeros_like(alpha), torch.ones_like(alpha)
        for _ in range(_BISECTIONS):
            middle = 0.5 * (low + high)
            still_visible = self._alpha(middle, positions) > alpha
            low = torch.where(still_visible, middle, low)
            high = torch.where(still_visible, high, middle)
        return 0.5 * (low + high)

    def _alpha(self, t: Tensor, positions: Tensor) -> Tensor:
        coefficients = self._coefficients.to(t.device)[positions]
        rise = torch.zeros_like(t * coefficients[:, 0])
        for k in reversed(range(coefficients.shape[1])):  # Horner's scheme
            rise = (rise + coefficients[:, k]) * t
        return torch.sigmoid(-(self._start + self._span * rise))
