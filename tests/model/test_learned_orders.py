"""A learned law over orders: draws, bound and gradient against enumeration."""

import math
from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.corruption import MaskedCount
from bd_gen.model.learned_orders import (
    DRAWS,
    LearnedOrder,
    MaskedByLaw,
    drawn_ranks,
    order_score,
    prefix_probabilities,
)
from bd_gen.model.likelihood import bound_in_nats
from bd_gen.model.objective import CleanGroup, masked_loss
from bd_gen.model.order_law import OrderLaw
from bd_gen.model.process import LearnedOrders
from bd_gen.model.schedules import schedule_named

LOGLINEAR = schedule_named("loglinear")
Maker = Callable[..., Any]


def random_law(seed: int = 0, scale: float = 1.0) -> OrderLaw:
    law = OrderLaw()
    torch.nn.init.normal_(
        law.order_weights, std=scale, generator=torch.Generator().manual_seed(seed)
    )
    return law


def real_row(tokens: np.ndarray, num_rooms: int) -> Tensor:
    return torch.from_numpy(tokens[0, Vocabulary(3).real_positions(num_rooms)].astype(np.int64))


def is_visible_in(masks: Tensor, length: int) -> Tensor:
    """(M, N) bool from bit patterns of what is hidden, as `probability_table` numbers them."""
    return ~(masks[:, None] >> torch.arange(length) & 1).bool()


def enumerated_bound(law: OrderLaw, row: Tensor, table: np.ndarray) -> Tensor:
    """The law's bound on -log p(row), with a gradient: over all states, from nothing visible on."""
    length = len(row)
    masks = torch.arange(1, 2**length)
    log_next = law.log_next(row.expand(len(masks), -1), is_visible_in(masks, length)).double()
    nats = torch.from_numpy(-table)
    chance = {2**length - 1: torch.ones((), dtype=torch.float64)}
    total = torch.zeros((), dtype=torch.float64)
    for mask in sorted(range(1, 2**length), key=lambda m: -m.bit_count()):
        for token in range(length):
            if mask >> token & 1:
                step = chance[mask] * log_next[mask - 1, token].exp()
                total = total + step * nats[mask, token]
                after = mask ^ 1 << token
                chance[after] = chance.get(after, 0.0) + step
    torch.testing.assert_close(chance[0].detach(), torch.ones((), dtype=torch.float64))
    return total


def enumerated_prefixes(length: int) -> tuple[Tensor, Tensor]:
    """Ranks and lengths of every ordered prefix of every length below N."""
    ranks, counts = [], []
    for count in range(length):
        for prefix in permutations(range(length), count):
            rank = [length] * length
            for k, token in enumerate(prefix):
                rank[token] = k
            ranks.append(rank)
            counts.append(count)
    return torch.tensor(ranks), torch.tensor(counts)


@pytest.mark.parametrize("num_rooms", [1, 2, 3])
def test_prefixes_have_the_probabilities_of_the_law(make_tokens: Maker, num_rooms: int) -> None:
    law, row = random_law(), real_row(make_tokens([num_rooms], 3), num_rooms)
    ranks, counts = enumerated_prefixes(len(row))
    rows = row.expand(len(ranks), -1)
    with torch.no_grad():
        log_prefix, chances = prefix_probabilities(law, rows, ranks, counts)
    for length in range(len(row)):
        whole = log_prefix[counts == length].double().exp().sum()
        assert float(whole) == pytest.approx(1, rel=1e-5)
    torch.testing.assert_close(chances.sum(dim=1), torch.ones(len(ranks)))
    assert (chances[ranks < counts[:, None]] == 0).all()
    # One of them by hand: the product of the law's choices.
    prefix = [(0,), (2, 0), (3, 0, 4, 1)][num_rooms - 1][: len(row) - 1]
    is_visible, product = torch.zeros(1, len(row)).bool(), 1.0
    rank = torch.full((1, len(row)), len(row))
    for k, token in enumerate(prefix):
        product *= float(law.log_next(row[None], is_visible)[0, token].detach().exp())
        is_visible[0, token], rank[0, token] = True, k
    place = (ranks == rank).all(dim=1) & (counts == len(prefix))
    assert float(log_prefix[place].exp()) == pytest.approx(product, rel=1e-5)


