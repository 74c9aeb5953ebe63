"""The plans that models are measured on."""

from dataclasses import replace

import numpy as np
import pytest
from tests.generation.checkpoints import DATA, small_checkpoint

from bd_gen.data.dataset import DataConfig, Dataset, load_dataset
from bd_gen.data.splits import Split
from bd_gen.diagrams.canonical import renumbered_tokens
from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.generation.held_out import has_renumbered_twin, held_out_plans
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import Checkpoint

CONFIG = DataConfig(**DATA)


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return load_dataset(CONFIG)


@pytest.fixture
def checkpoint(dataset: Dataset) -> Checkpoint:
    return small_checkpoint(data_fingerprint=dataset.fingerprint)


def test_plans_come_with_their_ids(dataset: Dataset, checkpoint: Checkpoint) -> None:
    plans = held_out_plans({"a": checkpoint}, split="test")
    assert np.array_equal(plans.tokens, dataset.test)
    assert plans.ids.tolist() == [f"0-{k}" for k in dataset.split.test]
    assert plans.notes == ()
    assert held_out_plans({"a": checkpoint}, split="train").has_twin is None


def test_some_are_spread_over_the_part(dataset: Dataset, checkpoint: Checkpoint) -> None:
    plans = held_out_plans({"a": checkpoint}, split="train", num=3)
    rows = dataset.split.train
    middle = rows[round((len(rows) - 1) / 2)]
    assert plans.ids.tolist() == [f"0-{k}" for k in (rows[0], middle, rows[-1])]


def test_twins_are_found_whatever_the_order_of_their_rooms(dataset: Dataset) -> None:
    """A held-out plan has a twin exactly if it is a training plan with its rooms renumbered."""
    vocabulary = dataset.vocabulary
    num_rooms = num_rooms_of(dataset.tokens, vocabulary)
    large = dataset.tokens[num_rooms == vocabulary.n_max]
    order = np.tile(np.roll(np.arange(vocabulary.n_max), 1), (len(large), 1))
    half = len(large) // 2
    split = Split(np.arange(half), np.arange(half), np.arange(half))
    part = Dataset(vocabulary, large[:half], split, "half of the plans")
    turned = renumbered_tokens(large, order, vocabulary)
    assert not (turned[:half] == large[:half]).all(axis=1).any()
    assert has_renumbered_twin(turned[:half], part).all()
    rest = has_renumbered_twin(turned[half:], part)
    # By brute force over all renumberings of the training plans.
    known = {row.tobytes() for row in large[:half]}
    expected = []
    for row in turned[half:]:
        grids = np.meshgrid(*[np.arange(4)] * 4, indexing="ij")
        every = np.stack([g.ravel() for g in grids], axis=1)
        every = every[[len(set(p)) == 4 for p in every.tolist()]]
        copies = renumbered_tokens(np.tile(row, (len(every), 1)), every, vocabulary)
        expected.append(any(copy.tobytes() in known for copy in copies))
    assert rest.tolist() == expected


def test_other_data_are_told_or_refused(checkpoint: Checkpoint) -> None:
    other = replace(checkpoint, data_fingerprint="0123456789abcdef")
    with pytest.raises(InputError, match=r"^b: was trained on other data than a; .*data=\.\.\.$"):
        held_out_plans({"a": checkpoint, "b": other})
    (note,) = held_out_plans({"a": checkpoint, "b": other}, CONFIG).notes
    assert note.startswith("b: was trained on other data (fingerprint 0123456789abcdef) than")
    with pytest.raises(InputError, match=r"^b: the data it was trained on have changed"):
        held_out_plans({"b": other})


def test_other_sizes_are_refused(checkpoint: Checkpoint) -> None:
    with pytest.raises(InputError, match=r"^b: n_max: expected 4 as in a, got 5$"):
        held_out_plans({"a": checkpoint, "b": replace(checkpoint, n_max=5)}, CONFIG)
    with pytest.raises(InputError, match=r"^a: data.n_max: expected 4 as in the checkpoint, got 5"):
        held_out_plans({"a": checkpoint}, replace(CONFIG, n_max=5))


def test_an_empty_part_is_refused() -> None:
    few = replace(CONFIG, num_plans=5)
    with pytest.raises(InputError, match="there are no plans in the validation part"):
        held_out_plans({"a": small_checkpoint()}, few)
