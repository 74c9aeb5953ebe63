"""From a checkpoint and a method to a samples file."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.generation.checkpoints import N_MAX, Counted, files_in, saved, small_checkpoint

from bd_gen.diagrams.tokens import diagrams_from_tokens, is_well_formed, num_rooms_of
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.generation.in_memory import draw, sampler_for
from bd_gen.generation.job import generate
from bd_gen.results.samples_file import read_samples
from bd_gen.sampling.conditions import Condition, condition_from_rooms
from bd_gen.sampling.method import Method, RemaskingSettings
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import load_checkpoint

METHOD = Method("random", steps=5)
SEEDS = (42, 7)


# ---------------------------------------------------------------- the file


def test_one_file_and_nothing_else(job):
    done = generate(job)
    assert done.is_new
    assert done.path == job.path == job.directory / "random_temp1.0_no_remask_samples.pt"
    assert files_in(job.directory.parent) == [job.path.name]
    assert 1 <= done.calls_per_sample <= 5
    assert done.seconds > 0


def test_what_the_file_holds(job, checkpoint_path):
    generate(job)
    samples = read_samples(job.path)
    assert samples.method == "random_temp1.0_no_remask"
    assert (samples.n_max, samples.seeds, samples.num_samples) == (N_MAX, SEEDS, 30)
    assert samples.config == {
        "seeds": [42, 7],
        "num_samples": 30,
        "sampling_steps": 5,
        "temperature": 1.0,
        "top_p": None,
        "unmasking_mode": "random",
        "remasking_enabled": False,
        "remasking_strategy": None,
        "remasking_eta": None,
        "remasking_t_switch": None,
        "checkpoint": str(checkpoint_path),
        "is_v2": False,
    }
    vocabulary = Vocabulary(N_MAX)
    for seed in SEEDS:
        part = samples.per_seed[seed]
        assert part.tokens.shape == (30, vocabulary.length)
        assert part.tokens.dtype == np.uint8
        assert is_well_formed(part.tokens, vocabulary).all()
        real = vocabulary.real_mask(num_rooms_of(part.tokens, vocabulary))
        assert (part.pad_masks == real).all()


def test_the_file_says_what_a_diagram_costs_whatever_the_batch_size(job, checkpoint_path):
    done = generate(job)
    found = read_samples(job.path).provenance["calls_per_diagram"]
    assert found == round(done.calls_per_sample, 4)
    sampler = sampler_for(load_checkpoint(checkpoint_path), METHOD, None, "cpu")
    for seed in SEEDS:
        sampler.sample(seed, range(30))
    assert found == round(sampler.calls / 60, 4)
    other = replace(job, batch_size=7, directory=job.directory.parent / "other")
    generate(other)
    assert read_samples(other.path).provenance["calls_per_diagram"] == found


def test_torch_reads_it_without_running_anything(job):
    generate(job)
    content = torch.load(job.path, weights_only=True)
    assert content["method"] == "random_temp1.0_no_remask"


def test_the_tokens_are_those_of_the_sampler(job, checkpoint_path):
    """Sample k of seed s, whatever the batch size."""
    generate(replace(job, batch_size=7))
    samples = read_samples(job.path)
    checkpoint = load_checkpoint(checkpoint_path)
    for seed in SEEDS:
        expected = draw(checkpoint, METHOD, 30, seed, device="cpu")
        found = diagrams_from_tokens(samples.per_seed[seed].tokens, samples.vocabulary)
        assert found == expected


@pytest.mark.parametrize("batch_size", [1, 7, 64, 1000])
def test_batch_size_does_not_matter(job, batch_size):
    generate(job)
    other = replace(job, batch_size=batch_size, directory=job.directory.parent / "other")
    generate(other)
    for seed in SEEDS:
        one, two = (read_samples(j.path).per_seed[seed].tokens for j in (job, other))
        assert (one == two).all()


def test_a_checkpoint_that_is_loaded_already_is_taken(job, checkpoint_path):
    checkpoint = load_checkpoint(checkpoint_path)
    job = replace(job, checkpoint_path=Path("elsewhere.pt"))
    generate(job, checkpoint)
    assert read_samples(job.path).provenance["checkpoint_sha256"] == checkpoint.sha256


def test_progress_counts_all_diagrams(job):
    told = []
    generate(job, progress=lambda done, total: told.append((done, total)))
    assert told == [(k, 60) for k in range(0, 61, 10)]


# ---------------------------------------------------------------- a second start


def test_a_second_start_draws_nothing(job, monkeypatch):
    generate(job)
    before = job.path.read_bytes()
    counted = Counted(monkeypatch)
    done = generate(job)
    assert not done.is_new
    assert done.path == job.path
    assert counted.drawn == 0
    assert job.path.read_bytes() == before


def test_batch_size_device_and_name_of_the_checkpoint_are_no_settings(job, checkpoint_path):
    generate(job)
    copy = job.directory.parent / "copy.pt"
    copy.write_bytes(checkpoint_path.read_bytes())
    assert not generate(replace(job, batch_size=3, device="auto", checkpoint_path=copy)).is_new


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seeds": (42,)}, r"seeds=\[42, 7\], now \[42\]"),
        ({"seeds": (7, 42)}, r"seeds=\[42, 7\]"),
        ({"num_samples": 31}, "num_samples=30, now 31"),
        ({"method": Method("random", steps=6)}, "sampling_steps=5, now 6"),
        ({"condition": Condition((2, None))}, "given=None, now"),
    ],
)
def test_other_settings_are_refused_and_named(job, change, words):
    generate(job)
    before = job.path.read_bytes()
    with pytest.raises(InputError, match=words) as raised:
        generate(replace(job, **change))
    assert str(raised.value).startswith(f"{job.path}: ")
    assert "eval.overwrite=true" in str(raised.value)
    assert job.path.read_bytes() == before
    assert files_in(job.directory) == [job.path.name]


def test_conditioned_samples_are_not_taken_for_free_ones(job):
    generate(replace(job, condition=Condition((2, None))))
    with pytest.raises(InputError, match="given="):
        generate(job)


def test_another_checkpoint_is_refused(job, tmp_path):
    generate(job)
    before = job.path.read_bytes()
    other = replace(job, checkpoint_path=saved(tmp_path, "other.pt", seed=1))
    with pytest.raises(InputError, match="another checkpoint"):
        generate(other)
    assert job.path.read_bytes() == before


def test_overwrite_replaces(job, tmp_path):
    generate(job)
    before = read_samples(job.path)
    path = saved(tmp_path, "other.pt", seed=1)
    assert generate(replace(job, checkpoint_path=path, num_samples=5, overwrite=True)).is_new
    after = read_samples(job.path)
    assert after.num_samples == 5
    assert (after.per_seed[42].tokens != before.per_seed[42].tokens[:5]).any()
    # Asked to overwrite, it draws again even if nothing differs.
    assert generate(replace(job, overwrite=True)).is_new
    assert (read_samples(job.path).per_seed[42].tokens == before.per_seed[42].tokens).all()


def test_a_damaged_samples_file_is_an_error_and_stays(job):
    generate(job)
    cut = job.path.read_bytes()[:1000]
    job.path.write_bytes(cut)
    with pytest.raises(InputError, match=str(job.path)):
        generate(job)
    assert job.path.read_bytes() == cut
    assert generate(replace(job, overwrite=True)).is_new


# ---------------------------------------------------------------- jobs that make no sense


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"num_samples": 0}, "eval.num_samples"),
        ({"num_samples": -1}, "eval.num_samples"),
        ({"num_samples": 10**12}, "eval.num_samples"),
        ({"batch_size": 0}, "eval.batch_size"),
        ({"seeds": ()}, "eval.seeds"),
        ({"seeds": (1, 2, 1)}, "eval.seeds"),
        ({"seeds": (-1,)}, "eval.seeds"),
        ({"seeds": (2**64,)}, "eval.seeds"),
    ],
)
def test_numbers_out_of_range(job, change, field):
    with pytest.raises(InputError, match=field):
        replace(job, **change)


def test_a_device_that_is_not_there(job):
    with pytest.raises(InputError, match="device"):
        generate(replace(job, device="abacus"))
    assert files_in(job.directory.parent) == []


def test_a_checkpoint_that_is_not_there(job, tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.pt: there is no checkpoint"):
        generate(replace(job, checkpoint_path=tmp_path / "nowhere.pt"))


def test_weights_that_do_not_fit(job, tmp_path):
    config = small_checkpoint().config
    other = {**config, "model": {**config["model"], "width": 32}}
    path = saved(tmp_path, config=other)
    with pytest.raises(InputError, match="do not fit") as raised:
        generate(replace(job, checkpoint_path=path))
    assert str(raised.value).startswith(str(path))


def test_an_unknown_schedule(job, tmp_path):
    path = saved(tmp_path, noise="logliner")
    with pytest.raises(InputError, match="did you mean loglinear"):
        generate(replace(job, checkpoint_path=path))


# ---------------------------------------------------------------- other methods


@pytest.mark.parametrize(
    "method",
    [
        Method("first_hitting"),
        Method("llada", top_p=0.9, steps=5, remasking=RemaskingSettings("cap", 0.4)),
        Method("random", steps=5, remasking=RemaskingSettings("loop", 0.1)),
        Method("rooms", sweeps=2, sweep_kind="rooms"),
    ],
    ids=lambda method: method.name,
)
def test_other_methods_have_files_of_their_own(job, method):
    generate(job)
    other = replace(job, method=method)
    done = generate(other)
    assert done.path.name == f"{method.name}_samples.pt"
    assert not generate(other).is_new
    assert files_in(job.directory) == sorted([job.path.name, done.path.name])
    config = read_samples(done.path).config
    assert config["remasking_enabled"] == (method.remasking is not None)


def test_a_learned_process(job, learned_checkpoint_path):
    method = Method("llada", top_p=0.9, steps=5, is_learned=True)
    job = replace(job, checkpoint_path=learned_checkpoint_path, method=method)
    done = generate(job)
    assert done.path.name == "v2_llada_topp0.9_no_remask_samples.pt"
    samples = read_samples(done.path)
    assert samples.config["is_v2"] is True
    assert is_well_formed(samples.per_seed[42].tokens, samples.vocabulary).all()


def test_given_rooms_are_in_every_diagram(job):
    condition = condition_from_rooms("Kitchen, Bathroom").with_rooms(3)
    generate(replace(job, condition=condition))
    samples = read_samples(job.path)
    assert samples.config["given"] == {"rooms": ["Kitchen", "Bathroom", None], "relations": []}
    tokens = samples.per_seed[42].tokens
    assert (tokens[:, :2] == [2, 3]).all()
    assert (num_rooms_of(tokens, samples.vocabulary) == 3).all()
