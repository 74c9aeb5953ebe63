"""Small files that claim to be large models."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.config import ModelConfig
from bd_gen.model.denoiser import Denoiser
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from bd_gen.training.checkpoint_limits import check_model, check_numbers

SMALL = ModelConfig(8, layers=1, heads=2)
VOCABULARY = Vocabulary(4)


@pytest.fixture
def state() -> dict[str, torch.Tensor]:
    return Denoiser(SMALL, VOCABULARY).state_dict()


def test_a_model_that_is_what_it_says(state: dict[str, torch.Tensor]) -> None:
    check_model(SMALL, state, VOCABULARY)


def test_shapes_alone_need_no_compiler() -> None:
    """Torch loads it, for a second or two, to draw normal numbers that are stored nowhere."""
    code = (
        "import sys; from bd_gen.training.bundled import *;"
        "from bd_gen.training.checkpoint import load_checkpoint;"
        "[load_checkpoint(file).denoiser() for file in (BUNDLED_FILE, BUNDLED_GEOMETRY)];"
        "sys.exit('torch._dynamo' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        # Made for real, the first three would take terabytes or hours.
        ({"width": 1 << 20, "heads": 1}, r"expected shape \(1048576,\), got shape"),
        ({"mlp_ratio": 1 << 40}, "expected shape"),
        ({"layers": 10**9}, "1000000000 layers, but"),
        ({"layers": 2}, r"blocks\.1\..*got none"),
        ({"time_conditioning": True}, r"got none|got shape"),
    ],
)
def test_another_model_is_refused_before_it_is_made(
    state: dict[str, torch.Tensor], changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        check_model(replace(SMALL, **changes), state, VOCABULARY)


def test_weights_that_are_none(state: dict[str, torch.Tensor]) -> None:
    for wrong in ({}, {**state, "more": torch.zeros(1)}, {**state, "norm.weight": "text"}):
        with pytest.raises(ValueError, match=r"expected|layers"):
            check_model(SMALL, wrong, VOCABULARY)


@pytest.mark.parametrize("dtype", [torch.int8, torch.int64, torch.complex64, torch.bool])
def test_weights_of_other_numbers(state: dict[str, torch.Tensor], dtype: torch.dtype) -> None:
    check_numbers(state, {name: tensor.half() for name, tensor in state.items()})
    other = {**state, "norm.weight": state["norm.weight"].to(dtype)}
    name = str(dtype).removeprefix("torch.")
    with pytest.raises(ValueError, match=rf"norm\.weight: expected float32, got {name}"):
        check_numbers(state, other)
    with pytest.raises(ValueError, match=r"norm\.weight: expected int64, got float32"):
        check_numbers({"norm.weight": torch.zeros(1).long()}, state)


# ---------------------------------------------------------------- the same as files


def refused(path: Path) -> str:
    with pytest.raises(InputError) as raised:
        _ = load_checkpoint(path).denoiser()
    message = str(raised.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message


def test_a_file_with_one_number_for_all(checkpoint: Checkpoint, tmp_path: Path) -> None:
    path = tmp_path / "c.pt"
    huge = {**checkpoint.model_state_dict, "w": torch.zeros(1).expand(1 << 40)}
    save_checkpoint(path, replace(checkpoint, model_state_dict=huge))
    assert "a tensor reaches beyond its storage" in refused(path)


def test_a_file_with_weights_of_other_numbers(checkpoint: Checkpoint, tmp_path: Path) -> None:
    """Torch reads whole numbers into floats without a word."""
    path = tmp_path / "c.pt"
    weights = checkpoint.model_state_dict
    save_checkpoint(
        path,
        replace(checkpoint, model_state_dict={n: t.to(torch.int8) for n, t in weights.items()}),
    )
    assert "expected float32, got int8" in refused(path)
    save_checkpoint(
        path,
        replace(checkpoint, model_state_dict={n: t.cfloat() for n, t in weights.items()}),
    )
    assert "torch.ComplexFloatStorage" in refused(path)


@pytest.mark.parametrize("width", [1 << 20, 1 << 40, 1 << 70])
def test_a_file_that_says_it_is_a_large_model(
    checkpoint: Checkpoint, tmp_path: Path, width: int
) -> None:
    path = tmp_path / "c.pt"
    model = {**checkpoint.config["model"], "width": width, "heads": 1}
    save_checkpoint(path, replace(checkpoint, config={**checkpoint.config, "model": model}))
    assert "its weights do not fit its configuration" in refused(path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: c["config"]["model"].update(heads=2.0), "model.heads must be a whole number"),
        (lambda c: c["config"]["model"].update(heads=True), "model.heads must be a whole number"),
        (lambda c: c["num_rooms_histogram"].append(1 << 60), "num_rooms_histogram"),
        (lambda c: c["num_rooms_histogram"].__setitem__(1, 10**400), "num_rooms_histogram"),
    ],
)
def test_numbers_that_would_fail_later(
    checkpoint: Checkpoint, tmp_path: Path, change: Callable[[dict[str, Any]], None], said: str
) -> None:
    path = tmp_path / "c.pt"
    save_checkpoint(path, checkpoint)
    content = torch.load(path, weights_only=True)
    change(content)
    torch.save(content, path)
    assert said in refused(path)


def test_compressed_records_are_refused(checkpoint: Checkpoint, tmp_path: Path) -> None:
    """Torch writes none, and a few kilobytes could unfold into any number of bytes."""
    path, packed = tmp_path / "c.pt", io.BytesIO()
    save_checkpoint(path, checkpoint)
    with (
        zipfile.ZipFile(path) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for record in old.infolist():
            new.writestr(record.filename, old.read(record))
    path.write_bytes(packed.getvalue())
    assert "holds compressed records" in refused(path)
