"""Samples do not depend on how many processes share the work."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
import torch
from tests.sampling.cases import sampler_of, tiny_denoiser

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.sampling.method import Method

HISTOGRAM = (0, 0, 1, 2, 4, 3, 0, 0, 0)
NAMES = (
    "first_hitting_temp1.0_no_remask",
    "llada_topp0.9_remdm_cap_eta0.4",
    pytest.param("random_temp1.0_remdm_confidence_tsw0.5", marks=pytest.mark.slow),
    pytest.param("rooms_temp1.0_no_remask_sweep2", marks=pytest.mark.slow),
    pytest.param("random_temp1.0_no_remask_roomsweep1", marks=pytest.mark.slow),
)


def draw(name: str, first: int, last: int) -> np.ndarray:
    torch.set_num_threads(1)
    method = Method.from_name(name, steps=12)
    sampler = sampler_of(tiny_denoiser(), Vocabulary(8), HISTOGRAM, method)
    return sampler.sample(7, range(first, last), batch_size=9)


@pytest.fixture(scope="module")
def two_processes():
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        yield pool


@pytest.mark.parametrize("name", NAMES)
def test_two_workers_draw_what_one_draws(name, two_processes):
    shares = [two_processes.submit(draw, name, *part) for part in ((0, 11), (11, 40))]
    together = np.concatenate([share.result() for share in shares])
    np.testing.assert_array_equal(together, draw(name, 0, 40))
