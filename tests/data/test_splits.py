import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.data.splits import split_plans


@given(st.lists(st.integers(0, 60), min_size=1, max_size=300), st.integers(0, 10))
def test_parts_are_disjoint_complete_and_keep_identical_plans_together(
    classes: list[int], seed: int
) -> None:
    groups = np.unique(classes, return_inverse=True)[1].reshape(-1)
    split = split_plans(groups, seed)
    parts = (split.train, split.validation, split.test)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(groups)))
    sides = [set(groups[part].tolist()) for part in parts]
    assert not sides[0] & sides[1]
    assert not sides[0] & sides[2]
    assert not sides[1] & sides[2]
    tenth = len(set(classes)) // 10
    assert [len(side) for side in sides] == [len(set(classes)) - 2 * tenth, tenth, tenth]


def test_training_is_never_empty() -> None:
    for n in range(1, 12):
        split = split_plans(np.arange(n), 42)
        assert len(split.train) > 0
        assert len(split.test) == len(split.validation) == n // 10


def test_the_seed_decides() -> None:
    groups = np.arange(1000)
    once, again, other = (split_plans(groups, seed).test for seed in (42, 42, 43))
    assert once.tolist() == again.tolist()
    # two independent tenths share about a hundredth
    assert len(set(once.tolist()) & set(other.tolist())) < 40


@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_indices_ascend(part: str) -> None:
    assert (np.diff(getattr(split_plans(np.arange(100), 1), part)) > 0).all()
