"""What models say of the next token of partly revealed diagrams."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor

from bd_gen.diagrams.relations import mirrored
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.denoiser import Denoiser
from bd_gen.model.packing import pack
from bd_gen.model.process import ForwardProcess


@dataclass(frozen=True)
class PartlyRevealed:
    """B diagrams of one size, and which token of each comes next.

    Attributes:
        num_rooms: of every diagram.
        tokens: (B, N) int64, MASK where nothing is revealed yet.
        num_visible: (B,) int64 tokens that are visible.
        place: (B,) int64 which token is asked for.
    """

    num_rooms: int
    tokens: Tensor
    num_visible: Tensor
    place: Tensor


class Conditionals(Protocol):
    """A model as its conditional distributions."""

    @property
    def vocabulary(self) -> Vocabulary:
        """The layout of the full row."""
        ...

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        ...

    def __call__(self, state: PartlyRevealed) -> Tensor:
        """(B, V) float64 log p of every value of the token asked for."""
        ...


class DenoiserConditionals:
    """Those of a denoiser.

    Args:
        denoiser: the model.
        process: tells a model with time input at which time so many tokens are visible (on
            average, where it is learned); others need none.

    Raises:
        ValueError: a model with time input gets no process.
    """

    def __init__(self, denoiser: Denoiser, process: ForwardProcess | None = None) -> None:
        if denoiser.time_embedding is not None and process is None:
            raise ValueError("a model with time input needs a forward process")
        self.denoiser, self.process = denoiser, process
        self.vocabulary = denoiser.vocabulary
        self.device = next(denoiser.parameters()).device

    def __call__(self, state: PartlyRevealed) -> Tensor:
        """See `Conditionals`."""
        count, length = state.tokens.shape
        time = None
        if self.process is not None and self.denoiser.time_embedding is not None:
            # Few shares are different, and where rates are learned each is searched for.
            shares, which = (state.num_visible / length).unique(return_inverse=True)
            time = self.process.time_of(state.num_rooms, shares).float()[which]
        first_of_row = torch.arange(count, device=state.tokens.device) * length
        batch = pack([(state.num_rooms, state.tokens)], self.vocabulary)
        logits: Tensor = self.denoiser(batch, time, first_of_row + state.place)
        return logits.double().log_softmax(dim=1)


class MirroredConditionals:
    """Those of a model that sees everything mirrored left to right.

    Args:
        model: what is asked for the mirror image.

    Raises:
        InputError: a relation has no mirror image.
    """

    def __init__(self, model: Conditionals) -> None:
        self.model = model
        self.vocabulary, self.device = model.vocabulary, model.device
        table = mirrored(self.vocabulary.words).astype("int64")
        self._mirrored = torch.from_numpy(table).to(model.device)

    def __call__(self, state: PartlyRevealed) -> Tensor:
        """See `Conditionals`."""
        nodes, edges = state.tokens.split(
            [state.num_rooms, state.tokens.shape[1] - state.num_rooms], dim=1
        )
        tokens = torch.cat([nodes, self._mirrored[edges]], dim=1)
        found = self.model(replace(state, tokens=tokens))
        count = self.vocabulary.num_relations
        values = torch.arange(self.vocabulary.num_values, device=found.device)
        values[:count] = self._mirrored[:count]
        is_edge = state.place >= state.num_rooms
        return torch.where(is_edge[:, None], found[:, values], found)


def log_mean(log_probabilities: Sequence[Tensor]) -> Tensor:
    """Log of the mean of the models' probabilities, each as log p of one shape."""
    return torch.stack(tuple(log_probabilities)).logsumexp(dim=0) - math.log(len(log_probabilities))
