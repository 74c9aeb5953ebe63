"""The folder of a run, and what it is protected from."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from bd_gen.data.dataset import Dataset
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import load_checkpoint, save_checkpoint
from bd_gen.training.run import LOG, train
from bd_gen.training.run_config import FINAL, LAST, MAY_CHANGE, RunConfig
from bd_gen.training.trained import LEARNED, LEARNED_RATES

RunMaker = Callable[..., RunConfig]
Stopper = Callable[..., Path]


def test_a_finished_run_is_left_alone(make_run: RunMaker, dataset: Dataset) -> None:
    run = make_run()
    final = train(run, dataset)
    before = {path: path.read_bytes() for path in run.directory.rglob("*") if path.is_file()}
    told: list[Any] = []
    assert train(run, dataset, on_start=told.append, on_progress=told.append) == final
    assert train(make_run(steps=4), dataset) == final  # fewer steps than there are: nothing to do
    assert told == []
    after = {path: path.read_bytes() for path in run.directory.rglob("*") if path.is_file()}
    assert after == before


def test_what_a_run_leaves_behind(make_run: RunMaker, dataset: Dataset) -> None:
    run = make_run()
    checkpoint = load_checkpoint(train(run, dataset))
    assert checkpoint.config == run.as_dict()
    assert json.loads((run.directory / "config.json").read_text()) == run.as_dict()
    assert checkpoint.data_fingerprint == dataset.fingerprint
    assert checkpoint.num_rooms_histogram == dataset.num_rooms_histogram.tolist()
    assert checkpoint.vocabulary == dataset.vocabulary
    assert checkpoint.training_state is not None
    # The averaged weights are what gets sampled, and they are not the raw ones.
    average = checkpoint.training_state["average"]
    for name, weight in checkpoint.model_state_dict.items():
        assert torch.equal(weight, average[f"module.denoiser.{name}"])
    raw = checkpoint.training_state["model"]["denoiser.head.weight"]
    assert not torch.equal(checkpoint.model_state_dict["head.weight"], raw)
    for file in ("tensorboard", LOG, FINAL, "config.json"):
        assert (run.directory / file).exists()


CHANGES: dict[str, Any] = {
    "batch_size": 16,
    "optimizer": "muon",
    "learning_rate": 1e-3,
    "embedding_learning_rate": 3e-3,
    "head_learning_rate": 3e-3,
    "muon_learning_rate": 0.05,
    "muon_weight_decay": 0.2,
    "dropout": 0.1,
    "weight_decay": 0.5,
    "warmup_steps": 4,
    "decay": "cosine",
    "clip": 2.0,
    "ema": 0.5,
    "renumber": True,
    "mirror": True,
    "translate": 3,
    "own_mistakes": 0.1,
    "own_mistakes_from": 0.5,
    "estimator": "time",
    "rooms_share": 0.5,
    "uniform_share": 0.25,
    "order_learning_rate": 1e-2,
    "seed": 1,
    "precision": "bfloat16",
    "capture": "never",
    "steps": 8,
    "log_every": 3,
    "validate_every": 4,
    "num_validation": 2,
    "device": "auto",
    "devices": 2,
}


def test_every_training_setting_is_tried_below(make_run: RunMaker) -> None:
    assert set(CHANGES) == set(make_run().as_dict()["training"])


# `translate` is refused for models of tokens alone, before runs are compared
@pytest.mark.parametrize("name", sorted(set(CHANGES) - MAY_CHANGE - {"translate"}))
def test_a_run_with_other_settings_is_another_run(
    make_run: RunMaker, dataset: Dataset, name: str
) -> None:
    train(make_run(steps=2), dataset)
    before = (make_run().directory / FINAL).read_bytes()
    had = make_run().as_dict()["training"][name]
    with pytest.raises(InputError) as caught:
        train(make_run(**{name: CHANGES[name]}), dataset)
    assert f"training.{name}={had}, now {CHANGES[name]} is asked for" in str(caught.value)
    assert FINAL in str(caught.value)
    assert "\n" not in str(caught.value)
    assert (make_run().directory / FINAL).read_bytes() == before


def test_a_checkpoint_that_is_older_than_a_setting_had_its_default(
    make_run: RunMaker, dataset: Dataset
) -> None:
    final = train(make_run(steps=2), dataset)
    old = load_checkpoint(final)
    settings = {k: v for k, v in old.config["training"].items() if k != "rooms_share"}
    save_checkpoint(final, replace(old, config={**old.config, "training": settings}))
    with pytest.raises(InputError, match=r"training\.rooms_share=0\.0, now 0\.5 is asked for"):
        train(make_run(steps=4, rooms_share=0.5), dataset)
    assert load_checkpoint(train(make_run(steps=4), dataset)).step == 4


@pytest.mark.parametrize("noise", [LEARNED, LEARNED_RATES])
def test_a_learned_process_has_no_share_of_rooms(make_run: RunMaker, noise: str) -> None:
    with pytest.raises(InputError, match=rf"^training\.rooms_share must be 0 with noise={noise},"):
        make_run(noise=noise, rooms_share=0.5)


def test_a_run_with_another_split_is_another_run(make_run: RunMaker, dataset: Dataset) -> None:
    train(make_run(steps=2), dataset)
    path = make_run().directory / FINAL
    checkpoint = load_checkpoint(path)
    data = {k: v for k, v in checkpoint.config["data"].items() if k != "split"}
    save_checkpoint(path, replace(checkpoint, config={**checkpoint.config, "data": data}))
    with pytest.raises(InputError) as caught:
        train(make_run(steps=4), dataset)
    assert str(caught.value) == (
        f"{path}: was trained with data.split=identical, now canonical is asked for; give "
        "data.split=identical or choose another run.dir"
    )


@pytest.mark.parametrize("change", ["noise", "model"])
def test_another_noise_or_model_is_another_run(
    make_run: RunMaker, dataset: Dataset, change: str
) -> None:
    train(make_run(steps=2), dataset)
    if change == "noise":
        run, message = make_run(noise="cosine"), "noise=loglinear, now cosine is asked for"
    else:
        run = make_run()
        run = replace(run, model=replace(run.model, width=16))
        message = r"model\.width=8, now 16 is asked for"
    with pytest.raises(InputError, match=message):
        train(run, dataset)


def test_other_data_are_another_run(
    make_run: RunMaker, dataset: Dataset, make_dataset: Callable[..., Dataset]
) -> None:
    train(make_run(steps=2), dataset)
    with pytest.raises(InputError, match=r"was trained on other data \(fingerprint") as caught:
        train(make_run(), make_dataset(seed=1))
    assert dataset.fingerprint in str(caught.value)


def test_rows_of_another_length_are_another_run(make_run: RunMaker, dataset: Dataset) -> None:
    final = train(make_run(steps=2), dataset)
    save_checkpoint(
        final, replace(load_checkpoint(final), n_max=3, num_rooms_histogram=[0, 0, 1, 1])
    )
    with pytest.raises(InputError, match=r"was trained with data\.n_max=3, now \d+ is asked for"):
        train(make_run(steps=4), dataset)


def test_going_on_never_replaces_another_run(make_run: RunMaker, dataset: Dataset) -> None:
    first = train(make_run("first", steps=4), dataset)
    train(make_run("second", steps=2, seed=1), dataset)
    with pytest.raises(InputError, match=r"second.*training\.seed=1, now 0 is asked for"):
        train(make_run("second", resume_from=first), dataset)


@pytest.mark.parametrize("content", [b"", b"rubbish"])
def test_a_damaged_checkpoint_stops_before_anything_is_lost(
    make_run: RunMaker, dataset: Dataset, content: bytes
) -> None:
    run = make_run()
    run.directory.mkdir()
    (run.directory / LAST).write_bytes(content)
    with pytest.raises(InputError, match=LAST):
        train(run, dataset)
    assert (run.directory / LAST).read_bytes() == content


def test_a_missing_checkpoint_to_go_on_from(make_run: RunMaker, dataset: Dataset) -> None:
    with pytest.raises(InputError, match=r"none\.pt: there is no checkpoint of that name"):
        train(make_run(resume_from=Path("none.pt")), dataset)


def test_a_checkpoint_without_its_training_state(make_run: RunMaker, dataset: Dataset) -> None:
    """As one that is passed on for sampling may be."""
    final = train(make_run(steps=2), dataset)
    save_checkpoint(final, replace(load_checkpoint(final), training_state=None))
    with pytest.raises(InputError, match="holds no training state"):
        train(make_run(), dataset)


def test_a_file_in_place_of_the_folder(make_run: RunMaker, dataset: Dataset) -> None:
    run = make_run()
    run.directory.write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        train(run, dataset)


def test_too_small_a_batch_is_refused(make_run: RunMaker, dataset: Dataset) -> None:
    with pytest.raises(InputError, match=r"training\.batch_size must be at least 3"):
        train(make_run(batch_size=2), dataset)


def test_without_held_out_diagrams_training_ones_are_scored(
    make_run: RunMaker, dataset: Dataset
) -> None:
    """Fewer than ten distinct plans leave nothing for validation."""
    split = replace(dataset.split, validation=dataset.split.validation[:0])
    checkpoint = load_checkpoint(train(make_run(steps=2), replace(dataset, split=split)))
    assert checkpoint.denoising is not None
    assert checkpoint.denoising["denoise/val_elbo"] > 0


def test_a_full_disk_keeps_the_checkpoint_before(
    make_run: RunMaker, dataset: Dataset, full_disk: Callable[[int], Any]
) -> None:
    run = make_run()

    def stop(progress: Any) -> None:
        if progress.step == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(run, dataset, on_progress=stop)
    before = (run.directory / LAST).read_bytes()
    with full_disk(20_000), pytest.raises(InputError, match=f"{LAST}: cannot be written"):
        train(run, dataset)
    assert (run.directory / LAST).read_bytes() == before
    assert list(run.directory.glob(".*.tmp")) == []
    assert load_checkpoint(train(run, dataset)).step == 12
