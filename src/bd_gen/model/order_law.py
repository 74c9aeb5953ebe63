"""A learned law over orders: which token of a partly visible diagram is revealed next.

Sequential Plackett-Luce: with S visible, the next token is l with probability proportional to
w_l(S) = exp(u . f_l(S)) among those still hidden. The features f_l say how much is visible around
l, never what l is; they do not name places of the row, so that one vector u serves diagrams of any
size in any numbering of their rooms, and a renumbered diagram is revealed in the renumbered order.
Laws over orders that look at what is visible: LO-ARM (arXiv:2503.05979), UPO (arXiv:2510.05725).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor, nn

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words

_ANY_TYPE = (
    "edge, no end visible",
    "edge, one end visible",
    "edge, both ends visible",
    "room, share of its edges visible",
    "room, share of its edges visible and joined",
    "edge, shares of the ends' edges visible",
    "edge, gap between these shares",
    "edge, shares of the ends' edges visible and joined",
    "edge, share of rooms it closes a triangle with",
    "edge, share of rooms it closes a triangle of joined rooms with",
)
_FIRST_TYPE = len(_ANY_TYPE)
_BY_ROOMS = (-8.0, -4.0, 6.0)


def order_features(words: Words) -> tuple[str, ...]:
    """What log w is a weighted sum of; a room of which nothing is visible has log w = 0."""
    by_type = (f"edge, visible ends of type {name}" for name in words.room_names)
    return (*_ANY_TYPE, *by_type)


class OrderLaw(nn.Module):
    """The weights u.

    They start near room by room: once a room is visible, nearly always all of its edges to
    visible rooms come next.

    Args:
        words: whose diagrams it orders.
    """

    def __init__(self, words: Words = RPLAN) -> None:
        super().__init__()
        self.words = words
        start = torch.zeros(_FIRST_TYPE + words.num_room_types)
        start[: len(_BY_ROOMS)] = torch.tensor(_BY_ROOMS)
        self.order_weights = nn.Parameter(start)

    def log_weights(self, tokens: Tensor, is_visible: Tensor) -> Tensor:
        """(b, N) float32 log w of all tokens of b diagrams of n rooms, N = n(n+1)/2.

        Args:
            tokens: (b, N) int64 values; those that are not visible are not looked at.
            is_visible: (b, N) bool.
        """
        # Half precision would give samplers and validation two laws that differ.
        with torch.autocast(is_visible.device.type, enabled=False):
            return self._log_weights(tokens, is_visible)

    def _log_weights(self, tokens: Tensor, is_visible: Tensor) -> Tensor:
        # Few operations: prefixes are drawn token by token, and small ones cost their call.
        layout = _layout(is_visible.shape[1], is_visible.device)
        n, to_ends = layout.num_rooms, layout.to_ends
        u = self.order_weights.to(is_visible.device)
        rooms, edges = is_visible[:, :n], is_visible[:, n:]
        # Visible edges, and those of them that join, as symmetric matrices side by side.
        both = torch.stack([edges, edges & (tokens[:, n:] != self.words.no_edge)], dim=1).float()
        square = nn.functional.pad(both, (0, 1))[..., layout.edge_at].unflatten(2, (n, n))
        shares = square.sum(dim=3) / max(1, n - 1)
        paths = (square @ square).flatten(2)[..., layout.place] / max(1, n - 2)
        # By feature: shares of a room's edges, of an edge's ends, their gap, triangles.
        of_room, of_end, of_gap, of_triangle = u[3:5], u[5:8:2], u[6], u[8:10]
        seen = shares[:, 0]
        types = u[_FIRST_TYPE:][torch.where(rooms, tokens[:, :n], 0)] * rooms
        of_edges = (
            u[:3][(rooms.float() @ to_ends).long()]
            + (of_end @ shares + types) @ to_ends
            + of_gap * (seen @ layout.to_gap).abs()
            + of_triangle @ paths
        )
        return torch.cat([of_room @ shares, of_edges], dim=1)

    def log_next(self, tokens: Tensor, is_visible: Tensor) -> Tensor:
        """(b, N) float32 log probability that each token comes next; -inf where visible.

        In every diagram something must be hidden.
        """
        weights = self.log_weights(tokens, is_visible)
        return weights.masked_fill(is_visible, -torch.inf).log_softmax(dim=1)


@dataclass(frozen=True, eq=False)
class _Layout:
    """Where the tokens of diagrams of one size stand.

    Attributes:
        num_rooms: n.
        to_ends: (n, E) float32, 1 where a room is an end of an edge.
        to_gap: (n, E) float32, 1 at the first and -1 at the second room of an edge.
        edge_at: (n * n,) int64 edge at each place of a symmetric matrix, E on the diagonal.
        place: (E,) int64 where in that matrix each edge stands, above the diagonal.
    """

    num_rooms: int
    to_ends: Tensor
    to_gap: Tensor
    edge_at: Tensor
    place: Tensor


@lru_cache(maxsize=128)
def _layout(length: int, device: torch.device) -> _Layout:
    # Kept for later calls, which may need a gradient even if this one does not.
    with torch.inference_mode(mode=False):
        num_rooms = num_rooms_of_length(length)
        rows, cols = (torch.from_numpy(side).to(device) for side in np.triu_indices(num_rooms, k=1))
        edge = torch.arange(len(rows), device=device)
        to_ends = torch.zeros(num_rooms, len(rows), device=device)
        to_ends[rows, edge] = to_ends[cols, edge] = 1.0
        to_gap = to_ends.clone()
        to_gap[cols, edge] = -1.0
        place = rows * num_rooms + cols
        edge_at = torch.full((num_rooms * num_rooms,), len(rows), device=device)
        edge_at[place] = edge_at[cols * num_rooms + rows] = edge
        return _Layout(num_rooms, to_ends, to_gap, edge_at, place)


def num_rooms_of_length(length: int) -> int:
    """The n for which n(n+1)/2 tokens are `length`.

    Raises:
        ValueError: there is none.
    """
    num_rooms = int((2 * length) ** 0.5)
    if num_rooms < 1 or num_rooms * (num_rooms + 1) // 2 != length:
        raise ValueError(f"no diagram has {length} tokens")
    return num_rooms
