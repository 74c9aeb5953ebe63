"""Generation that is stopped, killed or out of disk goes on where it was, with the same samples."""

import errno
import os
from dataclasses import replace

import numpy as np
import pytest
from tests.generation.checkpoints import Counted, files_in

from bd_gen.generation import job as generation
from bd_gen.generation.job import GenerationJob, generate, settings
from bd_gen.generation.partial import PartialSamples
from bd_gen.results.samples_file import read_samples
from bd_gen.sampling.method import Method
from bd_gen.system import files
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import load_checkpoint


class Stop:
    """Ctrl-C as soon as so many diagrams are done."""

    def __init__(self, after: int) -> None:
        self.after = after

    def __call__(self, done: int, _: int) -> None:
        if done >= self.after:
            raise KeyboardInterrupt


# ---------------------------------------------------------------- interruptions


@pytest.fixture
def expected(job) -> dict[int, np.ndarray]:
    """Tokens of an undisturbed run."""
    undisturbed = replace(job, directory=job.directory.parent / "undisturbed")
    generate(undisturbed)
    return {s: p.tokens for s, p in read_samples(undisturbed.path).per_seed.items()}


def assert_complete(job: GenerationJob, expected: dict[int, np.ndarray]) -> None:
    samples = read_samples(job.path)
    assert list(samples.per_seed) == list(expected)
    for seed, tokens in expected.items():
        assert (samples.per_seed[seed].tokens == tokens).all()
    assert files_in(job.directory) == [job.path.name]


@pytest.mark.parametrize(("after", "left"), [(10, 50), (30, 30), (40, 20)])
def test_after_an_interruption_only_what_is_missing_is_drawn(
    job, expected, after, left, monkeypatch
):
    with pytest.raises(KeyboardInterrupt):
        generate(job, progress=Stop(after))
    assert files_in(job.directory) == [".random_temp1.0_no_remask_samples.partial"]
    counted = Counted(monkeypatch)
    told = []
    done = generate(job, progress=lambda done, _: told.append(done))
    assert counted.drawn == left
    assert told[0] == after
    assert done.is_new
    assert done.calls_per_sample >= 1
    assert_complete(job, expected)


def test_the_cost_is_the_same_after_an_interruption_and_with_another_batch_size(job):
    with pytest.raises(KeyboardInterrupt):
        generate(job, progress=Stop(10))
    generate(replace(job, batch_size=7))
    other = replace(job, directory=job.directory.parent / "undisturbed")
    generate(other)
    costs = [read_samples(j.path).provenance["calls_per_diagram"] for j in (job, other)]
    assert costs[0] == costs[1] > 0


def test_interrupted_before_anything_is_drawn(job, expected):
    with pytest.raises(KeyboardInterrupt):
        generate(job, progress=Stop(0))
    assert files_in(job.directory.parent / "loglinear") == []
    generate(job)
    assert_complete(job, expected)


def test_interrupted_after_all_is_drawn(job, expected, monkeypatch):
    """In the last report, before the file is written."""
    with pytest.raises(KeyboardInterrupt):
        generate(job, progress=Stop(60))
    counted = Counted(monkeypatch)
    generate(job)
    assert counted.drawn == 0
    assert_complete(job, expected)


def test_interrupted_again_and_again(job, expected, monkeypatch):
    counted = Counted(monkeypatch)
    for after in (10, 20, 40, 50):
        with pytest.raises(KeyboardInterrupt):
            generate(job, progress=Stop(after))
    generate(job)
    assert counted.drawn == 60
    assert_complete(job, expected)


def test_gone_on_with_in_batches_of_another_size(job, expected):
    with pytest.raises(KeyboardInterrupt):
        generate(job, progress=Stop(20))
    generate(replace(job, batch_size=7))
    assert_complete(job, expected)


def test_gone_on_with_from_a_copy_of_the_checkpoint(job, checkpoint_path, monkeypatch):
    with pytest.raises(KeyboardInterrupt):
        generate(job, progress=Stop(20))
    copy = job.directory.parent / "copy.pt"
    copy.write_bytes(checkpoint_path.read_bytes())
    counted = Counted(monkeypatch)
    generate(replace(job, checkpoint_path=copy))
    assert counted.drawn == 40