def test_orders_are_drawn_with_the_probabilities_of_the_law(make_tokens: Maker) -> None:
    """All 6 orders of three tokens, 60,000 draws, and lengths that differ in one call."""
    law, row, draws = random_law(3), real_row(make_tokens([2], 3), 2), 60_000
    noise = torch.rand(draws, 3, generator=torch.Generator().manual_seed(0))
    count = torch.arange(draws) % 3 + 1
    ranks = drawn_ranks(law, row.expand(draws, -1), count, noise)
    every, lengths = enumerated_prefixes(3)
    with torch.no_grad():
        log_prefix, _ = prefix_probabilities(law, row.expand(len(every), -1), every, lengths)
    for rank, length, chance in zip(every, lengths, log_prefix.exp(), strict=True):
        if length:
            here = (ranks[count == length] == rank).all(dim=1).double().mean()
            error = math.sqrt(float(chance * (1 - chance)) / (draws / 3))
            assert float(here) == pytest.approx(float(chance), abs=4.5 * error + 1e-9)
    full = ranks[count == 3]
    assert torch.equal(full.sort(dim=1).values, torch.arange(3).expand(len(full), -1))


def test_ranks_are_whole_orders_that_a_generator_decides(make_tokens: Maker) -> None:
    order = LearnedOrder(random_law())
    rows = torch.from_numpy(make_tokens([4] * 9, 4).astype(np.int64))

    def drawn(seed: int, **options: Any) -> Tensor:
        return order.ranks(rows, torch.Generator().manual_seed(seed), **options)

    assert torch.equal(drawn(1), drawn(1))
    assert not torch.equal(drawn(1), drawn(2))
    assert torch.equal(drawn(1).sort(dim=1).values, torch.arange(10).expand(9, -1))
    known = torch.tensor([True, False, True, *[False] * 7])
    found = drawn(1, known=known)
    assert (found[:, known] == -1).all()
    assert torch.equal(found[:, ~known].sort(dim=1).values, torch.arange(8).expand(9, -1))


def test_orders_start_room_by_room(make_tokens: Maker) -> None:
    rows = torch.from_numpy(make_tokens([6] * 200, 6).astype(np.int64))
    ranks = LearnedOrder(OrderLaw()).ranks(rows, torch.Generator().manual_seed(0))
    early = [ranks.argsort(dim=1)[:, k] < 6 for k in (0, 1, 3)]  # room, room, its edge, room
    assert early[0].double().mean() > 0.99
    assert early[1].double().mean() > 0.95
    assert (ranks.argsort(dim=1)[:, 2] >= 6).double().mean() > 0.95
    assert early[2].double().mean() > 0.9


@pytest.mark.parametrize("num_rooms", [1, 2, 3])
def test_the_expected_loss_is_the_bound_of_the_law(
    make_tokens: Maker, make_small_model: Maker, probability_table: Maker, num_rooms: int
) -> None:
    """F over all prefixes, each with its probability, against the recursion over states."""
    law, denoiser = random_law(1, scale=2.0), make_small_model(3)
    row = real_row(make_tokens([num_rooms], 3), num_rooms)
    table = probability_table(denoiser, row, num_rooms, LOGLINEAR)
    ranks, counts = enumerated_prefixes(len(row))
    with torch.no_grad():
        log_prefix, chances = prefix_probabilities(law, row.expand(len(ranks), -1), ranks, counts)
    masks = ((ranks >= counts[:, None]).long() << torch.arange(len(row))).sum(dim=1)
    nats = torch.from_numpy(-table)[masks].masked_fill(chances == 0, 0.0)
    # Each length has probability 1 / N, and F has a factor N.
    found = (log_prefix.double().exp()[:, None] * chances * nats).sum()
    expected = enumerated_bound(law, row, table).detach()
    assert float(found) == pytest.approx(float(expected), rel=1e-5)


