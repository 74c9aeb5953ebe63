"""Models that can tell inputs apart, and rows to show them."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
import torch
from tests.model.enumerated import (  # noqa: F401 - fixtures
    exact_bound,
    make_small_model,
    make_tokens,
    oracle,
    probability_table,
)
from tests.rplan import NO_EDGE, NUM_ROOM_TYPES

from bd_gen.diagrams.tokens import tokens_from_parts
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.config import ModelConfig
from bd_gen.model.denoiser import Denoiser

RowsMaker = Callable[..., tuple[np.ndarray, np.ndarray]]
ModelMaker = Callable[..., Denoiser]


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    """Tiny products lose by being shared out."""
    torch.set_num_threads(1)


def partly_masked_rows(
    sizes: Sequence[int], vocabulary: Vocabulary, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Rows (B, length) int64 of the given sizes, about half of their tokens MASK, and the sizes."""
    rng = np.random.default_rng(seed)
    count = len(sizes)
    room_types = rng.integers(0, NUM_ROOM_TYPES, (count, vocabulary.n_max))
    relations = rng.integers(0, NO_EDGE + 1, (count, vocabulary.num_edges))
    tokens = tokens_from_parts(room_types, relations, np.array(sizes), vocabulary)
    masked = (rng.random(tokens.shape) < 0.5) & vocabulary.real_mask(np.array(sizes))
    return np.where(masked, vocabulary.mask_row, tokens).astype(np.int64), np.array(sizes)


def lively_denoiser(
    vocabulary: Vocabulary, time_conditioning: bool = False, seed: int = 0, width: int = 16
) -> Denoiser:
    """A float64 model none of whose parameters is zero, so that everything has an influence."""
    torch.manual_seed(seed)
    config = ModelConfig(width, layers=2, heads=2, time_conditioning=time_conditioning)
    model = Denoiser(config, vocabulary).double().eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return model


@pytest.fixture(scope="session")
def make_rows() -> RowsMaker:
    """`partly_masked_rows`."""
    return partly_masked_rows


@pytest.fixture(scope="session")
def make_model() -> ModelMaker:
    """`lively_denoiser`."""
    return lively_denoiser
