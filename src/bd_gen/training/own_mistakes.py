"""Training on own mistakes: some visible tokens are the model's own draws.

A sampler goes on from tokens that the model itself drew, some of which no real diagram holds; in
training everything visible is right. So a share of the visible tokens is masked for one call, drawn
from the model, shown in place of the right ones, and predicted too (after ProSeCo,
arXiv:2602.11590). What is trained then is no bound on the likelihood of clean diagrams alone.
"""

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.corruption import Corruption
from bd_gen.model.denoiser import Denoiser
from bd_gen.model.objective import CleanGroup
from bd_gen.model.packing import mask_row_on, pack

_WEIGHT = 1.0
"""Of a drawn token's cross-entropy: that of a token that is masked alone, N/k, is N."""


@torch.no_grad()
def with_own_mistakes(
    denoiser: Denoiser,
    groups: Sequence[CleanGroup],
    corruptions: Sequence[Corruption],
    share: float,
    vocabulary: Vocabulary,
    generator: torch.Generator,
) -> list[Corruption]:
    """Corruptions that also show and ask for the model's own draws.

    Args:
        denoiser: the model as it is.
        groups: clean diagrams.
        corruptions: one for each group, without soft masks.
        share: how many of the visible tokens are drawn anew, in (0, 1).
        vocabulary: the layout of the row.
        generator: of the choice and the draws.
    """
    device = generator.device
    chosen = [
        ~c.is_masked & (torch.rand(c.is_masked.shape, generator=generator, device=device) < share)
        for c in corruptions
    ]
    hidden = [c.is_masked | more for c, more in zip(corruptions, chosen, strict=True)]
    drawn = _draws(denoiser, groups, corruptions, hidden, chosen, vocabulary, generator)
    return [
        replace(
            corruption,
            is_masked=whole,
            weight=torch.where(more, _WEIGHT, corruption.weight.expand(more.shape)),
            shown=torch.where(more, values, -1),
        )
        for corruption, whole, more, values in zip(corruptions, hidden, chosen, drawn, strict=True)
    ]


def _draws(
    denoiser: Denoiser,
    groups: Sequence[CleanGroup],
    corruptions: Sequence[Corruption],
    hidden: Sequence[Tensor],
    chosen: Sequence[Tensor],
    vocabulary: Vocabulary,
    generator: torch.Generator,
) -> list[Tensor]:
    """For each group (b, N) int64 values drawn for the chosen tokens, 0 elsewhere."""
    mask_row = mask_row_on(vocabulary, generator.device)
    rows = []
    for group, covered in zip(groups, hidden, strict=True):
        positions = torch.from_numpy(vocabulary.real_positions(group.num_rooms).copy())
        masks = mask_row[positions.long().to(generator.device)]
        rows.append((group.num_rooms, torch.where(covered, masks, group.tokens)))
    at = torch.cat([more.reshape(-1) for more in chosen]).nonzero()[:, 0]
    logits = denoiser(pack(rows, vocabulary), torch.cat([c.time for c in corruptions]), at)
    values = logits.new_zeros(sum(more.numel() for more in chosen), dtype=torch.long)
    if len(at):
        drawn = torch.multinomial(logits.float().softmax(dim=1), 1, generator=generator)
        values[at] = drawn[:, 0]
    parts = values.split([more.numel() for more in chosen])
    return [part.view(more.shape) for part, more in zip(parts, chosen, strict=True)]