def test_the_measured_bound_is_that_of_the_law(
    make_tokens: Maker, make_small_model: Maker, probability_table: Maker
) -> None:
    law, denoiser = random_law(1, scale=2.0), make_small_model(3)
    tokens = make_tokens([3], 3)
    table = probability_table(denoiser, real_row(tokens, 3), 3, LOGLINEAR)
    expected = float(enumerated_bound(law, real_row(tokens, 3), table).detach())
    process, rows = LearnedOrders(law), np.repeat(tokens, 500, axis=0)
    found = [bound_in_nats(denoiser, rows, process, seed=seed) for seed in range(8)]
    error = np.std(found, ddof=1) / math.sqrt(len(found))
    assert np.mean(found) == pytest.approx(expected, abs=4 * error)
    uniform = process.more_bounds()["nats_uniform"]
    assert isinstance(uniform, MaskedCount)
    other = bound_in_nats(denoiser, rows, process, corrupter=uniform)
    assert abs(other - expected) > 6 * error


def test_with_the_exact_denoiser_the_bound_is_the_entropy(oracle: Any) -> None:
    rows = np.tile(oracle.vocabulary.pad_row, (2_000, 1))
    rows[:, oracle.vocabulary.real_positions(3)] = oracle.states[3][0].numpy()
    found = bound_in_nats(oracle, rows, LearnedOrders(random_law(2)))
    expected = -float(oracle.probabilities[3][0].log())
    assert found == pytest.approx(expected, rel=0.03)


class Estimator:
    """Gradients of the training loss in the law's weights, one a batch of pairs of draws."""

    def __init__(self, denoiser: Any, row: Tensor, law: OrderLaw, uniform_share: float) -> None:
        self.denoiser, self.row, self.law = denoiser, row, law
        self.corrupter = MaskedByLaw(law, LOGLINEAR, uniform_share)
        self.generator = torch.Generator().manual_seed(0)

    def gradient(self, pairs: int, has_score: bool = True) -> Tensor:
        level = torch.rand(pairs, generator=self.generator).double().repeat_interleave(DRAWS)
        noise = torch.rand(pairs * DRAWS, len(self.row), generator=self.generator)
        rows = self.row.expand(len(noise), -1)
        corruption = self.corrupter(3, level, noise, rows)
        loss = masked_loss(
            self.denoiser, [CleanGroup(3, rows)], [corruption], self.denoiser.vocabulary
        )
        total = loss.total
        if has_score:
            total = total + order_score(loss.per_diagram, corruption.log_prefix)
        (found,) = torch.autograd.grad(total / len(rows), self.law.order_weights)
        return found.double()

    def mean_and_error(self, batches: int, pairs: int, **options: Any) -> tuple[Tensor, Tensor]:
        found = torch.stack([self.gradient(pairs, **options) for _ in range(batches)])
        return found.mean(dim=0), found.std(dim=0) / math.sqrt(batches)


@pytest.mark.parametrize("uniform_share", [0.0, 0.4])
def test_the_gradient_is_that_of_the_bound(
    make_tokens: Maker, make_small_model: Maker, probability_table: Maker, uniform_share: float
) -> None:
    denoiser = make_small_model(3, scale=1.0).requires_grad_(False)
    row, law = real_row(make_tokens([3], 3), 3), random_law(1)
    table = probability_table(denoiser, row, 3, LOGLINEAR)
    (exact,) = torch.autograd.grad(enumerated_bound(law, row, table), law.order_weights)
    exact = (1 - uniform_share) * exact.double()
    estimator = Estimator(denoiser, row, law, uniform_share)
    mean, error = estimator.mean_and_error(40, 300)
    seen = error > 0  # room types that this diagram does not have play no part
    assert bool((exact[~seen] == 0).all())
    assert float(((mean - exact)[seen] / error[seen]).abs().max()) < 4.5
    # The draws tell: a gradient of 0, or without the score of the prefixes, would be found out.
    assert float((exact[seen] / error[seen]).abs().max()) > 10
    biased, error = estimator.mean_and_error(40, 300, has_score=False)
    assert float(((biased - exact)[seen] / error[seen]).abs().max()) > 10


