"""What enters the transformer: tokens, their places in the row, and time."""

import math

import torch
from torch import Tensor, nn

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.packing import PackedBatch


class RowEmbedding(nn.Module):
    """Embeds tokens by value and place.

    A node is its token, its kind and its index; an edge its token, its kind and the sum of an
    embedding of its first and one of its second room.
    """

    edge_rows: Tensor
    edge_cols: Tensor

    def __init__(self, vocabulary: Vocabulary, width: int) -> None:
        super().__init__()
        # One table whose first rows are node tokens and whose last rows are edge tokens.
        self.token = nn.Embedding(vocabulary.node_size + vocabulary.edge_size, width)
        self.node_index = nn.Embedding(vocabulary.n_max, width)
        self.first_room = nn.Embedding(vocabulary.n_max, width)
        self.second_room = nn.Embedding(vocabulary.n_max, width)
        self.kind = nn.Embedding(2, width)
        self.register_buffer(
            "edge_rows", torch.tensor(vocabulary.edge_rows.tolist()).long(), persistent=False
        )
        self.register_buffer(
            "edge_cols", torch.tensor(vocabulary.edge_cols.tolist()).long(), persistent=False
        )
        for table in (self.token, self.node_index, self.first_room, self.second_room, self.kind):
            nn.init.normal_(table.weight, std=0.5)

    def places(self) -> Tensor:
        """(length, width) embedding of every position of the row."""
        nodes = self.node_index.weight + self.kind.weight[0]
        edges = (
            self.first_room.weight[self.edge_rows]
            + self.second_room.weight[self.edge_cols]
            + self.kind.weight[1]
        )
        return torch.cat([nodes, edges])

    def forward(self, batch: PackedBatch) -> Tensor:
        """The T tokens of a batch to (T, width)."""
        values = self.token(batch.tokens)
        if batch.soft_mask is not None:
            masked = self.token(batch.soft_mask.mask_tokens)
            values = values + batch.soft_mask.share[:, None] * (masked - values)
        return values + nn.functional.embedding(batch.positions, self.places())


class TimeEmbedding(nn.Module):
    """Sinusoidal features of t in [0, 1], then a small MLP (as in DiT, arXiv:2212.09748)."""

    def __init__(
        self,
        width: int,
        num_frequencies: int = 128,
        largest_period: float = 1e4,
        scale: float = 1000.0,
    ) -> None:
        super().__init__()
        self.scale = scale
        half = num_frequencies
        self.register_buffer(
            "frequencies",
            torch.exp(-math.log(largest_period) * torch.arange(half) / half),
            persistent=False,
        )
        self.mlp = nn.Sequential(nn.Linear(2 * half, width), nn.SiLU(), nn.Linear(width, width))

    frequencies: Tensor

    def forward(self, time: Tensor) -> Tensor:
        """(B,) times to (B, width)."""
        angles = self.scale * time.to(self.frequencies)[:, None] * self.frequencies
        return self.mlp(torch.cat([angles.cos(), angles.sin()], dim=1))
