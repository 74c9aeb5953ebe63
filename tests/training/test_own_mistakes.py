import pytest
import torch

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.config import ModelConfig
from bd_gen.model.corruption import Corruption, MaskedCount
from bd_gen.model.denoiser import Denoiser
from bd_gen.model.objective import CleanGroup, corrupt, masked_loss
from bd_gen.model.packing import pack
from bd_gen.model.schedules import schedule_named
from bd_gen.training.own_mistakes import with_own_mistakes

VOCABULARY = Vocabulary(4)


@pytest.fixture
def setting():
    torch.manual_seed(0)
    denoiser = Denoiser(ModelConfig(width=16, layers=1, heads=2), VOCABULARY)
    torch.nn.init.normal_(denoiser.head.weight)
    groups = [
        CleanGroup(n, torch.randint(0, 10, (200, n * (n + 1) // 2)), weight)
        for n, weight in ((2, 1.0), (4, 0.5))
    ]
    generator = torch.Generator().manual_seed(1)
    level = torch.rand(400, generator=generator)
    corruptions = corrupt(groups, MaskedCount(schedule_named("loglinear")), level, generator)
    return denoiser, groups, corruptions


def mistaken(setting, share: float, seed: int = 2):
    denoiser, groups, corruptions = setting
    generator = torch.Generator().manual_seed(seed)
    return with_own_mistakes(denoiser, groups, corruptions, share, VOCABULARY, generator)


def test_a_share_of_the_visible_tokens_is_drawn_and_asked_for(setting) -> None:
    _, groups, corruptions = setting
    for group, before, after in zip(groups, corruptions, mistaken(setting, 0.25), strict=True):
        assert bool((after.is_masked | ~before.is_masked).all())  # what was masked stays so
        drawn = after.is_masked & ~before.is_masked
        assert 0.2 < drawn.sum() / (~before.is_masked).sum() < 0.3
        assert torch.equal(after.shown >= 0, drawn)
        assert bool((after.shown[:, group.num_rooms :] < 11).all())  # edges take edge values
        expected = torch.where(drawn, 1.0, before.weight.expand(drawn.shape))
        assert torch.equal(after.weight, expected)


def test_draws_follow_the_model_with_all_that_is_drawn_masked(setting) -> None:
    """With one visible token drawn anew, its law is the model's own for the row that hides it."""
    denoiser, groups, _ = setting
    group = CleanGroup(2, groups[0].tokens[:1].expand(20_000, 3))
    visible = torch.tensor([[False, True, True]])
    corruption = Corruption(visible.expand(20_000, 3), torch.ones(20_000, 1), torch.zeros(20_000))
    generator = torch.Generator().manual_seed(3)
    (after,) = with_own_mistakes(denoiser, [group], [corruption], 0.5, VOCABULARY, generator)
    drawn = after.shown[after.shown[:, 0] >= 0, 0]
    found = torch.bincount(drawn, minlength=13) / len(drawn)
    mask_row = torch.from_numpy(VOCABULARY.mask_row.copy()).long()
    real = torch.tensor(VOCABULARY.real_positions(2).tolist())
    with torch.no_grad():
        logits = denoiser(pack([(2, mask_row[real][None])], VOCABULARY))
    assert float((found - logits[0].softmax(0)).abs().sum()) / 2 < 0.02


def test_shown_tokens_are_what_the_model_sees(setting) -> None:
    """The loss is that of rows in which the drawn tokens stand, masked ones apart."""
    denoiser, groups, _ = setting
    after = mistaken(setting, 0.25)
    seen: list[torch.Tensor] = []
    hook = denoiser.embedding.register_forward_pre_hook(lambda _, args: seen.append(args[0].tokens))
    loss = masked_loss(denoiser, groups, after, VOCABULARY)
    hook.remove()
    shift = torch.cat(
        [
            (torch.arange(g.tokens.shape[1]) >= g.num_rooms).expand(g.tokens.shape).reshape(-1)
            for g in groups
        ]
    )
    shown = torch.cat([c.shown.reshape(-1) for c in after])
    there = shown >= 0
    assert torch.equal(seen[0][there], (shown + 15 * shift)[there])
    assert len(loss.cross_entropy) == sum(int(c.is_masked.sum()) for c in after)


def test_the_same_numbers_give_the_same_mistakes(setting) -> None:
    first, second, other = (mistaken(setting, 0.25, seed)[1].shown for seed in (2, 2, 3))
    assert torch.equal(first, second)
    assert not torch.equal(first, other)
