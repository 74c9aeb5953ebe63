"""Class weights of a weighted training loss, to be divided out of what the model predicts."""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from bd_gen.model.denoiser import NUM_EDGE_VALUES, NUM_NODE_VALUES
from bd_gen.system.errors import InputError
from bd_gen.system.files import read_small
from bd_gen.system.plain import JsonError, parse_json

_SIZES = {"node": NUM_NODE_VALUES, "edge": NUM_EDGE_VALUES}
_LARGEST = 1 << 16
_SHAPE = (
    '{"edge": [10 relations, then no-edge], "node": [13 room types]}, either of which may be '
    "missing, or the list of edges alone"
)


@dataclass(frozen=True)
class ClassWeights:
    """How much a loss counts each value.

    Attributes:
        node: 13 weights of room types; None: all alike.
        edge: 11 weights of the relations and no-edge; None: all alike.
        source: the file that they were read from.
    """

    node: tuple[float, ...] | None
    edge: tuple[float, ...] | None
    source: str = field(default="", compare=False)

    @property
    def log(self) -> Tensor:
        """(24,) float64, as `Denoiser.divide_out` wants it."""
        parts = [
            part or (1.0,) * size
            for part, size in zip((self.node, self.edge), _SIZES.values(), strict=True)
        ]
        return torch.tensor([*parts[0], *parts[1]], dtype=torch.float64).log()

    @property
    def as_plain(self) -> dict[str, list[float]]:
        """As they stand in a file."""
        parts = {"node": self.node, "edge": self.edge}
        return {name: list(part) for name, part in parts.items() if part is not None}


def read_class_weights(path: str | Path) -> ClassWeights:
    """Read a JSON file of class weights; weights of MASK and PAD behind the others are dropped.

    Raises:
        InputError: it cannot be read, or is not of that shape, or a weight is not above 0.
    """
    data = read_small(path, _LARGEST, f"expected class weights: {_SHAPE}")
    try:
        content = parse_json(data)
    except JsonError as error:
        raise InputError(f"{path}: {error}; expected JSON: {_SHAPE}") from None
    if isinstance(content, list):
        content = {"edge": content}
    if not isinstance(content, dict) or not content or set(content) - set(_SIZES):
        raise InputError(f"{path}: expected {_SHAPE}")
    parts = {name: _weights(path, name, value) for name, value in content.items()}
    return ClassWeights(parts.get("node"), parts.get("edge"), str(path))


def _weights(path: str | Path, name: str, value: Any) -> tuple[float, ...]:
    size = _SIZES[name]
    if not isinstance(value, list) or len(value) not in (size, size + 2):
        raise InputError(f"{path}: {name}: expected a list of {size} weights")
    for place, weight in enumerate(value[:size]):
        good = type(weight) in (int, float) and 0 < weight < 1e30 and math.isfinite(weight)
        if not good:
            raise InputError(
                f"{path}: {name}/{place}: expected a weight above 0, got {weight!r:.40}"
            )
    return tuple(float(weight) for weight in value[:size])
