"""Parts of a job, and drawing one on a worker."""

import hashlib
import pickle
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.generation.checkpoints import saved

from bd_gen.generation import shards
from bd_gen.generation.in_memory import sampler_for
from bd_gen.generation.shards import Shard, Task, draw_on_worker, shards_of
from bd_gen.sampling.conditions import condition_from_rooms
from bd_gen.sampling.method import Method, RemaskingSettings
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import load_checkpoint

METHOD = Method("random", steps=5)


@pytest.fixture(autouse=True)
def nothing_loaded() -> Iterator[None]:
    """As in a process that has just started."""
    yield
    shards._sampler.cache_clear()
    shards._checkpoint.cache_clear()
    shards._sent.clear()


@pytest.fixture
def task(checkpoint_path) -> Task:
    return Task.of(load_checkpoint(checkpoint_path), METHOD, None, "cpu", 4)


# ---------------------------------------------------------------- which shards there are


def test_by_hand():
    missing = [(0, 0, 4), (0, 4, 8), (0, 8, 10), (1, 4, 8), (1, 8, 10)]
    of = lambda size: list(shards_of(missing, (42, 7), size))  # noqa: E731
    single = [Shard((42, 7)[k], first, last) for k, first, last in missing]
    assert of(1) == of(5) == single
    assert of(8) == [Shard(42, 0, 8), Shard(42, 8, 10), Shard(7, 4, 10)]
    assert of(100) == [Shard(42, 0, 10), Shard(7, 4, 10)]
    assert list(shards_of([], (42,), 8)) == []


@given(
    batches=st.sets(st.tuples(st.integers(0, 2), st.integers(0, 9)), max_size=20),
    batch=st.integers(1, 5),
    size=st.integers(1, 30),
)
def test_every_batch_is_in_one_shard_and_whole(batches, batch, size):
    seeds = (42, 7, 0)
    missing = [(k, b * batch, (b + 1) * batch) for k, b in sorted(batches)]
    found = list(shards_of(missing, seeds, size))
    assert all(s.first % batch == 0 and s.last - s.first <= max(size, batch) for s in found)
    covered = [(s.seed, first) for s in found for first in range(s.first, s.last, batch)]
    assert covered == [(seeds[k], first) for k, first, _ in missing]


def test_words_for_people():
    assert str(Shard(42, 1000, 3000)) == "samples 1,000 to 2,999 of seed 42"


# ---------------------------------------------------------------- drawing one


def test_a_worker_draws_what_the_sampler_draws(task, checkpoint_path):
    sampler = sampler_for(load_checkpoint(checkpoint_path), METHOD, None, "cpu")
    expected = sampler.sample(42, range(8, 20), 4)
    drawn = draw_on_worker(task, Shard(42, 8, 20))
    assert drawn is not None
    assert (drawn.rows == expected).all()
    assert drawn.calls.sum() == sampler.calls
    assert (drawn.calls == sampler.calls_of).all()
    again = draw_on_worker(task, Shard(42, 8, 20))
    assert again is not None
    assert (again.calls == drawn.calls).all()  # counted anew for each shard


def test_the_checkpoint_is_read_once(task, monkeypatch):
    read = []
    original = shards.load_checkpoint
    monkeypatch.setattr(shards, "load_checkpoint", lambda path: read.append(path) or original(path))
    for first in (0, 4, 8):
        draw_on_worker(task, Shard(42, first, first + 4))
    draw_on_worker(replace(task, method=Method("first_hitting")), Shard(42, 0, 4))
    assert read == [task.checkpoint_path]


@pytest.mark.parametrize("what", ["missing", "another", "damaged"])
def test_a_checkpoint_that_is_not_here_is_asked_for(task, tmp_path, what):
    path = tmp_path / "model.pt"
    if what == "another":
        saved(tmp_path, "model.pt", seed=9)
    elif what == "damaged":
        path.write_bytes(Path(task.checkpoint_path).read_bytes()[:-100])
    there = draw_on_worker(task, Shard(42, 0, 4))
    shards._sampler.cache_clear()
    shards._checkpoint.cache_clear()
    away = replace(task, checkpoint_path=str(path))
    assert draw_on_worker(away, Shard(42, 0, 4)) is None
    shards.keep_checkpoint(task.checkpoint_sha256, Path(task.checkpoint_path).read_bytes())
    drawn = draw_on_worker(away, Shard(42, 0, 4))
    assert drawn is not None
    assert there is not None
    assert (drawn.rows == there.rows).all()
    shards.forget_checkpoint(task.checkpoint_sha256)
    assert shards._sent == {}


def test_bytes_that_changed_on_the_way_are_refused(task):
    content = bytearray(Path(task.checkpoint_path).read_bytes())
    content[100] ^= 1
    with pytest.raises(InputError, match="damaged on its way"):
        shards.keep_checkpoint(task.checkpoint_sha256, bytes(content))
    assert shards._sent == {}


def test_a_sent_file_that_is_no_checkpoint(task):
    """Its hash is right: it is what was loaded; but nothing else is believed."""
    content = b"no checkpoint"
    sha256 = hashlib.sha256(content).hexdigest()
    shards.keep_checkpoint(sha256, content)
    with pytest.raises(InputError, match="is not a torch file"):
        draw_on_worker(replace(task, checkpoint_sha256=sha256), Shard(42, 0, 4))


@pytest.mark.parametrize("versions", [("0.0.1", "2.0"), ("0.0.1", Task.versions[1])])
def test_other_versions_are_refused(task, versions):
    with pytest.raises(InputError, match=r"a worker runs bd-gen .* this is bd-gen 0\.0\.1"):
        draw_on_worker(replace(task, versions=versions), Shard(42, 0, 4))


def test_a_device_that_is_not_here(task):
    with pytest.raises(InputError, match="device"):
        draw_on_worker(replace(task, device="abacus"), Shard(42, 0, 4))


def test_a_batch_that_the_memory_does_not_hold(task, monkeypatch):
    import torch

    def full(*_: object) -> None:
        raise torch.cuda.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(shards.Sampler, "sample", full)
    with pytest.raises(InputError, match=r"eval\.batch_size=4: the memory of the GPU"):
        draw_on_worker(task, Shard(42, 0, 4))


@pytest.mark.parametrize(
    "method",
    [METHOD, Method("llada", top_p=0.9, steps=5, remasking=RemaskingSettings("loop", 0.1))],
)
def test_a_task_travels(task, method):
    task = replace(task, method=method, condition=condition_from_rooms("Kitchen, Bathroom"))
    arrived = pickle.loads(pickle.dumps(task))
    assert arrived == task
    assert hash(arrived) == hash(task)
