import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.config import ModelConfig
from bd_gen.model.corruption import Corruption, MaskedByTime, MaskedCount
from bd_gen.model.denoiser import Denoiser
from bd_gen.model.objective import CleanGroup, MaskedLoss, corrupt, masked_loss
from bd_gen.model.schedules import schedule_named

LOGLINEAR = schedule_named("loglinear")
LOG_13, LOG_11 = math.log(13), math.log(11)
Maker = Callable[..., Any]


def groups_of(tokens: np.ndarray, sizes: list[int], n_max: int) -> list[CleanGroup]:
    vocabulary = Vocabulary(n_max)
    groups = []
    for n in sorted(set(sizes)):
        rows = tokens[np.array(sizes) == n][:, vocabulary.real_positions(n)]
        groups.append(CleanGroup(n, torch.from_numpy(rows.astype(np.int64))))
    return groups


def masks(groups: list[CleanGroup], seed: int = 0) -> list[Corruption]:
    generator = torch.Generator().manual_seed(seed)
    count = sum(len(group.tokens) for group in groups)
    level = torch.rand(count, generator=generator, dtype=torch.float64)
    return corrupt(groups, MaskedCount(LOGLINEAR), level, generator)


def unknowing(n_max: int) -> Denoiser:
    """An untrained model: each node costs log 13, each edge log 11."""
    return Denoiser(ModelConfig(8, 1, 2), Vocabulary(n_max))


def test_a_batch_worked_out_by_hand() -> None:
    """Sizes 1 and 2; every diagram has its own weight, every token of it the same."""
    one = CleanGroup(1, torch.tensor([[4]]))
    two = CleanGroup(2, torch.tensor([[0, 7, 3], [12, 5, 10]]))
    time = torch.tensor([0.5])
    corruptions = [
        Corruption(torch.tensor([[True]]), torch.tensor([[1.0]]), time),
        Corruption(
            torch.tensor([[False, True, True], [True, False, False]]),
            torch.tensor([[1.5], [3.0]]),
            time.repeat(2),
        ),
    ]
    loss = masked_loss(unknowing(3), [one, two], corruptions, Vocabulary(3))
    costs = torch.tensor([LOG_13, LOG_13, LOG_11, LOG_13])
    torch.testing.assert_close(loss.cross_entropy.detach(), costs)
    assert loss.weight.tolist() == [1.0, 1.5, 1.5, 3.0]
    assert loss.shift.tolist() == [0, 0, 15, 0]
    assert loss.num_diagrams == 3
    expected = (LOG_13 + 1.5 * (LOG_13 + LOG_11) + 3 * LOG_13) / 3
    assert float(loss.nats.detach()) == pytest.approx(expected, rel=1e-6)


def test_each_token_may_have_a_weight_of_its_own() -> None:
    two = CleanGroup(2, torch.tensor([[0, 7, 3], [12, 5, 10]]))
    weight = torch.tensor([[1.0, 2.0, 4.0], [8.0, 16.0, 32.0]])
    is_masked = torch.tensor([[True, False, True], [False, True, True]])
    corruption = Corruption(is_masked, weight, torch.tensor([0.5, 0.5]))
    loss = masked_loss(unknowing(2), [two], [corruption], Vocabulary(2))
    expected = (LOG_13 + 4 * LOG_11 + 16 * LOG_13 + 32 * LOG_11) / 2
    assert float(loss.nats.detach()) == pytest.approx(expected, rel=1e-6)


def test_groups_may_count_more_than_they_have_diagrams() -> None:
    """As where a batch holds more of a size than its share of the data."""
    tokens = torch.tensor([[4], [5]])
    corruption = Corruption(torch.ones(2, 1).bool(), torch.ones(2, 1), torch.ones(2))
    two = CleanGroup(2, torch.tensor([[0, 7, 3]]), weight=0.25)
    every = Corruption(torch.ones(1, 3).bool(), torch.ones(1, 1), torch.ones(1))
    loss = masked_loss(
        unknowing(2), [CleanGroup(1, tokens, weight=1.5), two], [corruption, every], Vocabulary(2)
    )
    expected = (1.5 * 2 * LOG_13 + 0.25 * (2 * LOG_13 + LOG_11)) / 3
    assert float(loss.nats.detach()) == pytest.approx(expected, rel=1e-6)


def test_the_most_probable_value_is_the_correct_one() -> None:
    denoiser = unknowing(2)
    with torch.no_grad():
        denoiser.head.bias[7] = 1.0  # room type 7
        denoiser.head.bias[13 + 3] = 1.0  # relation 3
    rows = torch.tensor([[7, 7, 3], [7, 6, 4]])
    every = Corruption(torch.ones(2, 3).bool(), torch.ones(2, 1), torch.ones(2))
    loss = masked_loss(denoiser, [CleanGroup(2, rows)], [every], Vocabulary(2))
    assert loss.is_correct.tolist() == [True, True, True, True, False, False]
    likely = [-math.log(math.e / (math.e + others)) for others in (12, 10)]
    assert float(loss.cross_entropy[0].detach()) == pytest.approx(likely[0], rel=1e-5)
    assert float(loss.cross_entropy[2].detach()) == pytest.approx(likely[1], rel=1e-5)
    assert float(loss.cross_entropy[4].detach()) == pytest.approx(likely[0] + 1, rel=1e-5)