def test_its_variance_is_below_that_of_two_masks_at_one_time(
    make_tokens: Maker, make_small_model: Maker, probability_table: Maker
) -> None:
    """GenMD4's estimator (arXiv:2406.04329) at equal calls, where both know the law: edges have
    one weight whatever is visible, rooms another, alpha_l(t) = 1 - t^w_l."""
    denoiser = make_small_model(3, scale=1.0).requires_grad_(False)
    row, law, weight = real_row(make_tokens([3], 3), 3), OrderLaw(), 0.4
    with torch.no_grad():
        law.order_weights.zero_()
        law.order_weights[:3] = weight
    table = probability_table(denoiser, row, 3, LOGLINEAR)
    (exact,) = torch.autograd.grad(enumerated_bound(law, row, table), law.order_weights)
    exact_edges = float(exact[:3].sum())
    estimator = Estimator(denoiser, row, law, 0.0)
    pairs = 40  # a mean of so many has a variance so many times smaller
    ours = torch.stack([estimator.gradient(pairs)[:3].sum() for _ in range(80)])
    theirs = two_masks_gradient(table, weight, 40_000)
    for found in (ours, theirs):
        error = float(found.std()) / math.sqrt(len(found))
        assert float(found.mean()) == pytest.approx(exact_edges, abs=4.5 * error)
    assert float(ours.std()) * math.sqrt(pairs) < 0.5 * float(theirs.std())


def two_masks_gradient(table: np.ndarray, weight: float, draws: int) -> Tensor:
    """(draws,) gradients in the log weight of edges from two masks at one time each."""
    generator = torch.Generator().manual_seed(1)
    nats, length = torch.from_numpy(-table), table.shape[1]
    theta = torch.full((draws, 1), weight, dtype=torch.float64, requires_grad=True)
    rate = torch.cat([torch.ones(draws, 3).double(), theta.exp().expand(-1, 3)], dim=1)
    time = torch.rand(draws, 1, generator=generator, dtype=torch.float64).clamp(min=1e-4)
    chance = time**rate
    losses, scores = [], []
    for _ in range(2):
        drawn = torch.rand(draws, length, generator=generator, dtype=torch.float64)
        is_masked = drawn < chance.detach()
        number = (is_masked.long() << torch.arange(length)).sum(dim=1)
        costs = nats[number].masked_fill(~is_masked, 0.0)
        losses.append((is_masked * costs * rate / time).sum(dim=1))
        log = torch.where(is_masked, chance.log(), (1 - chance).clamp(min=1e-12).log())
        scores.append(log.sum(dim=1))
    gap = (losses[0] - losses[1]).detach()
    total = 0.5 * (losses[0] + losses[1]) + 0.5 * gap * (scores[0] - scores[1])
    return torch.autograd.grad(total.sum(), theta)[0][:, 0]


def test_the_score_has_no_value_and_the_gradient_of_the_formula() -> None:
    log_prefix = torch.tensor([-1.0, -2.0, -3.0, -4.0], requires_grad=True)
    nats = torch.tensor([5.0, 2.0, 1.0, 7.0], requires_grad=True)
    score = order_score(nats, log_prefix)
    assert float(score.detach()) == 0
    score.backward()
    assert log_prefix.grad.tolist() == [3, -3, -6, 6]
    assert nats.grad is None


def test_both_draws_of_a_diagram_are_of_one_length_and_one_kind(make_tokens: Maker) -> None:
    rows = torch.from_numpy(make_tokens([3] * 40, 3).astype(np.int64)).repeat_interleave(2, dim=0)
    generator = torch.Generator().manual_seed(0)
    level = torch.rand(40, generator=generator).double().repeat_interleave(2)
    noise = torch.rand(80, 6, generator=generator)
    found = MaskedByLaw(random_law(), LOGLINEAR, 0.5)(3, level, noise, rows)
    count = found.is_masked.sum(dim=1).view(-1, 2)
    assert torch.equal(count[:, 0], count[:, 1])
    usual = MaskedCount(LOGLINEAR)(3, level, noise)
    assert torch.equal(count.view(-1), usual.is_masked.sum(dim=1))
    by_law = (found.log_prefix != 0).view(-1, 2).any(dim=1)
    is_usual = (found.weight == usual.weight).all(dim=1).view(-1, 2).all(dim=1)
    assert 5 < int(by_law.sum()) < 35
    assert not bool((by_law & is_usual).any())
    assert torch.equal(
        found.is_masked[is_usual.repeat_interleave(2)],
        usual.is_masked[is_usual.repeat_interleave(2)],
    )


def test_a_law_needs_the_tokens() -> None:
    with pytest.raises(ValueError, match="looks at the tokens"):
        MaskedByLaw(OrderLaw(), LOGLINEAR)(1, torch.rand(2), torch.rand(2, 1))
