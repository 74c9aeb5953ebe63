"""The sampler gives token by token what the plain loop gives: every step, every diagram, PAD."""

import numpy as np
import pytest
from benchmarks.naive_sampler import naive_samples
from tests.sampling.cases import METHODS, name_of, sampler_of, tiny_denoiser
from tests.sampling.oracle import visibility_named

from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.schedules import SCHEDULES
from bd_gen.sampling.method import Method

VOCABULARY = Vocabulary(6)
HISTOGRAM = (0, 1, 1, 2, 3, 2, 1)
DECODINGS = {
    "temp1": {},
    "argmax": {"temperature": 0.0},
    "topp0.9": {"top_p": 0.9},
    "temp0.5": {"temperature": 0.5},
}
ON_A_GRID = [method for method in METHODS if method.has_steps]


def assert_equal(
    method: Method, process: str, count: int, time_conditioning: bool = False, seed: int = 42
) -> None:
    network = tiny_denoiser(6, time_conditioning)
    sampler = sampler_of(network, VOCABULARY, HISTOGRAM, method, process)
    chosen = range(5, 5 + count)
    found = sampler.sample(seed, chosen)
    visibility = visibility_named(process, VOCABULARY)
    sizes = num_rooms_of(found, VOCABULARY)
    plain = naive_samples(network, VOCABULARY, visibility, sizes, method, seed, chosen)
    np.testing.assert_array_equal(found, plain)
    # Every step and every diagram is a call there.
    assert sampler.calls <= method.steps * count


@pytest.mark.parametrize("process", list(SCHEDULES))
@pytest.mark.parametrize("decoding", list(DECODINGS))
@pytest.mark.parametrize("order", ["random", "llada"])
@pytest.mark.parametrize("steps", [1, 5])
def test_few_steps(steps, order, decoding, process):
    assert_equal(Method(order, steps=steps, **DECODINGS[decoding]), process, 40)


@pytest.mark.parametrize("process", list(SCHEDULES))
@pytest.mark.parametrize("order", ["random", "llada"])
def test_a_hundred_steps(order, process):
    assert_equal(Method(order, top_p=0.9, steps=100), process, 10)


@pytest.mark.parametrize("method", ON_A_GRID, ids=name_of)
def test_every_method_that_has_steps(method):
    assert_equal(method, "loglinear", 25, time_conditioning=True)


@pytest.mark.parametrize(
    "method",
    # A loop stands where a share of the row is visible: with learned rates that time depends on
    # the number of rooms, which the plain loop, with one grid for all sizes, does not know.
    [m for m in ON_A_GRID if m.remasking is None or m.remasking.strategy != "loop"],
    ids=name_of,
)
def test_every_method_with_learned_rates(method):
    assert_equal(method, "learned", 25, seed=2**40 + 1)