def test_the_batch_is_the_mean_of_its_diagrams(make_tokens: Maker, make_small_model: Maker) -> None:
    """Other sizes and other diagrams in the batch change nothing."""
    sizes = [1, 2, 4, 4, 4, 3, 2]
    denoiser = make_small_model(4)
    groups = groups_of(make_tokens(sizes, 4), sizes, 4)
    corruptions = masks(groups)
    together = masked_loss(denoiser, groups, corruptions, denoiser.vocabulary)
    total = 0.0
    for group, c in zip(groups, corruptions, strict=True):
        for k in range(len(group.tokens)):
            part = slice(k, k + 1)
            alone = masked_loss(
                denoiser,
                [CleanGroup(group.num_rooms, group.tokens[part])],
                [Corruption(c.is_masked[part], c.weight[part], c.time[part])],
                denoiser.vocabulary,
            )
            total += float(alone.nats.detach())
    assert float(together.nats.detach()) == pytest.approx(total / len(sizes), rel=1e-5)


@pytest.mark.parametrize("time_conditioning", [False, True])
@pytest.mark.parametrize("round_to", [2, 7, 512])
def test_rounding_the_number_of_predictions_changes_nothing(
    make_tokens: Maker, make_small_model: Maker, time_conditioning: bool, round_to: int
) -> None:
    sizes = [2, 3, 3, 4]
    denoiser = make_small_model(4, time_conditioning)
    groups = groups_of(make_tokens(sizes, 4), sizes, 4)
    corruptions = masks(groups)
    plain = masked_loss(denoiser, groups, corruptions, denoiser.vocabulary)
    plain.nats.backward()
    gradients = [p.grad.clone() for p in denoiser.parameters()]
    denoiser.zero_grad()
    rounded = masked_loss(denoiser, groups, corruptions, denoiser.vocabulary, round_to)
    rounded.nats.backward()
    torch.testing.assert_close(rounded.cross_entropy, plain.cross_entropy)
    torch.testing.assert_close(rounded.nats, plain.nats)
    for parameter, gradient in zip(denoiser.parameters(), gradients, strict=True):
        torch.testing.assert_close(parameter.grad, gradient, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("round_to", [1, 512])
def test_a_batch_in_which_nothing_is_masked_costs_nothing(
    make_small_model: Maker, round_to: int
) -> None:
    """Early times mask no token of a small diagram now and then."""
    denoiser = make_small_model(2)
    rows = torch.tensor([[0, 7, 3]])
    corruption = MaskedByTime(LOGLINEAR)(2, torch.tensor([0.99]), torch.tensor([[0.9, 0.8, 0.7]]))
    assert not corruption.is_masked.any()
    nats = masked_loss(denoiser, [CleanGroup(2, rows)], [corruption], Vocabulary(2), round_to).nats
    nats.backward()
    assert float(nats.detach()) == 0.0
    for parameter in denoiser.parameters():
        assert parameter.grad is None or (parameter.grad == 0).all()


def test_a_masked_token_is_not_seen(make_tokens: Maker, make_small_model: Maker) -> None:
    """What is asked for must not reach the network, or the loss measures copying."""
    denoiser = make_small_model(3)
    (group,) = groups_of(make_tokens([3] * 5, 3), [3] * 5, 3)
    (corruption,) = masks([group])
    seen = []
    denoiser.embedding.register_forward_pre_hook(lambda _, args: seen.append(args[0].tokens))
    losses: list[MaskedLoss] = []
    for shift in (0, 1):
        changed = torch.where(corruption.is_masked, (group.tokens + shift) % 11, group.tokens)
        losses.append(
            masked_loss(denoiser, [CleanGroup(3, changed)], [corruption], denoiser.vocabulary)
        )
    assert torch.equal(seen[0], seen[1])
    assert not torch.allclose(losses[0].cross_entropy, losses[1].cross_entropy)


def test_soft_masks_of_zero_and_one_are_hard_masks(
    make_tokens: Maker, make_small_model: Maker
) -> None:
    denoiser = make_small_model(3)
    (group,) = groups_of(make_tokens([3] * 5, 3), [3] * 5, 3)
    (hard,) = masks([group])
    soft = Corruption(hard.is_masked, hard.weight, hard.time, hard.is_masked.float())
    found = [
        masked_loss(denoiser, [group], [c], denoiser.vocabulary).nats.detach() for c in (hard, soft)
    ]
    torch.testing.assert_close(found[1], found[0])


def test_levels_run_through_the_groups_in_order() -> None:
    groups = [
        CleanGroup(1, torch.zeros(2, 1, dtype=torch.long)),
        CleanGroup(3, torch.zeros(3, 6, dtype=torch.long)),
    ]
    level = torch.tensor([0.1, 0.9, 0.0, 0.5, 0.99], dtype=torch.float64)
    one, three = corrupt(groups, MaskedCount(LOGLINEAR), level, torch.Generator().manual_seed(0))
    assert one.is_masked.sum(dim=1).tolist() == [1, 1]
    assert three.is_masked.sum(dim=1).tolist() == [1, 4, 6]


def test_masks_follow_the_generator_alone() -> None:
    groups = [CleanGroup(3, torch.zeros(20, 6, dtype=torch.long))]
    torch.manual_seed(1)
    first = masks(groups, seed=5)[0].is_masked
    torch.manual_seed(2)
    assert torch.equal(masks(groups, seed=5)[0].is_masked, first)
    assert not torch.equal(masks(groups, seed=6)[0].is_masked, first)
