import hashlib
import io
import math
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import pytest
import torch

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.config import ModelConfig
from bd_gen.model.denoiser import Denoiser
from bd_gen.model.learned_rates import LearnedRates
from bd_gen.model.order_law import OrderLaw
from bd_gen.model.packing import pack
from bd_gen.model.process import FixedProcess, LearnedOrders, LearnedProcess
from bd_gen.system.errors import InputError
from bd_gen.system.files import write_with
from bd_gen.training import checkpoint as checkpoint_module
from bd_gen.training.bundled import for_sharing
from bd_gen.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint


def test_what_is_saved_is_loaded(checkpoint: Checkpoint, tmp_path: Path) -> None:
    saved = checkpoint
    save_checkpoint(tmp_path / "new" / "c.pt", saved)
    loaded = load_checkpoint(tmp_path / "new" / "c.pt")
    for field in fields(Checkpoint):
        if field.name in ("sha256", "source"):
            continue
        found, expected = getattr(loaded, field.name), getattr(saved, field.name)
        if field.name in ("model_state_dict", "training_state"):
            assert found.keys() == expected.keys()
        else:
            assert found == expected
    for name, weight in saved.model_state_dict.items():
        assert torch.equal(loaded.model_state_dict[name], weight)
    assert loaded.sha256 == hashlib.sha256((tmp_path / "new" / "c.pt").read_bytes()).hexdigest()
    assert loaded.vocabulary == Vocabulary(3)
    assert isinstance(loaded.process, FixedProcess)
    assert loaded.process.schedule.name == loaded.noise == "cosine"
    assert not loaded.is_learned


def test_the_loaded_model_predicts_as_the_saved_one(checkpoint: Checkpoint, tmp_path: Path) -> None:
    saved = checkpoint
    save_checkpoint(tmp_path / "c.pt", saved)
    batch = pack([(3, torch.tensor([[1, 13, 2, 5, 11, 11]]))], Vocabulary(3))
    model = load_checkpoint(tmp_path / "c.pt").denoiser()
    assert not model.training
    assert torch.equal(model(batch), saved.denoiser()(batch))


def test_a_learned_process_travels_with_the_model(checkpoint: Checkpoint, tmp_path: Path) -> None:
    torch.manual_seed(1)
    rates = LearnedRates(Vocabulary(3))
    save_checkpoint(
        tmp_path / "c.pt", replace(checkpoint, rate_network_state_dict=rates.state_dict())
    )
    loaded = load_checkpoint(tmp_path / "c.pt")
    assert loaded.is_learned
    assert isinstance(loaded.process, LearnedProcess)
    expected = LearnedProcess(rates).alpha(3, 0.7)
    assert torch.equal(loaded.process.alpha(3, 0.7), expected)


def test_a_law_over_orders_travels_with_the_model(checkpoint: Checkpoint, tmp_path: Path) -> None:
    law = OrderLaw()
    torch.nn.init.normal_(law.order_weights)
    config = {**checkpoint.config, "noise": "learned"}
    full = replace(checkpoint, rate_network_state_dict=law.state_dict(), config=config)
    save_checkpoint(tmp_path / "c.pt", full)
    loaded = load_checkpoint(tmp_path / "c.pt")
    assert loaded.is_learned
    assert loaded.has_order_law
    assert isinstance(loaded.process, LearnedOrders)
    assert torch.equal(loaded.process.law.order_weights, law.order_weights)
    save_checkpoint(tmp_path / "shared.pt", for_sharing(loaded))
    shared = load_checkpoint(tmp_path / "shared.pt").process
    assert isinstance(shared, LearnedOrders)
    torch.testing.assert_close(shared.law.order_weights, law.order_weights, rtol=1e-3, atol=1e-6)


def test_learned_rates_that_are_named_as_they_were_are_read(checkpoint: Checkpoint) -> None:
    """`learned` was their name before there was a law over orders."""
    state = LearnedRates(Vocabulary(3)).state_dict()
    for noise in ("learned", "learned_rates"):
        config = {**checkpoint.config, "noise": noise}
        found = replace(checkpoint, rate_network_state_dict=state, config=config)
        assert not found.has_order_law
        assert isinstance(found.process, LearnedProcess)


@pytest.mark.parametrize(
    ("weights", "reason"),
    [
        (torch.zeros(3), "do not fit its configuration"),
        ("none", "do not fit its configuration"),
        (torch.full_like(OrderLaw().order_weights, torch.nan), "are not finite numbers"),
    ],
)
def test_a_law_over_orders_that_does_not_fit(
    checkpoint: Checkpoint, tmp_path: Path, weights: Any, reason: str
) -> None:
    path = tmp_path / "c.pt"
    state = {"order_weights": weights}
    save_checkpoint(path, replace(checkpoint, rate_network_state_dict=state))
    with pytest.raises(InputError, match=rf"c\.pt: its order weights {reason}"):
        _ = load_checkpoint(path).process


def test_a_file_holds_nothing_but_tensors_and_plain_containers(good_bytes: bytes) -> None:
    """So it loads with torch's own safe reader, without bd-gen."""

    def check(value: Any) -> None:
        if isinstance(value, dict):
            for key, part in value.items():
                check(key)
                check(part)
        elif isinstance(value, list | tuple):
            for part in value:
                check(part)
        else:
            assert value is None or type(value) in (str, int, float, bool, torch.Tensor)

    check(torch.load(io.BytesIO(good_bytes), weights_only=True))


