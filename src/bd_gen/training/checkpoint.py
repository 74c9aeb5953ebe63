"""Checkpoints: everything that generation needs and everything that training needs to go on."""

import hashlib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from bd_gen import __version__
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.errors import InputError
from bd_gen.files import write_with
from bd_gen.models.config import ModelConfig
from bd_gen.models.denoiser import Denoiser

FORMAT = "bd-gen checkpoint"
FORMAT_VERSION = 1


@dataclass(frozen=True)
class Checkpoint:
    """A trained denoiser and where it comes from.

    Attributes:
        model_state_dict: the averaged (EMA) weights, which are what gets sampled.
        config: plain containers under the keys `model`, `noise`, `data`, `training`.
        n_max: largest number of rooms.
        step: optimiser steps taken.
        num_rooms_histogram: how many training diagrams have 0, 1, ..., n_max rooms.
        data_fingerprint: of the data it was trained on.
        training_state: raw weights and optimiser, to go on from here; None if stripped.
        denoising: scores on validation diagrams, if measured at this step.
        sha256: of the file, once it has one.
    """

    model_state_dict: dict[str, torch.Tensor]
    config: dict[str, Any]
    n_max: int
    step: int
    num_rooms_histogram: list[int]
    data_fingerprint: str
    training_state: dict[str, Any] | None = None
    denoising: dict[str, float] | None = None
    package_version: str = __version__
    sha256: str = field(default="", compare=False)

    @property
    def vocabulary(self) -> Vocabulary:
        """The layout of the rows that the model knows."""
        return Vocabulary(self.n_max)

    @property
    def noise(self) -> str:
        """Name of the noise schedule that the model was trained with."""
        return str(self.config["noise"])

    def denoiser(self, device: torch.device | str = "cpu") -> Denoiser:
        """The model with its averaged weights, ready for sampling.

        Raises:
            InputError: weights and configuration do not fit each other.
        """
        try:
            model = Denoiser(ModelConfig(**self.config["model"]), self.vocabulary)
            model.load_state_dict(self.model_state_dict)
        except (RuntimeError, TypeError, ValueError) as error:
            reason = str(error).strip().splitlines()
            raise InputError(
                f"checkpoint: its weights do not fit its configuration ({' '.join(reason[:2])})"
            ) from None
        return model.eval().to(device)


def save_checkpoint(path: str | Path, checkpoint: Checkpoint) -> None:
    """Write tensors and plain containers only; the file loads with `weights_only=True`."""
    content = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "model_state_dict": checkpoint.model_state_dict,
        "config": checkpoint.config,
        "n_max": checkpoint.n_max,
        "step": checkpoint.step,
        "num_rooms_histogram": checkpoint.num_rooms_histogram,
        "data_fingerprint": checkpoint.data_fingerprint,
        "training_state": checkpoint.training_state,
        "denoising": checkpoint.denoising,
        "package_version": checkpoint.package_version,
    }
    write_with(path, lambda file: torch.save(content, file))


def load_checkpoint(path: str | Path) -> Checkpoint:
    """Read a checkpoint; nothing in it is executed.

    Raises:
        InputError: the file is missing, damaged, holds code, or is no checkpoint of bd-gen.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: there is no checkpoint of that name")
    content = _load_plain(path)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise InputError(f"{path}: not a checkpoint of bd-gen")
    if content.get("format_version") != FORMAT_VERSION:
        raise InputError(
            f"{path}: format_version: expected {FORMAT_VERSION}, "
            f"got {content.get('format_version')!r}"
        )
    _check_fields(path, content)
    return Checkpoint(
        **{k: v for k, v in content.items() if k in Checkpoint.__dataclass_fields__},
        sha256=_sha256(path),
    )


def _load_plain(path: Path) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about old formats, which are refused below
            return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        text = str(error)
        if "weights_only" in text or "Unsupported" in text or "Weights only" in text:
            raise InputError(
                f"{path}: holds something other than tensors and plain containers; "
                "it could run code and is refused"
            ) from None
        first = text.strip().splitlines()[0] if text.strip() else type(error).__name__
        raise InputError(f"{path}: damaged, or not a checkpoint ({first[:120]})") from None


def _check_fields(path: Path, content: Mapping[str, Any]) -> None:
    expected: dict[str, type | tuple[type, ...]] = {
        "model_state_dict": dict,
        "config": dict,
        "n_max": int,
        "step": int,
        "num_rooms_histogram": list,
        "data_fingerprint": str,
        "training_state": (dict, type(None)),
        "denoising": (dict, type(None)),
        "package_version": str,
    }
    for name, kind in expected.items():
        if not isinstance(content.get(name), kind) or (
            name not in content and kind is not type(None)
        ):
            raise InputError(f"{path}: {name}: missing or of the wrong kind")
    for name in ("model", "noise", "data", "training"):
        if name not in content["config"]:
            raise InputError(f"{path}: config.{name}: missing")
    histogram = content["num_rooms_histogram"]
    try:
        Vocabulary(content["n_max"])
    except ValueError as error:
        raise InputError(f"{path}: {error}") from None
    good = len(histogram) == content["n_max"] + 1 and all(
        isinstance(count, int) and count >= 0 for count in histogram
    )
    if not good or sum(histogram[1:]) == 0:
        raise InputError(f"{path}: num_rooms_histogram: expected n_max + 1 counts")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
