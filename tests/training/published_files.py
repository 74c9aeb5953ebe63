"""Files in the format of the published system, with random weights, and what they must compute.

`logits` is the published architecture written down plainly: full rows, PAD left out as a key, no
part of the package used.
"""

import math
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

WIDTH, LAYERS, HEADS, CONDITION, FREQUENCIES, SLOTS, SLOT, HIDDEN, POWERS = (
    16,
    2,
    2,
    12,
    20,
    8,
    6,
    10,
    3,
)
_PAIRS = torch.combinations(torch.arange(SLOTS))
_NOISES: dict[str, dict[str, Any]] = {
    "loglinear": {"type": "loglinear", "eps": 0.001},
    "linear": {"type": "linear", "sigma_min": 0.0, "sigma_max": 10.0},
    "learned": {
        "type": "learned",
        "d_emb": SLOT,
        "K": POWERS,
        "gamma_min": -12.0,
        "gamma_max": 4.0,
        "hidden_dim": HIDDEN,
    },
}


def published_content(noise: str = "loglinear", seed: int = 0) -> dict[str, Any]:
    """What such a file holds."""
    generator = torch.Generator().manual_seed(seed)
    state = {
        "positional_encoding.node_indices": torch.arange(SLOTS),
        "positional_encoding.entity_types": torch.tensor([0] * SLOTS + [1] * len(_PAIRS)),
        "positional_encoding.edge_i": _PAIRS[:, 0].clone(),
        "positional_encoding.edge_j": _PAIRS[:, 1].clone(),
    }
    for name, shape in _shapes().items():
        state[name] = 0.3 * torch.randn(shape, generator=generator)
    content: dict[str, Any] = {
        "model_state_dict": state,
        "optimizer_state_dict": {"state": {}, "param_groups": [{"lr": 3e-4, "params": [0]}]},
        "epoch": 9,
        "config": {
            "model": {
                "d_model": WIDTH,
                "n_layers": LAYERS,
                "n_heads": HEADS,
                "cond_dim": CONDITION,
                "mlp_ratio": 4,
                "dropout": 0.1,
                "frequency_embedding_size": FREQUENCIES,
            },
            "data": {"n_max": SLOTS, "mat_path": "data/data.mat", "batch_size": 256},
            "noise": dict(_NOISES[noise]),
            "training": {"lr": 3e-4, "epochs": 10},
            "seed": 42,
        },
    }
    if noise == "learned":
        content["rate_network_state_dict"] = {
            "gamma_min": torch.tensor(-12.0),
            "gamma_max": torch.tensor(4.0),
            "edge_i": _PAIRS[:, 0].clone(),
            "edge_j": _PAIRS[:, 1].clone(),
            "node_indices": torch.arange(SLOTS),
            **{
                name: torch.randn(shape, generator=generator)
                for name, shape in _rate_shapes().items()
            },
        }
    return content


def published_file(folder: Path, noise: str = "loglinear", seed: int = 0) -> Path:
    """The same as a file."""
    path = folder / f"{noise}.pt"
    torch.save(published_content(noise, seed), path)
    return path


def _shapes() -> dict[str, tuple[int, ...]]:
    place, time = "positional_encoding.", "timestep_embedding."
    shapes: dict[str, tuple[int, ...]] = {
        "node_embedding.embedding.weight": (15, WIDTH),
        "edge_embedding.embedding.weight": (13, WIDTH),
        f"{place}entity_type_emb.weight": (2, WIDTH),
        f"{place}node_index_emb.weight": (SLOTS, WIDTH),
        f"{place}pair_index_emb.weight": (SLOTS, WIDTH),
        **_linear(f"{time}mlp.0", FREQUENCIES, CONDITION),
        **_linear(f"{time}mlp.2", CONDITION, CONDITION),
        **_linear("final_adaLN", CONDITION, 2 * WIDTH),
        **_linear("node_head", WIDTH, 15),
        **_linear("edge_head", WIDTH, 13),
        **_norm("final_norm"),
    }
    for k in range(LAYERS):
        block = f"blocks.{k}."
        shapes |= _norm(f"{block}norm1") | _norm(f"{block}norm2")
        shapes |= _linear(f"{block}attn.qkv_proj", WIDTH, 3 * WIDTH)
        shapes |= _linear(f"{block}attn.out_proj", WIDTH, WIDTH)
        shapes |= _linear(f"{block}mlp.0", WIDTH, 4 * WIDTH)
        shapes |= _linear(f"{block}mlp.2", 4 * WIDTH, WIDTH)
        shapes |= _linear(f"{block}adaLN_modulation", CONDITION, 6 * WIDTH)
    return shapes


