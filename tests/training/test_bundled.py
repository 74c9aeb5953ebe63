"""Checkpoints to share, and the one that comes with the package."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tests.generation.checkpoints import small_checkpoint

from bd_gen.training.bundled import BUNDLED_FILE, BUNDLED_GEOMETRY, checkpoint_file, for_sharing
from bd_gen.training.checkpoint import load_checkpoint, save_checkpoint


def test_what_is_shared_has_no_training_state_and_half_the_size(tmp_path: Path) -> None:
    full = replace(small_checkpoint(), training_state={"step": 7})
    shared = for_sharing(full)
    assert shared.training_state is None
    assert all(w.dtype == torch.float16 for w in shared.model_state_dict.values())
    assert shared.config == full.config
    assert shared.denoising == full.denoising
    save_checkpoint(tmp_path / "shared.pt", shared)
    model = load_checkpoint(tmp_path / "shared.pt").denoiser()
    for name, weight in full.denoiser().state_dict().items():
        assert model.state_dict()[name].dtype == torch.float32
        torch.testing.assert_close(model.state_dict()[name], weight, rtol=1e-3, atol=1e-6)


def test_a_part_of_a_larger_tensor_is_shared_alone(tmp_path: Path) -> None:
    full = small_checkpoint()
    name, weight = next(iter(full.model_state_dict.items()))
    large = torch.zeros(1_000_000)
    large[: weight.numel()] = weight.flatten()
    view = large[: weight.numel()].view_as(weight)
    shared = for_sharing(replace(full, model_state_dict={**full.model_state_dict, name: view}))
    save_checkpoint(tmp_path / "shared.pt", shared)
    assert (tmp_path / "shared.pt").stat().st_size < 100_000


def test_rates_of_a_learned_process_are_shared_too() -> None:
    shared = for_sharing(small_checkpoint(is_learned=True))
    assert shared.is_learned
    assert all(w.dtype == torch.float16 for w in shared.rate_network_state_dict.values())


def test_weights_beyond_float16_are_refused() -> None:
    full = small_checkpoint()
    name = next(iter(full.model_state_dict))
    state = {**full.model_state_dict, name: full.model_state_dict[name] + 1e6}
    with pytest.raises(ValueError, match="too large for float16"):
        for_sharing(replace(full, model_state_dict=state))


def test_bundled_is_a_name_and_everything_else_a_path() -> None:
    assert checkpoint_file("bundled") == BUNDLED_FILE
    assert checkpoint_file(Path("bundled")) == BUNDLED_FILE
    assert checkpoint_file("bundled-geometry") == BUNDLED_GEOMETRY
    assert checkpoint_file("runs/bundled") == Path("runs/bundled")


def test_the_bundled_checkpoint_is_small_and_loads() -> None:
    assert BUNDLED_FILE.stat().st_size < 4_000_000
    assert (BUNDLED_FILE.parent / "MODEL_CARD.md").read_text().startswith("# Model card")
    checkpoint = load_checkpoint(BUNDLED_FILE)
    assert checkpoint.training_state is None
    assert checkpoint.config["data"]["source"] == "synthetic"
    assert checkpoint.config["data"]["cache_dir"] is None
    assert checkpoint.denoiser().config.width == 128
