"""Locks: one process at a time at work on a method's files or in a run's folder.

The lock is the kernel's (`flock` on a small file), so it ends with the process that holds it,
however that ends: a file left behind by a killed process locks nothing. On a file system without
such locks the file itself is the lock, and one whose process is gone is recognised as stale.
"""

import errno
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bd_gen.system.errors import InputError

_NO_FLOCK = {errno.EINVAL, errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}
_LARGEST_NOTE = 4096  # bytes of a lock file that are read
_TRIES = 100


@dataclass(frozen=True)
class Holder:
    """Who holds a lock.

    Attributes:
        pid: number of the process.
        host: name of its machine.
        since: when it took the lock, local time.
        started: when the process started, in ticks since its machine did; tells it from a later
            process of the same number. None where the system does not say.
    """

    pid: int
    host: str
    since: str
    started: int | None = None

    @property
    def is_gone(self) -> bool:
        """Whether it is known to have ended: it ran on this machine and runs no more."""
        if self.host != socket.gethostname():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except OSError:  # it is somebody else's
            pass
        return self.started is not None and self.started != _start_of(self.pid)

    def __str__(self) -> str:
        return f"process {self.pid} on host {self.host} has been at work on it since {self.since}"


@contextmanager
def locked(path: str | Path, subject: str | Path) -> Iterator[None]:
    """Hold the lock `path` while the context is open; the file is removed at the end.

    Args:
        path: the lock file; its folder is made if needed.
        subject: what is locked, as messages call it.

    Raises:
        InputError: another process holds it (the message says which), or the file cannot be
            made.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = _acquire(path, subject)
    except OSError as error:
        raise InputError(f"{subject}: cannot be written ({error.strerror or error})") from error
    try:
        yield
    finally:
        # First the name, then the lock: whoever opened the file in between sees that it is gone.
        with suppress(OSError):
            path.unlink()
        os.close(handle)


@contextmanager
def one_at_a_time(path: str | Path) -> Iterator[None]:
    """Wait until no other process is in such a context with this lock file, which stays.

    It goes on without where that cannot be had: in a folder that nothing can be written to, or
    on a file system without such locks. What follows from that must be harmless, such as work
    that is done twice.
    """
    path = Path(path)
    with ExitStack() as held:
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            fcntl.flock(held.enter_context(path.open("wb")), fcntl.LOCK_EX)
        yield


def _acquire(path: Path, subject: str | Path) -> int:
    """An open file that holds the lock."""
    for _ in range(_TRIES):
        handle, is_new = _opened(path)
        if handle is None:
            continue
        is_held = False
        try:
            is_held = _is_taken(handle, is_new, path, subject)
        finally:
            if not is_held:
                os.close(handle)
        if is_held:
            _sign(handle)
            return handle
    raise InputError(f"{subject}: other processes keep taking its lock {path}")


def _opened(path: Path) -> tuple[int | None, bool]:
    """The lock file, and whether it was made here; None if it came and went in the meantime."""
    # A link would lead to a file that is none of ours.
    flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        return os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o666), True
    except FileExistsError:
        try:
            return os.open(path, flags), False
        except FileNotFoundError:
            return None, False


def _is_taken(handle: int, is_new: bool, path: Path, subject: str | Path) -> bool:
    """Try to take the lock; False if its file was removed meanwhile and has to be made again."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise _refusal(subject, _holder(handle)) from None
    except OSError as error:
        if error.errno not in _NO_FLOCK:
            raise
        # No locks on this file system: whoever makes the file holds it.
        if is_new:
            return True
        holder = _holder(handle)
        if holder is None or not holder.is_gone:
            raise _refusal(subject, holder, f"; if it runs no more, delete {path}") from None
        if _is_the_file_at(path, handle):
            path.unlink()
        return False
    return _is_the_file_at(path, handle)


def _refusal(subject: str | Path, holder: Holder | None, hint: str = "") -> InputError:
    who = "another process is at work on it" if holder is None else str(holder)
    return InputError(f"{subject}: {who}; wait until it is done, or stop it{hint}")


def _is_the_file_at(path: Path, handle: int) -> bool:
    try:
        there = os.stat(path)
    except FileNotFoundError:
        return False
    return os.path.samestat(there, os.fstat(handle))


def _sign(handle: int) -> None:
    """Write down who holds the lock; on a full disk it is held without that."""
    since = datetime.now().isoformat(sep=" ", timespec="seconds")
    holder = Holder(os.getpid(), socket.gethostname(), since, _start_of(os.getpid()))
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps(asdict(holder)).encode(), 0)


def _holder(handle: int) -> Holder | None:
    try:
        content: Any = json.loads(os.pread(handle, _LARGEST_NOTE, 0))
        holder = Holder(**content)
    except (OSError, RecursionError, TypeError, ValueError):
        return None
    kinds = (int, str, str)
    values = (holder.pid, holder.host, holder.since)
    good = all(type(value) is kind for value, kind in zip(values, kinds, strict=True))
    printable = good and holder.host.isprintable() and holder.since.isprintable()
    return holder if printable and 0 < holder.pid < 1 << 31 else None


def _start_of(pid: int) -> int | None:
    try:
        # The name in parentheses may hold anything; the start is the 20th field after it.
        return int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[19])
    except (OSError, IndexError, ValueError):
        return None
