"""Weights of the published system under the names that they have here.

Nothing is computed but names: tables of nodes and edges are put together, and what bd-gen keeps
apart is cut.
"""

from collections.abc import Mapping
from typing import Any

import torch

from bd_gen.diagrams.vocabulary import Vocabulary

_BLOCK = {
    "norm1.weight": "attention_norm.weight",
    "norm1.bias": "attention_norm.bias",
    "attn.out_proj.weight": "attention.out.weight",
    "attn.out_proj.bias": "attention.out.bias",
    "norm2.weight": "mlp_norm.weight",
    "norm2.bias": "mlp_norm.bias",
    "mlp.0.weight": "mlp.0.weight",
    "mlp.0.bias": "mlp.0.bias",
    "mlp.2.weight": "mlp.2.weight",
    "mlp.2.bias": "mlp.2.bias",
    "adaLN_modulation.weight": "modulation.weight",
    "adaLN_modulation.bias": "modulation.bias",
}
_OTHERS = {
    "positional_encoding.node_index_emb.weight": "embedding.node_index.weight",
    "positional_encoding.entity_type_emb.weight": "embedding.kind.weight",
    "timestep_embedding.mlp.0.weight": "time_embedding.mlp.0.weight",
    "timestep_embedding.mlp.0.bias": "time_embedding.mlp.0.bias",
    "timestep_embedding.mlp.2.weight": "time_embedding.mlp.2.weight",
    "timestep_embedding.mlp.2.bias": "time_embedding.mlp.2.bias",
    "final_norm.weight": "norm.weight",
    "final_norm.bias": "norm.bias",
    "final_adaLN.weight": "final_modulation.weight",
    "final_adaLN.bias": "final_modulation.bias",
}
_RATE_NAMES = {
    "node_embeddings.weight": "slots.weight",
    "proj_node.weight": "node_map.weight",
    "proj_node.bias": "node_map.bias",
    "proj_edge.weight": "edge_map.weight",
    "proj_edge.bias": "edge_map.bias",
    "coeff_mlp.0.weight": "mlp.0.weight",
    "coeff_mlp.0.bias": "mlp.0.bias",
    "coeff_mlp.2.weight": "mlp.2.weight",
    "coeff_mlp.2.bias": "mlp.2.bias",
}

State = dict[str, torch.Tensor]


def model_state(state: Mapping[str, Any], vocabulary: Vocabulary) -> State:
    """The weights of the denoiser.

    Raises:
        ValueError: rows or tensors are not laid out as here; KeyError and the like: others.
    """
    waiting: State = dict(state)
    _check_places(waiting, vocabulary, "positional_encoding.")
    kinds = waiting.pop("positional_encoding.entity_types").tolist()
    if kinds != [int(not node) for node in vocabulary.is_node]:
        raise ValueError("positional_encoding.entity_types: other rows than here")
    pairs = waiting.pop("positional_encoding.pair_index_emb.weight")
    tables = [waiting.pop(f"{kind}_embedding.embedding.weight") for kind in ("node", "edge")]
    found = {
        "embedding.token.weight": torch.cat(tables),
        "embedding.first_room.weight": pairs,
        "embedding.second_room.weight": pairs,
    }
    # MASK and PAD are the last values of either kind, and are never predicted.
    for part in ("weight", "bias"):
        nodes, edges = (waiting.pop(f"{kind}_head.{part}") for kind in ("node", "edge"))
        if (len(nodes), len(edges)) != (vocabulary.node_size, vocabulary.edge_size):
            raise ValueError(f"node_head, edge_head: {len(nodes)} and {len(edges)} values")
        found[f"head.{part}"] = torch.cat(
            [nodes[: vocabulary.num_room_types], edges[: vocabulary.no_edge + 1]]
        )
    for name, value in waiting.items():
        found |= _renamed(name, value)
    return found


def _renamed(name: str, value: torch.Tensor) -> State:
    """A tensor under the name that it has here; one of attention under three."""
    if name in _OTHERS:
        return {_OTHERS[name]: value}
    blocks, _, rest = name.partition(".")
    number, _, rest = rest.partition(".")
    if blocks != "blocks" or not number.isdecimal():
        raise ValueError(f"{name[:60]}: unknown")
    if rest in ("attn.qkv_proj.weight", "attn.qkv_proj.bias"):
        part = rest.rpartition(".")[2]
        thirds = value.chunk(3)
        maps = ("query", "key", "value")
        return {
            f"blocks.{number}.attention.{m}.{part}": third
            for m, third in zip(maps, thirds, strict=True)
        }
    if rest not in _BLOCK:
        raise ValueError(f"{name[:60]}: unknown")
    return {f"blocks.{number}.{_BLOCK[rest]}": value}


def rate_state(state: Mapping[str, Any], vocabulary: Vocabulary) -> State:
    """The weights of the rate network; raises as `model_state`."""
    waiting: State = dict(state)
    _check_places(waiting, vocabulary, "")
    for name in ("gamma_min", "gamma_max"):
        waiting.pop(name)
    return {_RATE_NAMES[name]: value for name, value in waiting.items()}


def _check_places(waiting: State, vocabulary: Vocabulary, prefix: str) -> None:
    """Take out the tables of places; the rows must be laid out as they are here."""
    places = {
        "node_indices": list(range(vocabulary.n_max)),
        "edge_i": vocabulary.edge_rows.tolist(),
        "edge_j": vocabulary.edge_cols.tolist(),
    }
    for name, expected in places.items():
        if waiting.pop(f"{prefix}{name}").tolist() != expected:
            raise ValueError(f"{prefix}{name}: other rows than here")
