"""The checkpoints that come with the package, and how such a small file is made."""

from dataclasses import replace
from pathlib import Path

import torch

from bd_gen.training.checkpoint import Checkpoint

BUNDLED = "bundled"
"""Stands for the bundled checkpoint where the path of a checkpoint is expected."""

GEOMETRY = "bundled-geometry"
"""Stands for the bundled model of boxes."""

BUNDLED_FILE = Path(__file__).resolve().parents[1] / "assets" / "synthetic_small.pt"
"""`small`, trained on the built-in plans; MODEL_CARD.md beside it tells of it."""

BUNDLED_GEOMETRY = BUNDLED_FILE.with_name("synthetic_geometry.pt")
"""A model of the boxes of a diagram's rooms, trained on the built-in plans."""


def checkpoint_file(path: str | Path) -> Path:
    """The file that `path` names; "bundled" and "bundled-geometry" come with the package."""
    named = {BUNDLED: BUNDLED_FILE, GEOMETRY: BUNDLED_GEOMETRY}
    return named.get(str(path), Path(path))


def for_sharing(checkpoint: Checkpoint) -> Checkpoint:
    """A checkpoint to sample from: no training state, weights in float16.

    Float16 keeps eleven bits of a weight, bfloat16 eight; weights of a trained denoiser are far
    from float16's limits. They become float32 again when a model is made of them.

    Raises:
        ValueError: a weight is too large for float16.
    """
    return replace(
        checkpoint,
        model_state_dict=_halved(checkpoint.model_state_dict),
        rate_network_state_dict=None
        if checkpoint.rate_network_state_dict is None
        else _halved(checkpoint.rate_network_state_dict),
        training_state=None,
    )


def _halved(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    halved = {}
    for name, weight in state.items():
        # A copy of its own: a view would be saved with all that it is a part of.
        half = weight.detach().clone()
        if weight.is_floating_point():
            half = half.half()
            if not bool(half.isfinite().all()):
                raise ValueError(f"{name}: too large for float16")
        halved[name] = half
    return halved
