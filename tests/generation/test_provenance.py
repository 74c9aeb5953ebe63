"""What a samples file says about its origin."""

from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from tests.generation.checkpoints import DATA, DENOISING, N_MAX, saved, small_checkpoint

from bd_gen import __version__
from bd_gen.data.dataset import DataConfig, load_dataset
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.generation import provenance as module
from bd_gen.generation.job import generate
from bd_gen.generation.provenance import provenance
from bd_gen.model.order_law import OrderLaw, order_features
from bd_gen.report.schedules import learned_alphas
from bd_gen.results.samples_file import read_samples
from bd_gen.sampling.method import Method
from bd_gen.system.errors import InputError
from bd_gen.training.bundled import BUNDLED_FILE
from bd_gen.training.checkpoint import load_checkpoint


def test_provenance_is_complete(job, checkpoint_path):
    generate(job)
    provenance = read_samples(job.path).provenance
    checkpoint = load_checkpoint(checkpoint_path)
    assert provenance["package_version"] == __version__
    assert provenance["checkpoint_path"] == str(checkpoint_path)
    assert provenance["checkpoint_sha256"] == checkpoint.sha256
    assert len(provenance["checkpoint_sha256"]) == 64
    assert provenance["checkpoint_step"] == 7
    assert provenance["data"] == DATA
    assert provenance["data_fingerprint"] == "0123456789abcdef"
    assert provenance["noise"] == "loglinear"
    assert provenance["schedule"] == "loglinear"
    assert provenance["denoising"] == DENOISING
    assert provenance["host"]
    assert provenance["timestamp"].startswith("20")
    assert provenance["git_commit"] is None or len(provenance["git_commit"]) == 40


def test_scores_are_measured_if_the_checkpoint_has_none(job, tmp_path):
    """A checkpoint saved in mid-training, whose data are still there."""
    data = {"source": "synthetic", "n_max": N_MAX, "num_plans": 120, "split": "canonical"}
    dataset = load_dataset(DataConfig(**data))
    path = saved(
        tmp_path,
        denoising=None,
        config={**small_checkpoint().config, "data": data},
        data_fingerprint=dataset.fingerprint,
    )
    generate(replace(job, checkpoint_path=path))
    scores = read_samples(job.path).provenance["denoising"]
    assert scores["denoise/val_elbo"] > 0
    assert 0 <= scores["denoise/acc_node@t=0.5"] <= 1


def test_scores_are_measured_once_for_all_methods(job, tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(module, "_measured_denoising", lambda checkpoint: calls.append(checkpoint))
    path = saved(tmp_path, denoising=None, step=8)
    for steps in (3, 4):
        generate(replace(job, checkpoint_path=path, method=Method("llada", steps=steps),
                         directory=tmp_path / str(steps)))  # fmt: skip
    assert len(calls) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"data_fingerprint": "fedcba9876543210"},
        {"data": {"source": "plans", "path": "gone.jsonl", "n_max": N_MAX}},
        {"data": {"source": "synthetic", "colour": "blue"}},
        {"data": {"source": "synthetic", "n_max": N_MAX, "num_plans": 5}},
    ],
    ids=["other", "gone", "unknown", "too-few"],
)
def test_without_its_data_there_are_no_scores(job, change, tmp_path):
    config = small_checkpoint().config
    if "data" in change:
        change = {"config": {**config, "data": change["data"]}}
    path = saved(tmp_path, denoising=None, **change)
    generate(replace(job, checkpoint_path=path))
    assert read_samples(job.path).provenance["denoising"] is None


def test_a_learned_process_is_recorded_so_that_it_can_be_drawn(tmp_path):
    checkpoint = load_checkpoint(saved(tmp_path, is_learned=True))
    found = provenance(checkpoint, tmp_path / "checkpoint.pt", "loglinear")["learned_rates"]
    alphas = learned_alphas(found)
    times = torch.linspace(0.0, 1.0, len(alphas), dtype=torch.float64)
    expected = checkpoint.process.rates.alpha(times).detach().numpy()
    np.testing.assert_allclose(alphas, expected, atol=1e-4)


def test_a_law_over_orders_is_recorded_by_name(tmp_path):
    state = OrderLaw().state_dict()
    checkpoint = load_checkpoint(saved(tmp_path, rate_network_state_dict=state))
    found = provenance(checkpoint, tmp_path / "checkpoint.pt", "learned")
    assert "learned_rates" not in found
    assert list(found["learned_order"]) == list(order_features(RPLAN))
    assert found["learned_order"]["edge, both ends visible"] == 6.0


def test_a_fixed_process_has_no_rates(tmp_path):
    checkpoint = load_checkpoint(saved(tmp_path))
    assert "learned_rates" not in provenance(checkpoint, tmp_path / "c.pt", "loglinear")


def test_a_checkpoint_does_not_say_where_to_write(tmp_path):
    """Its data are read or made, and kept in the user's own cache."""
    config = {**small_checkpoint().config, "data": {**DATA, "cache_dir": str(tmp_path / "there")}}
    checkpoint = small_checkpoint(denoising=None, config=config)
    assert module.recorded_data(checkpoint) == DataConfig(**DATA)
    provenance(checkpoint, tmp_path / "x.pt", "loglinear")
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_without_a_split_has_the_older_one(tmp_path):
    old = {key: value for key, value in DATA.items() if key != "split"}
    checkpoint = small_checkpoint(config={**small_checkpoint().config, "data": old})
    assert module.recorded_data(checkpoint) == DataConfig(**old, split="identical")
    assert provenance(checkpoint, tmp_path, "loglinear")["data"] == {**old, "split": "identical"}


@pytest.mark.slow
def test_the_bundled_checkpoint_knows_its_data():
    checkpoint = load_checkpoint(BUNDLED_FILE)
    data = module.recorded_data(checkpoint)
    assert load_dataset(data).fingerprint == checkpoint.data_fingerprint


@pytest.mark.parametrize("change", [{"split": "canonical"}, {"split_seed": 7}])
def test_plans_of_training_are_not_measured_as_held_out(change):
    old = DataConfig(num_plans=300, n_max=N_MAX, split="identical")
    fields = {key: value for key, value in asdict(old).items() if key != "split"}
    checkpoint = small_checkpoint(
        config={**small_checkpoint().config, "data": fields},
        data_fingerprint=load_dataset(old).fingerprint,
        source="old.pt",
    )
    module.check_split(checkpoint, old, load_dataset(old))
    other = replace(old, num_plans=200, split="canonical")
    module.check_split(checkpoint, other, load_dataset(other))  # other plans
    new = replace(old, **change)
    with pytest.raises(InputError) as caught:
        module.check_split(checkpoint, new, load_dataset(new))
    words = "data.split=identical" if "split" in change else "data.split_seed=42"
    assert str(caught.value) == (
        "old.pt: was trained on these plans with another split, so that plans held out now were "
        f"trained on; give {words}"
    )


def test_data_that_are_none(tmp_path):
    config = {**small_checkpoint().config, "data": {1: "synthetic"}}
    with pytest.raises(InputError, match=r"config\.data: not the settings of a data set"):
        module.recorded_data(small_checkpoint(config=config))
