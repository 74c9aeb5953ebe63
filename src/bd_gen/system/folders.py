"""Writing a folder so that a killed run leaves the old one or the new one, never a mixture."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bd_gen.system.errors import InputError


@contextmanager
def replacing_folder(folder: Path, is_ours: Callable[[Path], bool]) -> Iterator[Path]:
    """A new folder to write to, which takes the place of `folder` only when all went well.

    It lies beside `folder` under a temporary name and is renamed at the end. What `folder` held
    before and is not ours is moved to its place in the new one. Only for who holds a lock on
    `folder`: what a killed run left beside it is put right or removed first.

    Args:
        folder: made if it is missing.
        is_ours: does the file at this path, relative to `folder`, belong to what is replaced?

    Raises:
        InputError: `folder` cannot be replaced as a whole, or not be written.
    """
    folder = folder.absolute()
    if folder.is_symlink():
        folder = folder.resolve()
    check_replaceable(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        put_right(folder, is_ours)
        new = Path(tempfile.mkdtemp(dir=folder.parent, prefix=_prefix(folder), suffix=_NEW))
        umask = os.umask(0)
        os.umask(umask)
        new.chmod(0o777 & ~umask)  # mkdtemp makes private folders
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        yield new
        _put_in_place(folder, new, is_ours)
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)


def check_replaceable(folder: Path) -> None:
    """Can this folder be renamed? Said before the work is done.

    Raises:
        InputError: it is the current folder or one above it, or a disk of its own.
    """
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    place = folder.resolve()
    if place == Path.cwd() or place in Path.cwd().parents or os.path.ismount(place):
        raise InputError(
            f"{folder}: is replaced as a whole, which the current folder, one above it, or a disk "
            "of its own cannot be; take a folder in it"
        )


_NEW, _OLD = ".new.tmp", ".old.tmp"


def _prefix(folder: Path) -> str:
    return f".{folder.name}."


def _put_in_place(folder: Path, new: Path, is_ours: Callable[[Path], bool]) -> None:
    old = folder.parent / f"{_prefix(folder)}{_OLD.lstrip('.')}"
    if folder.is_dir():
        folder.rename(old)
    new.rename(folder)
    _move_others(old, folder, is_ours)


def put_right(folder: Path, is_ours: Callable[[Path], bool]) -> None:
    """Undo or finish what was under way when a run was killed; only for who holds the lock.

    Args:
        folder: as `replacing_folder`, which begins with this.
        is_ours: as there.

    Raises:
        OSError: something cannot be moved.
    """
    old = folder.parent / f"{_prefix(folder)}{_OLD.lstrip('.')}"
    if old.is_dir() and not folder.exists():
        old.rename(folder)  # killed between the two names
    _move_others(old, folder, is_ours)
    for left in folder.parent.glob(f"{_prefix(folder)}*{_NEW}"):
        shutil.rmtree(left, ignore_errors=True)


def _move_others(old: Path, folder: Path, is_ours: Callable[[Path], bool]) -> None:
    """Move what is not ours out of the old folder, and remove the rest."""
    if not old.is_dir():
        return
    for file in sorted(old.rglob("*")):
        place = file.relative_to(old)
        if (file.is_symlink() or not file.is_dir()) and not is_ours(place):
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            if not (folder / place).exists():
                file.rename(folder / place)
    shutil.rmtree(old)


def _unwritable(folder: Path, error: OSError) -> InputError:
    return InputError(f"{folder}: cannot be written ({error.strerror or error})")
