"""Training, validation and test: 80/10/10 of the distinct plans."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Split:
    """Row indices of the three parts, ascending; together every row once."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def split_plans(groups: np.ndarray, seed: int) -> Split:
    """Split plans so that identical ones are on one side.

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
