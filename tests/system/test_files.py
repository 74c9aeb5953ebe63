import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bd_gen.system import files
from bd_gen.system.errors import InputError
from bd_gen.system.files import read_small, remove_leftovers, replacing, write_text, write_with


def test_writes_and_makes_folders(tmp_path: Path):
    path = tmp_path / "a" / "b" / "note.txt"
    write_text(path, "zwölf m²\n")
    assert path.read_bytes() == "zwölf m²\n".encode()
    write_with(path, lambda file: file.write(b"\x00\xff"))
    assert path.read_bytes() == b"\x00\xff"
    assert os.listdir(path.parent) == ["note.txt"]


def test_the_old_file_stays_until_the_new_one_is_complete(tmp_path: Path):
    path = tmp_path / "x.json"
    write_text(path, "old")
    with replacing(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_text() == "old"
    assert path.read_text() == "new"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("existed", [True, False])
def test_an_interrupted_write_changes_nothing(tmp_path: Path, error: type, existed: bool):
    path = tmp_path / "x.json"
    if existed:
        write_text(path, "old")

    def half() -> None:
        with replacing(path) as file:
            file.write(b"half")
            raise error

    with pytest.raises(error):
        half()
    assert os.listdir(tmp_path) == (["x.json"] if existed else [])
    assert not existed or path.read_text() == "old"


@pytest.mark.parametrize("function", ["fsync", "chmod", "replace"])
def test_whatever_fails_leaves_no_temporary_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str
):
    path = tmp_path / "x.json"
    write_text(path, "old")

    def full_disk(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    owner = files.os if function == "fsync" else Path
    monkeypatch.setattr(owner, function, full_disk)
    with pytest.raises(InputError, match=r"x\.json: cannot be written \(No space left on device\)"):
        write_text(path, "new")
    assert os.listdir(tmp_path) == ["x.json"]
    assert path.read_text() == "old"


@pytest.fixture
def at_most_64_kib() -> Iterator[None]:
    """Files of this process cannot grow beyond 64 KiB, as on a full disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.usefixtures("at_most_64_kib")
def test_a_disk_that_is_full_in_mid_write(tmp_path: Path):
    path = tmp_path / "samples.pt"
    write_text(path, "old")
    with pytest.raises(InputError) as raised:
        write_with(path, lambda file: file.write(bytes(1024 * 1024)))
    assert str(raised.value) == f"{path}: cannot be written (File too large)"
    assert os.listdir(tmp_path) == ["samples.pt"]
    assert path.read_text() == "old"


def test_a_killed_process_leaves_the_old_file(tmp_path: Path):
    path = tmp_path / "x.json"
    write_text(path, "old")
    program = (
        "import os, signal, sys\n"
        "from bd_gen.system.files import replacing\n"
        "with replacing(sys.argv[1]) as file:\n"
        "    file.write(b'half'); file.flush()\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_text() == "old"


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_the_mode_is_that_of_any_new_file(tmp_path: Path, umask: int):
    previous = os.umask(umask)
    try:
        write_text(tmp_path / "x", "")
        (tmp_path / "plain").touch()
    finally:
        os.umask(previous)
    assert (tmp_path / "x").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_places_that_cannot_be_written(tmp_path: Path):
    (tmp_path / "file").touch()
    (tmp_path / "folder" / "full").mkdir(parents=True)
    for path in (
        tmp_path / "file" / "x.json",
        tmp_path / "folder",
        tmp_path / ("x" * 300),
        "/proc/nothing/x.json",
    ):
        with pytest.raises(InputError, match="cannot be written") as raised:
            write_text(path, "new")
        assert str(raised.value).startswith(f"{path}: ")
        assert "\n" not in str(raised.value)
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]


def test_errors_for_people_pass_through(tmp_path: Path):
    def fails(_: object) -> None:
        raise InputError("other.json: rooms: expected a list, got 3")

    with pytest.raises(InputError, match=r"^other\.json: rooms"):
        write_with(tmp_path / "x", fails)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_who_asks_to_end_waits_until_the_file_is_whole(tmp_path: Path, how: signal.Signals) -> None:
    code = (
        "import os, sys, time\n"
        "from bd_gen.system.files import write_with\n"
        "def slowly(file):\n"
        "    print('writing', flush=True)\n"
        "    time.sleep(0.3)\n"
        "    file.write(b'whole')\n"
        "write_with(sys.argv[1], slowly)\n"
        "time.sleep(60)"
    )
    path = tmp_path / "a"
    command = [sys.executable, "-c", code, str(path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as started:
        assert started.stdout.readline() == "writing\n"
        started.send_signal(how)
        assert started.wait(30) != 0
    assert path.read_bytes() == b"whole"
    assert list(tmp_path.iterdir()) == [path]


def test_what_killed_writers_left_is_removed_and_nothing_else(tmp_path: Path):
    path = tmp_path / "x.json"
    write_text(path, "whole")
    others = [".x.json.lock", ".y.json.abc.tmp", "x.json.tmp"]
    for name in (".x.json.abc.tmp", ".x.json.def.tmp", *others):
        (tmp_path / name).touch()
    remove_leftovers(path)
    assert sorted(os.listdir(tmp_path)) == sorted([*others, "x.json"])
    remove_leftovers(tmp_path / "nowhere" / "x.json")


_WRITER = """
import sys
from bd_gen.system.files import replacing
with replacing(sys.argv[1]) as file:
    file.write(b"half")
    file.flush()
    print("half", flush=True)
    sys.stdin.read()
"""


def test_what_a_killed_writer_left_goes_with_the_next_write_and_a_living_one_stays(tmp_path: Path):
    path, other = tmp_path / "x.json", tmp_path / "y.json"
    command = [sys.executable, "-c", _WRITER]
    writers = [
        subprocess.Popen([*command, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for file in (path, path, other)
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"half\n"
    dead, living, elsewhere = writers
    for writer in (dead, elsewhere):
        writer.kill()
        writer.communicate()
    assert len(os.listdir(tmp_path)) == 3
    write_text(path, "new")
    names = sorted(os.listdir(tmp_path))
    assert [name[:7] for name in names] == [".x.json", ".y.json", "x.json"]  # not its own: y's
    living.communicate()
    assert living.returncode == 0
    assert path.read_text() == "half"
    assert sorted(os.listdir(tmp_path)) == names[1:]


def test_a_new_file_that_is_taken_for_a_dead_one_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path, made = tmp_path / "x.json", []
    original = files.tempfile.mkstemp

    def mkstemp(**options: object) -> tuple[int, str]:
        handle, name = original(**options)
        made.append(name)
        if len(made) == 1:  # as another process would, between its making and its locking
            os.unlink(name)
        return handle, name

    monkeypatch.setattr(files.tempfile, "mkstemp", mkstemp)
    write_text(path, "new")
    assert len(made) == 2
    assert path.read_text() == "new"
    assert os.listdir(tmp_path) == ["x.json"]


def test_without_locks_files_are_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def no_locks(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(files.fcntl, "flock", no_locks)
    leftover = tmp_path / ".x.json.1.tmp"
    leftover.write_text("perhaps somebody writes it")
    write_text(tmp_path / "x.json", "new")
    assert (tmp_path / "x.json").read_text() == "new"
    assert leftover.exists()


def test_only_names_that_can_be_shown(tmp_path: Path):
    files.check_name(tmp_path / "Grundriß 1.json")
    for name in ("a\nb", "a\x1b[31m", "a\udcff"):
        with pytest.raises(InputError, match="cannot be shown"):
            files.check_name(tmp_path / name)


def test_a_small_file_is_read_and_a_larger_one_refused(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    assert read_small(path, 5, "expected less") == b"12345"
    with pytest.raises(InputError, match=r"a: expected less$"):
        read_small(path, 4, "expected less")


def test_what_is_no_small_file_is_one_line(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path, message in ((pipe, "is not a file"), (tmp_path, "is not a file")):
        with pytest.raises(InputError, match=message):
            read_small(path, 9, "")
    with pytest.raises(InputError, match=r"nothing: cannot be read \(No such file"):
        read_small(tmp_path / "nothing", 9, "")


def test_a_pipe_a_folder_and_a_large_file_are_refused(tmp_path: Path) -> None:
    files.check_file(tmp_path / "missing")
    small = tmp_path / "small"
    small.write_bytes(b"12345")
    files.check_file(small, largest=5)
    with pytest.raises(InputError, match=r"small: expected less$"):
        files.check_file(small, "expected less", largest=4)
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "."):
        with pytest.raises(InputError, match="is not a file"):
            files.check_file(tmp_path / name)
