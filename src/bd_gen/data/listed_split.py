"""Splits that were published as lists of ids: Graph2Plan's `train.txt` and `test.txt`."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bd_gen.data.splits import Split
from bd_gen.system.errors import InputError
from bd_gen.system.files import check_pointer

TRAIN, TEST = "train.txt", "test.txt"
_MOST_BYTES = 64 << 20


@dataclass(frozen=True)
class IdLists:
    """Which plans are for training and which for testing.

    Attributes:
        train: ids, each once.
        test: ids, each once, none of them in `train`.
        folder: where they were read, for messages.
    """

    train: tuple[str, ...]
    test: tuple[str, ...]
    folder: Path


def read_id_lists(path: str | Path) -> IdLists:
    """Read `train.txt` and `test.txt`, one id a line.

    Args:
        path: the folder of the two files, or one of them.

    Raises:
        InputError: one is missing, unreadable or holds no id, or an id is in both.
    """
    path = Path(path)
    if not path.is_dir():
        if path.name not in (TRAIN, TEST):
            raise InputError(
                f"data.split_file: {path}: expected the folder that holds {TRAIN} and {TEST}, "
                "or one of the two"
            )
        path = path.parent
    train, test = (_read_ids(path / name) for name in (TRAIN, TEST))
    both = sorted(set(train) & set(test))
    if both:
        raise InputError(
            f"data.split_file: {path}: {len(both):,} ids are in {TRAIN} and in {TEST}, "
            f"{both[0]!r} for one"
        )
    return IdLists(train, test, path)


def _read_ids(path: Path) -> tuple[str, ...]:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise InputError(f"data.split_file: {path}: larger than {_MOST_BYTES >> 20} MB")
        check_pointer(path, content)
        lines = content.decode("utf-8-sig").splitlines()
    except OSError as error:
        raise InputError(
            f"data.split_file: {path}: cannot be read ({error.strerror or error})"
        ) from error
    except UnicodeDecodeError:
        raise InputError(f"data.split_file: {path}: expected one id a line, not UTF-8") from None
    ids = tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))
    if not ids:
        raise InputError(f"data.split_file: {path}: expected one id a line, the file is empty")
    return ids


def split_by_lists(
    ids: np.ndarray, lists: IdLists, seed: int, source: str
) -> tuple[Split, tuple[str, ...]]:
    """The split `graph2plan`: as listed, with a tenth of the training ids for validation.

    The ids of `train.txt` are sorted and permuted with `numpy.random.default_rng(seed)`; the
    first tenth (rounded down) is for validation. So a plan's part does not depend on what other
    plans there are. Plans whose id is in neither list are left out of all parts.

    Args:
        ids: (N,) text, the plans' ids.
        lists: the published lists.
        seed: of the permutation.
        source: what to call the plans in messages.

    Returns:
        The split, and sentences on plans left out and ids without a plan.

    Raises:
        InputError: no plan is listed, or none for training.
    """
    listed = sorted(lists.train)
    order = np.random.default_rng(seed).permutation(len(listed))
    part_of = {listed[k]: 1 if place < len(listed) // 10 else 0 for place, k in enumerate(order)}
    part_of.update((name, 2) for name in lists.test)
    part = np.array([part_of.get(name, -1) for name in ids.tolist()], np.int64)
    split = Split(*(np.flatnonzero(part == k) for k in range(3)))
    left_out = int((part < 0).sum())
    if left_out == len(ids):
        raise InputError(
            f"data.split: none of the {len(ids):,} plans of {source} has an id in {lists.folder} "
            f"(ids there are like {lists.train[0]!r}, those of the plans like {str(ids[0])!r})"
        )
    if not len(split.train):
        raise InputError(f"data.split: no plan of {source} is in {lists.folder / TRAIN}")
    missing = len(part_of) - (len(ids) - left_out)
    notes = []
    if left_out:
        notes.append(
            f"{left_out:,} of {len(ids):,} plans are in neither {TRAIN} nor {TEST} and are left out"
        )
    if missing:
        notes.append(f"{missing:,} of {len(part_of):,} listed ids are not among the plans")
    return split, tuple(notes)
