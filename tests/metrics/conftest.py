import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.tokens import tokens_from_diagrams, tokens_from_parts
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.metrics import Reference, compute_metrics


@pytest.fixture(scope="session")
def oracle() -> ModuleType:
    """The slow, independent implementation of all metrics."""
    spec = importlib.util.spec_from_file_location(
        "metrics_oracle", Path(__file__).with_name("oracle.py")
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Draw:
    """Random token rows of several kinds, all of one n_max."""

    def __init__(self, n_max: int, seed: int) -> None:
        self.vocabulary = Vocabulary(n_max)
        self.random = np.random.default_rng(seed)

    def diagrams(self, count: int, *, edge_share: float = 0.4, tilt: float = 1.0) -> np.ndarray:
        """Complete diagrams with uneven types and relations; `tilt` changes how uneven."""
        v = self.vocabulary
        types = self.random.choice(13, (count, v.n_max), p=_uneven(13, tilt))
        relations = self.random.choice(10, (count, v.num_edges), p=_uneven(10, tilt))
        no_edge = self.random.random((count, v.num_edges)) > edge_share
        num_rooms = self.random.integers(1, v.n_max + 1, count)
        return tokens_from_parts(types, np.where(no_edge, 10, relations), num_rooms, v)

    def spoilt(self, count: int) -> np.ndarray:
        """Diagrams in which some tokens are MASK, PAD, out of range or in the wrong place."""
        tokens = self.diagrams(count)
        hit = self.random.random(tokens.shape) < 0.05
        hit[: count // 4] = False
        junk = self.random.integers(0, 18, tokens.shape)
        tokens = np.where(hit, junk, tokens).astype(np.uint8)
        masked = self.random.random(count) < 0.1
        return np.where(masked[:, None], self.vocabulary.mask_row, tokens)


def _uneven(size: int, tilt: float) -> np.ndarray:
    p = 1.0 / (np.arange(size) + 1.0) ** tilt
    return p / p.sum()


@pytest.fixture(scope="session")
def draw() -> type[Draw]:
    return Draw


@pytest.fixture(scope="session")
def measure() -> Callable[..., dict]:
    """measure(samples, train, n_max=4): all metrics of a few diagrams written by hand."""

    def measured(
        samples: Sequence[Diagram], train: Sequence[Diagram] | None = None, n_max: int = 4
    ) -> dict:
        vocabulary = Vocabulary(n_max)
        tokens = tokens_from_diagrams(samples, vocabulary)
        train_tokens = tokens if train is None else tokens_from_diagrams(train, vocabulary)
        return compute_metrics(tokens, vocabulary, Reference.fit(train_tokens, vocabulary))

    return measured
