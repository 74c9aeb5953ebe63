import json
from pathlib import Path

import numpy as np
import pytest

from bd_gen.data.config import DataConfig
from bd_gen.data.dataset import load_dataset
from bd_gen.data.listed_split import IdLists, read_id_lists, split_by_lists
from bd_gen.system.errors import InputError

from .conftest import FLAT

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
