"""The training objective: a bound on -log p(diagram), in nats per diagram.

E_t[ w(t) * sum over masked tokens of -log p(x0 | x_t) ], w(t) = -alpha'(t) / (1 - alpha(t))
(MDLM, arXiv:2406.07524; MD4, arXiv:2406.04329). No class weights: they would teach another
distribution. The number of rooms is given; its own -log p(n) is not part of the bound.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - the name that everybody uses

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.corruption import Corrupter, Corruption
from bd_gen.model.denoiser import Denoiser
from bd_gen.model.packing import SoftMask, mask_row_on, pack, shifts_on


@dataclass(frozen=True)
class CleanGroup:
    """Diagrams of one size.

    Attributes:
        num_rooms: rooms of each of them.
        tokens: (b, N) int64 at the N real positions.
        weight: what each of them counts in the average over diagrams.
        draws: so many rows next to each other are one and the same diagram.
    """

    num_rooms: int
    tokens: Tensor
    weight: float = 1.0
    draws: int = 1

    def repeated(self, draws: int) -> "CleanGroup":
        """Every diagram `draws` times."""
        if draws == 1:
            return self
        return replace(self, tokens=self.tokens.repeat_interleave(draws, dim=0), draws=draws)


@dataclass(frozen=True)
class MaskedLoss:
    """Cross-entropy of every masked token of a batch that counts.

    Attributes:
        cross_entropy: (M,) -log p of the clean value.
        weight: (M,) weight of each token in the bound.
        is_correct: (M,) bool, the clean value is the most probable one.
        shift: (M,) int64 that of the token's kind, as `Vocabulary.shifts`: 0 for a room type.
        diagram: (M,) int64 which diagram of the batch it belongs to.
        num_diagrams: B.
    """

    cross_entropy: Tensor
    weight: Tensor
    is_correct: Tensor
    shift: Tensor
    diagram: Tensor
    num_diagrams: int

    @property
    def total(self) -> Tensor:
        """Scalar: the bound's estimate, summed over the diagrams of the batch."""
        return (self.weight * self.cross_entropy).sum()

    @property
    def per_diagram(self) -> Tensor:
        """(B,) the bound's estimate for each diagram of the batch."""
        terms = self.weight * self.cross_entropy
        return terms.new_zeros(self.num_diagrams).index_add(0, self.diagram, terms)

    @property
    def nats(self) -> Tensor:
        """Scalar: the bound's estimate, averaged over the diagrams of the batch."""
        return self.total / self.num_diagrams


def corrupt(
    groups: Sequence[CleanGroup], corrupter: Corrupter, level: Tensor, generator: torch.Generator
) -> list[Corruption]:
    """A corruption for each group; `level` (B,) runs through the groups' diagrams in order."""
    shapes = [group.tokens.shape for group in groups]
    noises = [torch.rand(shape, generator=generator, device=level.device) for shape in shapes]
    return corrupt_by(groups, corrupter, level, noises)


def corrupt_by(
    groups: Sequence[CleanGroup], corrupter: Corrupter, level: Tensor, noises: Sequence[Tensor]
) -> list[Corruption]:
    """The same with the uniform noise (b, N) of each group given."""
    levels = level.split([len(group.tokens) for group in groups])
    return [
        corrupter(group.num_rooms, part, noise, group.tokens)
        for group, part, noise in zip(groups, levels, noises, strict=True)
    ]


def masked_loss(
    denoiser: Denoiser,
    groups: Sequence[CleanGroup],
    corruptions: Sequence[Corruption],
    vocabulary: Vocabulary,
    round_to: int | None = 1,
) -> MaskedLoss:
    """Mask, predict, compare.

    Args:
        denoiser: the model.
        groups: clean diagrams.
        corruptions: one for each group.
        vocabulary: the layout of the row.
        round_to: predict for a multiple of so many tokens and drop the surplus, so that few
            different shapes occur. None: predict for all tokens, masked or not, so that one shape
            occurs and nothing waits for a count; those that do not count have weight 0.
    """
    clean = pack([(group.num_rooms, group.tokens) for group in groups], vocabulary)
    mask_row = mask_row_on(vocabulary, clean.tokens.device)
    shift = shifts_on(vocabulary, clean.tokens.device)[clean.positions]
    mask_tokens = mask_row[clean.positions] + shift
    is_masked = torch.cat([c.is_masked.reshape(-1) for c in corruptions])
    if corruptions[0].soft is None:
        hidden = _in_place_of_clean(corruptions, mask_tokens, shift)
        batch = replace(clean, tokens=torch.where(is_masked, hidden, clean.tokens))
    else:
        share = torch.cat([c.soft.reshape(-1) for c in corruptions if c.soft is not None])
        batch = replace(clean, soft_mask=SoftMask(mask_tokens, share))
    weight = _weights(groups, corruptions)
    num_diagrams = sum(len(group.tokens) for group in groups)
    target = clean.tokens - shift
    diagram = clean.of_samples(torch.arange(num_diagrams, device=target.device))
    time = torch.cat([c.time for c in corruptions])
    if round_to is None:
        logits = denoiser(batch, time)
        weight = weight * is_masked
    else:
        # Some laws count a part of the masked tokens only; the others need no prediction.
        at = (is_masked & (weight != 0)).nonzero()[:, 0]
        logits = denoiser(batch, time, F.pad(at, (0, -len(at) % round_to)))[: len(at)]
        target, weight, shift, diagram = (
            values.index_select(0, at) for values in (target, weight, shift, diagram)
        )
    return MaskedLoss(
        cross_entropy=F.cross_entropy(logits, target, reduction="none"),
        weight=weight,
        is_correct=logits.detach().argmax(dim=1) == target,
        shift=shift,
        diagram=diagram,
        num_diagrams=num_diagrams,
    )


def _in_place_of_clean(
    corruptions: Sequence[Corruption], mask_tokens: Tensor, shift: Tensor
) -> Tensor:
    """(T,) what stands where a token is masked: MASK, or another token that is shown instead."""
    if corruptions[0].shown is None:
        return mask_tokens
    shown = torch.cat([c.shown.reshape(-1) for c in corruptions if c.shown is not None])
    return torch.where(shown >= 0, shown + shift, mask_tokens)


def _weights(groups: Sequence[CleanGroup], corruptions: Sequence[Corruption]) -> Tensor:
    """(T,) weight of every token of the batch, should it be masked."""
    return torch.cat(
        [
            (group.weight * corruption.weight.expand(group.tokens.shape)).reshape(-1)
            for group, corruption in zip(groups, corruptions, strict=True)
        ]
    )
