"""Checkpoints of the published system: what they compute, and what is refused."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.training.published_files import alphas, logits, published_content, published_file
from torch.nn import functional as F  # noqa: N812

from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.class_weights import ClassWeights
from bd_gen.model.packing import pack, pack_padded
from bd_gen.system.errors import InputError
from bd_gen.training.bundled import for_sharing
from bd_gen.training.checkpoint import load_checkpoint, save_checkpoint

NAMES = ("v1_loglinear", "v1_linear", "v2")
VOCABULARY = Vocabulary(8)
NODES, EDGES = 13, 11


@pytest.fixture(params=NAMES)
def reference(request: pytest.FixtureRequest, dev_data: Path) -> tuple[Path, dict[str, np.ndarray]]:
    """A file of the published system, and what its own code computes of it."""
    folder = dev_data / "reference" / "checkpoints"
    with np.load(folder / f"{request.param}_expected.npz") as arrays:
        return folder / f"{request.param}.pt", dict(arrays)


def test_logits_are_those_of_the_published_code(
    reference: tuple[Path, dict[str, np.ndarray]],
) -> None:
    path, expected = reference
    model = load_checkpoint(path).denoiser()
    tokens = torch.from_numpy(expected["tokens"].astype(np.int64))
    is_real = torch.from_numpy(expected["pad_masks"])
    times = torch.from_numpy(expected["t"])
    with torch.inference_mode():
        logits = model(pack_padded(tokens, is_real, VOCABULARY), times).view(24, 36, -1).numpy()
    for kind, found in (("node", logits[:, :8]), ("edge", logits[:, 8:])):
        there = expected["pad_masks"][:, : 8 if kind == "node" else None][:, -found.shape[1] :]
        values = NODES if kind == "node" else EDGES
        wanted = expected[f"{kind}_logits"]
        assert np.isneginf(wanted[..., values:]).all()
        difference = np.abs(found[..., :values] - wanted[..., :values])[there]
        assert difference.max() < 1e-5


def test_without_pad_they_are_the_same(reference: tuple[Path, dict[str, np.ndarray]]) -> None:
    path, expected = reference
    model = load_checkpoint(path).denoiser()
    num_rooms = num_rooms_of(expected["tokens"], VOCABULARY)
    for k, n in enumerate(num_rooms):
        real = VOCABULARY.real_positions(int(n))
        row = torch.from_numpy(expected["tokens"][k : k + 1, real].astype(np.int64))
        time = torch.from_numpy(expected["t"][k : k + 1])
        with torch.inference_mode():
            found = model(pack([(int(n), row)], VOCABULARY), time, torch.arange(len(real))).numpy()
        assert np.abs(found[:n] - expected["node_logits"][k, :n, :NODES]).max() < 1e-5
        edges = real[n:] - 8
        assert np.abs(found[n:, :EDGES] - expected["edge_logits"][k, edges, :EDGES]).max() < 1e-5


def test_the_learned_process_has_the_published_alphas(dev_data: Path) -> None:
    folder = dev_data / "reference" / "checkpoints"
    checkpoint = load_checkpoint(folder / "v2.pt")
    assert checkpoint.is_learned
    with np.load(folder / "v2_expected.npz") as expected:
        num_rooms = num_rooms_of(expected["tokens"], VOCABULARY)
        for k, n in enumerate(num_rooms):
            found = checkpoint.process.alpha(int(n), float(expected["t"][k])).numpy()
            real = VOCABULARY.real_positions(int(n))
            assert np.abs(found - expected["alpha"][k, real]).max() < 1e-5


def test_schedule_size_and_data_come_from_the_config(
    reference: tuple[Path, dict[str, np.ndarray]],
) -> None:
    path, _ = reference
    checkpoint = load_checkpoint(path)
    noise = {"v1_loglinear": "loglinear", "v1_linear": "linear", "v2": "learned"}[path.stem]
    assert (checkpoint.noise, checkpoint.n_max) == (noise, 8)
    assert checkpoint.config["data"]["path"] == "data/data.mat"
    assert checkpoint.data_fingerprint == ""
    (note,) = checkpoint.notes
    assert "class-weighted" in note


def test_a_stripped_copy_is_the_same_model(
    reference: tuple[Path, dict[str, np.ndarray]], tmp_path: Path
) -> None:
    path, expected = reference
    checkpoint = load_checkpoint(path)
    save_checkpoint(tmp_path / "small.pt", for_sharing(checkpoint))
    copy = load_checkpoint(tmp_path / "small.pt")
    assert copy.is_published
    tokens = torch.from_numpy(expected["tokens"].astype(np.int64))
    batch = pack_padded(tokens, torch.from_numpy(expected["pad_masks"]), VOCABULARY)
    times = torch.from_numpy(expected["t"])
    with torch.inference_mode():
        a, b = (c.denoiser()(batch, times) for c in (checkpoint, copy))
    finite = a.isfinite()
    assert (a - b)[finite].abs().max() < 0.02
    assert copy.process.alpha(8, 0.5).sub(checkpoint.process.alpha(8, 0.5)).abs().max() < 0.01


def test_class_weights_are_divided_out(dev_data: Path) -> None:
    """Where w_c p(c) is what a weighted loss teaches, p(c) is left."""
    path = dev_data / "reference" / "checkpoints" / "v1_loglinear.pt"
    checkpoint = load_checkpoint(path)
    rng = np.random.default_rng(0)
    weights = ClassWeights(tuple(rng.uniform(0.1, 9, NODES)), tuple(rng.uniform(0.1, 9, EDGES)))
    row = torch.from_numpy(VOCABULARY.mask_row.astype(np.int64))[None]
    batch, time = pack([(8, row)], VOCABULARY), torch.tensor([0.7])
    with torch.inference_mode():
        taught = checkpoint.denoiser()(batch, time).double().softmax(dim=1)
        freed = replace(checkpoint, class_weights=weights)
        found = freed.denoiser()(batch, time).double().softmax(dim=1)
    assert "divided out" in freed.notes[0]
    for rows, part, size in (
        (slice(0, 8), weights.node, NODES),
        (slice(8, 36), weights.edge, EDGES),
    ):
        again = found[rows, :size] * torch.tensor(part)
        again = F.normalize(again, p=1, dim=1)
        assert (again - taught[rows, :size]).abs().max() < 1e-6


# ---------------------------------------------------------------- files made here


@pytest.mark.parametrize("noise", ["loglinear", "linear", "learned"])
def test_logits_are_those_of_the_architecture_written_down_plainly(
    tmp_path: Path, noise: str
) -> None:
    """Sizes that are all different, so that none can be taken for another."""
    path = published_file(tmp_path, noise)
    rng = np.random.default_rng(1)
    count = 12
    num_rooms = rng.integers(1, 9, count)
    is_real = torch.from_numpy(VOCABULARY.real_mask(num_rooms))
    rows = np.where(rng.random((count, 36)) < 0.5, VOCABULARY.mask_row, rng.integers(0, 10, 36))
    rows = np.where(is_real, rows, VOCABULARY.pad_row).astype(np.int64)
    tokens, times = torch.from_numpy(rows), torch.from_numpy(rng.random(count)).float()
    nodes, edges = logits(published_content(noise), tokens, is_real, times)
    with torch.inference_mode():
        model = load_checkpoint(path).denoiser()
        found = model(pack_padded(tokens, is_real, VOCABULARY), times).view(count, 36, -1)
    differences = (found[:, :8] - nodes[..., :NODES])[is_real[:, :8]]
    assert differences.abs().max() < 1e-5
    differences = (found[:, 8:, :EDGES] - edges[..., :EDGES])[is_real[:, 8:]]
    assert differences.abs().max() < 1e-5


@pytest.mark.parametrize("time", [0.0, 0.3, 1.0])
def test_alphas_are_those_of_the_rate_network_written_down_plainly(
    tmp_path: Path, time: float
) -> None:
    process = load_checkpoint(published_file(tmp_path, "learned")).process
    expected = alphas(published_content("learned"), time)
    assert (process.alpha(8, time) - expected).abs().max() < 1e-5
    mean = process.alpha(5, time).mean()
    assert process.time_of(5, mean[None])[0].item() == pytest.approx(time, abs=1e-6)


# ---------------------------------------------------------------- what is refused


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Path]:
    """Writes a published file with some of its content replaced."""

    def write(noise: str, change: Callable[[dict[str, Any]], None]) -> Path:
        content = published_content(noise)
        change(content)
        torch.save(content, tmp_path / "changed.pt")
        return tmp_path / "changed.pt"

    return write


def _set(*keys: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(content: dict[str, Any]) -> None:
        for key in keys[:-1]:
            content = content[key]
        if value is None:
            del content[keys[-1]]
        else:
            content[keys[-1]] = value

    return change


_BAD = [
    (
        ("config", "noise", "sigma_max"),
        5.0,
        "config.noise.sigma_max: expected 10.0 for noise=linear",
    ),
    (("config", "noise", "type"), "sqrt", "config.noise.type: expected one of linear, loglinear"),
    (("config", "noise", "type"), "learned", "config.noise.type: 'learned', but the file has no"),
    (("config", "model", "d_model"), "x", "config.model.d_model: expected a whole number"),
    (("config", "model", "d_model"), 64, "its weights do not fit its configuration"),
    (("config", "model", "n_layers"), 1 << 30, "config.model.n_layers: expected a whole number"),
    (("config", "data", "n_max"), 9, "its weights are not those of the published system"),
    (("config", "data", "n_max"), "8", "config.data.n_max"),
    (("config", "data"), None, "config.data: missing"),
    (("model_state_dict", "node_head.bias"), None, "its weights are not those of the published"),
    (("model_state_dict", "extra"), torch.zeros(1), "extra: unknown"),
    (
        ("model_state_dict", "positional_encoding.edge_i"),
        torch.arange(28),
        "positional_encoding.edge_i: other rows than here",
    ),
    (("model_state_dict", "final_norm.bias"), "text", "do"),
]


@pytest.mark.parametrize(("keys", "value", "message"), _BAD)
def test_what_has_no_meaning_here_is_refused(
    changed: Callable[..., Path], keys: tuple[str, ...], value: Any, message: str
) -> None:
    path = changed("linear", _set(*keys, value=value))
    with pytest.raises(InputError) as refused:
        load_checkpoint(path).denoiser()
    assert message in str(refused.value)
    assert str(refused.value).startswith(f"{path}: ")


@pytest.mark.parametrize(
    ("keys", "value", "message"),
    [
        (("config", "noise", "hidden_dim"), 1 << 20, "config.rates"),
        (("config", "noise", "gamma_max"), 6.0, "config.noise.gamma_max: expected the number in"),
        (("rate_network_state_dict",), None, "'learned', but the file has no rate_network"),
        (("rate_network_state_dict", "proj_node.bias"), None, "config.rates: node_map.bias"),
    ],
)
def test_a_rate_network_that_does_not_fit_is_refused(
    changed: Callable[..., Path], keys: tuple[str, ...], value: Any, message: str
) -> None:
    path = changed("learned", _set(*keys, value=value))
    with pytest.raises(InputError) as refused:
        _ = load_checkpoint(path).process
    assert message in str(refused.value)


def test_tensors_larger_than_the_file_are_refused(changed: Callable[..., Path]) -> None:
    huge = torch.zeros(1).expand(1 << 30, 32)
    path = changed(
        "linear", _set("model_state_dict", "node_embedding.embedding.weight", value=huge)
    )
    with pytest.raises(InputError, match="reaches beyond its storage"):
        load_checkpoint(path)
