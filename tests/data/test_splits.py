import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.data.splits import split_classes, split_plans
from bd_gen.diagrams.row_classes import by_first_occurrence


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


@given(st.lists(st.integers(0, 60), min_size=1, max_size=300), st.integers(0, 10))
def test_classes_are_dealt_out_whole(drawn: list[int], seed: int) -> None:
    classes = by_first_occurrence(np.array(drawn))
    split = split_classes(classes, seed)
    parts = (split.train, split.validation, split.test)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(classes)))
    sides = [set(classes[part].tolist()) for part in parts]
    assert sum(map(len, sides)) == len(set(drawn))
    tenth = len(set(drawn)) // 10
    assert [len(side) for side in sides[1:]] == [tenth, tenth]
    assert (np.diff(split.test) > 0).all()
    # every plan twice: the sizes of classes keep their order, so the sides stay
    again = split_classes(classes.repeat(2), seed)
    assert (np.unique(again.test // 2) == split.test).all()


def test_parts_have_their_share_of_large_classes_and_of_the_plans() -> None:
    classes = np.repeat(np.arange(200), np.r_[np.full(20, 100), np.ones(180, int)])
    for seed in range(20):
        split = split_classes(classes, seed)
        assert [len(split.train), len(split.validation), len(split.test)] == [1744, 218, 218]


def test_each_class_is_held_out_with_the_same_probability() -> None:
    # exact shares are 0.1 each; 2,000 seeds leave a standard error of 0.0067
    classes = np.repeat(np.arange(20), np.arange(1, 21))
    held_out = np.zeros((2, 20))
    for seed in range(2000):
        split = split_classes(classes, seed)
        held_out[0, np.unique(classes[split.validation])] += 1
        held_out[1, np.unique(classes[split.test])] += 1
    assert abs(held_out / 2000 - 0.1).max() < 5 * 0.0067


def test_fewer_than_ten_classes_are_all_for_training() -> None:
    split = split_classes(np.array([0, 1, 1, 2]), 42)
    assert split.train.tolist() == [0, 1, 2, 3]
    assert not len(split.validation)
    assert not len(split.test)
