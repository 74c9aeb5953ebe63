"""Diagrams with their rooms in another order: the same plans as more training data.

Rooms of a plan have no order of their own; a row holds them in whatever order the file does.
Numbered anew at random in every epoch, each plan stands for up to n! rows.
"""

import numpy as np
import torch
from torch import Tensor

from bd_gen.diagrams.vocabulary import NO_EDGE


class Renumbering:
    """Puts the rooms of diagrams of one size in random order.

    An edge whose rooms change places takes the label seen from the other room, which is not
    9 - r in general (`bd_gen.diagrams.relations`).

    Args:
        num_rooms: n.
        device: where diagrams are.
    """

    def __init__(self, num_rooms: int, device: torch.device) -> None:
        self.num_rooms = num_rooms
        rows, cols = np.triu_indices(num_rooms, k=1)
        self._rows = torch.tensor(rows.tolist(), device=device, dtype=torch.long)
        self._cols = torch.tensor(cols.tolist(), device=device, dtype=torch.long)

    def __call__(self, tokens: Tensor, reverse: Tensor, draws: Tensor) -> Tensor:
        """Renumber b diagrams.

        Args:
            tokens: (b, n(n+1)/2) int64 types, then relations of the pairs i < j.
            reverse: (b, n(n-1)/2) int64 relations of the same pairs seen from the other room.
            draws: (b, n) uniform numbers whose ranks are the orders.

        Returns:
            (b, n(n+1)/2) int64.
        """
        n, count = self.num_rooms, len(tokens)
        order = draws.argsort(dim=1)
        seen_from = tokens.new_full((count, n, n), NO_EDGE)
        seen_from[:, self._rows, self._cols] = tokens[:, n:]
        seen_from[:, self._cols, self._rows] = reverse
        pairs = order[:, self._rows] * n + order[:, self._cols]
        return torch.cat(
            [tokens[:, :n].gather(1, order), seen_from.flatten(1).gather(1, pairs)], dim=1
        )
