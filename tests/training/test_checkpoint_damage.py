"""Files that are no checkpoints, damaged ones, and ones that would run code."""

import contextlib
import hashlib
import io
import os
import pickle
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import FORMAT_VERSION, Checkpoint, load_checkpoint

Refusal = Callable[[Path], str]


def packed_bytes(content: Any, **options: Any) -> bytes:
    buffer = io.BytesIO()
    torch.save(content, buffer, **options)
    return buffer.getvalue()


@pytest.fixture
def content(good_bytes: bytes) -> dict[str, Any]:
    """What a good checkpoint holds."""
    return torch.load(io.BytesIO(good_bytes), weights_only=True)


def test_a_missing_file_and_a_folder(refusal_of: Refusal, tmp_path: Path) -> None:
    assert "there is no checkpoint of that name" in refusal_of(tmp_path / "none.pt")
    assert "there is no checkpoint of that name" in refusal_of(tmp_path)


@pytest.mark.parametrize("content", [b"", b"\x00", b"PK\x03\x04", b"not a checkpoint", b"{}"])
def test_a_file_of_something_else(refusal_of: Refusal, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "c.pt").write_bytes(content)
    refusal_of(tmp_path / "c.pt")


def test_a_file_cut_short(refusal_of: Refusal, tmp_path: Path, good_bytes: bytes) -> None:
    path = tmp_path / "c.pt"
    cuts = {1, 2, 4, 30, 100, len(good_bytes) - 1, len(good_bytes) - 22}
    for cut in sorted(cuts | set(range(0, len(good_bytes), len(good_bytes) // 40))):
        path.write_bytes(good_bytes[:cut])
        refusal_of(path)


def test_a_file_with_a_tail_is_refused_or_is_the_same(
    checkpoint: Checkpoint, tmp_path: Path, good_bytes: bytes
) -> None:
    path = tmp_path / "c.pt"
    path.write_bytes(good_bytes + b"\0" * 100)
    try:
        loaded = load_checkpoint(path)
    except InputError:
        return
    assert loaded.data_fingerprint == checkpoint.data_fingerprint


@settings(max_examples=60)
@given(content=st.binary(max_size=400))
def test_random_bytes(
    refusal_of: Refusal, tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "random.pt"
    path.write_bytes(content)
    refusal_of(path)


@settings(max_examples=150)
@given(
    seed=st.integers(0, 2**32), flips=st.integers(1, 4), region=st.sampled_from(["headers", "all"])
)
def test_flipped_bytes(
    tmp_path_factory: pytest.TempPathFactory,
    good_bytes: bytes,
    seed: int,
    flips: int,
    region: str,
) -> None:
    """Damage is refused, or is where nobody looks (a date, say): no other exception."""
    draw = np.random.default_rng(seed)
    damaged = bytearray(good_bytes)
    pickled = good_bytes.index(b"\x80\x02")
    for _ in range(flips):
        # Half of the time where it hurts: in the description of what the tensors are.
        low, high = (pickled, pickled + 4_000) if region == "headers" else (0, len(damaged))
        damaged[draw.integers(low, high)] ^= int(draw.integers(1, 256))
    path = tmp_path_factory.getbasetemp() / "flipped.pt"
    path.write_bytes(damaged)
    with contextlib.suppress(InputError):
        loaded = load_checkpoint(path)
        _ = loaded.denoiser(), loaded.process


def test_a_flipped_weight_is_noticed(
    checkpoint: Checkpoint, refusal_of: Refusal, tmp_path: Path, good_bytes: bytes
) -> None:
    """Torch itself reads such a file without complaint."""
    weight = checkpoint.model_state_dict["head.weight"].numpy().tobytes()
    place = good_bytes.index(weight)
    damaged = bytearray(good_bytes)
    damaged[place + 40] ^= 1
    (tmp_path / "c.pt").write_bytes(damaged)
    torch.load(tmp_path / "c.pt", weights_only=True)
    assert "damaged" in refusal_of(tmp_path / "c.pt")


class Trap:
    """Unpickled, it makes a file."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self.canary}",)


@pytest.mark.parametrize("form", ["torch", "legacy torch", "pickle", "inside a checkpoint"])
def test_code_in_a_file_is_not_run(
    content: dict[str, Any], refusal_of: Refusal, tmp_path: Path, form: str
) -> None:
    trap, path = Trap(tmp_path / "canary"), tmp_path / "c.pt"
    if form == "torch":
        path.write_bytes(packed_bytes(trap))
    elif form == "legacy torch":
        path.write_bytes(packed_bytes(trap, _use_new_zipfile_serialization=False))
    elif form == "pickle":
        path.write_bytes(pickle.dumps(trap))
    else:
        path.write_bytes(packed_bytes({**content, "denoising": {"x": trap}}))
    message = refusal_of(path)
    if form in ("torch", "inside a checkpoint"):
        assert "could run code and is refused" in message
    assert not (tmp_path / "canary").exists()
    # The trap is one: an ordinary reader falls into it.
    if form == "pickle":
        pickle.loads(path.read_bytes())
        assert (tmp_path / "canary").exists()


def test_other_classes_are_refused_too(
    checkpoint: Checkpoint, refusal_of: Refusal, tmp_path: Path
) -> None:
    path = tmp_path / "c.pt"
    path.write_bytes(packed_bytes(checkpoint.denoiser()))  # a whole module
    assert "refused" in refusal_of(path)
    path.write_bytes(packed_bytes({"tokens": np.zeros(3), "path": Path("x")}))
    assert "refused" in refusal_of(path)


@pytest.mark.parametrize(
    "content",
    [torch.zeros(3), [1, 2], {"model_state_dict": {}}, {"format": "bd-gen samples"}, "text", None],
)
def test_other_files_of_torch_are_not_checkpoints(
    refusal_of: Refusal, tmp_path: Path, content: Any
) -> None:
    (tmp_path / "c.pt").write_bytes(packed_bytes(content))
    assert "not a checkpoint of bd-gen" in refusal_of(tmp_path / "c.pt")


def test_a_compiled_model_is_not_a_checkpoint(refusal_of: Refusal, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), tmp_path / "c.pt")
    refusal_of(tmp_path / "c.pt")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("format_version", 2, f"format_version: expected {FORMAT_VERSION}, got 2"),
        ("model_state_dict", [], "model_state_dict: missing or of the wrong kind"),
        ("config", None, "config: missing or of the wrong kind"),
        ("config", {}, r"config\.model: missing or of the wrong kind"),
        ("n_max", "8", "n_max: missing or of the wrong kind"),
        ("n_max", 0, "n_max must be between 1 and"),
        ("n_max", 1_000, "n_max must be between 1 and"),
        ("step", 1.5, "step: missing or of the wrong kind"),
        ("num_rooms_histogram", {}, "num_rooms_histogram: missing or of the wrong kind"),
        ("num_rooms_histogram", [0, 1], "num_rooms_histogram: expected n_max . 1 counts"),
        ("num_rooms_histogram", [5, 0, 0, 0], "num_rooms_histogram: expected n_max . 1 counts"),
        ("num_rooms_histogram", [0, 1, 2, -3], "num_rooms_histogram: expected n_max . 1 counts"),
        ("num_rooms_histogram", [0, 1, 2, 0.5], "num_rooms_histogram: expected n_max . 1 counts"),
        ("data_fingerprint", 7, "data_fingerprint: missing or of the wrong kind"),
        ("training_state", 7, "training_state: missing or of the wrong kind"),
        ("rate_network_state_dict", 7, "rate_network_state_dict: missing or of the wrong kind"),
        ("denoising", 7, "denoising: missing or of the wrong kind"),
    ],
)
def test_a_field_of_the_wrong_kind(
    content: dict[str, Any],
    refusal_of: Refusal,
    tmp_path: Path,
    name: str,
    value: Any,
    message: str,
) -> None:
    path = tmp_path / "c.pt"
    path.write_bytes(packed_bytes({**content, name: value}))
    with pytest.raises(InputError, match=message):
        load_checkpoint(path)
    refusal_of(path)


@pytest.mark.parametrize("section", ["model", "noise", "data", "training"])
@pytest.mark.parametrize("value", [3, None, [1]])
def test_a_section_of_the_configuration_of_the_wrong_kind(
    content: dict[str, Any], refusal_of: Refusal, tmp_path: Path, section: str, value: Any
) -> None:
    path = tmp_path / "c.pt"
    content["config"][section] = value
    path.write_bytes(packed_bytes(content))
    assert f"config.{section}: missing or of the wrong kind" in refusal_of(path)


def test_a_field_that_nobody_asked_for_is_ignored(content: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "c.pt"
    path.write_bytes(packed_bytes({**content, "sha256": "no", "source": "no", "note": "kept"}))
    loaded = load_checkpoint(path)
    assert loaded.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert loaded.source == str(path)
