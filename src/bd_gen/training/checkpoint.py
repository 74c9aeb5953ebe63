"""Checkpoints: everything that generation needs and everything that training needs to go on."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from bd_gen.diagrams.recorded_words import FIELD as VOCABULARY
from bd_gen.diagrams.recorded_words import words_of_record, words_record
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.diagrams.words import Words
from bd_gen.model.architectures import PUBLISHED, model_config, new_denoiser
from bd_gen.model.class_weights import ClassWeights
from bd_gen.model.denoiser import Denoiser
from bd_gen.model.learned_rates import LearnedRates
from bd_gen.model.order_law import OrderLaw
from bd_gen.model.process import (
    BoxProcess,
    FixedProcess,
    ForwardProcess,
    LearnedOrders,
    LearnedProcess,
)
from bd_gen.model.published import PublishedRates
from bd_gen.model.schedules import SCHEDULES, schedule_named
from bd_gen.system.errors import InputError
from bd_gen.system.files import write_with
from bd_gen.system.plugin_records import FIELD as PLUGINS
from bd_gen.system.plugin_records import missing, recorded
from bd_gen.system.stored_tensor import StoredTensor
from bd_gen.system.torch_archive import TorchArchive
from bd_gen.system.version import __version__
from bd_gen.training.checkpoint_limits import check_model, check_numbers, check_rates
from bd_gen.training.published_checkpoint import as_checkpoint, is_published

FORMAT = "bd-gen checkpoint"
FORMAT_VERSION = 1

_FIELDS: dict[str, type | tuple[type, ...]] = {
    "model_state_dict": dict,
    "config": dict,
    "n_max": int,
    "step": int,
    "num_rooms_histogram": list,
    "data_fingerprint": str,
    "rate_network_state_dict": (dict, type(None)),
    "training_state": (dict, type(None)),
    "denoising": (dict, type(None)),
    "package_version": str,
}
_CONFIG_FIELDS = {"model": dict, "noise": str, "data": dict, "training": dict}


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
        rate_network_state_dict: the averaged weights of the forward process, if it is learned:
            a law over orders, or the rate network of the published form.
        training_state: raw weights and optimiser, to go on from here; None if stripped.
        denoising: scores on validation diagrams, if measured at this step.
        sha256: of the file, once it has one.
        source: how errors call it: the file, once it has one.
        class_weights: of the loss that trained it, to be divided out of what it predicts.
        plugins: those that were imported when it was trained, as files record them.
        words: what its tokens mean.
    """

    model_state_dict: dict[str, torch.Tensor]
    config: dict[str, Any]
    n_max: int
    step: int
    num_rooms_histogram: list[int]
    data_fingerprint: str
    rate_network_state_dict: dict[str, torch.Tensor] | None = None
    training_state: dict[str, Any] | None = None
    denoising: dict[str, float] | None = None
    package_version: str = __version__
    sha256: str = field(default="", compare=False)
    source: str = field(default="checkpoint", compare=False)
    class_weights: ClassWeights | None = None
    plugins: list[dict[str, Any]] = field(default_factory=lambda: recorded().get(PLUGINS, []))
    words: Words = RPLAN

    @property
    def vocabulary(self) -> Vocabulary:
        """The layout of the rows that the model knows."""
        return Vocabulary(self.n_max, self.words, _levels(self.config))

    @property
    def draws_boxes(self) -> bool:
        """Whether it is a model of the boxes of a diagram's rooms, not of diagrams."""
        return self.vocabulary.levels > 0

    def check_draws(self, boxes: bool) -> None:
        """Make sure that the model is one of boxes, or one of diagrams.

        Raises:
            InputError: it is the other.
        """
        if self.draws_boxes == boxes:
            return
        if boxes:
            raise InputError(
                f"{self.source}: a model of diagrams, and one of boxes is needed "
                "(bd-gen train experiment=geometry)"
            )
        raise InputError(
            f"{self.source}: a model of the boxes of given diagrams (model.levels="
            f"{self.vocabulary.levels}), and one of diagrams is needed"
        )

    @property
    def noise(self) -> str:
        """Name of the noise schedule that the model was trained with."""
        return str(self.config["noise"])

    @property
    def is_learned(self) -> bool:
        """Whether the forward process is learned (methods get the prefix `v2_`)."""
        return self.rate_network_state_dict is not None

    @property
    def has_order_law(self) -> bool:
        """Whether what is learned is a law over orders, not schedules of positions."""
        state = self.rate_network_state_dict
        return state is not None and "order_weights" in state

    @property
    def is_published(self) -> bool:
        """Whether the published system trained it."""
        return self.config["model"].get("architecture") == PUBLISHED

    @property
    def notes(self) -> tuple[str, ...]:
        """What whoever uses the model should know, in sentences."""
        if not self.is_published:
            return ()
        loss = (
            "the class weights of its training loss are divided out"
            if self.class_weights
            else "its training loss was class-weighted, so it predicts another distribution than "
            "that of plans and no sampler is exact (eval.class_weights=FILE divides them out)"
        )
        return (f"{self.source}: a checkpoint of the published system: {loss}; "
                "numbers of rooms are drawn as RPLAN has them",)  # fmt: skip

    @property
    def process(self) -> ForwardProcess:
        """The forward process that the denoiser was trained with.

        Raises:
            InputError: the learned weights do not fit, or the schedule is unknown.
        """
        if self.rate_network_state_dict is None:
            try:
                kind = BoxProcess if self.draws_boxes else FixedProcess
                return kind(schedule_named(self.noise))
            except InputError as error:
                raise InputError(
                    f"{self.source}: config.noise: {error}"
                    f"{missing(self.plugins, [SCHEDULES.kind], self.noise)}"
                ) from None
        if self.has_order_law:
            law = OrderLaw(self.words)
            self._load_state(law, self.rate_network_state_dict, "order weights")
            return LearnedOrders(law)
        rates = self._rates()
        self._load_state(rates, self.rate_network_state_dict, "rate network")
        return LearnedProcess(rates)

    def _rates(self) -> LearnedRates:
        if not self.is_published:
            return LearnedRates(self.vocabulary)
        fields = self.config.get("rates")
        try:
            check_rates(fields, self.rate_network_state_dict or {}, self.vocabulary)
            return PublishedRates(self.vocabulary, **fields)  # type: ignore[arg-type] # checked
        except (OverflowError, RuntimeError, TypeError, ValueError) as error:
            raise InputError(f"{self.source}: config.rates: {str(error)[:120]}") from None

    def denoiser(self, device: torch.device | str = "cpu") -> Denoiser:
        """The model with its averaged weights, ready for sampling.

        Raises:
            InputError: weights and configuration do not fit each other.
        """
        try:
            config = model_config(self.config["model"])
        except (TypeError, ValueError) as error:
            raise InputError(f"{self.source}: config.model: {error}") from None
        try:
            check_model(config, self.model_state_dict, self.vocabulary)
        except (OverflowError, RuntimeError, TypeError, ValueError) as error:
            reason = str(error).partition("\n")[0][:160]
            raise InputError(
                f"{self.source}: its weights do not fit its configuration ({reason})"
            ) from None
        model = new_denoiser(config, self.vocabulary)
        self._load_state(model, self.model_state_dict, "weights")
        if self.class_weights is not None:
            model.divide_out(self.class_weights.log(self.words))
        return model.eval().to(device)

    def _load_state(self, module: nn.Module, state: dict[str, torch.Tensor], what: str) -> None:
        try:
            check_numbers(module.state_dict(), state)
            module.load_state_dict(state)
        except (AttributeError, RuntimeError, TypeError, ValueError) as error:
            reason = " ".join(line.strip() for line in str(error).strip().splitlines()[:2])
            raise InputError(
                f"{self.source}: its {what} do not fit its configuration ({reason[:160]})"
            ) from None
        if not all(bool(p.isfinite().all()) for p in module.parameters()):
            raise InputError(f"{self.source}: its {what} are not finite numbers")


