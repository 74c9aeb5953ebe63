"""Training, validation and test: alike plans on one side, or split as published."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bd_gen.system.errors import InputError
from bd_gen.system.files import check_pointer

SPLITS = ("canonical", "identical", "disjoint", "graph2plan", "published")
"""Ways to split plans; `DataConfig.split` names one of them."""

UNRECORDED_SPLIT = "identical"
"""What split files mean that were written before there was a choice."""


@dataclass(frozen=True, eq=False)
class Split:
    """Row indices of the three parts, ascending; no row twice.

    Every row is in one of them, but for those that are in neither of two published lists.
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray

    @property
    def parts(self) -> dict[str, np.ndarray]:
        """The parts by the names that people read."""
        return {"training": self.train, "validation": self.validation, "test": self.test}


def split_plans(groups: np.ndarray, seed: int) -> Split:
    """The split `identical`: identical plans are on one side.

    Distinct plans are permuted with `numpy.random.default_rng(seed)`; a tenth of them (rounded
    down) is the test part, a tenth validation, the rest training. Fewer than ten distinct plans
    therefore give empty validation and test parts; training is never empty.

    Args:
        groups: (N,) which distinct plan each row is, as `PlanTable.groups`.
        seed: of the permutation.
    """
    num_distinct = int(groups.max()) + 1 if len(groups) else 0
    tenth = num_distinct // 10
    place = np.empty(num_distinct, np.int64)
    place[np.random.default_rng(seed).permutation(num_distinct)] = np.arange(num_distinct)
    place_of_row = place[groups]
    first_validation = num_distinct - 2 * tenth
    first_test = num_distinct - tenth
    return Split(
        train=np.flatnonzero(place_of_row < first_validation),
        validation=np.flatnonzero((place_of_row >= first_validation) & (place_of_row < first_test)),
        test=np.flatnonzero(place_of_row >= first_test),
    )


def split_classes(classes: np.ndarray, seed: int) -> Split:
    """The splits `canonical` and `disjoint`: classes are on one side, large ones dealt out evenly.

    Some classes hold many plans. They are permuted and sorted by size, largest first, and of
    every ten that follow one another one goes to test, one to validation and eight to training,
    at random (`numpy.random.default_rng(seed)`). So each class has the same probability to be
    held out, and the held-out plans follow the law of the training plans in expectation; and as
    each part has its share of the large classes, it has about its share of the plans. What is
    left of ten goes to training: fewer than ten classes give empty validation and test parts;
    training is never empty.

    Args:
        classes: (N,) class of each row, as `PlanTable.diagram_classes` (canonical) or
            `PlanTable.twin_classes` (disjoint).
        seed: of the permutations.
    """
    sizes = np.bincount(classes)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(sizes))
    order = order[np.argsort(-sizes[order], kind="stable")]
    tens = rng.permuted(order[: len(order) // 10 * 10].reshape(-1, 10), axis=1)
    part = np.zeros(len(sizes), np.uint8)
    part[tens[:, 0]], part[tens[:, 1]] = 2, 1
    part_of_row = part[classes]
    return Split(*(np.flatnonzero(part_of_row == k) for k in range(3)))


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


def split_in_file_order(num_plans: int, seed: int) -> Split:
    """The split `published`: `torch.randperm` over the plans in the order of their file.

    The first 80 % (rounded down) of the permutation are training, the next 10 % (rounded down)
    validation, the rest test. Nothing keeps identical plans together. Of the 80,788 plans of
    RPLAN, 64,630 are for training.

    Args:
        num_plans: N.
        seed: as given to `torch.Generator().manual_seed`; the published one is 42.
    """
    order = torch_permutation(num_plans, seed)
    num_train, num_validation = num_plans * 8 // 10, num_plans // 10
    cuts = (num_train, num_train + num_validation)
    train, validation, test = (np.sort(part) for part in np.split(order, cuts))
    return Split(train, validation, test)


def torch_permutation(n: int, seed: int) -> np.ndarray:
    """(n,) int64: `torch.randperm(n, generator=torch.Generator().manual_seed(seed))` on the CPU.

    Torch takes the 32-bit numbers of the Mersenne Twister (Matsumoto and Nishimura 1998), seeded
    with the seed's lower 32 bits, and swaps place i with place i + number % (n - i), i ascending.
    Above 2^32 / 20 places it takes 64-bit numbers, which is not done here; files hold fewer plans.
    """
    twister = np.random.RandomState(seed & 0xFFFFFFFF)
    numbers = twister.randint(0, 1 << 32, size=max(n - 1, 0), dtype=np.uint32)
    order = list(range(n))
    for i, number in enumerate(numbers.tolist()):
        j = i + number % (n - i)
        order[i], order[j] = order[j], order[i]
    return np.array(order, np.int64)
