"""What samplers need of a denoiser."""

from typing import Protocol

from torch import Tensor

from bd_gen.model.packing import PackedBatch


class Predictor(Protocol):
    """Logits of some tokens of a batch of diagrams."""

    def __call__(self, batch: PackedBatch, time: Tensor, at: Tensor) -> Tensor:
        """(M, V) logits of the tokens `at` (M,); time is (B,)."""
