from pathlib import Path

import pytest
from tests.generation.checkpoints import DATA, saved

from bd_gen.api.model import Model, load
from bd_gen.data.config import DataConfig
from bd_gen.data.dataset import load_dataset


@pytest.fixture(scope="session")
def data() -> DataConfig:
    """Fifty plans of up to four rooms."""
    return DataConfig(**DATA)


@pytest.fixture
def checkpoint_path(data: DataConfig, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small checkpoint with random weights, of these data."""
    folder = tmp_path_factory.mktemp("checkpoint")
    return saved(folder, data_fingerprint=load_dataset(data).fingerprint)


@pytest.fixture
def model(checkpoint_path: Path) -> Model:
    """The same as a model."""
    return load(checkpoint_path, device="cpu")
