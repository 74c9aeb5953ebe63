from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from tests.generation.checkpoints import saved

from bd_gen.generation.job import GenerationJob
from bd_gen.sampling.method import Method


@pytest.fixture(autouse=True, scope="package")
def one_thread() -> Iterator[None]:
    """Small tensors: a second thread costs more than it does."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def checkpoint_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small checkpoint with random weights."""
    return saved(tmp_path_factory.mktemp("checkpoint"))


@pytest.fixture(scope="session")
def learned_checkpoint_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a learned forward process."""
    return saved(tmp_path_factory.mktemp("learned"), is_learned=True)


@pytest.fixture
def job(checkpoint_path, tmp_path) -> GenerationJob:
    """Two seeds of thirty diagrams, ten at a time."""
    return GenerationJob(
        checkpoint_path=checkpoint_path,
        method=Method("random", steps=5),
        directory=tmp_path / "eval_results" / "loglinear",
        seeds=(42, 7),
        num_samples=30,
        batch_size=10,
        device="cpu",
    )
