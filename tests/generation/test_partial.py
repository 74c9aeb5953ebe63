"""Unfinished samples on disk."""

import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bd_gen.generation import partial as module
from bd_gen.generation.partial import PartialSamples
from bd_gen.system.errors import InputError

KEY = {"method": "random", "seeds": [1, 2], "top_p": 0.9}
SEEDS = (1, 2)
SHAPE = (10, 6)


_OPEN: list[PartialSamples] = []


def opened(path: Path, key=KEY, seeds=SEEDS, shape=SHAPE) -> PartialSamples:
    partial = PartialSamples.open(path, key, seeds, shape)
    _OPEN.append(partial)
    return partial


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Everything that a test opens is closed."""
    yield
    while _OPEN:
        _OPEN.pop().close()


def rows(first: int, count: int) -> np.ndarray:
    return (np.arange(count * 6).reshape(count, 6) + first).astype(np.uint8)


def calls(first: int, count: int) -> np.ndarray:
    return np.arange(first, first + count)


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "sub" / ".x.partial"


@pytest.fixture
def half_done(path) -> Path:
    """Samples 0..3 of the first seed and 8, 9 of the second."""
    partial = opened(path)
    partial.put(0, 0, rows(0, 4), calls(0, 4))
    partial.put(1, 8, rows(50, 2), calls(50, 2))
    partial.close()
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
    assert not path.parent.exists()


def test_what_is_put_is_in_the_file_at_once(path):
    """So a process that is killed loses nothing but what it had not put yet."""
    partial = opened(path)
    for first in (0, 4, 2):
        partial.put(0, first, rows(first, 2), calls(first, 2))
        assert (opened(path).is_drawn == partial.is_drawn).all()
        assert (opened(path).tokens == partial.tokens).all()


def test_putting_costs_what_is_put(path):
    """Not what is there already: each record is as long as the one before."""
    partial = opened(path)
    sizes = []
    for first in range(10):
        partial.put(0, first, rows(first, 1), calls(first, 1))
        sizes.append(path.stat().st_size)
    assert len(set(np.diff(sizes))) == 1


def test_what_is_put_twice_counts_once(path):
    partial = opened(path)
    partial.put(0, 0, rows(0, 4), calls(0, 4))
    partial.put(0, 2, rows(9, 4), calls(9, 4))
    assert (partial.num_done, opened(path).num_done) == (6, 6)
    assert (opened(path).tokens[0, 2:6] == rows(9, 4)).all()


def test_what_is_saved_is_there_again(half_done):
    partial = opened(half_done)
    assert partial.num_done == 6
    assert partial.num_drawn == 0
    assert (partial.tokens[0, :4] == rows(0, 4)).all()
    assert (partial.tokens[1, 8:] == rows(50, 2)).all()
    assert list(partial.missing(4)) == [(0, 4, 8), (0, 8, 10), (1, 0, 4), (1, 4, 8)]


def test_calls_are_counted_over_all_starts(half_done):
    partial = opened(half_done)
    for k, first, last in partial.missing(1):
        partial.put(k, first, rows(first, 1), calls(first, last - first))
    expected = [[*range(10)], [*range(8), 50, 51]]
    for found in (partial, opened(half_done)):
        assert found.calls.tolist() == expected
        assert found.mean_calls == np.mean(expected)


def test_a_log_of_the_first_version_is_gone_on_with(path):
    """It does not count calls, so nobody says how many there were."""
    key = json.dumps([KEY, list(SEEDS), list(SHAPE)], sort_keys=True).encode() + b"\n"
    content = rows(0, 4).tobytes()
    head = module._HEAD.pack(0, 0, 4, module._checksum(0, 0, content))
    path.parent.mkdir()
    path.write_bytes(b"bd-gen partial samples 1\n" + key + head + content)
    partial = opened(path)
    assert partial.num_done == 4
    partial.put(0, 4, rows(4, 6), calls(4, 6))
    again = opened(path)
    assert again.num_done == 10
    assert (again.tokens[0] == np.concatenate([rows(0, 4), rows(4, 6)])).all()
    assert again.mean_calls is None


@pytest.mark.parametrize("batch_size", [1, 3, 10, 1000])
def test_what_is_missing_covers_all_that_is_missing(half_done, batch_size):
    partial = opened(half_done)
    for k, first, last in partial.missing(batch_size):
        assert last - first <= batch_size
        partial.put(k, first, rows(first, last - first), calls(first, last - first))
    assert partial.is_done
    assert list(partial.missing(batch_size)) == []


def test_what_is_there_can_be_added_to(half_done):
    partial = opened(half_done)
    partial.put(0, 4, rows(4, 6), calls(4, 6))
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


def test_a_folder_in_its_place_is_ignored(path):
    path.mkdir(parents=True)
    assert opened(path).num_done == 0


def test_a_file_cut_short_anywhere_holds_what_is_whole(half_done):
    whole = half_done.read_bytes()
    found = []
    for length in range(len(whole) + 1):
        half_done.write_bytes(whole[:length])
        partial = opened(half_done)
        assert (partial.tokens[partial.is_drawn] == expected()[partial.is_drawn]).all()
        found.append(partial.num_done)
    assert found == sorted(found)
    assert set(found) == {0, 4, 6}


def expected() -> np.ndarray:
    tokens = np.zeros((2, *SHAPE), np.uint8)
    tokens[0, :4], tokens[1, 8:] = rows(0, 4), rows(50, 2)
    return tokens


def test_after_a_cut_it_goes_on(half_done):
    """The torn end is written over, not after."""
    half_done.write_bytes(half_done.read_bytes()[:-3])
    partial = opened(half_done)
    assert partial.num_done == 4
    partial.put(1, 8, rows(50, 2), calls(50, 2))
    again = opened(half_done)
    assert again.num_done == 6
    assert (again.tokens == expected()).all()


def test_a_byte_changed_anywhere_is_noticed(half_done):
    """Never an error, and never other tokens."""
    whole = half_done.read_bytes()
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        half_done.write_bytes(damaged)
        found = opened(half_done)
        assert found.num_done in (0, 4)
        assert (found.tokens[found.is_drawn] == expected()[found.is_drawn]).all()


@pytest.mark.parametrize(
    ("k", "first", "count"), [(2, 0, 1), (0, 9, 2), (0, 2**63, 2), (0, 0, 2**31)]
)
def test_a_record_of_samples_that_nobody_asked_for_is_ignored(half_done, k, first, count):
    """Its checksum is right; nothing is allocated for what it claims."""
    content = rows(0, min(count, 2)).tobytes()
    head = module._HEAD.pack(k, first, count, module._checksum(k, first, content))
    half_done.write_bytes(half_done.read_bytes() + head + content)
    assert opened(half_done).num_done == 6


def test_removed(half_done):
    partial = opened(half_done)
    partial.put(0, 4, rows(4, 1), calls(4, 1))
    partial.remove()
    assert not half_done.exists()
    partial.remove()


@pytest.mark.parametrize("function", ["write", "fsync"])
def test_a_full_disk_keeps_what_was_saved_before(half_done, monkeypatch, function):
    partial = opened(half_done)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    class Full(module.FileIO):
        def write(self, data):
            super().write(data[:7])  # what still fits
            full()

    def work() -> None:
        partial.put(0, 4, rows(4, 6), calls(4, 6))
        partial.save()

    with monkeypatch.context() as patch:
        if function == "write":
            patch.setattr(module, "FileIO", Full)
        else:
            patch.setattr(module.os, "fsync", full)
        with pytest.raises(InputError, match="No space left") as raised:
            work()
    assert str(raised.value).startswith(f"{half_done}: cannot be written")
    assert opened(half_done).num_done == (6 if function == "write" else 12)
    assert [p.name for p in half_done.parent.iterdir()] == [half_done.name]


def test_a_disk_that_takes_a_part_at_a_time(path, monkeypatch):
    class Slow(module.FileIO):
        def write(self, data):
            return super().write(data[:7])

    monkeypatch.setattr(module, "FileIO", Slow)
    partial = opened(path)
    partial.put(0, 0, rows(0, 4), calls(0, 4))
    partial.put(1, 8, rows(50, 2), calls(50, 2))
    assert (opened(path).tokens == expected()).all()


def test_a_link_leads_nowhere(path, tmp_path):
    """A folder from elsewhere must not make us write to a file outside of it."""
    path.parent.mkdir()
    (tmp_path / "precious").write_text("old")
    path.symlink_to(tmp_path / "precious")
    with pytest.raises(InputError, match="cannot be written"):
        opened(path).put(0, 0, rows(0, 4), calls(0, 4))
    assert (tmp_path / "precious").read_text() == "old"


def test_a_pipe_in_its_place_does_not_block(path):
    path.parent.mkdir()
    os.mkfifo(path)
    assert opened(path).num_done == 0
