"""Tiny models, and the exact values of the bound to set beside the estimates."""

from collections.abc import Callable
from itertools import permutations

import numpy as np
import pytest
import torch
from tests.rplan import NO_EDGE, NUM_ROOM_TYPES
from torch import Tensor, nn

from bd_gen.diagrams.tokens import tokens_from_parts
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.config import ModelConfig
from bd_gen.model.denoiser import Denoiser
from bd_gen.model.packing import PackedBatch, pack_padded
from bd_gen.model.schedules import Schedule


def random_tokens(num_rooms: list[int] | np.ndarray, n_max: int, seed: int = 0) -> np.ndarray:
    """(B, length) uint8 rows with random types and relations."""
    rng = np.random.default_rng(seed)
    vocabulary, count = Vocabulary(n_max), len(num_rooms)
    types = rng.integers(0, NUM_ROOM_TYPES, (count, n_max))
    relations = rng.integers(0, NO_EDGE + 1, (count, vocabulary.num_edges))
    return tokens_from_parts(types, relations, np.asarray(num_rooms), vocabulary)


def lively_denoiser(
    n_max: int, time_conditioning: bool = False, seed: int = 0, scale: float = 0.3
) -> Denoiser:
    """A float64 model none of whose parameters is zero, so that its answers depend on all."""
    torch.manual_seed(seed)
    config = ModelConfig(8, layers=1, heads=2, time_conditioning=time_conditioning)
    model = Denoiser(config, Vocabulary(n_max)).double().eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(scale * torch.randn_like(parameter))
    return model


class ExactDenoiser(nn.Module):
    """The conditional distributions of a known joint over diagrams: what training aims at.

    For each number of rooms the joint is a few random rows with random probabilities.
    """

    def __init__(self, n_max: int, num_states: int = 6, seed: int = 0) -> None:
        super().__init__()
        self.vocabulary = Vocabulary(n_max)
        self.anchor = nn.Parameter(torch.zeros(()))  # says on what device the model is
        self.time_embedding = None
        rng = np.random.default_rng(seed)
        self.states: dict[int, Tensor] = {}
        self.probabilities: dict[int, Tensor] = {}
        for n in range(1, n_max + 1):
            rows = random_tokens([n] * num_states, n_max, seed + n)
            # Only three values each, so that the states share some of their tokens.
            real = np.unique(rows[:, self.vocabulary.real_positions(n)] % 3, axis=0)
            self.states[n] = torch.from_numpy(real.astype(np.int64))
            self.probabilities[n] = torch.from_numpy(rng.dirichlet(np.ones(len(real))))

    def visible_nats(self, num_rooms: int, state: int, is_visible: Tensor) -> Tensor:
        """(B,) -log p of the visible tokens (B, N) of one state."""
        states = self.states[num_rooms]
        agrees = (states == states[state]) | ~is_visible[:, None, :]
        return -(agrees.all(dim=2) * self.probabilities[num_rooms]).sum(dim=1).log()

    def forward(
        self,
        batch: PackedBatch,
        time: Tensor | None = None,  # as real denoisers have it
        at: Tensor | None = None,
    ) -> Tensor:
        del time
        parts, start = [], 0
        rows = batch.tokens % 15  # node tokens 0..14, edge tokens 15..27
        for group in batch.groups:
            size = group.count * group.length
            n = next(n for n, s in self.states.items() if s.shape[1] == group.length)
            tokens = rows[start : start + size].view(group.count, group.length)
            is_masked = tokens == torch.from_numpy(
                self.vocabulary.mask_row[self.vocabulary.real_positions(n)].astype(np.int64)
            )
            agrees = (self.states[n] == tokens[:, None, :]) | is_masked[:, None, :]
            posterior = agrees.all(dim=2) * self.probabilities[n]
            one_hot = nn.functional.one_hot(self.states[n], Vocabulary().num_values).double()
            weights = torch.einsum("bs,snv->bnv", posterior, one_hot)
            parts.append((weights / weights.sum(dim=2, keepdim=True)).log().flatten(0, 1))
            start += size
        logits = torch.cat(parts)
        return logits if at is None else logits[at]


def log_probability_table(
    denoiser: Denoiser, row: Tensor, num_rooms: int, schedule: Schedule
) -> np.ndarray:
    """(2^N, N) log p(x_i | x outside S) of a diagram's tokens (N,); bit i of the row number says
    whether i is in S. Comes by way of padded rows, which the objective does not use."""
    vocabulary, count = denoiser.vocabulary, len(row)
    real = torch.from_numpy(vocabulary.real_positions(num_rooms).copy())
    is_masked = (torch.arange(2**count)[:, None] >> torch.arange(count) & 1).bool()
    mask_row = torch.from_numpy(vocabulary.mask_row.astype(np.int64))
    full = torch.from_numpy(vocabulary.pad_row.astype(np.int64)).repeat(2**count, 1)
    full[:, real] = torch.where(is_masked, mask_row[real], row)
    is_real = torch.from_numpy(vocabulary.real_mask(np.full(2**count, num_rooms)))
    time = schedule.time_of(1 - is_masked.sum(dim=1) / count)
    with torch.no_grad():
        logits = denoiser(pack_padded(full, is_real, vocabulary), time)
    found = logits.view(2**count, vocabulary.length, -1)[:, real].double().log_softmax(dim=2)
    return found.gather(2, row.expand(2**count, -1)[..., None])[..., 0].numpy()


def any_order_bound(table: np.ndarray) -> float:
    """Average over all orders of sum_i -log p(x_order(i) | x_order(<i))."""
    length = table.shape[1]
    totals = []
    for order in permutations(range(length)):
        masked, total = 2**length - 1, 0.0
        for i in order:
            total -= table[masked, i]
            masked ^= 1 << i
        totals.append(total)
    return float(np.mean(totals))


@pytest.fixture(scope="session")
def make_tokens() -> Callable[..., np.ndarray]:
    """`random_tokens`."""
    return random_tokens


@pytest.fixture(scope="session")
def make_small_model() -> Callable[..., Denoiser]:
    """`lively_denoiser`."""
    return lively_denoiser


@pytest.fixture(scope="session")
def oracle() -> ExactDenoiser:
    """The exact denoiser of a joint over diagrams of 1, 2 and 3 rooms."""
    return ExactDenoiser(3)


@pytest.fixture(scope="session")
def exact_bound() -> Callable[..., float]:
    """The any-order bound of one diagram's tokens (N,), in nats."""

    def bound(denoiser: Denoiser, row: Tensor, num_rooms: int, schedule: Schedule) -> float:
        return any_order_bound(log_probability_table(denoiser, row, num_rooms, schedule))

    return bound


@pytest.fixture(scope="session")
def probability_table() -> Callable[..., np.ndarray]:
    """`log_probability_table`."""
    return log_probability_table
