"""Diagrams of different sizes in one batch, without PAD.

Tokens of all diagrams stand one after another, grouped by number of rooms. Everything that
works on single tokens (linear maps, norms, MLPs) runs over them at once; only attention looks
at the groups, in which all diagrams have the same length.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from bd_gen.diagrams.vocabulary import Vocabulary


@dataclass(frozen=True)
class Group:
    """`count` diagrams of `length` tokens each that stand next to each other in a batch."""

    count: int
    length: int


@dataclass(frozen=True)
class SoftMask:
    """Mixes every token's embedding with that of its MASK token.

    Attributes:
        mask_tokens: (T,) int64 index of each position's MASK in the joint embedding table.
        share: (T,) share of MASK in the mixture, 0 to 1.
    """

    mask_tokens: Tensor
    share: Tensor


@dataclass(frozen=True)
class PackedBatch:
    """Token rows of B diagrams as T tokens in one line.

    Attributes:
        tokens: (T,) int64 index into the joint embedding table: node tokens as they are, those of
            other kinds shifted by `Vocabulary.shifts`.
        positions: (T,) int64 position of each token in the full row.
        groups: diagrams of equal length, in order.
        key_mask: None, or (T,) bool: False where a token is PAD and must not be attended to.
        soft_mask: None, or how much of each token is masked, while a forward process is learned.
    """

    tokens: Tensor
    positions: Tensor
    groups: tuple[Group, ...]
    key_mask: Tensor | None = None
    soft_mask: SoftMask | None = None

    def of_samples(self, values: Tensor) -> Tensor:
        """Spread (B, ...) values of diagrams over their tokens: (T, ...)."""
        parts, start = [], 0
        for group in self.groups:
            part = values[start : start + group.count]
            parts.append(part.repeat_interleave(group.length, dim=0))
            start += group.count
        return parts[0] if len(parts) == 1 else torch.cat(parts)


@lru_cache(maxsize=256)
def _row_constants(
    vocabulary: Vocabulary, num_rooms: int | None, device: torch.device
) -> tuple[Tensor, Tensor]:
    """Positions of one diagram's tokens, and the shift of its tokens in the joint table."""
    if num_rooms is None:
        positions = np.arange(vocabulary.length)
    else:
        positions = vocabulary.real_positions(num_rooms)
    return (
        torch.from_numpy(positions.astype(np.int64)).to(device),
        torch.from_numpy(vocabulary.shifts[positions].astype(np.int64)).to(device),
    )


@lru_cache(maxsize=64)
def mask_row_on(vocabulary: Vocabulary, device: torch.device) -> Tensor:
    """(length,) int64 the MASK token of every position of the row."""
    return torch.from_numpy(vocabulary.mask_row.astype(np.int64)).to(device)


@lru_cache(maxsize=64)
def shifts_on(vocabulary: Vocabulary, device: torch.device) -> Tensor:
    """(length,) int64 the shift of every position's tokens in the joint table."""
    return torch.from_numpy(vocabulary.shifts.astype(np.int64)).to(device)


def pack(rows: Sequence[tuple[int, Tensor]], vocabulary: Vocabulary) -> PackedBatch:
    """Pack diagrams that are already grouped by number of rooms.

    Args:
        rows: pairs (number of rooms n, (b, N) integer tokens at the N real positions).
        vocabulary: the layout of the full row.
    """
    tokens, positions, groups = [], [], []
    for num_rooms, group_tokens in rows:
        where, shift = _row_constants(vocabulary, num_rooms, group_tokens.device)
        tokens.append((group_tokens + shift).reshape(-1))
        positions.append(where.repeat(len(group_tokens)))
        groups.append(Group(*group_tokens.shape))
    if len(groups) == 1:
        return PackedBatch(tokens[0], positions[0], tuple(groups))
    return PackedBatch(torch.cat(tokens), torch.cat(positions), tuple(groups))


def pack_padded(tokens: Tensor, is_real: Tensor, vocabulary: Vocabulary) -> PackedBatch:
    """The plain form: full rows (B, length) with PAD, which attention leaves out by `is_real`."""
    positions, shift = _row_constants(vocabulary, None, tokens.device)
    return PackedBatch(
        (tokens + shift).reshape(-1),
        positions.repeat(len(tokens)),
        (Group(*tokens.shape),),
        is_real.reshape(-1),
    )
