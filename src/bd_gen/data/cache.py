"""Plan tables on disk: `.npz` without pickle, named by what determines their content."""

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from bd_gen.data.plan_table import PlanTable
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.tokens import is_well_formed
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.diagrams.words import Words
from bd_gen.system.errors import InputError
from bd_gen.system.files import check_file, write_with

CACHE_VERSION = 1
"""Part of every key; raise it when reading a source gives other arrays than before."""

_MOST_FILES = 1_000_000

CLASSES = ("groups", "diagram_classes", "twin_classes")
"""Properties of a table that take long to work out; every file has the first."""


def cache_key(content: dict[str, object]) -> str:
    """32 hex digits of what determines a table; equal content, equal key."""
    text = json.dumps({"cache_version": CACHE_VERSION, **content}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def file_hash(path: str | Path) -> str:
    """sha256 of a file's bytes, in hex.

    Raises:
        InputError: the file is missing or cannot be read.
    """
    try:
        check_file(path, "expected a file, got a folder or a device")
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error


def content_hash(path: str | Path) -> str:
    """As `file_hash`; of a folder that of the names and bytes of all files in it.

    Raises:
        InputError: it is missing or cannot be read, or holds more than a million files.
    """
    if not Path(path).is_dir():
        return file_hash(path)
    files = list(islice((file for file in Path(path).rglob("*") if file.is_file()), _MOST_FILES))
    if len(files) == _MOST_FILES:
        raise InputError(f"{path}: expected under {_MOST_FILES:,} files")
    digest = hashlib.sha256()
    for name, file in sorted((file.relative_to(path).as_posix(), file) for file in files):
        digest.update(f"{name}\0{file_hash(file)}\n".encode())
    return digest.hexdigest()


def load_or_make(
    folder: Path,
    name: str,
    n_max: int | None,
    make: Callable[[], PlanTable],
    words: Words = RPLAN,
    classes: Sequence[str] = CLASSES,
) -> PlanTable:
    """The table stored as `folder/name.npz`, or else `make()`, which is then stored.

    A file that is damaged, or not what it should be, is made again without a word. A cache that
    cannot be written to is done without, too: it only saves time. Classes that a file lacks are
    added to it.

    Args:
        folder: of the cache.
        name: of the file in it.
        n_max: most rooms of a plan; None: as many as the largest has.
        make: makes the table.
        words: what tokens mean.
        classes: those of `CLASSES` that will be asked for, the first among them.
    """
    path = folder / f"{name}.npz"
    rows = None if n_max is None else Vocabulary(n_max, words)
    table = stored_table(path, rows, words)
    if table is not None and all(name in table.__dict__ for name in classes):
        return table
    if table is None:
        table = make()
    for name in classes:
        getattr(table, name)
    with suppress(InputError):
        store_table(path, table)
    return table


def store_table(path: Path, table: PlanTable) -> None:
    """Write a table as arrays, with those of `CLASSES` that are worked out.

    Raises:
        InputError: the file cannot be written.
    """
    write_with(path, lambda file: np.savez(file, **_arrays(table)))


def _arrays(table: PlanTable) -> dict[str, Any]:
    boxes = table.boxes
    small = boxes.astype(np.int16)
    return {
        "room_types": table.room_types,
        "num_rooms": table.num_rooms.astype(np.uint8),
        # Whole pixels, the usual case, take half the room.
        "boxes": small if np.array_equal(small, boxes) else boxes,
        "has_boxes": table.has_boxes,
        "relations": table.relations,
        "ids": np.char.encode(table.ids, "utf-8") if len(table) else np.zeros(0, "S1"),
        "groups": table.groups,
        **{
            name: getattr(table, name).astype(np.int32)
            for name in CLASSES[1:]
            if name in table.__dict__
        },
        "notes": np.frombuffer(json.dumps(table.notes).encode(), np.uint8),
    }


def stored_table(path: Path, rows: Vocabulary | None, words: Words = RPLAN) -> PlanTable | None:
    """The stored table, or None if there is none or it is not what it should be."""
    if not path.is_file():
        return None
    try:
        # Opened here, as numpy leaves a damaged file open.
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        table = PlanTable(
            room_types=arrays["room_types"],
            num_rooms=arrays["num_rooms"].astype(np.int64),
            boxes=arrays["boxes"].astype(np.float32),
            has_boxes=arrays["has_boxes"],
            relations=arrays["relations"],
            ids=np.char.decode(arrays["ids"], "utf-8"),
            vocabulary=rows or Vocabulary(arrays["room_types"].shape[1], words),
            notes=tuple(json.loads(arrays["notes"].tobytes())),
        )
        classes = {name: arrays[name] for name in CLASSES if name in arrays}
        if "groups" not in classes or not _is_sound(table, classes):
            return None
    except Exception:
        # numpy and zipfile answer damage with a dozen kinds of errors, MemoryError among them;
        # whatever it is, the remedy is the same.
        return None
    # saves working them out again
    table.__dict__.update({name: of.astype(np.int64) for name, of in classes.items()})
    return table


def _is_sound(table: PlanTable, classes: dict[str, np.ndarray]) -> bool:
    """Do the arrays fit together, so that nothing later can go wrong?"""
    v, n = table.vocabulary, len(table)
    shapes = {
        "room_types": (n, v.n_max),
        "num_rooms": (n,),
        "boxes": (n, v.n_max, 4),
        "has_boxes": (n,),
        "relations": (n, v.num_edges),
        "ids": (n,),
    }
    if any(getattr(table, name).shape != shape for name, shape in shapes.items()):
        return False
    if n == 0:
        return False
    for of in classes.values():
        if of.dtype.kind != "i" or of.shape != (n,) or of.min() < 0 or of.max() >= n:
            return False
    if not 1 <= table.num_rooms.min() <= table.num_rooms.max() <= v.n_max:
        return False
    stored = np.concatenate([table.room_types, table.relations], axis=1)
    is_whole = stored.dtype == np.uint8 and np.array_equal(stored, table.tokens)
    return is_whole and bool(is_well_formed(table.tokens, v).all())
