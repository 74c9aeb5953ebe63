"""Nats of diagrams whose tokens are revealed one by one along fixed orders.

For every order o, -log p_o(x) = sum over i of -log p(x_{o(i)} | x_{o(1)}, ..., x_{o(i-1)}) is
exact for the model that reveals in that order. A sampler that draws its order at random, as
`first_hitting` does (arXiv:2409.02908), has the mean of p_o over orders; the mean of -log p_o only
bounds its -log p from above (see `nats`). It is the bound that training lowers, and chooses
between models without a sampler and without sampling noise: orders depend on a seed alone.
"""

from collections.abc import Sequence

import numpy as np
import torch

from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.model.conditionals import (
    Conditionals,
    DenoiserConditionals,
    PartlyRevealed,
    log_mean,
)
from bd_gen.model.denoiser import Denoiser
from bd_gen.model.nats import AnyOrderNats
from bd_gen.model.order_laws import order_law, reveal_ranks
from bd_gen.model.process import ForwardProcess
from bd_gen.system.progress import Progress

__all__ = ["AnyOrderNats", "any_order_nats", "nats_of_models"]


def any_order_nats(
    denoiser: Denoiser,
    tokens: np.ndarray,
    process: ForwardProcess | None = None,
    num_orders: int = 1,
    seed: int = 0,
    batch_size: int = 512,
    progress: Progress | None = None,
    given: np.ndarray | None = None,
    law: str = "random",
) -> AnyOrderNats:
    """-log p of each diagram along fixed orders of one denoiser; see `nats_of_models`.

    Args:
        denoiser: the model.
        tokens: (N, length) complete rows.
        process: tells a model with time input at which time so many tokens are visible (on
            average, where it is learned); others need none.
        num_orders: as there, like all that follows.
        seed: of the orders.
        batch_size: diagrams a call.
        progress: called with diagrams done and their number, orders counted apart.
        given: tokens that are known from the start.
        law: of the orders.

    Raises:
        ValueError: as there, or a model with time input gets no process.
    """
    model = DenoiserConditionals(denoiser, process)
    return nats_of_models(
        [model], tokens, law, num_orders, seed, given, batch_size=batch_size, progress=progress
    )[0]


@torch.inference_mode()
def nats_of_models(
    models: Sequence[Conditionals],
    tokens: np.ndarray,
    law: str = "random",
    num_orders: int = 1,
    seed: int = 0,
    given: np.ndarray | None = None,
    *,
    with_mean: bool = False,
    batch_size: int = 512,
    progress: Progress | None = None,
) -> list[AnyOrderNats]:
    """-log p of each diagram along the same fixed orders for every model, a call a token.

    Args:
        models: of one vocabulary and on one device.
        tokens: (N, length) complete rows.
        law: of the orders, a key of `ORDER_LAWS`.
        num_orders: orders of each diagram. An order depends on the seed, its number and the
            diagram's place among those of its size, not on batches.
        seed: of the orders.
        given: (length,) or (N, length) bool tokens that are known from the start, in every diagram
            or each: then it is -log p of the other tokens given those.
        with_mean: also measure the mean of the models' probabilities, taken at every call.
        batch_size: diagrams a call; the numbers do not depend on it (beyond rounding).
        progress: called with diagrams done and their number, orders counted apart.

    Returns:
        one a model, and in the end that of the mean.

    Raises:
        ValueError: a number below 1, there are no diagrams, or the law is unknown.
    """
    if num_orders < 1 or batch_size < 1 or not len(tokens):
        raise ValueError("at least one diagram, one order and one diagram a batch are needed")
    vocabulary, chosen = models[0].vocabulary, order_law(law)
    num_rooms = num_rooms_of(tokens, vocabulary).astype(np.int64)
    is_known = np.zeros(tokens.shape, bool) if given is None else given
    is_known = is_known & vocabulary.real_mask(num_rooms)
    nats = np.zeros((len(models) + with_mean, num_orders, len(tokens)))
    done = 0
    for n in np.unique(num_rooms).tolist():
        rows, real = np.flatnonzero(num_rooms == n), vocabulary.real_positions(n)
        clean = tokens[np.ix_(rows, real)].astype(np.int64)
        known = is_known[np.ix_(rows, real)]
        for order in range(num_orders):
            ranks = reveal_ranks(chosen, n, known, seed, order)
            for start in range(0, len(rows), batch_size):
                part = slice(start, start + batch_size)
                found = _sums(models, n, clean[part], ranks[part], with_mean)
                nats[:, order, rows[part]] = found
                done += found.shape[1]
                if progress is not None:
                    progress(done, len(tokens) * num_orders)
    num_tokens = vocabulary.num_real(num_rooms) - is_known.sum(axis=1)
    return [AnyOrderNats(per_order, num_rooms, num_tokens) for per_order in nats]


def _sums(
    models: Sequence[Conditionals],
    num_rooms: int,
    clean: np.ndarray,
    ranks: np.ndarray,
    with_mean: bool,
) -> np.ndarray:
    """(M, b) nats of b diagrams of one size along the orders that `ranks` (b, N) gives."""
    device, vocabulary = models[0].device, models[0].vocabulary
    values, rank = torch.from_numpy(clean).to(device), torch.from_numpy(ranks).to(device)
    num_known = (rank < 0).sum(dim=1)
    mask_row = vocabulary.mask_row[vocabulary.real_positions(num_rooms)]
    mask_tokens = torch.tensor(mask_row.tolist(), device=device)
    total = torch.zeros(len(models) + with_mean, len(values), dtype=torch.float64, device=device)
    for step in range(clean.shape[1] - int(num_known.min())):
        is_next = rank == step
        place = is_next.long().argmax(dim=1)
        hidden = torch.where(rank >= step, mask_tokens, values)
        state = PartlyRevealed(num_rooms, hidden, num_known + step, place)
        found = [model(state) for model in models]
        if with_mean:
            found.append(log_mean(found))
        target = values.gather(1, place[:, None])
        terms = torch.stack([part.gather(1, target)[:, 0] for part in found])
        # Diagrams of which more is known are through before the others.
        total -= torch.where(is_next.any(dim=1), terms, 0.0)
    return total.cpu().numpy()
