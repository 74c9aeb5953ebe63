"""Training, validation and test: about 80/10/10 of the plans, alike ones on one side."""

from dataclasses import dataclass

import numpy as np

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
