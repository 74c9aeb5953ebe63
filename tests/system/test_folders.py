"""A folder is the old one or the new one, whenever its writer is killed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bd_gen.system.errors import InputError
from bd_gen.system.folders import check_replaceable, put_right, replacing_folder

_WRITE = """
import os, sys
from pathlib import Path
from bd_gen.system.folders import replacing_folder

left = int(sys.argv[2])

def count(before):
    def counted(*args, **kwargs):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), 9)
        return before(*args, **kwargs)
    return counted

for name in ("rename", "replace", "mkdir", "rmdir", "unlink"):
    setattr(os, name, count(getattr(os, name)))
with replacing_folder(Path(sys.argv[1]), lambda place: place.suffix == ".ours") as new:
    (new / "in").mkdir()
    for name in ("a.ours", "in/b.ours"):
        (new / name).write_text("new")
"""


def ours(place: Path) -> bool:
    return place.suffix == ".ours"


def old_folder(folder: Path) -> dict[str, str]:
    for name in ("a.ours", "c.ours", "in/d.ours", "notes.txt", "in/more.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("old")
    return contents(folder)


def contents(folder: Path) -> dict[str, str]:
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {file.relative_to(folder).as_posix(): file.read_text() for file in files}


def own(found: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in found.items() if ours(Path(name))}


def write(folder: Path) -> None:
    with replacing_folder(folder, ours) as new:
        (new / "in").mkdir()
        for name in ("a.ours", "in/b.ours"):
            (new / name).write_text("new")


NEW = {"a.ours": "new", "in/b.ours": "new"}
OTHERS = {"notes.txt": "old", "in/more.txt": "old"}


@pytest.mark.parametrize("is_there", [False, True])
def test_a_folder_is_replaced_and_what_is_not_ours_stays(tmp_path: Path, is_there: bool) -> None:
    folder = tmp_path / "deep" / "plans"
    if is_there:
        old_folder(folder)
    write(folder)
    assert contents(folder) == NEW | (OTHERS if is_there else {})
    assert [path.name for path in folder.parent.iterdir()] == ["plans"]
    umask = os.umask(0)
    os.umask(umask)
    assert folder.stat().st_mode & 0o777 == 0o777 & ~umask


def test_killed_at_any_step_it_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    ends = []
    for step in range(60):
        folder = tmp_path / str(step) / "plans"
        old = own(old_folder(folder))
        done = subprocess.run([sys.executable, "-c", _WRITE, str(folder), str(step)], check=False)
        if step % 2:  # who only looks for what is there finds all of it as well
            put_right(folder.absolute(), ours)
            assert contents(folder) in (old | OTHERS, NEW | OTHERS), step
        if folder.is_dir():
            ends.append(own(contents(folder)))
            assert ends[-1] in (old, NEW), step
        write(folder)  # the same command goes on
        assert contents(folder) == NEW | OTHERS, step
        assert [path.name for path in folder.parent.iterdir()] == ["plans"], step
        if done.returncode == 0:
            break
    assert done.returncode == 0
    assert old in ends


def test_a_failure_leaves_the_old_folder(tmp_path: Path) -> None:
    before = old_folder(tmp_path / "plans")

    def stopped(folder: Path) -> None:
        with replacing_folder(folder, ours) as new:
            (new / "a.ours").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped(tmp_path / "plans")
    assert contents(tmp_path / "plans") == before
    assert [path.name for path in tmp_path.iterdir()] == ["plans"]


def test_a_link_to_a_folder_stays_one(tmp_path: Path) -> None:
    old_folder(tmp_path / "real")
    (tmp_path / "plans").symlink_to("real")
    write(tmp_path / "plans")
    assert (tmp_path / "plans").is_symlink()
    assert contents(tmp_path / "real") == NEW | OTHERS


@pytest.mark.parametrize("place", [".", ".."])
def test_the_current_folder_is_refused(
    tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "file").touch()
    monkeypatch.chdir(tmp_path / "in")
    with pytest.raises(InputError, match="is replaced as a whole, which the current folder"):
        check_replaceable(Path(place))


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="plans: cannot be written"):
        write(tmp_path / "file" / "plans")
