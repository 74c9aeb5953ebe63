"""From a checkpoint to diagrams in memory."""

import numpy as np
import pytest
import torch
from tests.generation.checkpoints import HISTOGRAM, N_MAX, saved, small_checkpoint
from tests.rplan import NO_EDGE

from bd_gen.generation.in_memory import draw, sampler_for
from bd_gen.model.schedules import SCHEDULES
from bd_gen.sampling.conditions import Condition
from bd_gen.sampling.method import Method
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import load_checkpoint

METHOD = Method("first_hitting")


def test_diagrams_of_a_seed(checkpoint_path):
    checkpoint = load_checkpoint(checkpoint_path)
    one = draw(checkpoint, METHOD, 40, seed=1)
    assert len(one) == 40
    assert draw(checkpoint, METHOD, 15, seed=1) == one[:15]
    assert draw(checkpoint, METHOD, 40, seed=2) != one
    assert {d.num_rooms for d in one} <= {n for n, count in enumerate(HISTOGRAM) if count}
    assert all(0 <= r < NO_EDGE for d in one for _, _, r in d.edges)


def test_what_is_given_is_kept(checkpoint_path):
    checkpoint = load_checkpoint(checkpoint_path)
    condition = Condition((2, 3), ((0, 1, 6),))
    diagrams = draw(checkpoint, METHOD, 5, seed=1, condition=condition)
    assert len(diagrams) == 5
    assert all(d.room_types == (2, 3) and d.edges == ((0, 1, 6),) for d in diagrams)


def test_a_contradiction_is_refused(checkpoint_path):
    condition = Condition((2, 3, 9), ((0, 1, 2), (1, 2, 2), (0, 2, 7)))
    with pytest.raises(InputError, match="circle"):
        draw(load_checkpoint(checkpoint_path), METHOD, 1, condition=condition)


@pytest.mark.parametrize("histogram", [[0, 1, 3, 5, 2], [0, 0, 5, 0, 5]])
def test_sizes_that_the_model_never_saw_are_refused(histogram):
    checkpoint = small_checkpoint(num_rooms_histogram=histogram)
    for num_rooms in range(1, 7):
        condition = Condition((2,) * num_rooms)
        if num_rooms <= N_MAX and histogram[num_rooms]:
            assert len(draw(checkpoint, METHOD, 2, condition=condition)) == 2
        else:
            with pytest.raises(InputError, match=f"given: {num_rooms} rooms, but checkpoint was"):
                draw(checkpoint, METHOD, 2, condition=condition)


@pytest.mark.parametrize("is_learned", [True, False])
def test_a_method_for_the_other_kind_of_checkpoint(is_learned, tmp_path):
    path = saved(tmp_path, is_learned=not is_learned)
    method = Method("random", is_learned=is_learned)
    with pytest.raises(InputError, match="learned forward process"):
        sampler_for(load_checkpoint(path), method)


@pytest.mark.parametrize("noise", list(SCHEDULES))
def test_a_sampler_follows_the_schedule_of_its_checkpoint(noise):
    sampler = sampler_for(small_checkpoint(noise=noise), METHOD)
    times = torch.tensor([0.1, 0.7], dtype=torch.float64)
    found = sampler.visibility.alpha(times, torch.arange(2))
    assert (found == SCHEDULES[noise].alpha(times)[:, None]).all()
    assert list(sampler.num_rooms_histogram) == HISTOGRAM


def test_a_sampler_follows_the_learned_rates_of_its_checkpoint():
    checkpoint = small_checkpoint(is_learned=True)
    sampler = sampler_for(checkpoint, Method("random", is_learned=True))
    positions = torch.arange(10)
    found = sampler.visibility.alpha(torch.tensor([0.9]), positions)
    expected = checkpoint.process.alpha(N_MAX, 0.9)
    np.testing.assert_allclose(found[0], expected, atol=1e-6)


def test_a_device_that_is_not_there():
    with pytest.raises(InputError, match="device"):
        sampler_for(small_checkpoint(), METHOD, device_name="abacus")
