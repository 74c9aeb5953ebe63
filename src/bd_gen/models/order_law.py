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

from bd_gen.diagrams.vocabulary import NO_EDGE, NUM_ROOM_TYPES, ROOM_TYPES

FEATURES = (
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
    *(f"edge, visible ends of type {name}" for name in ROOM_TYPES),
)
"""What log w is a weighted sum of; a room of which nothing is visible has log w = 0."""

_FIRST_TYPE = len(FEATURES) - NUM_ROOM_TYPES
_BY_ROOMS = (-8.0, -4.0, 6.0)


class OrderLaw(nn.Module):
    """The weights u.

    They start near room by room: once a room is visible, nearly always all of its edges to
    visible rooms come next.
    """

    def __init__(self) -> None:
        super().__init__()
        start = torch.zeros(len(FEATURES))
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
        layout = _layout(is_visible.shape[1], is_visible.device)
        n, rows, cols = layout.num_rooms, layout.rows, layout.cols
        u = self.order_weights.to(is_visible.device)
        by_ends, scalars, by_type = u[:3], u[3:_FIRST_TYPE].unbind(), u[_FIRST_TYPE:]
        rooms, edges = is_visible[:, :n], is_visible[:, n:].float()
        joined = edges * (tokens[:, n:] != NO_EDGE)
        others = max(1, n - 1)
        seen, linked = (part @ layout.incidence / others for part in (edges, joined))
        ends = rooms[:, rows].long() + rooms[:, cols].long()
        types = by_type[torch.where(rooms, tokens[:, :n], 0)] * rooms
        of_ends = scalars[2] * seen + scalars[4] * linked + types
        of_edges = (
            by_ends[ends]
            + of_ends[:, rows]
            + of_ends[:, cols]
            + scalars[3] * (seen[:, rows] - seen[:, cols]).abs()
            + scalars[5] * layout.triangles(edges)
            + scalars[6] * layout.triangles(joined)
        )
        return torch.cat([scalars[0] * seen + scalars[1] * linked, of_edges], dim=1)

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
        rows: (E,) first room of each edge.
        cols: (E,) second room of each edge.
        incidence: (E, n) float32, 1 where a room is an end of an edge.
        edge_at: (n * n,) int64 edge at each place of a symmetric matrix, E on the diagonal.
    """

    num_rooms: int
    rows: Tensor
    cols: Tensor
    incidence: Tensor
    edge_at: Tensor

    def triangles(self, edges: Tensor) -> Tensor:
        """(b, E) for each edge the share of other rooms to which both ends have an edge (b, E)."""
        n = self.num_rooms
        square = nn.functional.pad(edges, (0, 1))[:, self.edge_at].view(-1, n, n)
        paths = (square @ square).flatten(1)
        return paths[:, self.rows * n + self.cols] / max(1, n - 2)


@lru_cache(maxsize=128)
def _layout(length: int, device: torch.device) -> _Layout:
    # Kept for later calls, which may need a gradient even if this one does not.
    with torch.inference_mode(mode=False):
        num_rooms = num_rooms_of_length(length)
        rows, cols = (torch.from_numpy(side).to(device) for side in np.triu_indices(num_rooms, k=1))
        edge = torch.arange(len(rows), device=device)
        incidence = torch.zeros(len(rows), num_rooms, device=device)
        incidence[edge, rows] = incidence[edge, cols] = 1.0
        edge_at = torch.full((num_rooms * num_rooms,), len(rows), device=device)
        edge_at[rows * num_rooms + cols] = edge_at[cols * num_rooms + rows] = edge
        return _Layout(num_rooms, rows, cols, incidence, edge_at)


def num_rooms_of_length(length: int) -> int:
    """The n for which n(n+1)/2 tokens are `length`.

    Raises:
        ValueError: there is none.
    """
    num_rooms = int((2 * length) ** 0.5)
    if num_rooms < 1 or num_rooms * (num_rooms + 1) // 2 != length:
        raise ValueError(f"no diagram has {length} tokens")
    return num_rooms
