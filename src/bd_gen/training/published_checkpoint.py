"""Checkpoints of the published system, as the content of a checkpoint of bd-gen.

They hold `model_state_dict`, `config` and, for the learned forward process,
`rate_network_state_dict`. Size, schedule and data come from their `config`. They do not say how
many rooms diagrams have; these are drawn with RPLAN's shares, on which the system was trained.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from bd_gen.data.sources.synthetic.programmes import ROOMS_PER_PLAN
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.architectures import PUBLISHED
from bd_gen.system.errors import InputError
from bd_gen.training.published_weights import model_state, rate_state

_STATE, _RATES = "model_state_dict", "rate_network_state_dict"
_TELLING = "node_embedding.embedding.weight"
_MODEL_FIELDS = {
    "d_model": "width",
    "n_layers": "layers",
    "n_heads": "heads",
    "mlp_ratio": "mlp_ratio",
    "cond_dim": "condition_width",
}
_NOISE_FIELDS = {
    "linear": {"sigma_min": 0.0, "sigma_max": 10.0},
    "loglinear": {"eps": 1e-3},
}
"""What a schedule of that name has here; one with other numbers is refused."""
_NO_WEIGHT = 1e-3  # of the shares of numbers of rooms, which are counted in thousandths


def is_published(content: object) -> bool:
    """Whether the content of a file is that of a published checkpoint, by its keys."""
    if not isinstance(content, Mapping) or "format" in content:
        return False
    state, config = content.get(_STATE), content.get("config")
    return isinstance(state, Mapping) and _TELLING in state and isinstance(config, Mapping)


def as_checkpoint(content: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """The same content under the names of a checkpoint of bd-gen.

    Training cannot go on from it.

    Raises:
        InputError: something is missing, contradicts the rest, or has no meaning here; names it.
    """
    config = content["config"]
    parts = {name: _section(config, name, path) for name in ("model", "data", "noise")}
    n_max = parts["data"].get("n_max")
    try:
        vocabulary = Vocabulary(n_max)  # type: ignore[arg-type] # it says what is wrong with it
    except (TypeError, ValueError) as error:
        raise InputError(f"{path}: config.data.n_max: {error}") from None
    rates = content.get(_RATES)
    noise = _noise(parts["noise"], rates is not None, path)
    try:
        weights = model_state(content[_STATE], vocabulary)
        rate_weights = None if rates is None else rate_state(rates, vocabulary)
    except (AttributeError, IndexError, KeyError, RuntimeError, TypeError, ValueError) as error:
        raise InputError(f"{path}: its weights are not those of the published system "
                         f"({str(error)[:120]})") from None  # fmt: skip
    return {
        "format": "",
        _STATE: weights,
        _RATES: rate_weights,
        "config": {
            "model": {"architecture": PUBLISHED, **_model_fields(parts["model"], path)},
            "noise": noise,
            "data": _data(parts["data"], vocabulary.n_max),
            "training": _plain(config.get("training")),
            **({} if rates is None else {"rates": _rate_fields(parts["noise"], rates, path)}),
            PUBLISHED: {"epoch": _epoch(content)},
        },
        "n_max": vocabulary.n_max,
        "step": 0,  # it counts epochs
        "num_rooms_histogram": _shares(vocabulary.n_max, path),
        "data_fingerprint": "",
        "training_state": None,
        "denoising": None,
        "package_version": "",
    }


def _section(config: Mapping[str, Any], name: str, path: Path) -> Mapping[str, Any]:
    value = config.get(name)
    if not isinstance(value, Mapping):
        raise InputError(f"{path}: config.{name}: missing or of the wrong kind")
    return value


def _model_fields(model: Mapping[str, Any], path: Path) -> dict[str, int]:
    found = {}
    for name, ours in _MODEL_FIELDS.items():
        value = model.get(name)
        if type(value) is float and value.is_integer():  # such as mlp_ratio: 4.0
            value = int(value)
        found[ours] = _whole(value, f"{path}: config.model.{name}")
    size = _whole(
        model.get("frequency_embedding_size", 256),
        f"{path}: config.model.frequency_embedding_size",
    )
    if size % 2:
        raise InputError(f"{path}: config.model.frequency_embedding_size: expected an even number")
    return {**found, "num_frequencies": size // 2}


def _whole(value: object, where: str) -> int:
    if type(value) is not int or not 1 <= value <= 1 << 20:
        raise InputError(f"{where}: expected a whole number from 1, got {value!r:.40}")
    return value


def _noise(noise: Mapping[str, Any], is_learned: bool, path: Path) -> str:
    """The schedule's name; it must mean the same here."""
    name = noise.get("type")
    if is_learned != (name == "learned"):
        has = "has" if is_learned else "has no"
        raise InputError(f"{path}: config.noise.type: {name!r:.40}, but the file {has} {_RATES}")
    if is_learned:
        return "learned"
    if name not in _NOISE_FIELDS:
        known = ", ".join((*_NOISE_FIELDS, "learned"))
        raise InputError(f"{path}: config.noise.type: expected one of {known}, got {name!r:.40}")
    for key, value in _NOISE_FIELDS[name].items():
        if noise.get(key, value) != value:
            raise InputError(
                f"{path}: config.noise.{key}: expected {value} for noise={name}, "
                f"got {noise[key]!r:.40}"
            )
    return str(name)


def _rate_fields(
    noise: Mapping[str, Any], rates: Mapping[str, Any], path: Path
) -> dict[str, int | float]:
    sizes = {"embedding": "d_emb", "hidden": "hidden_dim", "powers": "K"}
    fields: dict[str, int | float] = {
        ours: _whole(noise.get(name), f"{path}: config.noise.{name}")
        for ours, name in sizes.items()
    }
    for name in ("gamma_min", "gamma_max"):
        value, stored = noise.get(name), rates.get(name)
        same = isinstance(stored, torch.Tensor) and stored.numel() == 1 and stored.item() == value
        if not isinstance(value, int | float) or not same:
            raise InputError(
                f"{path}: config.noise.{name}: expected the number in {_RATES}, got {value!r:.40}"
            )
        fields[name] = float(value)
    if not fields["gamma_min"] < fields["gamma_max"]:
        raise InputError(f"{path}: config.noise.gamma_min: expected it below gamma_max")
    return fields


def _data(data: Mapping[str, Any], n_max: int) -> dict[str, Any]:
    path = data.get("mat_path")
    named = path if isinstance(path, str) and path else "data/data.mat"
    return {"source": "graph2plan", "path": named, "n_max": n_max, "split": "published"}


def _shares(n_max: int, path: Path) -> list[int]:
    """RPLAN's plans by number of rooms, out of a thousand."""
    shares = [round(ROOMS_PER_PLAN.get(n, 0) / _NO_WEIGHT) for n in range(n_max + 1)]
    if not sum(shares):
        raise InputError(f"{path}: config.data.n_max: RPLAN has no plans of up to {n_max} rooms")
    return shares


def _epoch(content: Mapping[str, Any]) -> int | None:
    epoch = content.get("epoch")
    return epoch if type(epoch) is int else None


def _plain(value: Any) -> dict[str, Any]:
    """The plain settings among those of training, which are only told."""
    kinds = (int, float, str, bool, type(None))
    if not isinstance(value, Mapping):
        return {}
    return {str(k)[:60]: v for k, v in value.items() if isinstance(v, kinds)}
