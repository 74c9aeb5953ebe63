"""The denoiser of boxes: from a diagram and some sides of its rooms' boxes to the other sides.

A token of the transformer is a room, with its type and its four sides, each known or masked; what
two rooms are to each other stands between them, in attention's scores and messages. So a plan of
n rooms is n tokens, not as many as its row has.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - the name that everybody uses

from bd_gen.diagrams.vocabulary import NUM_SIDES, Vocabulary
from bd_gen.model.config import ModelConfig
from bd_gen.model.denoiser import Denoiser
from bd_gen.model.packing import Group, PackedBatch
from bd_gen.model.transformer import Attention, Block


@dataclass(frozen=True)
class RoomBatch(PackedBatch):
    """Rooms of B plans in one line.

    Attributes:
        pairs: for each group (b, n, n) int64 what room i is to room j: the relation or no-edge of
            i < j; of i > j the relation of (j, i), counted on; one more for a room itself.
    """

    pairs: tuple[Tensor, ...] = ()


class RelationAttention(Attention):
    """Attention among the rooms of a plan that knows what each is to the other.

    Args:
        config: of the denoiser.
        num_pairs: kinds of pairs.
    """

    def __init__(self, config: ModelConfig, num_pairs: int) -> None:
        super().__init__(config)
        self.pair_score = nn.Embedding(num_pairs, config.heads)
        self.pair_message = nn.Embedding(num_pairs, config.width)
        nn.init.zeros_(self.pair_score.weight)
        nn.init.normal_(self.pair_message.weight, std=0.1)

    def mix(self, x: Tensor, batch: PackedBatch) -> Tensor:
        """(T, width) to (T, width): attention without the output map."""
        assert isinstance(batch, RoomBatch)  # noqa: S101 - what `BoxDenoiser` makes
        maps = (self.query, self.key, self.value)
        qkv = F.linear(x, torch.cat([m.weight for m in maps]), torch.cat([m.bias for m in maps]))
        parts = qkv.split([group.count * group.length for group in batch.groups])
        mixed = [
            self._mix_plans(part, group, pairs)
            for part, group, pairs in zip(parts, batch.groups, batch.pairs, strict=True)
        ]
        return torch.cat(mixed)

    def _mix_plans(self, qkv: Tensor, group: Group, pairs: Tensor) -> Tensor:
        count, length = group.count, group.length
        q, k, v = qkv.view(count, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        scores = (q @ k.transpose(2, 3)) * q.shape[-1] ** -0.5
        weights = (scores + self.pair_score(pairs).permute(0, 3, 1, 2)).softmax(dim=-1)
        # How much of each room's attention goes to each kind of pair, and what that kind says.
        kinds = F.one_hot(pairs, self.pair_message.num_embeddings).to(weights)
        share = torch.einsum("bhij,bijk->bhik", weights, kinds)
        said = share @ self.pair_message.weight.view(-1, self.heads, v.shape[-1]).transpose(0, 1)
        return (weights @ v + said).transpose(1, 2).reshape(count * length, -1)


class RelationBlock(Block):
    """A block whose attention knows what rooms are to each other."""

    def __init__(self, config: ModelConfig, num_pairs: int) -> None:
        super().__init__(config)
        self.attention = RelationAttention(config, num_pairs)


class BoxDenoiser(Denoiser):
    """p(sides | diagram, known sides), independently of each other.

    Rows, packing and samplers are those of diagrams: a batch holds whole rows, and logits are
    asked for by token. Those of tokens that are no sides are 0.

    Args:
        config: with levels, without time conditioning.
        vocabulary: a layout with levels.
    """

    def __init__(self, config: ModelConfig, vocabulary: Vocabulary) -> None:
        nn.Module.__init__(self)
        self.config, self.vocabulary = config, vocabulary
        levels, width = vocabulary.levels, config.width
        self.time_embedding = None
        # A relation or no-edge either way round, and a room beside itself.
        self._num_relations = vocabulary.edge_size - 2
        num_pairs = 2 * self._num_relations + 1
        self.room_type = nn.Embedding(vocabulary.node_size - 2, width)
        self.side = nn.Embedding(NUM_SIDES * (levels + 1), width)  # each side's levels, then MASK
        self.blocks = nn.ModuleList(RelationBlock(config, num_pairs) for _ in range(config.layers))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, NUM_SIDES * levels)
        nn.init.normal_(self.room_type.weight, std=0.5)
        nn.init.normal_(self.side.weight, std=0.25)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        if not self.side.weight.is_meta:  # for mere shapes torch would load its compiler
            self._smooth_sides()

    @torch.no_grad()
    def _smooth_sides(self) -> None:
        levels, width = self.vocabulary.levels, self.config.width
        of_sides = self.side.weight.view(NUM_SIDES, levels + 1, width)
        turn = torch.linalg.qr(torch.randn(NUM_SIDES, width, width))[0]
        of_sides[:, :levels] = smooth_levels(levels, width) @ turn

    def divide_out(self, log_weights: Tensor) -> None:  # noqa: ARG002
        """See `Denoiser`; sides have no class weights.

        Raises:
            ValueError: always.
        """
        raise ValueError("a model of boxes has no class weights to divide out")

    def forward(
        self,
        batch: PackedBatch,
        time: Tensor | None = None,  # noqa: ARG002
        at: Tensor | None = None,
    ) -> Tensor:
        """(M, levels) float32 logits of the levels of tokens `at` (M,), or of all."""
        plain = batch.tokens - self._shifts(batch)
        rows = plain.split([group.count * group.length for group in batch.groups])
        parts = [self._plans(row.view(g.count, g.length)) for row, g in
                 zip(rows, batch.groups, strict=True)]  # fmt: skip
        rooms = RoomBatch(
            batch.tokens,
            batch.positions,
            tuple(Group(*features.shape[:2]) for features, _ in parts),
            pairs=tuple(pairs for _, pairs in parts),
        )
        x = torch.cat([features.flatten(0, 1) for features, _ in parts])
        for block in self.blocks:
            x = block(x, rooms, None)
        found = self.head(self.norm(x)).float().view(-1, self.vocabulary.levels)
        if at is None:
            at = torch.arange(len(batch.tokens), device=x.device)
        return self._at(found, batch, at)

    def _shifts(self, batch: PackedBatch) -> Tensor:
        shifts = torch.from_numpy(self.vocabulary.shifts.astype(np.int64))
        return shifts.to(batch.positions.device)[batch.positions]

    def _plans(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """(b, n, width) features and (b, n, n) kinds of pairs of rows (b, N) of n rooms each."""
        n = num_rooms_in(rows.shape[1])
        levels = self.vocabulary.levels
        types, edges, sides = rows.split([n, n * (n - 1) // 2, NUM_SIDES * n], dim=1)
        which = torch.arange(NUM_SIDES, device=rows.device) * (levels + 1)
        of_sides = self.side(sides.view(-1, n, NUM_SIDES) + which).sum(dim=2)
        first, second = torch.triu_indices(n, n, 1, device=rows.device)
        pairs = edges.new_full((len(rows), n, n), 2 * self._num_relations)
        pairs[:, first, second] = edges
        # Rooms that are not joined are so from either end.
        is_joined = edges != self.vocabulary.no_edge
        pairs[:, second, first] = edges + is_joined * self._num_relations
        return self.room_type(types) + of_sides, pairs

    def _at(self, found: Tensor, batch: PackedBatch, at: Tensor) -> Tensor:
        """Of the logits of all sides (S, levels) in the batch's order those of tokens `at`."""
        is_side = batch.positions >= self.vocabulary.length - self.vocabulary.num_sides
        place = is_side.long().cumsum(dim=0) - 1
        logits = found.index_select(0, place.clamp(min=0).index_select(0, at))
        return logits * is_side.index_select(0, at)[:, None]


def num_rooms_in(length: int) -> int:
    """The n of rows without PAD of n(n+1)/2 + 4n tokens."""
    return (math.isqrt(81 + 8 * length) - 9) // 2


def smooth_levels(levels: int, width: int) -> Tensor:
    """(levels, width) sinusoids of mean square 1/16, from half a wave over all levels on.

    Levels near one another start with embeddings near one another.
    """
    place = (torch.arange(levels, dtype=torch.float32)[:, None] + 0.5) / levels
    waves = 0.5 * (levels / 2) ** (torch.arange(width // 2) / max(1, width // 2 - 1))
    angles = 2 * math.pi * place * waves
    found = torch.cat([angles.cos(), angles.sin()], dim=1) * (0.25 * 2**0.5)
    return F.pad(found, (0, width - found.shape[1]))
