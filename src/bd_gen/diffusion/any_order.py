"""The exact likelihood of diagrams when their tokens are revealed one by one in a fixed order.

-log p(x) = sum over i of -log p(x_{o(i)} | x_{o(1)}, ..., x_{o(i-1)}) holds for every order o.
Its average over orders is what training bounds and what `first_hitting` samples from
(arXiv:2409.02908), so it chooses between models without a sampler and without sampling noise:
orders depend on a seed alone.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.diffusion.process import ForwardProcess
from bd_gen.models.denoiser import Denoiser
from bd_gen.models.packing import pack

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class AnyOrderNats:
    """-log p of N diagrams given their number of rooms, averaged over orders.

    Attributes:
        per_diagram: (N,) float64 nats.
        num_rooms: (N,) int64.
        num_tokens: (N,) int64 tokens of each, n(n+1)/2.
    """

    per_diagram: np.ndarray
    num_rooms: np.ndarray
    num_tokens: np.ndarray

    @property
    def mean(self) -> float:
        """Nats per diagram."""
        return float(self.per_diagram.mean())

    @property
    def standard_error(self) -> float:
        """Of the mean, over diagrams; 0 for a single one."""
        count = len(self.per_diagram)
        return float(self.per_diagram.std(ddof=1) / count**0.5) if count > 1 else 0.0

    @property
    def per_token(self) -> float:
        """Nats per token."""
        return float(self.per_diagram.sum() / self.num_tokens.sum())

    def by_num_rooms(self) -> dict[int, tuple[float, int]]:
        """Mean nats and number of the diagrams of each size."""
        return {
            int(n): (
                float(self.per_diagram[self.num_rooms == n].mean()),
                int((self.num_rooms == n).sum()),
            )
            for n in np.unique(self.num_rooms)
        }


@torch.inference_mode()
def any_order_nats(
    denoiser: Denoiser,
    tokens: np.ndarray,
    process: ForwardProcess | None = None,
    num_orders: int = 1,
    seed: int = 0,
    batch_size: int = 512,
    progress: Progress | None = None,
    given: np.ndarray | None = None,
) -> AnyOrderNats:
    """-log p of each diagram along fixed random orders, n(n+1)/2 calls an order.

    Args:
        denoiser: the model.
        tokens: (N, length) complete rows.
        process: tells a model with time input at which time so many tokens are visible (on
            average, where it is learned); others need none.
        num_orders: orders of each diagram. An order depends on the seed, its number and the
            diagram's place among those of its size, not on batches.
        seed: of the orders.
        batch_size: diagrams a call; the numbers do not depend on it (beyond rounding).
        progress: called with diagrams done and their number, orders counted apart.
        given: (length,) bool positions that are known from the start, in every diagram: then it is
            -log p of the other tokens given those, a call for each of them.

    Raises:
        ValueError: a number below 1, there are no diagrams, or a model with time input gets no
            process.
    """
    if denoiser.time_embedding is not None and process is None:
        raise ValueError("a model with time input needs a forward process")
    if num_orders < 1 or batch_size < 1 or not len(tokens):
        raise ValueError("at least one diagram, one order and one diagram a batch are needed")
    vocabulary = denoiser.vocabulary
    num_rooms = num_rooms_of(tokens, vocabulary).astype(np.int64)
    nats = np.zeros(len(tokens))
    done = 0
    for n in np.unique(num_rooms):
        rows = np.flatnonzero(num_rooms == n)
        real = vocabulary.real_positions(int(n))
        clean = tokens[rows][:, real].astype(np.int64)
        known = np.zeros(len(real), bool) if given is None else given[real]
        for order in range(num_orders):
            ranks = _ranks(clean.shape, seed, order, known)
            for start in range(0, len(rows), batch_size):
                part = slice(start, start + batch_size)
                values = _sums(denoiser, process, int(n), clean[part], ranks[part])
                nats[rows[part]] += values / num_orders
                done += len(values)
                if progress is not None:
                    progress(done, len(tokens) * num_orders)
    return AnyOrderNats(nats, num_rooms, num_rooms * (num_rooms + 1) // 2)


def _ranks(shape: tuple[int, ...], seed: int, order: int, known: np.ndarray) -> np.ndarray:
    """When each token is revealed, from 0 on, alike for any batch; below 0 where it is known."""
    draws = np.random.default_rng([seed, order, shape[1]]).random(shape)
    draws[:, known] = -1.0
    return draws.argsort(axis=1, kind="stable").argsort(axis=1, kind="stable") - known.sum()


def _sums(
    denoiser: Denoiser,
    process: ForwardProcess | None,
    num_rooms: int,
    clean: np.ndarray,
    ranks: np.ndarray,
) -> np.ndarray:
    """(b,) nats of b diagrams of one size along the orders that `ranks` (b, N) gives."""
    device = next(denoiser.parameters()).device
    values, rank = torch.from_numpy(clean).to(device), torch.from_numpy(ranks).to(device)
    vocabulary = denoiser.vocabulary
    count, length = values.shape
    mask_tokens = torch.tensor(
        vocabulary.mask_row[vocabulary.real_positions(num_rooms)].tolist(), device=device
    )
    first_of_row = torch.arange(count, device=device) * length
    total = torch.zeros(count, dtype=torch.float64, device=device)
    num_known = -int(ranks.min(initial=0))
    for step in range(length - num_known):
        batch = pack([(num_rooms, torch.where(rank >= step, mask_tokens, values))], vocabulary)
        place = (rank == step).long().argmax(dim=1)
        time = None
        if process is not None and denoiser.time_embedding is not None:
            visible = torch.full((count,), (num_known + step) / length, device=device)
            time = process.time_of(num_rooms, visible[:1]).float().expand(count)
        logits = denoiser(batch, time, first_of_row + place).double()
        chosen = values.gather(1, place[:, None])
        total -= logits.log_softmax(dim=1).gather(1, chosen)[:, 0]
    return total.cpu().numpy()
