"""A learned law over orders as the forward process, and its gradient.

Training draws for each diagram the number of visible tokens uniformly from 0..N-1 and, K times, a
prefix of that length from the law. With c_l = -log p(x_l | x_S) and pi the law's next-token
probabilities,

    F = N * sum over hidden l of pi_l(S) * c_l

is an unbiased estimate of the law's bound on -log p(x). The denoiser follows the gradient of F.
The law follows, besides, the score of its own draw with the other draws' mean as baseline:

    (F_i - mean of F_j, j != i) * grad log q(prefix_i),

which together is the gradient of the bound without bias (LO-ARM, arXiv:2503.05979). A share of
the diagrams has uniform orders, so that the denoiser can be asked in any order; they teach the law
nothing.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from bd_gen.model.corruption import Corrupter, Corruption, masked_count
from bd_gen.model.order_law import OrderLaw
from bd_gen.model.schedules import Schedule

DRAWS = 2
"""Prefixes of each diagram in a batch, which they share: half as many diagrams, two rows each."""


@dataclass(frozen=True)
class LearnedOrder:
    """Draws orders by a law."""

    law: OrderLaw

    def ranks(
        self, tokens: Tensor, generator: torch.Generator, known: Tensor | None = None
    ) -> Tensor:
        """(b, N) int64 when each token of b diagrams of one size is revealed, 0 first.

        Args:
            tokens: (b, N) int64 complete diagrams at their real positions.
            generator: of the draws, on the CPU: the same orders on every device.
            known: (N,) bool tokens that are visible from the start; they get -1.
        """
        noise = torch.rand(tokens.shape, generator=generator, dtype=torch.float64)
        start = torch.zeros_like(tokens, dtype=torch.bool)
        if known is not None:
            start |= known
        count = torch.full((len(tokens),), int((~start[:1]).sum()))
        return drawn_ranks(self.law, tokens, count, noise.to(tokens.device), start)


@torch.no_grad()
def drawn_ranks(
    law: OrderLaw, tokens: Tensor, count: Tensor, noise: Tensor, known: Tensor | None = None
) -> Tensor:
    """The first tokens of orders drawn by a law.

    Each token has one exponential number, used up at the rate of the token's present probability;
    whose number is used up first comes next. As exponential numbers have no memory, this is a draw
    from the law at every step, at the cost of one number a token.

    Args:
        law: the law.
        tokens: (b, N) int64 complete diagrams of one size.
        count: (b,) int64 on the CPU, how many tokens of each diagram to draw.
        noise: (b, N) uniform in [0, 1).
        known: (b, N) bool, visible from the start; None for nothing.

    Returns:
        (b, N) int64: 0, 1, ... for the tokens drawn, -1 for known ones, N for the rest.
    """
    # The longest first, so that each step works on the rows that still have one to draw.
    order = count.argsort(descending=True, stable=True)
    rows_at = [int((count > step).sum()) for step in range(int(count.amax()))]
    order = order.to(tokens.device)
    tokens, left = tokens[order], -(-noise[order].double()).log1p()
    is_visible = torch.zeros_like(tokens, dtype=torch.bool) if known is None else known[order]
    ranks = torch.where(is_visible, -1, tokens.shape[1])
    for step, rows in enumerate(rows_at):
        seen = is_visible[:rows]
        share = law.log_next(tokens[:rows], seen).double().exp()
        wait = (left[:rows] / share).masked_fill(seen, torch.inf)
        chosen = wait.argmin(dim=1, keepdim=True)
        left[:rows] -= share * wait.gather(1, chosen)
        is_visible[:rows].scatter_(1, chosen, value=True)
        ranks[:rows].scatter_(1, chosen, step)
    return torch.empty_like(ranks).index_copy_(0, order, ranks)


def prefix_probabilities(
    law: OrderLaw, tokens: Tensor, ranks: Tensor, count: Tensor
) -> tuple[Tensor, Tensor]:
    """What a law says of prefixes and of what comes next, with a gradient to the law.

    Args:
        law: the law.
        tokens: (b, N) int64 complete diagrams of one size.
        ranks: (b, N) int64 as `drawn_ranks` gives them.
        count: (b,) int64 length of each prefix, below N.

    Returns:
        (b,) log probability of each prefix in its order, and (b, N) probability of each token to
        come next, 0 in the prefix.
    """
    # One line for every prefix of the prefix, the empty and the whole one included.
    row = torch.arange(len(count), device=count.device).repeat_interleave(count + 1)
    step = torch.arange(len(row), device=count.device)
    step = step - (count + 1).cumsum(0).sub(count + 1)[row]
    rank = ranks[row]
    log_next = law.log_next(tokens[row], rank < step[:, None])
    is_whole = step == count[row]
    chosen = log_next.gather(1, (rank == step[:, None]).long().argmax(dim=1, keepdim=True))
    terms = chosen[:, 0].masked_fill(is_whole, 0.0)
    log_prefix = terms.new_zeros(len(count)).index_add(0, row, terms)
    return log_prefix, log_next[is_whole].exp()


class MaskedByLaw(Corrupter):
    """All but a prefix of an order drawn by a law, its length uniform in 0..N-1.

    Rows whose levels are equal have prefixes of one length, and all by the law or all uniform.

    Args:
        law: of the orders.
        schedule: tells a model with time input at which time so many tokens are masked.
        uniform_share: how many diagrams have uniform orders instead on average, in [0, 1].
    """

    def __init__(self, law: OrderLaw, schedule: Schedule, uniform_share: float = 0.0) -> None:
        self.law = law
        self.schedule = schedule
        self.uniform_share = uniform_share

    def __call__(
        self,
        num_rooms: int,  # noqa: ARG002
        level: Tensor,
        noise: Tensor,
        tokens: Tensor | None = None,
    ) -> Corruption:
        """See `Corrupter`; needs the tokens."""
        if tokens is None:
            raise ValueError("a law over orders looks at the tokens")
        length = noise.shape[1]
        count, rest = masked_count(level, length)
        # Uniform orders first; rows of the law are put in their place.
        is_masked = noise.argsort(dim=1).argsort(dim=1) < count[:, None]
        weight = (length / count).float()[:, None].expand(noise.shape).contiguous()
        log_prefix = weight.new_zeros(len(level))
        rows = (rest >= self.uniform_share).nonzero()[:, 0]
        if len(rows):
            visible = length - count[rows].long()
            tokens = tokens[rows]
            ranks = drawn_ranks(self.law, tokens, visible.cpu(), noise[rows])
            is_masked[rows] = ranks >= visible[:, None]
            if torch.is_grad_enabled():
                scores, chances = prefix_probabilities(self.law, tokens, ranks, visible)
                log_prefix = log_prefix.index_copy(0, rows, scores)
            else:
                chances = self.law.log_next(tokens, ~is_masked[rows]).exp()
            weight = weight.index_copy(0, rows, length * chances)
        time = self.schedule.time_of(1.0 - count / length).float()
        return Corruption(is_masked, weight, time, log_prefix=log_prefix)


def order_score(nats: Tensor, log_prefix: Tensor) -> Tensor:
    """Scalar of value 0 whose gradient is that of the law's choice of prefixes.

    Args:
        nats: (b,) the bound's estimate in each row; rows next to each other are the `DRAWS` of one
            diagram.
        log_prefix: (b,) log probability of each row's prefix.
    """
    nats = nats.detach().view(-1, DRAWS)
    others = (nats.sum(dim=1, keepdim=True) - nats) / (DRAWS - 1)
    score = ((nats - others) * log_prefix.view(-1, DRAWS)).sum()
    return score - score.detach()
