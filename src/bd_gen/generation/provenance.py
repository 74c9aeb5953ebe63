"""Where samples come from: program, checkpoint, data, machine."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from bd_gen.data.config import recorded_fields
from bd_gen.data.dataset import DataConfig, Dataset, dataset_from_table, load_dataset
from bd_gen.data.sources import SOURCES
from bd_gen.model.architectures import PUBLISHED
from bd_gen.model.class_weights import ClassWeights
from bd_gen.model.likelihood import denoising_scores
from bd_gen.model.order_law import order_features
from bd_gen.model.process import LearnedOrders, LearnedProcess
from bd_gen.system.errors import InputError
from bd_gen.system.origin import origin
from bd_gen.system.plugin_records import missing, recorded
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
        "checkpoint_step": None if checkpoint.is_published else checkpoint.step,
        "data": recorded_fields(checkpoint.config["data"]),
        "data_fingerprint": checkpoint.data_fingerprint or None,
        "noise": checkpoint.noise,
        "schedule": schedule,
        **_learned(checkpoint),
        **_published(checkpoint),
        "denoising": _denoising(checkpoint),
        **recorded(),
    }


def _published(checkpoint: Checkpoint) -> dict[str, Any]:
    """What is different about a model of the published system."""
    if not checkpoint.is_published:
        return {}
    told = checkpoint.config.get(PUBLISHED)
    return {PUBLISHED: {**(told if isinstance(told, dict) else {}), "class_weighted_loss": True}}


def _learned(checkpoint: Checkpoint) -> dict[str, Any]:
    """The law or the schedules of a learned forward process, small enough to go with samples."""
    process = checkpoint.process
    if isinstance(process, LearnedOrders):
        weights = process.law.order_weights.tolist()
        return {
            "learned_order": {
                name: round(weight, 6)
                for name, weight in zip(order_features(process.law.words), weights, strict=True)
            }
        }
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


_measured: dict[tuple[str, ClassWeights | None], dict[str, float] | None] = {}
"""Scores by the checkpoint's hash and what is divided out: many methods are drawn from one, and
measuring takes a while."""


def _denoising(checkpoint: Checkpoint) -> dict[str, float] | None:
    if checkpoint.denoising and checkpoint.class_weights is None:
        return checkpoint.denoising
    if not checkpoint.sha256:  # It has no file yet.
        return _measured_denoising(checkpoint)
    key = checkpoint.sha256, checkpoint.class_weights
    if key not in _measured:
        _measured[key] = _measured_denoising(checkpoint)
    return _measured[key]


def _measured_denoising(checkpoint: Checkpoint) -> dict[str, float] | None:
    """Scores of a checkpoint that was saved in mid-training; None where its data are gone."""
    try:
        dataset = load_dataset(recorded_data(checkpoint))
    except InputError:
        return None
    # A published checkpoint names its data, but has no fingerprint of them.
    known = checkpoint.data_fingerprint in ("", dataset.fingerprint)
    if not known or not len(dataset.validation):
        return None
    held_out = dataset.validation[:2048]
    return denoising_scores(checkpoint.denoiser(), held_out, checkpoint.process)


def recorded_data(checkpoint: Checkpoint) -> DataConfig:
    """The data that a checkpoint was trained on, as it says itself.

    The folder of the cache is not taken from there, and without a split it is the older one; see
    `recorded_fields`.

    Raises:
        InputError: it says nonsense.
    """
    try:
        return DataConfig(**recorded_fields(checkpoint.config["data"]))
    except InputError as error:
        source = str(checkpoint.config["data"].get("source"))
        hint = missing(checkpoint.plugins, [SOURCES.kind], source)
        raise InputError(f"{error}{hint}") from None
    except TypeError:
        raise InputError(
            f"{checkpoint.source}: config.data: not the settings of a data set"
        ) from None


def check_split(checkpoint: Checkpoint, data: DataConfig, dataset: Dataset) -> None:
    """Refuse plans that a checkpoint was trained on, split otherwise: held out is not held out.

    Args:
        checkpoint: the model.
        data: what to measure it on.
        dataset: the same, loaded.

    Raises:
        InputError: split as for training, it would be the data of the checkpoint.
    """
    if dataset.fingerprint == checkpoint.data_fingerprint or dataset.table is None:
        return
    try:
        had = recorded_data(checkpoint)
        fields = ("split", "split_seed", "split_file")
        as_trained = replace(data, **{field: getattr(had, field) for field in fields})
        trained_on = dataset_from_table(dataset.table, as_trained)
    except InputError:
        return  # it does not say, or its lists are gone
    if trained_on.fingerprint == checkpoint.data_fingerprint:
        words = " ".join(
            f"data.{field}={getattr(had, field)}"
            for field in fields
            if getattr(had, field) != getattr(data, field)
        )
        raise InputError(
            f"{checkpoint.source}: was trained on these plans with another split, so that plans "
            f"held out now were trained on; give {words}"
        )