def test_a_checkpoint_without_training_state_and_scores(
    checkpoint: Checkpoint, tmp_path: Path
) -> None:
    save_checkpoint(tmp_path / "c.pt", replace(checkpoint, training_state=None, denoising=None))
    loaded = load_checkpoint(tmp_path / "c.pt")
    assert loaded.training_state is None
    assert loaded.denoising is None


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c.config["model"].update(width=16),
        lambda c: c.config["model"].update(layers=2),
        lambda c: c.config["model"].update(time_conditioning=True),
        lambda c: c.config["model"].update(heads=3),
        lambda c: c.config["model"].update(width="8"),
        lambda c: c.config["model"].update(colour="red"),
        lambda c: c.model_state_dict.pop("head.bias"),
        lambda c: c.model_state_dict.update(extra=torch.zeros(1)),
        lambda c: c.model_state_dict.update({"head.bias": 3}),
        lambda c: c.model_state_dict.update({3: torch.zeros(1)}),
    ],
)
def test_weights_that_do_not_fit_the_configuration(
    checkpoint: Checkpoint, tmp_path: Path, change: Callable[[Checkpoint], None]
) -> None:
    path = tmp_path / "c.pt"
    change(checkpoint)
    save_checkpoint(path, checkpoint)
    loaded = load_checkpoint(path)
    with pytest.raises(InputError) as caught:
        loaded.denoiser()
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_a_rate_network_that_does_not_fit(checkpoint: Checkpoint, tmp_path: Path) -> None:
    path = tmp_path / "c.pt"
    rates = LearnedRates(Vocabulary(5)).state_dict()
    save_checkpoint(path, replace(checkpoint, rate_network_state_dict=rates))
    with pytest.raises(InputError, match=r"c\.pt: its rate network do(es)? not fit"):
        _ = load_checkpoint(path).process


def test_an_unknown_noise_schedule(checkpoint: Checkpoint, tmp_path: Path) -> None:
    path = tmp_path / "c.pt"
    checkpoint.config["noise"] = "cosin"
    save_checkpoint(path, checkpoint)
    with pytest.raises(InputError, match=r"c\.pt: config\.noise: .*did you mean cosine"):
        _ = load_checkpoint(path).process


@pytest.mark.parametrize("size", [0, 10, 5_000, 200_000])
def test_a_full_disk_leaves_the_old_checkpoint(
    checkpoint: Checkpoint,
    tmp_path: Path,
    full_disk: Callable[[int], Any],
    good_bytes: bytes,
    size: int,
) -> None:
    """Torch's own writer would hide the disk's error behind one that says nothing."""
    path = tmp_path / "c.pt"
    path.write_bytes(good_bytes)
    large = replace(checkpoint, training_state={"model": torch.zeros(100_000)})
    with full_disk(size), pytest.raises(InputError) as caught:
        save_checkpoint(path, large)
    assert str(caught.value) == f"{path}: cannot be written (File too large)"
    assert path.read_bytes() == good_bytes
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, OSError])
def test_an_interrupted_write_leaves_the_old_checkpoint(
    checkpoint: Checkpoint,
    tmp_path: Path,
    good_bytes: bytes,
    monkeypatch: pytest.MonkeyPatch,
    error: type[BaseException],
) -> None:
    path = tmp_path / "c.pt"
    path.write_bytes(good_bytes)

    def half(path: Path, write: Callable[[Any], Any]) -> None:
        def broken(file: Any) -> None:
            whole = io.BytesIO()
            write(whole)
            file.write(whole.getvalue()[: len(whole.getvalue()) // 2])
            raise error

        write_with(path, broken)

    monkeypatch.setattr(checkpoint_module, "write_with", half)
    with pytest.raises(InputError if error is OSError else error):
        save_checkpoint(path, replace(checkpoint, step=8))
    assert path.read_bytes() == good_bytes
    assert list(tmp_path.iterdir()) == [path]


def test_numbers_that_are_none_survive(checkpoint: Checkpoint, tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "c.pt", replace(checkpoint, denoising={"x": math.inf}))
    assert load_checkpoint(tmp_path / "c.pt").denoising == {"x": math.inf}


def test_weights_that_are_not_finite_are_refused(tmp_path):
    vocabulary = Vocabulary(3)
    config = ModelConfig(width=8, layers=1, heads=1)
    weights = Denoiser(config, vocabulary).state_dict()
    weights["head.bias"][0] = float("nan")
    checkpoint = Checkpoint(
        model_state_dict=weights,
        config={"model": asdict(config), "noise": "loglinear", "data": {}, "training": {}},
        n_max=3,
        step=1,
        num_rooms_histogram=[0, 0, 1, 1],
        data_fingerprint="0",
    )
    path = tmp_path / "nan.pt"
    save_checkpoint(path, checkpoint)
    with pytest.raises(InputError, match=r"nan\.pt: its weights are not finite numbers"):
        load_checkpoint(path).denoiser()
