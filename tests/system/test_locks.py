import errno
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bd_gen.system import locks
from bd_gen.system.errors import InputError
from bd_gen.system.locks import Holder, locked, one_at_a_time

HOLD = (
    "import sys\n"
    "from bd_gen.system.locks import locked\n"
    "with locked(sys.argv[1], 'the samples'):\n"
    "    print('held', flush=True)\n"
    "    sys.stdin.read()\n"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sub" / ".method.lock"


@pytest.fixture
def elsewhere(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until its input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def is_free(path: Path) -> bool:
    try:
        with locked(path, "it"):
            return True
    except InputError:
        return False


def test_nothing_is_left(path: Path):
    with locked(path, "the samples"):
        assert os.listdir(path.parent) == [path.name]
    assert os.listdir(path.parent) == []
    assert is_free(path)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_it_ends_with_the_context_however_that_ends(path: Path, error: type[BaseException]):
    def fail() -> None:
        with locked(path, "it"):
            raise error

    with pytest.raises(error):
        fail()
    assert is_free(path)


def test_the_message_says_who_and_since_when(path: Path, elsewhere: subprocess.Popen[str]):
    with pytest.raises(InputError) as raised, locked(path, "runs/a"):
        pass
    since = json.loads(path.read_text())["since"]
    assert str(raised.value) == (
        f"runs/a: process {elsewhere.pid} on host {socket.gethostname()} has been at work on it "
        f"since {since}; wait until it is done, or stop it"
    )
    assert path.exists()


def test_it_is_free_when_the_other_is_done(path: Path, elsewhere: subprocess.Popen[str]):
    assert not is_free(path)
    elsewhere.communicate("")
    assert not path.exists()
    assert is_free(path)


def test_a_killed_holder_holds_nothing(path: Path, elsewhere: subprocess.Popen[str]):
    elsewhere.send_signal(signal.SIGKILL)
    elsewhere.wait()
    assert path.exists()  # what it left behind
    assert is_free(path)
    assert not path.exists()


def test_two_threads_are_two(path: Path):
    found: list[bool] = []
    with locked(path, "it"):
        thread = threading.Thread(target=lambda: found.append(is_free(path)))
        thread.start()
        thread.join()
    assert found == [False]


def test_a_file_that_was_removed_meanwhile_is_not_the_lock(
    path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Its holder leaves, and a third process comes, between our opening and our locking."""
    lock, others = fcntl.flock, []

    def late(handle: int, operation: int) -> None:
        if not others:
            path.unlink()
            others.append(path.open("wb"))
            lock(others[0], fcntl.LOCK_EX)
        lock(handle, operation)

    monkeypatch.setattr(locks.fcntl, "flock", late)
    assert not is_free(path)
    others[0].close()
    assert is_free(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[" * 4000,
        b"[]",
        b'{"pid": "x", "host": 1, "since": null}',
        b'{"pid": 1, "host": "a\\nb", "since": "now"}',
        b'{"pid": -1, "host": "a", "since": "now"}',
    ],
)
def test_a_holder_who_left_no_name(path: Path, content: bytes):
    path.parent.mkdir()
    path.write_bytes(content)
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(InputError) as raised, locked(path, "it"):
            pass
    assert str(raised.value) == (
        "it: another process is at work on it; wait until it is done, or stop it"
    )
    assert is_free(path)


def test_a_place_where_no_lock_can_be_made(tmp_path: Path):
    (tmp_path / "file").touch()
    with (
        pytest.raises(InputError, match=r"^runs/a: cannot be written"),
        locked(tmp_path / "file" / "lock", "runs/a"),
    ):
        pass


def test_a_link_leads_nowhere(tmp_path: Path):
    """A folder from elsewhere must not make us write to a file outside of it."""
    (tmp_path / "precious").write_text("old")
    (tmp_path / "lock").symlink_to(tmp_path / "precious")
    with pytest.raises(InputError, match="cannot be written"), locked(tmp_path / "lock", "it"):
        pass
    assert (tmp_path / "precious").read_text() == "old"


def test_a_full_disk_takes_the_name_of_the_holder_only(path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(locks.os, "pwrite", full)
    with locked(path, "it"):
        assert not is_free(path)
    assert is_free(path)


# ---------------------------------------------------------------- no locks on this file system


@pytest.fixture
def no_flock(monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(locks.fcntl, "flock", unsupported)


@pytest.mark.usefixtures("no_flock")
def test_then_the_file_is_the_lock(path: Path):
    with locked(path, "it"):
        assert not is_free(path)
    assert not path.exists()
    assert is_free(path)


def left_behind(path: Path, **changes: object) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    content = {"pid": gone.pid, "host": socket.gethostname(), "since": "2024-05-01 09:00:00"}
    path.parent.mkdir()
    path.write_text(json.dumps({**content, "started": 12, **changes}))


@pytest.mark.usefixtures("no_flock")
@pytest.mark.parametrize("changes", [{}, {"started": None}, {"pid": os.getpid()}])
def test_the_file_of_a_process_that_is_gone_is_stale(path: Path, changes: dict[str, object]):
    """The last one: a later process has its number."""
    left_behind(path, **changes)
    assert is_free(path)


@pytest.mark.usefixtures("no_flock")
def test_the_file_of_another_machine_may_not_be(path: Path):
    left_behind(path, host="elsewhere")
    with pytest.raises(InputError) as raised, locked(path, "runs/a"):
        pass
    message = str(raised.value)
    assert " on host elsewhere has been at work on it since 2024-05-01 09:00:00;" in message
    assert message.endswith(f"; if it runs no more, delete {path}")
    path.unlink()
    assert is_free(path)


@pytest.mark.usefixtures("no_flock")
def test_an_unsigned_file_is_not_taken_for_stale(path: Path):
    path.parent.mkdir()
    path.touch()
    assert not is_free(path)


def test_whether_a_holder_is_gone():
    here = socket.gethostname()
    mine = Holder(os.getpid(), here, "now", locks._start_of(os.getpid()))
    assert mine.started is not None
    assert not mine.is_gone
    assert not Holder(os.getpid(), here, "now").is_gone
    assert Holder(os.getpid(), here, "now", 1).is_gone
    assert not Holder(os.getpid(), "elsewhere", "now", 1).is_gone
    assert not Holder(1, here, "now").is_gone  # somebody else's, perhaps


def test_one_comes_after_the_other(path: Path):
    order: list[str] = []

    def second() -> None:
        with one_at_a_time(path):
            order.append("second")

    waiting = threading.Thread(target=second)
    with one_at_a_time(path):
        waiting.start()
        waiting.join(0.3)
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]


def test_without_a_folder_or_locks_it_goes_on(path: Path, monkeypatch: pytest.MonkeyPatch):
    path.parent.write_text("a file where a folder should be")
    with one_at_a_time(path):
        pass

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with one_at_a_time(path.parent.with_name("free") / "lock"):
        pass
