import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.data.config import DataConfig
from bd_gen.data.dataset import load_dataset
from bd_gen.data.splits import (
    IdLists,
    read_id_lists,
    split_by_lists,
    split_classes,
    split_in_file_order,
    split_plans,
    torch_permutation,
)
from bd_gen.diagrams.row_classes import by_first_occurrence
from bd_gen.system.errors import InputError

from .conftest import FLAT


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


LISTS = IdLists(tuple(f"{k}" for k in range(100)), ("200", "201"), Path("lists"))


def write(folder: Path, train: str = "1\n2\n\n3\n", test: str = "9\r\n8\r\n") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "train.txt").write_text(train)
    (folder / "test.txt").write_text(test)
    return folder


def test_a_folder_or_one_of_its_files_will_do(tmp_path: Path) -> None:
    folder = write(tmp_path / "lists")
    for path in (folder, folder / "train.txt", folder / "test.txt"):
        assert read_id_lists(path) == IdLists(("1", "2", "3"), ("9", "8"), folder)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda f: (f / "test.txt").unlink(), "test.txt: cannot be read (No such file"),
        (lambda f: (f / "train.txt").write_text("\n"), "train.txt: expected one id a line, the "),
        (
            lambda f: (f / "train.txt").write_bytes(b"\xff\n"),
            "train.txt: expected one id a line, n",
        ),
        (
            lambda f: (f / "test.txt").write_text("7\n2\n1\n"),
            "2 ids are in train.txt and in test.t",
        ),
    ],
)
def test_lists_that_cannot_be_used_are_named(tmp_path: Path, spoil, message: str) -> None:
    folder = write(tmp_path / "lists")
    spoil(folder)
    with pytest.raises(InputError) as caught:
        read_id_lists(folder)
    assert str(caught.value).startswith(f"data.split_file: {folder}")
    assert message in str(caught.value)


def test_another_file_is_no_list(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"ids\.csv: expected the folder that holds train\.txt"):
        read_id_lists(tmp_path / "ids.csv")


def test_plans_go_where_their_ids_are_listed() -> None:
    ids = np.array(["7", "200", "x", *(f"{k}" for k in range(50, 100))])
    split, notes = split_by_lists(ids, LISTS, 42, "mine")
    assert split.test.tolist() == [1]
    assert len(split.train) + len(split.validation) == 51
    assert notes == (
        "1 of 53 plans are in neither train.txt nor test.txt and are left out",
        "50 of 102 listed ids are not among the plans",
    )


def test_a_tenth_of_the_list_is_for_validation_whatever_plans_there_are() -> None:
    ids = np.array([f"{k}" for k in range(100)])
    split, _ = split_by_lists(ids, LISTS, 42, "mine")
    assert len(split.validation) == 10
    chosen = set(ids[split.validation].tolist())
    half = ids[::2][::-1]
    again, _ = split_by_lists(half, LISTS, 42, "mine")
    assert set(half[again.validation].tolist()) == chosen & set(half.tolist())
    shuffled = IdLists(LISTS.train[::-1], LISTS.test, LISTS.folder)
    assert set(ids[split_by_lists(ids, shuffled, 42, "m")[0].validation].tolist()) == chosen
    other, _ = split_by_lists(ids, LISTS, 43, "mine")
    assert set(ids[other.validation].tolist()) != chosen


def test_no_id_in_common_or_none_for_training() -> None:
    with pytest.raises(InputError) as caught:
        split_by_lists(np.array(["a", "b"]), LISTS, 42, "mine")
    assert str(caught.value) == (
        "data.split: none of the 2 plans of mine has an id in lists "
        "(ids there are like '0', those of the plans like 'a')"
    )
    with pytest.raises(InputError, match=r"^data\.split: no plan of mine is in lists/train\.txt"):
        split_by_lists(np.array(["200", "b"]), LISTS, 42, "mine")


def test_a_data_set_is_split_so_and_says_what_is_left_out(tmp_path: Path) -> None:
    folder = write(tmp_path / "lists")
    plans = tmp_path / "plans.jsonl"
    plans.write_text("".join(json.dumps({"id": k, "rooms": FLAT}) + "\n" for k in (1, 3, 9, 5)))
    config = DataConfig("plans", str(plans), split="graph2plan", split_file=str(folder))
    data = load_dataset(config)
    assert [part.tolist() for part in data.split.parts.values()] == [[0, 1], [], [2]]
    assert data.notes[0].startswith("1 of 4 plans are in neither")


@pytest.mark.parametrize("n", [0, 1, 2, 3, 17, 1000, 80_788])
@pytest.mark.parametrize("seed", [42, 0, 2**32 + 7, 2**63 - 1])
def test_it_is_the_permutation_of_torch(n: int, seed: int) -> None:
    torch = pytest.importorskip("torch")
    expected = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    assert torch_permutation(n, seed).tolist() == expected.tolist()


def test_first_places_without_torch() -> None:
    # torch.randperm(10, generator=torch.Generator().manual_seed(42)), torch 2.13
    assert torch_permutation(10, 42).tolist() == [2, 6, 1, 8, 4, 5, 0, 9, 3, 7]


def test_sizes_of_the_published_parts() -> None:
    split = split_in_file_order(80_788, 42)
    sizes = [len(part) for part in (split.train, split.validation, split.test)]
    assert sizes == [64_630, 8_078, 8_080]
    for n in range(1, 200):
        split = split_in_file_order(n, 42)
        assert (len(split.train), len(split.validation)) == (int(0.8 * n), int(0.1 * n))
        parts = np.concatenate([split.train, split.validation, split.test])
        assert sorted(parts.tolist()) == list(range(n))


def test_a_data_set_is_split_so() -> None:
    data = load_dataset(DataConfig(num_plans=300, split="published"))
    assert data.split.test.tolist() == sorted(torch_permutation(300, 42)[270:].tolist())
