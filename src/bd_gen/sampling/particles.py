"""Diagrams that satisfy rules which hardly any sample satisfies: twisted sequential Monte Carlo.

Rejection is exact, but hopeless for a rule that one sample in ten thousand satisfies. Particles are
partly revealed diagrams that are drawn all at once, in random order, one token a call. Each has a
weight, and those whose rules are in danger are replaced by copies of better ones (arXiv:2501.06848,
arXiv:2505.22524). The target after some tokens is p(visible) times a `Potential`; a watched token
is drawn in proportion to the potential that its value leaves. A complete diagram has potential 1
or 0, so what is left in the end satisfies every rule, and follows the model's distribution given
the rules in the limit of many particles. The product of mean weights is an unbiased estimate of
the share of the model's diagrams that satisfy them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.packing import pack
from bd_gen.sampling.decodings.tempered import Tempered
from bd_gen.sampling.grid import Visibility
from bd_gen.sampling.noise import KeyedNoise
from bd_gen.sampling.potential import Potential, one_hot
from bd_gen.sampling.predictor import Predictor
from bd_gen.sampling.rules import Rule

_LEAST_ESS = 0.5
"""Share of effective particles under which they are drawn again."""


@dataclass(frozen=True, eq=False)
class Particles:
    """Complete diagrams with weights.

    Attributes:
        tokens: (P, length) uint8 rows.
        weights: (P,) float64, summing to 1; 0 for those that do not satisfy the rules. All are 0
            if none does.
        share: estimate of the share of the model's diagrams that satisfy the rules.
        least_ess: the fewest effective particles on the way, as a share of P.
    """

    tokens: np.ndarray
    weights: np.ndarray
    share: float
    least_ess: float


class ParticleSampler:
    """Draws particles from one model under rules.

    Args:
        predictor: the denoiser.
        vocabulary: the layout of a row.
        visibility: the forward process that the denoiser was trained with.
        given: (length,) uint8 token row that every particle keeps where it is not MASK; its PAD
            fixes the number of rooms.
        rules: what the diagrams must satisfy.
        device: where the predictor lives; all else happens on the CPU.
        batch_size: diagrams in a call of the network; has no influence on the result.
    """

    def __init__(
        self,
        predictor: Predictor,
        vocabulary: Vocabulary,
        visibility: Visibility,
        given: np.ndarray,
        rules: Sequence[Rule],
        device: torch.device | str = "cpu",
        batch_size: int = 512,
    ) -> None:
        self.device = torch.device(device)
        self.predictor = predictor
        self.vocabulary = vocabulary
        self.visibility = visibility
        self.batch_size = batch_size
        self.num_rooms = int(num_rooms_of(given[None], vocabulary)[0])
        self.real = torch.from_numpy(vocabulary.real_positions(self.num_rooms).copy())
        self.start = torch.from_numpy(given[self.real.numpy()].astype(np.int64))
        mask_tokens = vocabulary.mask_row[self.real.numpy()].astype(np.int64)
        self.mask_tokens = torch.from_numpy(mask_tokens)
        self.potential = Potential(rules, self.real.numpy(), vocabulary.num_values)

    @torch.inference_mode()
    def draw(
        self, num_particles: int, seed: int, progress: Callable[[int, int], None] | None = None
    ) -> Particles:
        """Draw particles; they depend on the seed and their number alone.

        Args:
            num_particles: P.
            seed: 0..2^64-1.
            progress: told (done, total) after every token.
        """
        cloud = _Cloud(num_particles, self.start, self.mask_tokens, KeyedNoise(seed))
        total = int((self.start == self.mask_tokens).sum())
        times = self._new_times(cloud, 0, None)
        for step in range(total):
            position = times.masked_fill(~cloud.is_masked, -1.0).argmax(dim=1)
            time = times.gather(1, position[:, None])[:, 0]
            probabilities = self._probabilities(cloud, position, time)
            shares = self.potential.shares(probabilities)
            cloud.weigh(self.potential.value(shares))
            if cloud.is_spent():
                parents = cloud.resample()
                shares, probabilities = shares[parents], probabilities[parents]
                position, time = position[parents], time[parents]
            cloud.reveal(step, self.real, position, probabilities, shares, self.potential)
            times = self._new_times(cloud, step + 1, time)
            if progress is not None:
                progress(step + 1, total)
        cloud.weigh(self.potential.value(self.potential.shares_of_values(cloud.values)))
        rows = np.tile(self.vocabulary.pad_row, (num_particles, 1))
        rows[:, self.real.numpy()] = cloud.values.numpy()
        return Particles(rows, *cloud.result())

    def _new_times(self, cloud: "_Cloud", step: int, before: Tensor | None) -> Tensor:
        """(P, N) times at which masked tokens are revealed, given that they are masked at `before`.

        Drawn afresh at every step: copies of one particle go on in orders of their own.
        """
        uniform = cloud.noise.step(
            cloud.numbers[:, None], torch.full_like(cloud.numbers[:, None], step), self.real[None]
        ).reveal
        if before is not None:
            # Masked at a time means: its number lies above the alpha of that time.
            alpha = self.visibility.alpha(before, self.real)
            uniform = alpha + (1.0 - alpha) * uniform
        return self.visibility.time_of(uniform, self.real)

    def _probabilities(self, cloud: "_Cloud", position: Tensor, time: Tensor) -> Tensor:
        """(P, N, V) of every token: one-hot where known, the model's where asked, else 0."""
        result = one_hot(cloud.values, self.vocabulary.num_values)
        wanted = cloud.is_masked & self.potential.is_watched[None]
        wanted[torch.arange(len(position)), position] = True
        for start in range(0, len(position), self.batch_size):
            part = slice(start, start + self.batch_size)
            tokens = cloud.tokens()[part].to(self.device)
            batch = pack([(self.num_rooms, tokens)], self.vocabulary)
            at = wanted[part].reshape(-1).nonzero()[:, 0].to(self.device)
            logits = self.predictor(batch, time[part].float().to(self.device), at)
            result[part][wanted[part]] = logits.double().cpu().softmax(dim=1)
        return result


