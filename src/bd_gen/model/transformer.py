"""Transformer blocks over packed batches."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - the name that everybody uses

from bd_gen.model.config import ModelConfig
from bd_gen.model.packing import Group, PackedBatch


class Attention(nn.Module):
    """Full self-attention inside every diagram; PAD keys are left out."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.heads = config.heads
        # Three maps, computed as one: an optimiser that looks at whole matrices (Muon) must not
        # take them for one.
        self.query = nn.Linear(config.width, config.width)
        self.key = nn.Linear(config.width, config.width)
        self.value = nn.Linear(config.width, config.width)
        self.out = nn.Linear(config.width, config.width)
        self.gate: nn.Linear | None = None
        if config.head_gates:
            self.gate = nn.Linear(config.width, config.heads)
            nn.init.zeros_(self.gate.weight)
            nn.init.zeros_(self.gate.bias)

    def mix(self, x: Tensor, batch: PackedBatch) -> Tensor:
        """(T, width) to (T, width): attention without the output map."""
        maps = (self.query, self.key, self.value)
        qkv = F.linear(x, torch.cat([m.weight for m in maps]), torch.cat([m.bias for m in maps]))
        sizes = [group.count * group.length for group in batch.groups]
        # split, not slices: the gradient of a slice is a table of zeros as large as the whole.
        parts = qkv.split(sizes)
        if batch.key_mask is None:
            masks: Sequence[Tensor | None] = [None] * len(parts)
        else:
            masks = batch.key_mask.split(sizes)
        mixed = [
            self._mix_group(part, group, mask)
            for part, group, mask in zip(parts, batch.groups, masks, strict=True)
        ]
        whole = mixed[0] if len(mixed) == 1 else torch.cat(mixed)
        if self.gate is None:
            return whole
        gates = 2.0 * self.gate(x).sigmoid()  # 1 at the start
        return (whole.view(len(x), self.heads, -1) * gates[..., None]).flatten(1)

    def _mix_group(self, qkv: Tensor, group: Group, keys: Tensor | None) -> Tensor:
        count, length = group.count, group.length
        q, k, v = qkv.view(count, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        visible = None if keys is None else keys.view(count, 1, 1, length)
        if qkv.is_cuda:
            mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=visible)
            return mixed.transpose(1, 2).reshape(count * length, -1)
        # On a CPU the fused kernel's backward is 3 (float32) to 20 times (bfloat16) slower than
        # two batched products for rows this short (docs/benchmarks.md).
        q = q.reshape(-1, length, q.shape[-1]) * q.shape[-1] ** -0.5
        k, v = (part.reshape(-1, length, part.shape[-1]) for part in (k, v))
        scores = torch.bmm(q, k.transpose(1, 2))
        if visible is not None:
            scores = scores.view(count, self.heads, length, length)
            scores = scores.masked_fill(~visible, float("-inf")).view(-1, length, length)
        mixed = torch.bmm(scores.softmax(dim=-1), v)
        mixed = mixed.view(count, self.heads, length, -1).transpose(1, 2)
        return mixed.reshape(count * length, -1)


class Block(nn.Module):
    """Attention and MLP, each behind a layer norm and a residual sum.

    With time conditioning the norms have no parameters of their own: shift, scale and gate of
    both branches come from the time embedding, and the gates start at zero (adaLN-Zero).
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        plain = not config.time_conditioning
        self.attention_norm = nn.LayerNorm(config.width, elementwise_affine=plain)
        self.attention = Attention(config)
        self.mlp_norm = nn.LayerNorm(config.width, elementwise_affine=plain)
        self.mlp = _mlp(config)
        self.dropout = nn.Dropout(0.0)  # training sets its share; samplers have none
        self.modulation: nn.Linear | None = None
        if config.time_conditioning:
            self.modulation = nn.Linear(config.width, 6 * config.width)
            nn.init.zeros_(self.modulation.weight)
            nn.init.zeros_(self.modulation.bias)

    def forward(
        self, x: Tensor, batch: PackedBatch, condition: Tensor | None, at: Tensor | None = None
    ) -> Tensor:
        """(T, width) to (T, width), or to (M, width) if only tokens `at` (M,) are wanted."""
        if self.modulation is None:
            mixed = self.attention.mix(self.attention_norm(x), batch)
            if at is not None:
                x, mixed = x.index_select(0, at), mixed.index_select(0, at)
            x = x + self._dropped(self.attention.out(mixed))
            return x + self._dropped(self.mlp(self.mlp_norm(x)))
        if condition is None:
            raise ValueError("this model needs a time for every diagram")
        spread = batch.of_samples(self.modulation(F.silu(condition)))
        shift, scale, gate = spread[:, : 3 * x.shape[1]].chunk(3, dim=1)
        mixed = self.attention.mix(self.attention_norm(x) * (1 + scale) + shift, batch)
        if at is not None:
            x, mixed, spread, gate = (part.index_select(0, at) for part in (x, mixed, spread, gate))
        x = x + gate * self._dropped(self.attention.out(mixed))
        shift, scale, gate = spread[:, 3 * x.shape[1] :].chunk(3, dim=1)
        return x + gate * self._dropped(self.mlp(self.mlp_norm(x) * (1 + scale) + shift))

    def _dropped(self, branch: Tensor) -> Tensor:
        return self.dropout(branch) if self.dropout.p else branch


class SquaredReLU(nn.Module):
    """max(x, 0) squared (Primer, arXiv:2109.08668): a fraction of the cost of GELU on a CPU."""

    def forward(self, x: Tensor) -> Tensor:
        """Elementwise."""
        return F.relu(x).square()


class SwiGLU(nn.Module):
    """(..., 2h) to (..., h): SiLU of the first half times the second (arXiv:2002.05202)."""

    def forward(self, x: Tensor) -> Tensor:
        """Elementwise in pairs."""
        gate, value = x.chunk(2, dim=-1)
        return F.silu(gate) * value


def _mlp(config: ModelConfig) -> nn.Sequential:
    width, hidden = config.width, config.mlp_ratio * config.width
    if config.activation == "swiglu":
        hidden = 2 * hidden // 3
        return nn.Sequential(nn.Linear(width, 2 * hidden), SwiGLU(), nn.Linear(hidden, width))
    activation = SquaredReLU() if config.activation == "relu2" else nn.GELU(approximate="tanh")
    return nn.Sequential(nn.Linear(width, hidden), activation, nn.Linear(hidden, width))