def save_checkpoint(path: str | Path, checkpoint: Checkpoint) -> None:
    """Write tensors and plain containers only; the file loads with `weights_only=True`.

    Raises:
        InputError: the file cannot be written; what it held before stays.
    """
    content = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "model_state_dict": checkpoint.model_state_dict,
        "rate_network_state_dict": checkpoint.rate_network_state_dict,
        "config": checkpoint.config,
        "n_max": checkpoint.n_max,
        "step": checkpoint.step,
        "num_rooms_histogram": checkpoint.num_rooms_histogram,
        "data_fingerprint": checkpoint.data_fingerprint,
        "training_state": checkpoint.training_state,
        "denoising": checkpoint.denoising,
        "package_version": checkpoint.package_version,
        **({PLUGINS: checkpoint.plugins} if checkpoint.plugins else {}),
        **words_record(checkpoint.words),
    }
    # By way of memory: torch turns the error of a full disk into one that nobody can tell apart.
    packed = io.BytesIO()
    torch.save(content, packed)
    write_with(path, lambda file: file.write(packed.getbuffer()))


def load_checkpoint(path: str | Path) -> Checkpoint:
    """Read a checkpoint, one of the published system included; nothing in it is executed.

    Raises:
        InputError: the file is missing, damaged, holds code, or is no checkpoint of bd-gen.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: there is no checkpoint of that name")
    content = _load_plain(path)
    if is_published(content):
        content = {**as_checkpoint(content, path), "format": FORMAT, "format_version": 1}
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise InputError(f"{path}: not a checkpoint of bd-gen")
    if content.get("format_version") != FORMAT_VERSION:
        raise InputError(
            f"{path}: format_version: expected {FORMAT_VERSION}, "
            f"got {content.get('format_version')!r}"
        )
    _check_fields(path, content)
    return Checkpoint(
        **{name: content[name] for name in _FIELDS},
        sha256=_sha256(path),
        source=str(path),
        plugins=content.get(PLUGINS) or [],
        words=words_of_record(content.get(VOCABULARY), str(path)),
    )


def _load_plain(path: Path) -> Any:
    """What the file holds, with tensors; its reader is the one of samples, which runs nothing."""
    with TorchArchive(path) as archive:
        made: dict[int, torch.Tensor] = {}

        def with_tensors(value: Any) -> Any:
            if isinstance(value, StoredTensor):
                if id(value) not in made:
                    made[id(value)] = torch.from_numpy(np.array(archive.array(value)))
                return made[id(value)]
            if type(value) is dict:
                return {key: with_tensors(part) for key, part in value.items()}
            if type(value) in (list, tuple):
                return type(value)(map(with_tensors, value))
            return value

        return with_tensors(archive.value)


def _check_fields(path: Path, content: Mapping[str, Any]) -> None:
    for name, kind in _FIELDS.items():
        if name not in content or not isinstance(content[name], kind):
            raise InputError(f"{path}: {name}: missing or of the wrong kind")
    for name, kind in _CONFIG_FIELDS.items():
        if not isinstance(content["config"].get(name), kind):
            raise InputError(f"{path}: config.{name}: missing or of the wrong kind")
    if not isinstance(content.get(PLUGINS), list | None):
        raise InputError(f"{path}: {PLUGINS}: expected a list")
    histogram = content["num_rooms_histogram"]
    try:
        Vocabulary(content["n_max"], levels=_levels(content["config"]))
    except ValueError as error:
        raise InputError(f"{path}: {error}") from None
    good = len(histogram) == content["n_max"] + 1 and all(
        type(count) is int and 0 <= count < 1 << 53 for count in histogram
    )
    if not good or histogram[0] or not sum(histogram):
        raise InputError(
            f"{path}: num_rooms_histogram: expected n_max + 1 counts, the first of them 0"
        )


def _levels(config: Mapping[str, Any]) -> int:
    """Steps of the plan that a model of boxes knows; 0 for one of diagrams.

    Raises:
        ValueError: it is no whole number.
    """
    levels = config["model"].get("levels", 0)
    if type(levels) is not int:
        raise ValueError(f"config.model.levels: expected a whole number, got {levels!r:.40}")
    return levels


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