class _Cloud:
    """P partly revealed diagrams of one size with their weights."""

    def __init__(
        self, num_particles: int, start: Tensor, mask_tokens: Tensor, noise: KeyedNoise
    ) -> None:
        self.noise = noise
        self.numbers = torch.arange(num_particles)
        self.mask_tokens = mask_tokens
        self.values = start.expand(num_particles, -1).clone()
        self.is_masked = self.values == mask_tokens
        self.log_weight = torch.zeros(num_particles, dtype=torch.float64)
        self.pending = torch.ones(num_particles, dtype=torch.float64)
        self.log_share = 0.0
        self.least_ess = 1.0
        self.num_resampled = 0

    def tokens(self) -> Tensor:
        """(P, N) int64 tokens, MASK where masked."""
        return torch.where(self.is_masked, self.mask_tokens, self.values)

    def weigh(self, potential: Tensor) -> None:
        """Put the potential (P,) of the present state in the place of the one that stood for it."""
        self._multiply(potential.log() - self.pending.log())
        self.pending = potential

    def _multiply(self, log_factor: Tensor) -> None:
        weight = self.log_weight + log_factor
        # A potential of 0 has no way back: what would follow it is no number.
        self.log_weight = torch.where(weight.isfinite(), weight, -torch.inf)

    def reveal(
        self,
        step: int,
        real: Tensor,
        position: Tensor,
        probabilities: Tensor,
        shares: Tensor,
        potential: Potential,
    ) -> None:
        """Draw the token at `position` (P,), in proportion to the potential that it leaves."""
        rows = torch.arange(len(position))
        after = potential.values_if(shares, position)
        twisted = probabilities[rows, position] * after
        norm = twisted.sum(dim=1)
        is_dead = norm <= 0
        # A particle without hope has weight 0 already; any value keeps the loop simple.
        twisted[is_dead] = probabilities[rows[is_dead], position[is_dead]]
        uniform = self.noise.step(self.numbers, torch.full_like(self.numbers, step), real[position])
        value = Tempered().draw(twisted.log(), uniform.value)
        self.values[rows, position] = value
        self.is_masked[rows, position] = False
        # The weight so far holds `pending`; what the draw really had is norm, and the value's own
        # potential is exchanged for that of the new state by the next `weigh`.
        self._multiply(norm.log() - self.pending.log())
        self.pending = after.gather(1, value[:, None])[:, 0]

    def _shares(self) -> Tensor:
        return (self.log_weight - self.log_weight.max()).exp()

    def is_spent(self) -> bool:
        """Do few particles carry most of the weight?"""
        if not bool(self.log_weight.max() > -torch.inf):
            return False
        shares = self._shares()
        ess = float(shares.sum() ** 2 / (shares**2).sum() / len(shares))
        self.least_ess = min(self.least_ess, ess)
        return ess < _LEAST_ESS

    def resample(self) -> Tensor:
        """Systematic resampling; (P,) which particle each is a copy of now."""
        shares = self._shares()
        self._settle()
        generator = np.random.default_rng([self.noise.seed, self.num_resampled])
        self.num_resampled += 1
        count = len(shares)
        points = (torch.arange(count, dtype=torch.float64) + generator.random()) / count
        edges = shares.cumsum(dim=0) / shares.sum()
        parents = torch.searchsorted(edges, points, right=True).clamp(max=count - 1)
        self.values, self.is_masked = self.values[parents], self.is_masked[parents]
        self.pending = self.pending[parents]
        return parents

    def _settle(self) -> None:
        """Move the mean weight into the estimate of the share."""
        count = len(self.log_weight)
        self.log_share += float(torch.logsumexp(self.log_weight, 0)) - float(np.log(count))
        self.log_weight = torch.zeros_like(self.log_weight)

    def result(self) -> tuple[np.ndarray, float, float]:
        """Weights (P,), the share of the model's diagrams, and the least ESS."""
        if not bool(self.log_weight.max() > -torch.inf):
            return np.zeros(len(self.log_weight)), 0.0, 0.0
        self.is_spent()
        shares = self._shares()
        weights = (shares / shares.sum()).numpy()
        self._settle()
        return weights, float(np.exp(self.log_share)), self.least_ess
