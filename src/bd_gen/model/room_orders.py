"""Masks along the order "rooms": rooms in random order, each followed by its edges to earlier ones.

An order is a law over what is revealed next. With S visible and k of N tokens masked, the bound of
a law with next-place probabilities pi is estimated without bias by

    N * sum over masked l of pi_l(S) * -log p(x_l | x_S),   k uniform in 1..N, S drawn by the law.

In a uniform order pi = 1/k, which is the weight N/k of `MaskedCount`.
"""

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from bd_gen.model.corruption import Corrupter, Corruption, masked_count
from bd_gen.model.schedules import Schedule


class MaskedByRooms(Corrupter):
    """The last k tokens of an order, k uniform; the order is "rooms" or uniform.

    In the order "rooms" the next token is one of the hidden edges between the open room (the last
    one whose type is visible) and earlier rooms, or, where none is left, the type of any hidden
    room.

    Args:
        schedule: tells a model with time input at which time so many tokens are masked.
        share: how many diagrams have the order "rooms" on average, in [0, 1].
    """

    def __init__(self, schedule: Schedule, share: float = 1.0) -> None:
        self.schedule = schedule
        self.share = share

    def __call__(
        self,
        num_rooms: int,
        level: Tensor,
        noise: Tensor,
        tokens: Tensor | None = None,  # noqa: ARG002
    ) -> Corruption:
        """See `Corrupter`."""
        length = noise.shape[1]
        count, rest = masked_count(level, length)
        by_rooms = (rest < self.share)[:, None]
        keys = torch.where(by_rooms, -_places_by_rooms(num_rooms, noise), noise)
        rank = keys.argsort(dim=1).argsort(dim=1)
        is_masked = rank < count[:, None]
        is_next = is_masked & _is_next_by_rooms(num_rooms, is_masked, length - 1 - rank)
        is_next = torch.where(by_rooms, is_next, is_masked)
        return Corruption(
            is_masked=is_masked,
            weight=(length * is_next / is_next.sum(dim=1, keepdim=True)).float(),
            time=self.schedule.time_of(1.0 - count / length).float(),
        )


def _places_by_rooms(num_rooms: int, noise: Tensor) -> Tensor:
    """(b, N) numbers that rise along the order "rooms", from uniform noise (b, N)."""
    rows, cols = _ends_of_edges(num_rooms, noise.device)
    rank = noise[:, :num_rooms].argsort(dim=1).argsort(dim=1)
    later = torch.maximum(rank[:, rows], rank[:, cols])
    return torch.cat([2.0 * rank, 2.0 * later + 0.5 + noise[:, num_rooms:]], dim=1)


def _is_next_by_rooms(num_rooms: int, is_masked: Tensor, place: Tensor) -> Tensor:
    """(b, N) bool: tokens, masked or not, of the kind that the order "rooms" reveals next.

    Args:
        num_rooms: n.
        is_masked: (b, N) bool, a tail of the order.
        place: (b, N) int64 the place of each token in it.
    """
    visible_rooms = (~is_masked[:, :num_rooms]).sum(dim=1, keepdim=True)
    end_of_room = visible_rooms * (visible_rooms + 1) // 2
    is_open = (~is_masked).sum(dim=1, keepdim=True) < end_of_room
    is_room = torch.arange(is_masked.shape[1], device=is_masked.device) < num_rooms
    return torch.where(is_open, place < end_of_room, is_room)


@lru_cache(maxsize=128)
def _ends_of_edges(num_rooms: int, device: torch.device) -> tuple[Tensor, Tensor]:
    rows, cols = np.triu_indices(num_rooms, k=1)
    return torch.from_numpy(rows).to(device), torch.from_numpy(cols).to(device)
