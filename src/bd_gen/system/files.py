"""Writing files so that a killed run leaves the old file or the new one, never half of one."""

import fcntl
import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from bd_gen.system.errors import InputError


@contextmanager
def replacing(path: str | Path) -> Iterator[IO[bytes]]:
    """Open a file for writing that takes the place of `path` only when all went well.

    The bytes go to a temporary file in the same folder, are flushed to the disk and renamed.
    Whatever interrupts this, `path` keeps what it held before. Folders are made as needed, and
    what a killed writer of `path` left under a temporary name is removed.

    Raises:
        InputError: the disk is full, the folder cannot be written to, and the like.
    """
    path = Path(path)
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for leftover in _leftovers(path):
            _remove_dead(leftover)
        handle, temporary = _temporary(path)
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            # mkstemp makes private files; give it the mode that any new file would get.
            umask = os.umask(0)
            os.umask(umask)
            temporary.chmod(0o666 & ~umask)
            temporary.replace(path)  # before it is closed, which ends the lock
            temporary = None
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror or error})") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _temporary(path: Path) -> tuple[int, Path]:
    """A new file, locked for as long as it is being written; see `_remove_dead`."""
    while True:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # somebody takes it for a dead one just now
            os.close(handle)
            continue
        except OSError:  # a file system without locks
            return handle, Path(name)
        if os.fstat(handle).st_nlink:
            return handle, Path(name)
        os.close(handle)  # it was taken for a dead one before it was locked


def _remove_dead(leftover: Path) -> None:
    """Remove a temporary file if nobody writes it any more: locks end with processes."""
    with suppress(OSError):  # somebody writes it, or a file system without locks
        handle = os.open(leftover, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            leftover.unlink()
        finally:
            os.close(handle)


def read_small(path: str | Path, largest: int, too_large: str) -> bytes:
    """The bytes of a file from outside, of which there may be `largest` at most.

    Raises:
        InputError: it cannot be read, is no file, or is `too_large`, which says what was expected.
    """
    path = Path(path)
    try:
        check_file(path)
        with path.open("rb") as file:
            data = file.read(largest + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
    if len(data) > largest:
        raise InputError(f"{path}: {too_large}")
    check_pointer(path, data)
    return data


def check_file(
    path: str | Path, otherwise: str = "is not a file", largest: int | None = None
) -> None:
    """Refuse what is there and is no file: a pipe or a device would block or never end.

    Args:
        path: it need not exist.
        otherwise: what the message says of it.
        largest: bytes that the file may have.

    Raises:
        InputError: it is no file, or a larger one.
        OSError: the folder cannot be searched.
    """
    path = Path(path)
    if path.exists() and not (path.is_file() and (not largest or path.stat().st_size <= largest)):
        raise InputError(f"{path}: {otherwise}")


_LFS_POINTER = b"version https://git-lfs.github.com/"


def check_pointer(path: str | Path, start: bytes) -> None:
    """Refuse the few lines that Git LFS leaves in place of a file until it is asked for it.

    Args:
        path: the file.
        start: its first bytes, 40 or more.

    Raises:
        InputError: it is such a pointer.
    """
    if start.startswith(_LFS_POINTER):
        raise InputError(f"{path}: a pointer of Git LFS, not the file; get it by `git lfs pull`")


def expanded(path: str | Path) -> Path:
    """The path with `~` and `~NAME` replaced by a home directory.

    Raises:
        InputError: there is no such home directory.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise InputError(f"{path}: there is no such home directory") from None


def write_text(path: str | Path, text: str) -> None:
    """Write `text` as UTF-8 by way of `write_with`."""
    write_with(path, lambda file: file.write(text.encode()))


def write_with(path: str | Path, write: Callable[[IO[bytes]], object]) -> None:
    """Let `write(file)` fill a file by way of `replacing`.

    Ctrl-C and a request to end (SIGTERM) wait until the file is whole, so that they leave nothing
    under a temporary name either.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        with replacing(path) as file:
            write(file)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def check_name(path: str | Path) -> None:
    """Refuse a file whose name would do something to a terminal or could not be shown there.

    Raises:
        InputError: the name holds control characters, or bytes that are no text.
    """
    if not Path(path).name.isprintable():
        raise InputError(f"{path}: the file's name holds characters that cannot be shown")


def remove_leftovers(path: str | Path) -> None:
    """Remove what writers of `path` left under temporary names when they were killed.

    Only for who knows that nobody is writing `path` now, by a lock for instance.
    """
    with suppress(OSError):
        for leftover in _leftovers(Path(path)):
            leftover.unlink(missing_ok=True)


def _leftovers(path: Path) -> list[Path]:
    """Files beside `path` under the temporary names that its writers use."""
    there = os.listdir(path.parent)
    return [
        path.parent / name
        for name in there
        if name.startswith(f".{path.name}.") and name.endswith(".tmp")
    ]
