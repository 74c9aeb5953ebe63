"""Starting a run from the weights of another one; all else of the run is its own."""

from collections.abc import Mapping

import torch
from torch import nn

from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import Checkpoint
from bd_gen.training.checkpoint_limits import check_numbers
from bd_gen.training.loop import Trainer

_BY_ROOM = ("node_index", "first_room", "second_room")
"""Embeddings of a room's number, which have as many rows as a diagram may have rooms."""


def init_from(trainer: Trainer, checkpoint: Checkpoint) -> list[str]:
    """Give a new run the averaged weights of a checkpoint.

    Embeddings of rooms beyond the largest diagram of the checkpoint stay as they are.

    Args:
        trainer: at step 0.
        checkpoint: of a model of the same size, over the same room types and relations.

    Returns:
        what is not taken over, in sentences.

    Raises:
        InputError: the weights are of a model of another kind or size.
    """
    notes = []
    for model in (trainer.model, trainer.averaged):
        notes = _take(model.denoiser, checkpoint.model_state_dict, checkpoint.source)
    learned = checkpoint.rate_network_state_dict
    if learned is not None:
        own = trainer.model.forward_state
        if own is None or _shapes(own) != _shapes(learned):
            notes.append(f"{checkpoint.source}: its learned forward process is not taken over")
        else:
            for model in (trainer.model, trainer.averaged):
                part = model.rates if model.law is None else model.law
                assert part is not None  # noqa: S101 - as it has a state
                part.load_state_dict(learned)
    return notes


def _shapes(state: Mapping[str, torch.Tensor]) -> dict[str, torch.Size]:
    return {name: weight.shape for name, weight in state.items()}


@torch.no_grad()
def _take(model: nn.Module, state: Mapping[str, torch.Tensor], source: str) -> list[str]:
    own = model.state_dict()
    if own.keys() != state.keys():
        name = sorted(own.keys() ^ state.keys())[0]
        raise InputError(
            f"{source}: run.init_from: a model of another kind ({name} is in one only)"
        )
    try:
        check_numbers(own, state)
    except ValueError as error:
        raise InputError(f"{source}: run.init_from: {error}") from None
    fewer = 0
    for name, weight in own.items():
        given = state[name]
        rows = min(len(weight), len(given)) if weight.ndim else 0
        by_room = any(part in _BY_ROOM for part in name.split("."))
        if weight.shape == given.shape:
            weight.copy_(given)
        elif by_room and weight.shape[1:] == given.shape[1:]:
            weight[:rows].copy_(given[:rows])
            fewer = max(fewer, len(weight) - rows)
        else:
            raise InputError(
                f"{source}: run.init_from: a model of another size ({name} is {tuple(given.shape)}"
                f", this one's {tuple(weight.shape)})"
            )
    return [f"{source}: the numbers of the last {fewer} rooms are learned anew"] if fewer else []
