"""The denoiser: from a partly masked diagram to a distribution for every token."""

import torch
from torch import Tensor, nn

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.config import ModelConfig
from bd_gen.model.embeddings import RowEmbedding, TimeEmbedding
from bd_gen.model.packing import PackedBatch
from bd_gen.model.transformer import Block


class Denoiser(nn.Module):
    """p(x0 | x_t) for all tokens, independently of each other given x_t."""

    def __init__(self, config: ModelConfig, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.config = config
        self.vocabulary = vocabulary
        self.embedding = RowEmbedding(vocabulary, config.width)
        self.time_embedding = self._time_embedding()
        self.blocks = nn.ModuleList(self._block() for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        # Node values first, then edge values.
        self.head = nn.Linear(
            config.width, vocabulary.num_room_types + vocabulary.num_relations + 1
        )
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def _time_embedding(self) -> TimeEmbedding | None:
        return TimeEmbedding(self.config.width) if self.config.time_conditioning else None

    def _block(self) -> Block:
        return Block(self.config)

    def _normed(
        self,
        x: Tensor,
        batch: PackedBatch,  # noqa: ARG002
        condition: Tensor | None,  # noqa: ARG002
        at: Tensor | None,  # noqa: ARG002
    ) -> Tensor:
        """(M, width) features of the tokens `at` as the head sees them."""
        return self.norm(x)

    def divide_out(self, log_weights: Tensor) -> None:
        """Take the class weights of a weighted training loss out of what is predicted.

        A loss that weights the value c by w_c teaches w_c p(c) / sum_k w_k p(k); with log w_c
        taken off its logit the softmax is p again. Weights act through the bias of the head.

        Args:
            log_weights: (T + R + 1,) log w of node values, then of edge values; a constant added to
                either part means nothing.
        """
        with torch.no_grad():
            self.head.bias.sub_(log_weights.to(self.head.bias))

    def forward(
        self, batch: PackedBatch, time: Tensor | None = None, at: Tensor | None = None
    ) -> Tensor:
        """Logits of the values of tokens.

        Args:
            batch: B diagrams of T tokens together.
            time: (B,) in [0, 1]; needed with time conditioning, else ignored.
            at: (M,) int64 indices of tokens in the batch; all T of them if None.

        Returns:
            (M, V) float32 with V = `Vocabulary.num_values`, 13 for RPLAN. Columns are values: room
            types for a node; relations and no-edge for an edge. Of those of the two that have
            fewer values, the columns left over are -inf. MASK and PAD have no column, so they
            cannot be predicted.
        """
        x = self.embedding(batch)
        condition = None
        if self.time_embedding is not None:
            if time is None:
                raise ValueError("this model needs a time for every diagram")
            condition = self.time_embedding(time)
        for block in self.blocks[:-1]:
            x = block(x, batch, condition)
        x = self.blocks[-1](x, batch, condition, at)
        both = self.head(self._normed(x, batch, condition, at)).float()
        tokens = batch.tokens if at is None else batch.tokens[at]
        return _values_of_kind(both, tokens >= self.vocabulary.node_size, self.vocabulary)


def _values_of_kind(both: Tensor, is_edge: Tensor, vocabulary: Vocabulary) -> Tensor:
    sizes = [vocabulary.num_room_types, vocabulary.num_relations + 1]
    nodes, edges = (
        part if part.shape[1] == vocabulary.num_values else _padded(part, vocabulary.num_values)
        for part in both.split(sizes, dim=1)
    )
    return torch.where(is_edge[:, None], edges, nodes)


def _padded(logits: Tensor, num_values: int) -> Tensor:
    missing = num_values - logits.shape[1]
    return torch.nn.functional.pad(logits, (0, missing), value=float("-inf"))


def num_parameters(model: nn.Module) -> int:
    """Number of trained values."""
    return sum(p.numel() for p in model.parameters())
