"""The training objective: a bound on -log p(diagram), in nats per diagram.

E_t[ w(t) * sum over masked tokens of -log p(x0 | x_t) ], w(t) = -alpha'(t) / (1 - alpha(t))
(MDLM, arXiv:2406.07524; MD4, arXiv:2406.04329). No class weights: they would teach another
distribution. The number of rooms is given; its own -log p(n) is not part of the bound.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - the name that everybody uses

from bd_gen.diagrams.vocabulary import NODE_VOCABULARY_SIZE, Vocabulary
from bd_gen.diffusion.corruption import Corrupter, Corruption
from bd_gen.models.denoiser import Denoiser
from bd_gen.models.packing import pack


@dataclass(frozen=True)
class CleanGroup:
    """Diagrams of one size.

    Attributes:
        num_rooms: rooms of each of them.
        tokens: (b, N) int64 at the N = n(n+1)/2 real positions.
        rows: (b,) int64 where in the caller's batch each one came from.
    """

    num_rooms: int
    tokens: Tensor
    rows: Tensor


@dataclass(frozen=True)
class MaskedLoss:
    """Cross-entropy of every masked token of a batch.

    Attributes:
        cross_entropy: (M,) -log p of the clean value.
        is_correct: (M,) bool, the clean value is the most probable one.
        is_edge: (M,) bool.
        sample: (M,) int64 which of the B diagrams of the (regrouped) batch the token is of.
        weight: (B,) weight of each diagram in the bound.
    """

    cross_entropy: Tensor
    is_correct: Tensor
    is_edge: Tensor
    sample: Tensor
    weight: Tensor

    @property
    def nats(self) -> Tensor:
        """Scalar: the bound's estimate, averaged over the diagrams of the batch."""
        return (self.weight[self.sample] * self.cross_entropy).sum() / len(self.weight)


def group_by_size(
    tokens: Tensor, num_rooms: Tensor, counts: Sequence[int], positions: Sequence[Tensor | None]
) -> list[CleanGroup]:
    """Full rows sorted into groups of equal size.

    Args:
        tokens: (B, length) uint8 rows.
        num_rooms: (B,) their numbers of rooms.
        counts: how many rows have 0, 1, 2, ... rooms; known beforehand, so that nothing waits
            for the device.
        positions: for each number of rooms the real positions of the row.
    """
    order = num_rooms.argsort(stable=True)
    groups, start = [], 0
    for n, count in enumerate(counts):
        if count == 0:
            continue
        rows = order[start : start + count]
        where = positions[n]
        groups.append(CleanGroup(n, tokens[rows][:, where].long(), rows))
        start += count
    return groups


def masked_loss(
    denoiser: Denoiser,
    groups: Sequence[CleanGroup],
    corruptions: Sequence[Corruption],
    vocabulary: Vocabulary,
) -> MaskedLoss:
    """Mask, predict, compare.

    Args:
        denoiser: the model.
        groups: clean diagrams, G groups.
        corruptions: one for each group.
        vocabulary: the layout of the row.
    """
    device = groups[0].tokens.device
    mask_row = torch.from_numpy(vocabulary.mask_row.copy()).to(device).long()
    clean = pack([(group.num_rooms, group.tokens) for group in groups], vocabulary)
    is_masked = torch.cat([c.is_masked.reshape(-1) for c in corruptions])
    shift = NODE_VOCABULARY_SIZE * (clean.positions >= vocabulary.n_max)
    corrupted = torch.where(is_masked, mask_row[clean.positions] + shift, clean.tokens)
    at = is_masked.nonzero()[:, 0]
    batch = type(clean)(corrupted, clean.positions, clean.groups)
    logits = denoiser(batch, torch.cat([c.time for c in corruptions]), at)
    target = (clean.tokens - shift).index_select(0, at)
    weight = torch.cat([c.weight for c in corruptions])
    sample = clean.of_samples(torch.arange(len(weight), device=device))
    return MaskedLoss(
        cross_entropy=F.cross_entropy(logits, target, reduction="none"),
        is_correct=logits.detach().argmax(dim=1) == target,
        is_edge=shift.index_select(0, at) > 0,
        sample=sample.index_select(0, at),
        weight=weight,
    )


def corrupt(
    groups: Sequence[CleanGroup], corrupter: Corrupter, level: Tensor, generator: torch.Generator
) -> list[Corruption]:
    """A corruption for each group; `level` (B,) is in the order of the caller's batch."""
    corruptions = []
    for group in groups:
        noise = torch.rand(group.tokens.shape, generator=generator, device=group.tokens.device)
        corruptions.append(corrupter(level[group.rows], noise))
    return corruptions