def test_unfinished_work_of_other_settings_is_not_mixed_in(job, expected, monkeypatch):
    with pytest.raises(KeyboardInterrupt):
        generate(replace(job, method=Method("random", steps=3)), progress=Stop(20))
    counted = Counted(monkeypatch)
    generate(job)
    assert counted.drawn == 60
    assert_complete(job, expected)


def test_a_damaged_partial_file_is_ignored(job, expected):
    with pytest.raises(KeyboardInterrupt):
        generate(job, progress=Stop(20))
    (partial,) = job.directory.iterdir()
    partial.write_bytes(partial.read_bytes()[:500])
    generate(job)
    assert_complete(job, expected)


def test_work_is_saved_as_it_comes(job, expected):
    """A run that is killed loses no more than the batch that it was at."""
    path = job.directory / ".random_temp1.0_no_remask_samples.partial"
    key = {**settings(job), "checkpoint": load_checkpoint(job.checkpoint_path).sha256}
    shape = (job.num_samples, len(expected[42][0]))
    seen = []

    def look(done: int, total: int) -> None:
        partial = PartialSamples.open(path, key, job.seeds, shape)
        assert all(
            (partial.tokens[k][partial.is_drawn[k]] == expected[seed][partial.is_drawn[k]]).all()
            for k, seed in enumerate(job.seeds)
        )
        seen.append((partial.num_done, done))

    generate(job, progress=look)
    assert seen == [(k, k) for k in range(0, 61, 10)]
    assert_complete(job, expected)


def test_now_and_then_it_is_made_to_outlive_a_power_cut(job, monkeypatch):
    monkeypatch.setattr(generation, "_SAVE_EVERY", 0.0)
    saved = []
    original = PartialSamples.save

    def save(partial: PartialSamples) -> None:
        saved.append(partial.num_done)
        original(partial)

    monkeypatch.setattr(PartialSamples, "save", save)
    generate(job)
    assert saved == list(range(10, 61, 10))


# ---------------------------------------------------------------- disks


def fill_disk(monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    """The disk is full when a file with that suffix has been written."""
    original = files.tempfile.mkstemp
    doomed = set()

    def mkstemp(*args, **settings):
        handle, name = original(*args, **settings)
        doomed.discard(handle)  # numbers come again
        if name.removesuffix(".tmp").rsplit(".", 1)[0].endswith(suffix):
            doomed.add(handle)
        return handle, name

    fsync = os.fsync

    def full(handle: int) -> None:
        if handle in doomed:
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(handle)

    monkeypatch.setattr(files.tempfile, "mkstemp", mkstemp)
    monkeypatch.setattr(files.os, "fsync", full)


def test_a_file_that_cannot_be_written_loses_nothing(job, expected, monkeypatch):
    with monkeypatch.context() as patch:
        fill_disk(patch, "_samples.pt")
        with pytest.raises(InputError, match="No space left") as raised:
            generate(job)
    assert str(raised.value).startswith(f"{job.path}: cannot be written")
    assert files_in(job.directory) == [".random_temp1.0_no_remask_samples.partial"]
    counted = Counted(monkeypatch)
    generate(job)
    assert counted.drawn == 0
    assert_complete(job, expected)


def test_a_disk_full_for_everything_names_the_samples(job, expected, monkeypatch):
    with monkeypatch.context() as patch:
        fill_disk(patch, "")
        with pytest.raises(InputError, match="No space left") as raised:
            generate(job)
    assert str(raised.value).startswith(f"{job.path}: ")
    assert files_in(job.directory) == [".random_temp1.0_no_remask_samples.partial"]
    generate(job)
    assert_complete(job, expected)


def test_a_full_disk_keeps_the_old_file_while_overwriting(job, monkeypatch):
    generate(job)
    before = job.path.read_bytes()
    with monkeypatch.context() as patch:
        fill_disk(patch, "_samples.pt")
        with pytest.raises(InputError, match="No space left"):
            generate(replace(job, num_samples=5, overwrite=True))
    assert job.path.read_bytes() == before


def test_a_folder_that_cannot_be_made(job, tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(InputError, match="cannot be written"):
        generate(replace(job, directory=tmp_path / "taken" / "loglinear"))
