"""Runs that take a fraction of a second."""

import resource
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.rplan import NO_EDGE, NUM_ROOM_TYPES

from bd_gen.data.config import DataConfig
from bd_gen.data.dataset import Dataset
from bd_gen.data.splits import Split
from bd_gen.diagrams.tokens import tokens_from_parts
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.config import ModelConfig
from bd_gen.model.denoiser import Denoiser
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from bd_gen.training.config import TrainingConfig
from bd_gen.training.run import train
from bd_gen.training.run_config import RunConfig

N_MAX = 4


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    """Tiny products lose by being shared out."""
    torch.set_num_threads(1)


def few_diagrams(seed: int = 0, count: int = 100, distinct: int = 6) -> Dataset:
    """A data set that can be learned: a few diagrams of 2 to 4 rooms, again and again."""
    rng = np.random.default_rng(seed)
    vocabulary = Vocabulary(N_MAX)
    types = rng.integers(0, NUM_ROOM_TYPES, (distinct, N_MAX))
    relations = rng.integers(0, NO_EDGE + 1, (distinct, vocabulary.num_edges))
    num_rooms = np.arange(distinct) % 3 + 2
    rows = tokens_from_parts(types, relations, num_rooms, vocabulary)
    tokens = rows[rng.integers(0, distinct, count)]
    order, tenth = np.arange(count), count // 10
    split = Split(order[2 * tenth :], order[:tenth], order[tenth : 2 * tenth])
    return Dataset(vocabulary, tokens, split, "a few diagrams")


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    """The data of most tests."""
    return few_diagrams()


@pytest.fixture(scope="session")
def make_dataset() -> Callable[..., Dataset]:
    """`few_diagrams`."""
    return few_diagrams


TRAINING = TrainingConfig(
    steps=12,
    batch_size=8,
    learning_rate=3e-3,
    warmup_steps=3,
    ema=0.9,
    precision="float32",
    device="cpu",
    log_every=1,
    validate_every=5,
    num_validation=8,
)


def run_in(
    directory: Path,
    noise: str = "loglinear",
    time_conditioning: bool = False,
    resume_from: Path | None = None,
    **settings: Any,
) -> RunConfig:
    return RunConfig(
        directory=directory,
        data=DataConfig(num_plans=100, n_max=N_MAX),
        model=ModelConfig(8, layers=1, heads=2, time_conditioning=time_conditioning),
        noise=noise,
        training=replace(TRAINING, **settings),
        resume_from=resume_from,
    )


@pytest.fixture
def make_run(tmp_path: Path) -> Callable[..., RunConfig]:
    """A run of 12 steps in tmp_path/NAME, with training settings changed as asked."""
    return lambda name="run", **changes: run_in(tmp_path / name, **changes)


@pytest.fixture(scope="session")
def whole_run(tmp_path_factory: pytest.TempPathFactory, dataset: Dataset) -> Path:
    """The folder of a run of 12 steps that nothing interrupted."""
    run = run_in(tmp_path_factory.mktemp("whole"))
    train(run, dataset)
    return run.directory


@pytest.fixture(scope="session")
def train_with_stops() -> Callable[..., Path]:
    """Train, stopped by `error` after each of some steps and started again each time."""

    def run(
        config: RunConfig,
        dataset: Dataset,
        stops: Sequence[int] = (),
        error: type[BaseException] = KeyboardInterrupt,
    ) -> Path:
        for stop in stops:

            def on_progress(progress: Any, stop: int = stop) -> None:
                if progress.step == stop:
                    raise error

            with pytest.raises(error):
                train(config, dataset, on_progress=on_progress)
        return train(config, dataset)

    return run


def tiny_checkpoint() -> Checkpoint:
    torch.manual_seed(0)
    model = ModelConfig(8, layers=1, heads=2)
    denoiser = Denoiser(model, Vocabulary(3))
    torch.nn.init.normal_(denoiser.head.weight)
    weights = denoiser.state_dict()
    return Checkpoint(
        model_state_dict=weights,
        config={"model": asdict(model), "noise": "cosine", "data": {"n_max": 3}, "training": {}},
        n_max=3,
        step=7,
        num_rooms_histogram=[0, 1, 2, 3],
        data_fingerprint="0123456789abcdef",
        training_state={"model": dict(weights), "step": 7, "optimizer": {"lr": [1e-3, None]}},
        denoising={"denoise/val_elbo": 2.5},
    )


@pytest.fixture
def checkpoint() -> Checkpoint:
    """A small checkpoint, made anew for each test."""
    return tiny_checkpoint()


@pytest.fixture(scope="session")
def good_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of `checkpoint`."""
    path = tmp_path_factory.mktemp("checkpoint") / "good.pt"
    save_checkpoint(path, tiny_checkpoint())
    return path.read_bytes()


@pytest.fixture(scope="session")
def refusal_of() -> Callable[[Path], str]:
    """The one line with which `load_checkpoint` refuses a file."""

    def refusal(path: Path) -> str:
        with pytest.raises(InputError) as caught:
            load_checkpoint(path)
        message = str(caught.value)
        assert str(path) in message
        assert "\n" not in message
        return message

    return refusal


@pytest.fixture(scope="session")
def full_disk() -> Callable[[int], AbstractContextManager[None]]:
    """A context in which no file can grow beyond so many bytes."""

    @contextmanager
    def limit(size: int) -> Iterator[None]:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    return limit
