"""Unfinished samples on disk."""

import errno
import zipfile
from pathlib import Path

import numpy as np
import pytest

from bd_gen import files
from bd_gen.errors import InputError
from bd_gen.experiments.partial import PartialSamples

KEY = {"method": "random", "seeds": [1, 2], "top_p": 0.9}
SEEDS = (1, 2)
SHAPE = (10, 6)


def opened(path: Path, key=KEY, seeds=SEEDS, shape=SHAPE) -> PartialSamples:
    return PartialSamples.open(path, key, seeds, shape)


def rows(first: int, count: int) -> np.ndarray:
    return (np.arange(count * 6).reshape(count, 6) + first).astype(np.uint8)


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "sub" / ".x.partial.npz"


@pytest.fixture
def half_done(path) -> Path:
    """Samples 0..3 of the first seed and 8, 9 of the second."""
    partial = opened(path)
    partial.put(0, 0, rows(0, 4))
    partial.put(1, 8, rows(50, 2))
    partial.save()
    return path


def test_nothing_is_there_at_first(path):
    partial = opened(path)
    assert (partial.num_done, partial.num_drawn, partial.is_done) == (0, 0, False)
    assert partial.tokens.shape == (2, 10, 6)
    assert list(partial.missing(4)) == [
        (0, 0, 4), (0, 4, 8), (0, 8, 10), (1, 0, 4), (1, 4, 8), (1, 8, 10)
    ]  # fmt: skip
    assert not path.parent.exists()


def test_nothing_drawn_writes_nothing(path):
    opened(path).save()
    assert not path.exists()


def test_what_is_saved_is_there_again(half_done):
    partial = opened(half_done)
    assert partial.num_done == 6
    assert partial.num_drawn == 0
    assert (partial.tokens[0, :4] == rows(0, 4)).all()
    assert (partial.tokens[1, 8:] == rows(50, 2)).all()
    assert list(partial.missing(4)) == [(0, 4, 8), (0, 8, 10), (1, 0, 4), (1, 4, 8)]


@pytest.mark.parametrize("batch_size", [1, 3, 10, 1000])
def test_what_is_missing_covers_all_that_is_missing(half_done, batch_size):
    partial = opened(half_done)
    for k, first, last in partial.missing(batch_size):
        assert last - first <= batch_size
        partial.put(k, first, rows(first, last - first))
    assert partial.is_done
    assert list(partial.missing(batch_size)) == []


def test_what_is_there_can_be_added_to(half_done):
    partial = opened(half_done)
    partial.put(0, 4, rows(4, 6))
    partial.save()
    again = opened(half_done)
    assert again.num_done == 12
    assert again.is_drawn[0].all()


@pytest.mark.parametrize(
    "other",
    [
        {"key": {**KEY, "top_p": 0.8}},
        {"seeds": (1, 2, 3)},
        {"shape": (11, 6)},
        {"shape": (10, 10)},
    ],
)
def test_work_for_something_else_is_not_gone_on_with(half_done, other):
    assert opened(half_done, **other).num_done == 0
    # It is still there for whom it belongs to.
    assert opened(half_done).num_done == 6


def test_the_order_of_keys_does_not_matter(half_done):
    assert opened(half_done, dict(reversed(KEY.items()))).num_done == 6


@pytest.mark.parametrize(
    "content",
    [b"", b"not an archive", b"PK\x03\x04 not an archive", b"\x93NUMPY", b"\x80\x04N."],
)
def test_a_foreign_file_is_ignored(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    assert opened(path).num_done == 0


def test_a_single_array_is_ignored(path):
    path.parent.mkdir()
    with path.open("wb") as file:
        np.save(file, np.arange(3))
    assert opened(path).num_done == 0


def test_an_archive_of_something_else_is_ignored(path):
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("key", "hello")
    assert opened(path).num_done == 0
    np.savez(path, key=np.array("x"), tokens=np.zeros(3))
    assert opened(path).num_done == 0


def test_objects_are_never_unpickled(path):
    path.parent.mkdir()
    with path.open("wb") as file:
        np.savez(file, key=np.array([{}], object), tokens=np.zeros(3), is_drawn=np.zeros(3))
    assert opened(path).num_done == 0


def test_a_folder_in_its_place_is_ignored(path):
    path.mkdir(parents=True)
    assert opened(path).num_done == 0


def test_arrays_of_another_type_are_ignored(half_done):
    with np.load(half_done) as stored:
        arrays = dict(stored)
    arrays["tokens"] = arrays["tokens"].astype(np.int64)
    with half_done.open("wb") as file:
        np.savez(file, **arrays)
    assert opened(half_done).num_done == 0


def test_a_file_cut_short_anywhere_is_ignored(half_done):
    whole = half_done.read_bytes()
    for length in range(0, len(whole), 37):
        half_done.write_bytes(whole[:length])
        assert opened(half_done).num_done == 0


def test_a_byte_changed_anywhere_is_noticed_or_harmless(half_done):
    """Never an error, and never other tokens."""
    whole = half_done.read_bytes()
    before = opened(half_done)
    for place in range(0, len(whole), 3):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        half_done.write_bytes(damaged)
        found = opened(half_done)
        assert found.num_done in (0, 6)
        if found.num_done:
            assert (found.tokens == before.tokens).all()
            assert (found.is_drawn == before.is_drawn).all()


def test_removed(half_done):
    partial = opened(half_done)
    partial.remove()
    assert not half_done.exists()
    partial.remove()


def test_a_full_disk_keeps_what_was_saved_before(half_done, monkeypatch):
    partial = opened(half_done)
    partial.put(0, 4, rows(4, 6))

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files.os, "fsync", full)
        with pytest.raises(InputError, match="No space left"):
            partial.save()
    assert opened(half_done).num_done == 6
    assert [p.name for p in half_done.parent.iterdir()] == [half_done.name]
