"""Samples in the open format of plans."""

import numpy as np
import pytest
from tests.experiments.checkpoints import N_MAX

from bd_gen.data.dataset import DataConfig, load_dataset
from bd_gen.errors import InputError
from bd_gen.experiments.export import export_samples
from bd_gen.experiments.generation import generate
from bd_gen.results.samples_file import read_samples


def test_exported_diagrams_can_be_read_as_plans(job, tmp_path):
    generate(job)
    path = tmp_path / "plans.jsonl"
    assert export_samples(job.path, path) == 60
    config = DataConfig(source="plans", path=str(path), n_max=N_MAX)
    found = load_dataset(config).tokens
    samples = read_samples(job.path)
    drawn = np.concatenate([samples.per_seed[seed].tokens for seed in (42, 7)])
    assert (found == drawn).all()


def test_samples_that_are_not_there(tmp_path):
    with pytest.raises(InputError, match="nowhere"):
        export_samples(tmp_path / "nowhere.pt", tmp_path / "plans.jsonl")
    assert not (tmp_path / "plans.jsonl").exists()
