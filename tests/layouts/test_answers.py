"""Known answers: kept in a file, added to by several processes, never misread."""

import errno
import fcntl
import multiprocessing
import os
from pathlib import Path

import numpy as np
import pytest

from bd_gen.layouts.answers import AnswerCache
from bd_gen.system.errors import InputError


def cache_of(**answers: int) -> AnswerCache:
    """Answers by the letter of their key."""
    cache = AnswerCache()
    cache.answers = {letter.encode() * 16: answer for letter, answer in answers.items()}
    return cache


def file_of(tmp_path: Path, **arrays: object) -> Path:
    path = tmp_path / "answers.npz"
    np.savez(path, **arrays)
    return path


def test_answers_survive_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "answers.npz"
    assert AnswerCache(path).answers == {}
    cache_of(a=1, b=0).save(path)
    assert AnswerCache(path).answers == {b"a" * 16: 1, b"b" * 16: 0}
    AnswerCache().save(tmp_path / "empty.npz")
    assert AnswerCache(tmp_path / "empty.npz").answers == {}


def test_what_others_put_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "answers.npz"
    cache_of(a=1).save(path)
    cache_of(b=0).save(path)
    cache_of().save(path)
    assert AnswerCache(path).answers == cache_of(a=1, b=0).answers


def _add(path: Path, letter: str) -> None:
    for k in range(10):
        cache = AnswerCache()
        cache.answers = {(letter + str(k)).encode() * 8: k % 2}
        cache.save(path)


def test_processes_that_save_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "answers.npz"
    # children of a process with threads of its own may be stuck at birth: no fork
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_add, args=(path, letter)) for letter in "abc"]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    expected = {(letter + str(k)).encode() * 8: k % 2 for letter in "abc" for k in range(10)}
    assert AnswerCache(path).answers == expected


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"answers\.npz"):
        cache_of(a=1).save(tmp_path / "file" / "answers.npz")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a zip", b"{}", b"\x93NUMPY"])
def test_a_damaged_file_counts_as_empty(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "answers.npz"
    path.write_bytes(content)
    assert AnswerCache(path).answers == {}
    cache_of(a=1).save(path)
    assert AnswerCache(path).answers == cache_of(a=1).answers


def test_a_damaged_or_foreign_archive_counts_as_empty(tmp_path: Path) -> None:
    keys, answers = np.zeros((1, 16), np.uint8), np.ones(1, np.int8)
    path = file_of(tmp_path, keys=keys, answers=answers, version=1)
    assert AnswerCache(path).answers == {bytes(16): 1}
    damaged = bytearray(path.read_bytes())
    damaged[damaged.index(bytes(16)) + 3] ^= 1
    path.write_bytes(damaged)
    assert AnswerCache(path).answers == {}
    for arrays in (
        {"keys": keys, "answers": answers},
        {"keys": keys, "answers": answers, "version": 2},
        {"keys": keys, "answers": answers, "version": np.ones(2)},
        {"keys": keys[:, :8], "answers": answers, "version": 1},
        {"keys": keys, "answers": answers[:0], "version": 1},
        {"keys": keys, "answers": answers.astype(float), "version": 1},
        {"keys": keys, "answers": answers * 2, "version": 1},  # a time limit is no proof
    ):
        assert AnswerCache(file_of(tmp_path, **arrays)).answers == {}


def test_whatever_the_directory_of_the_archive_says(tmp_path: Path) -> None:
    """Ways of packing and locks that nobody knows make errors of kinds of their own."""
    path = tmp_path / "answers.npz"
    cache = cache_of(a=1)
    cache.save(path)
    whole = path.read_bytes()
    for place in range(whole.index(b"PK\x01\x02"), len(whole)):
        for bit in (0, 6):
            damaged = bytearray(whole)
            damaged[place] ^= 1 << bit
            path.write_bytes(damaged)
            assert AnswerCache(path).answers in ({}, cache.answers)


@pytest.mark.parametrize("error", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL])
def test_a_file_system_without_locks(
    error: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(fcntl, "flock", refuse)
    path = tmp_path / "cache" / "answers.npz"
    cache_of(a=1).save(path)
    cache_of(b=1).save(path)
    assert AnswerCache(path).answers == cache_of(a=1, b=1).answers
    assert not [p for p in path.parent.iterdir() if p.name.endswith(".tmp")]
