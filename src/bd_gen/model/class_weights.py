"""Class weights of a weighted training loss, to be divided out of what the model predicts."""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words
from bd_gen.system.errors import InputError
from bd_gen.system.files import read_small
from bd_gen.system.plain import JsonError, parse_json

_LARGEST = 1 << 16


def _sizes(words: Words) -> dict[str, int]:
    return {"node": words.num_room_types, "edge": words.num_relations + 1}


def _shape(words: Words) -> str:
    return (
        f'{{"edge": [{words.num_relations} relations, then no-edge], '
        f'"node": [{words.num_room_types} room types]}}, either of which may be missing, or the '
        "list of edges alone"
    )


@dataclass(frozen=True)
class ClassWeights:
    """How much a loss counts each value.

    Attributes:
        node: (T,) weights of room types; None: all alike.
        edge: (R + 1,) weights of the relations and no-edge; None: all alike.
        source: the file that they were read from.
    """

    node: tuple[float, ...] | None
    edge: tuple[float, ...] | None
    source: str = field(default="", compare=False)

    def log(self, words: Words = RPLAN) -> Tensor:
        """(T + R + 1,) float64, as `Denoiser.divide_out` wants it.

        Raises:
            InputError: they are weights of other words.
        """
        sizes = _sizes(words)
        parts = [
            part or (1.0,) * size
            for part, size in zip((self.node, self.edge), sizes.values(), strict=True)
        ]
        for part, (name, size) in zip(parts, sizes.items(), strict=True):
            if len(part) != size:
                raise InputError(
                    f"{self.source}: {name}: expected the {size} weights of {words.name}, "
                    f"got {len(part)}"
                )
        return torch.tensor([*parts[0], *parts[1]], dtype=torch.float64).log()

    @property
    def as_plain(self) -> dict[str, list[float]]:
        """As they stand in a file."""
        parts = {"node": self.node, "edge": self.edge}
        return {name: list(part) for name, part in parts.items() if part is not None}


def read_class_weights(path: str | Path, words: Words = RPLAN) -> ClassWeights:
    """Read a JSON file of class weights; weights of MASK and PAD behind the others are dropped.

    Args:
        path: the file.
        words: of the model that they are for.

    Raises:
        InputError: it cannot be read, or is not of that shape, or a weight is not above 0.
    """
    shape, sizes = _shape(words), _sizes(words)
    data = read_small(path, _LARGEST, f"expected class weights: {shape}")
    try:
        content = parse_json(data)
    except JsonError as error:
        raise InputError(f"{path}: {error}; expected JSON: {shape}") from None
    if isinstance(content, list):
        content = {"edge": content}
    if not isinstance(content, dict) or not content or set(content) - set(sizes):
        raise InputError(f"{path}: expected {shape}")
    parts = {name: _weights(path, name, value, sizes[name]) for name, value in content.items()}
    return ClassWeights(parts.get("node"), parts.get("edge"), str(path))


def _weights(path: str | Path, name: str, value: Any, size: int) -> tuple[float, ...]:
    if not isinstance(value, list) or len(value) not in (size, size + 2):
        raise InputError(f"{path}: {name}: expected a list of {size} weights")
    for place, weight in enumerate(value[:size]):
        good = type(weight) in (int, float) and 0 < weight < 1e30 and math.isfinite(weight)
        if not good:
            raise InputError(
                f"{path}: {name}/{place}: expected a weight above 0, got {weight!r:.40}"
            )
    return tuple(float(weight) for weight in value[:size])
