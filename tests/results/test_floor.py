import numpy as np
import pytest
from tests.random_samples import random_tokens

from bd_gen.data.dataset import Dataset
from bd_gen.data.splits import Split
from bd_gen.diagrams.diagram_set import row_keys
from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.metrics import DiagramSet
from bd_gen.results.floor import held_out_chunks
from bd_gen.system.errors import InputError

VOCABULARY = Vocabulary(8)


def dataset(num_train: int = 40, num_test: int = 30, num_copies: int = 0) -> Dataset:
    """Random plans; the last `num_copies` of the test part repeat training rows."""
    rows = random_tokens(1000, 1, VOCABULARY)
    rows = rows[num_rooms_of(rows, VOCABULARY) > 4]  # no two of them are alike
    train, test = rows[:num_train], rows[num_train : num_train + num_test]
    if num_copies:
        test[-num_copies:] = train[:num_copies]
    indices = np.arange(num_train + num_test)
    split = Split(indices[:num_train], indices[:0], indices[num_train:])
    return Dataset(VOCABULARY, np.concatenate([train, test]), split, "random plans")


def keys(rows: np.ndarray) -> list[bytes]:
    return row_keys(DiagramSet(rows, VOCABULARY).identity)


def test_the_chunks_are_disjoint_rows_of_the_test_split() -> None:
    data = dataset()
    chunks, num_removed = held_out_chunks(data, (7, 8, 9), 4)
    assert num_removed == 0
    assert list(chunks) == [7, 8, 9]
    assert [rows.shape for rows in chunks.values()] == [(4, 36)] * 3
    available = keys(data.test)
    for key in keys(np.concatenate(list(chunks.values()))):
        available.remove(key)  # raises if a row is no test row, or is taken twice


def test_copies_of_training_rows_are_left_out() -> None:
    data = dataset(num_copies=5)
    chunks, num_removed = held_out_chunks(data, (1, 2), 100)
    assert num_removed == 5
    rows = np.concatenate(list(chunks.values()))
    assert len(rows) == 24  # two chunks of the 25 that are left
    assert not set(keys(rows)) & set(keys(data.train))


def test_the_chunks_are_always_the_same_and_shuffled() -> None:
    data = dataset()
    (first,) = held_out_chunks(data, (1,), 30)[0].values()
    (again,) = held_out_chunks(data, (2,), 30)[0].values()
    np.testing.assert_array_equal(first, again)
    assert sorted(keys(first)) == sorted(keys(data.test))
    assert keys(first) != keys(data.test)


def test_chunks_are_as_large_as_the_test_split_allows() -> None:
    chunks, _ = held_out_chunks(dataset(), (1, 2, 3, 4), 10**6)
    assert [len(rows) for rows in chunks.values()] == [7] * 4


@pytest.mark.parametrize("seeds", [range(31), ()])
def test_too_few_plans_are_told(seeds: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="30 held-out plans that are not in training, too few for"):
        held_out_chunks(dataset(), seeds, 1)
    with pytest.raises(InputError, match="has 0 held-out plans that are not in training"):
        held_out_chunks(dataset(num_copies=30), (1,), 1)
