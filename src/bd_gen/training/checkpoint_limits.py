"""What a checkpoint may not claim: models that are larger than its file, or other numbers.

A file of a few kilobytes can have a configuration of any model. None gets memory before it is
known to be backed by bytes; that tensors are is seen to by `results.torch_archive`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.architectures import new_denoiser
from bd_gen.model.config import ModelConfig
from bd_gen.model.published import PublishedRates

_MODEL_FLOATS = (torch.float16, torch.float32, torch.float64)


class _NoNumbers(TorchFunctionMode):
    """Draws no numbers: tensors that are mere shapes need none.

    Where nothing is stored, torch draws normal ones by way of its compiler, which takes more than
    a second to load.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[Any],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        named = kwargs or {}
        if func is torch.nn.init.normal_:
            return named["tensor"] if "tensor" in named else args[0]
        return func(*args, **named)


def check_numbers(expected: Mapping[str, torch.Tensor], state: Mapping[str, Any]) -> None:
    """Make sure that weights are floats and counts are integers: torch turns one into the other.

    Raises:
        ValueError: a tensor that both have holds numbers of another kind; the message names it.
    """
    for name in sorted({*expected} & {*state}):
        wanted, found = expected[name].dtype, getattr(state[name], "dtype", None)
        is_good = found in _MODEL_FLOATS if wanted.is_floating_point else found == wanted
        if not is_good:
            raise ValueError(f"{name}: expected {_kind(wanted)}, got {_kind(found)}")


def check_model(config: ModelConfig, state: Mapping[str, Any], vocabulary: Vocabulary) -> None:
    """Make sure that a model of this configuration has the weights of `state`, before it is made.

    Raises:
        ValueError: it has others, or of other shapes; the message names the first.
    """
    if config.layers > len(state):
        raise ValueError(f"{config.layers} layers, but {len(state)} tensors")
    with torch.device("meta"), _NoNumbers():
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
    with torch.device("meta"), _NoNumbers():
        expected = PublishedRates(vocabulary, **fields).state_dict()
    _check_shapes(expected, state)


def _check_shapes(expected: Mapping[str, Any], state: Mapping[str, Any]) -> None:
    for name in sorted({*expected, *state}):
        wanted, found = (getattr(part.get(name), "shape", None) for part in (expected, state))
        if wanted != found:
            raise ValueError(f"{name}: expected {_words(wanted)}, got {_words(found)}")


def _words(shape: torch.Size | None) -> str:
    return "none" if shape is None else f"shape {tuple(shape)}"


def _kind(dtype: torch.dtype | None) -> str:
    return "no tensor" if dtype is None else str(dtype).removeprefix("torch.")
