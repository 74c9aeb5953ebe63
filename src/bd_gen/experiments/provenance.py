"""Where samples come from: program, checkpoint, data, machine."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from bd_gen.data.dataset import DataConfig, load_dataset
from bd_gen.diffusion.likelihood import denoising_scores
from bd_gen.diffusion.process import LearnedProcess
from bd_gen.errors import InputError
from bd_gen.origin import origin
from bd_gen.training.checkpoint import Checkpoint


def provenance(checkpoint: Checkpoint, path: Path, schedule: str) -> dict[str, Any]:
    """What a samples file says about its origin, as plain values.

    Args:
        checkpoint: the model.
        path: where it was read from.
        schedule: the folder of the results.
    """
    return {
        **origin(),
        "checkpoint_path": str(path),
        "checkpoint_sha256": checkpoint.sha256,
        "checkpoint_step": checkpoint.step,
        "data": checkpoint.config["data"],
        "data_fingerprint": checkpoint.data_fingerprint,
        "noise": checkpoint.noise,
        "schedule": schedule,
        **_learned_rates(checkpoint),
        "denoising": checkpoint.denoising or _denoising(checkpoint),
    }


def _learned_rates(checkpoint: Checkpoint) -> dict[str, Any]:
    """The schedules of a learned forward process, small enough to go with the samples."""
    process = checkpoint.process
    if not isinstance(process, LearnedProcess):
        return {}
    coefficients = process.rates.coefficients().detach().double()
    return {
        "learned_rates": {
            "gamma_min": process.rates.gamma_min,
            "gamma_max": process.rates.gamma_max,
            "coefficients": [[round(c, 6) for c in row] for row in coefficients.tolist()],
        }
    }


_measured: dict[str, dict[str, float] | None] = {}
"""Scores by the checkpoint's hash: many methods are drawn from one, and measuring takes a while."""


def _denoising(checkpoint: Checkpoint) -> dict[str, float] | None:
    if not checkpoint.sha256:  # It has no file yet.
        return _measured_denoising(checkpoint)
    if checkpoint.sha256 not in _measured:
        _measured[checkpoint.sha256] = _measured_denoising(checkpoint)
    return _measured[checkpoint.sha256]


def _measured_denoising(checkpoint: Checkpoint) -> dict[str, float] | None:
    """Scores of a checkpoint that was saved in mid-training; None where its data are gone."""
    try:
        dataset = load_dataset(recorded_data(checkpoint))
    except InputError:
        return None
    if dataset.fingerprint != checkpoint.data_fingerprint or not len(dataset.validation):
        return None
    held_out = dataset.validation[:2048]
    return denoising_scores(checkpoint.denoiser(), held_out, checkpoint.process)


def recorded_data(checkpoint: Checkpoint) -> DataConfig:
    """The data that a checkpoint was trained on, as it says itself.

    The folder of the cache is not taken from there: a file must not say where to write.

    Raises:
        InputError: it says nonsense.
    """
    try:
        return replace(DataConfig(**checkpoint.config["data"]), cache_dir=None)
    except TypeError:
        raise InputError(
            f"{checkpoint.source}: config.data: not the settings of a data set"
        ) from None
