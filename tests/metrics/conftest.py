import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

import pytest

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.tokens import tokens_from_diagrams
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
