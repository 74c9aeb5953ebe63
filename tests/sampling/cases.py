"""Methods, networks and observers that the tests of this folder share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
import torch
from tests.rplan import EDGE_MASK, NODE_MASK, NODE_VOCABULARY_SIZE
from tests.sampling.oracle import visibility_named
from torch import Tensor

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.config import ModelConfig
from bd_gen.model.denoiser import Denoiser
from bd_gen.model.packing import PackedBatch
from bd_gen.sampling.grid_order import GridOrder
from bd_gen.sampling.method import Method, RemaskingSettings
from bd_gen.sampling.predictor import Predictor
from bd_gen.sampling.sampler import Sampler

METHODS = (
    Method("random", steps=12),
    Method("random", temperature=0.0, steps=12),
    Method("random", top_p=0.9, steps=12),
    Method("random", temperature=0.8, steps=12),
    Method("llada", steps=12),
    Method("llada", temperature=0.0, steps=12),
    Method("llada", top_p=0.9, steps=12),
    Method("confidence", steps=12),
    Method("margin", temperature=0.7, steps=12),
    Method("first_hitting"),
    Method("first_hitting", top_p=0.9, temperature=0.7),
    Method("rooms"),
    Method("rooms", temperature=0.0),
    Method("random", steps=12, remasking=RemaskingSettings("cap", 0.4)),
    Method("random", steps=12, remasking=RemaskingSettings("rescale", 0.5, t_switch=0.5)),
    Method("random", steps=12, remasking=RemaskingSettings("confidence")),
    Method("random", steps=12, remasking=RemaskingSettings("compensated")),
    Method("random", steps=12, remasking=RemaskingSettings("loop", 0.3)),
    Method("llada", top_p=0.9, steps=12, remasking=RemaskingSettings("cap", 1.0)),
    Method("llada", steps=12, remasking=RemaskingSettings("confidence", t_switch=0.5)),
    Method("llada", steps=12, remasking=RemaskingSettings("compensated", t_switch=0.5)),
    Method("confidence", steps=12, remasking=RemaskingSettings("loop", 0.3)),
    Method("margin", steps=12, remasking=RemaskingSettings("rescale", 0.2)),
)
"""What must hold for every method is tested for these: one line a method, none left out."""


def name_of(method: Method) -> str:
    """The id of a parametrised test."""
    return f"{method.name}-{method.steps}" if method.has_steps else method.name


EVERY_METHOD = pytest.mark.parametrize("method", METHODS, ids=name_of)

SWEPT_METHODS = (
    Method("first_hitting", sweeps=2),
    Method("rooms", sweeps=1, sweep_kind="rooms"),
    Method("llada", top_p=0.9, steps=6, sweeps=2, sweep_kind="rooms"),
    Method("random", temperature=0.0, steps=6, sweeps=1),
    Method("margin", steps=6, remasking=RemaskingSettings("cap", 0.3), sweeps=3),
)
"""Methods whose complete diagrams are gone over again, which breaks what holds on the way."""

EVERY_KIND = pytest.mark.parametrize("method", [*METHODS, *SWEPT_METHODS], ids=name_of)


def tiny_denoiser(
    n_max: int = 8, time_conditioning: bool = False, dtype: torch.dtype = torch.float64
) -> Denoiser:
    """A small network with random weights, of which none is zero.

    In float64 by default: float32 sums differ in the last bits with the shape of a batch, and
    a test that compares tokens should not hang on that (how often it matters is measured in
    test_sampler.py).
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        config = ModelConfig(
            width=16, layers=2, heads=2, mlp_ratio=2, time_conditioning=time_conditioning
        )
        model = Denoiser(config, Vocabulary(n_max))
        for parameter in model.parameters():
            if not parameter.any():
                torch.nn.init.normal_(parameter, std=0.4)
    return model.eval().to(dtype)


def sampler_of(
    predictor: Predictor,
    vocabulary: Vocabulary,
    histogram: Sequence[int],
    method: Method,
    process: str = "loglinear",
    given: np.ndarray | None = None,
) -> Sampler:
    """The sampler of real generation."""
    visibility = visibility_named(process, vocabulary)
    return Sampler(predictor, vocabulary, visibility, histogram, method, given=given)


@dataclass(frozen=True)
class Call:
    """One diagram in one call of the network.

    Attributes:
        time: the time that the network is told.
        tokens: (N,) int64 joint tokens.
        is_masked: (N,) bool.
        is_asked: (N,) bool: whether the sampler wants this token's logits.
    """

    time: float
    tokens: np.ndarray
    is_masked: np.ndarray
    is_asked: np.ndarray


@dataclass
class Spy:
    """Stands between sampler and network and writes down every diagram of every call."""

    network: Callable[[PackedBatch, Tensor, Tensor], Tensor]
    batches: list[list[Call]] = field(default_factory=list)

    def __call__(self, batch: PackedBatch, time: Tensor, at: Tensor) -> Tensor:
        tokens = batch.tokens.numpy().copy()
        masks = np.array([NODE_MASK, NODE_VOCABULARY_SIZE + EDGE_MASK])
        asked = np.zeros(len(tokens), bool)
        asked[at.numpy()] = True
        assert asked.sum() == len(at), "a token is asked for twice"
        calls, start = [], 0
        for group in batch.groups:
            for _ in range(group.count):
                here = slice(start, start + group.length)
                part = tokens[here]
                calls.append(Call(float(time[len(calls)]), part, np.isin(part, masks), asked[here]))
                start += group.length
        assert (start, len(calls)) == (len(tokens), len(time)), "groups and tokens disagree"
        self.batches.append(calls)
        return self.network(batch, time, at)

    @property
    def calls(self) -> list[Call]:
        """All diagrams of all calls."""
        return [call for batch in self.batches for call in batch]


class Trace:
    """What was visible before every step of every diagram, also in steps without a call.

    Attributes:
        visible: step -> sample -> (N,) bool.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.visible: dict[int, dict[int, np.ndarray]] = {}
        original = GridOrder._propose
        trace = self

        def propose(order, state, rows, course):
            seen = (~state.is_masked[rows]).numpy()
            steps, samples = state.step[rows].tolist(), state.samples[rows].tolist()
            for step, sample, visible in zip(steps, samples, seen, strict=True):
                assert sample not in trace.visible.setdefault(step, {}), "a step taken twice"
                trace.visible[step][sample] = visible
            return original(order, state, rows, course)

        monkeypatch.setattr(GridOrder, "_propose", propose)

    def before(self, step: int) -> np.ndarray:
        """(all diagrams in the order of their numbers, N) bool."""
        return np.array([visible for _, visible in sorted(self.visible[step].items())])
