"""What a checkpoint may not claim: tensors or models that are larger than its file.

A file of a few kilobytes can describe tensors of any size, all of whose numbers are one and the
same, and a configuration any model. Neither gets memory before it is known to be backed by bytes.
"""

from collections.abc import Mapping
from typing import Any

import torch

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.models.architectures import new_denoiser
from bd_gen.models.config import ModelConfig
from bd_gen.models.published import PublishedRates


def check_tensors(value: Any, num_bytes: int) -> None:
    """Make sure that the tensors in plain containers can all be had for so many bytes.

    Raises:
        ValueError: they would take more, or are of a kind that no checkpoint has.
    """
    total, seen, waiting = 0, set(), [value]
    while waiting:
        part = waiting.pop()
        if id(part) in seen:  # containers may hold themselves
            continue
        seen.add(id(part))
        if isinstance(part, Mapping):
            waiting += part.values()
        elif isinstance(part, (list, tuple, set)):
            waiting += part
        elif isinstance(part, torch.Tensor):
            if part.layout is not torch.strided or part.device.type != "cpu" or part.is_quantized:
                raise ValueError("a tensor is of an unusual kind")
            total += part.numel() * part.element_size()
            if total > num_bytes:
                raise ValueError("its tensors claim to be larger than the file")


def check_model(config: ModelConfig, state: Mapping[str, Any], vocabulary: Vocabulary) -> None:
    """Make sure that a model of this configuration has the weights of `state`, before it is made.

    Raises:
        ValueError: it has others, or of other shapes; the message names the first.
    """
    if config.layers > len(state):
        raise ValueError(f"{config.layers} layers, but {len(state)} tensors")
    with torch.device("meta"):  # shapes without numbers
        expected = new_denoiser(config, vocabulary).state_dict()
    _check_shapes(expected, state)


def check_rates(fields: Any, state: Mapping[str, Any], vocabulary: Vocabulary) -> None:
    """Make sure that a published rate network of these sizes has the weights of `state`.

    Raises:
        TypeError: the sizes are no sizes.
        ValueError: it has others; the message names the first.
    """
    if not isinstance(fields, dict):
        raise TypeError("missing or of the wrong kind")
    with torch.device("meta"):
        expected = PublishedRates(vocabulary, **fields).state_dict()
    _check_shapes(expected, state)


def _check_shapes(expected: Mapping[str, Any], state: Mapping[str, Any]) -> None:
    for name in sorted({*expected, *state}):
        wanted, found = (getattr(part.get(name), "shape", None) for part in (expected, state))
        if wanted != found:
            raise ValueError(f"{name}: expected {_words(wanted)}, got {_words(found)}")


def _words(shape: torch.Size | None) -> str:
    return "none" if shape is None else f"shape {tuple(shape)}"