def _rate_shapes() -> dict[str, tuple[int, ...]]:
    return {
        "node_embeddings.weight": (SLOTS, SLOT),
        **_linear("proj_node", SLOT, SLOT),
        **_linear("proj_edge", SLOT, SLOT),
        **_linear("coeff_mlp.0", SLOT, HIDDEN),
        **_linear("coeff_mlp.2", HIDDEN, POWERS),
    }


def _linear(name: str, before: int, after: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (after, before), f"{name}.bias": (after,)}


def _norm(name: str) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (WIDTH,), f"{name}.bias": (WIDTH,)}


def logits(
    content: dict[str, Any], tokens: Tensor, is_real: Tensor, time: Tensor
) -> tuple[Tensor, Tensor]:
    """(B, 8, 15) and (B, 28, 13) for rows (B, 36), their real positions and times (B,)."""
    state = content["model_state_dict"]

    def linear(name: str, x: Tensor) -> Tensor:
        return F.linear(x, state[f"{name}.weight"], state[f"{name}.bias"])

    def modulated(name: str, x: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
        normed = F.layer_norm(x, (WIDTH,), state[f"{name}.weight"], state[f"{name}.bias"])
        return normed * (1 + scale[:, None]) + shift[:, None]

    def table(name: str) -> Tensor:
        return state[f"positional_encoding.{name}"]

    pairs = table("pair_index_emb.weight")
    places = torch.cat(
        [table("node_index_emb.weight"), pairs[table("edge_i")] + pairs[table("edge_j")]]
    )
    values = [
        state["node_embedding.embedding.weight"][tokens[:, :SLOTS]],
        state["edge_embedding.embedding.weight"][tokens[:, SLOTS:]],
    ]
    x = torch.cat(values, 1) + places + table("entity_type_emb.weight")[table("entity_types")]
    half = FREQUENCIES // 2
    angles = time[:, None] * torch.exp(-math.log(1e4) * torch.arange(half) / half)
    embedded = linear("timestep_embedding.mlp.0", torch.cat([angles.cos(), angles.sin()], 1))
    condition = F.silu(linear("timestep_embedding.mlp.2", F.silu(embedded)))
    for k in range(LAYERS):
        name = f"blocks.{k}."
        a, b, gate, c, d, last = linear(f"{name}adaLN_modulation", condition).chunk(6, 1)
        qkv = linear(f"{name}attn.qkv_proj", modulated(f"{name}norm1", x, a, b))
        q, k_, v = (part.view(*x.shape[:2], HEADS, -1).transpose(1, 2) for part in qkv.chunk(3, 2))
        mixed = F.scaled_dot_product_attention(q, k_, v, attn_mask=is_real[:, None, None])
        mixed = linear(f"{name}attn.out_proj", mixed.transpose(1, 2).reshape(x.shape))
        x = x + gate[:, None] * mixed
        hidden = F.gelu(linear(f"{name}mlp.0", modulated(f"{name}norm2", x, c, d)))
        x = x + last[:, None] * linear(f"{name}mlp.2", hidden)
    x = modulated("final_norm", x, *linear("final_adaLN", condition).chunk(2, 1))
    return linear("node_head", x[:, :SLOTS]), linear("edge_head", x[:, SLOTS:])


def alphas(content: dict[str, Any], time: float) -> Tensor:
    """(36,) float64 how likely each position is visible."""
    rates = content["rate_network_state_dict"]

    def linear(name: str, x: Tensor) -> Tensor:
        return F.linear(x, rates[f"{name}.weight"], rates[f"{name}.bias"])

    slots = rates["node_embeddings.weight"]
    pairs = slots[rates["edge_i"]] + slots[rates["edge_j"]]
    hidden = torch.cat([linear("proj_node", slots), linear("proj_edge", pairs)])
    weights = F.softplus(linear("coeff_mlp.2", F.silu(linear("coeff_mlp.0", hidden)))).double()
    rise = (weights * time ** torch.arange(1, POWERS + 1)).sum(1) / weights.sum(1)
    return torch.sigmoid(-(-12.0 + 16.0 * rise))
