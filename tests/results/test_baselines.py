import numpy as np
import pytest
from tests.random_samples import random_tokens
from tests.rplan import NO_EDGE

from bd_gen.data.dataset import DataConfig, Dataset, load_dataset
from bd_gen.data.splits import Split
from bd_gen.diagrams.diagram_set import row_keys
from bd_gen.diagrams.tokens import is_well_formed, num_rooms_of, tokens_from_parts
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.metrics import DiagramSet, Reference, compute_metrics
from bd_gen.results.baselines import from_marginals, held_out_chunks, memorised
from bd_gen.system.errors import InputError


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("n_max", [1, 2, 8, 14])
def test_both_give_complete_diagrams_that_a_seed_repeats(n_max: int) -> None:
    vocabulary = Vocabulary(n_max)
    train = random_tokens(50, 1, vocabulary)
    for draw in (memorised, lambda *rest: from_marginals(train, vocabulary, *rest[1:])):
        rows = draw(train, 200, rng())
        assert rows.shape == (200, vocabulary.length)
        assert rows.dtype == np.uint8
        assert is_well_formed(rows, vocabulary).all()
        np.testing.assert_array_equal(rows, draw(train, 200, rng()))
        if n_max > 1:
            assert not np.array_equal(rows, draw(train, 200, rng(1)))


def test_the_memoriser_knows_every_training_row_and_nothing_else() -> None:
    train = random_tokens(20, 1, Vocabulary(8))
    assert set(row_keys(memorised(train, 500, rng()))) == set(row_keys(train))


def test_the_marginals_have_the_frequencies_of_training() -> None:
    vocabulary = Vocabulary(4)
    # Two plans of 2 rooms and one of 4: 8 rooms and 1 + 1 + 6 pairs.
    room_types = np.array([[0, 3, 9, 9], [0, 3, 9, 9], [0, 3, 3, 3]])
    relations = np.full((3, 6), NO_EDGE)
    relations[0, 0] = 7
    relations[2, :3] = (1, 1, 1)
    train = tokens_from_parts(room_types, relations, np.array([2, 2, 4]), vocabulary)
    drawn = DiagramSet(from_marginals(train, vocabulary, 60_000, rng()), vocabulary)
    shares = np.bincount(drawn.num_rooms, minlength=5) / 60_000
    np.testing.assert_allclose(shares, [0, 0, 2 / 3, 0, 1 / 3], atol=0.01)
    types = drawn.room_types[drawn.is_real[:, :4]]
    np.testing.assert_allclose(
        np.bincount(types, minlength=14) / len(types), [3 / 8, 0, 0, 5 / 8] + [0] * 10, atol=0.01
    )
    pairs = drawn.relations[drawn.is_real[:, 4:]]
    expected = np.zeros(11)
    expected[[1, 7, NO_EDGE]] = 3 / 8, 1 / 8, 4 / 8
    np.testing.assert_allclose(np.bincount(pairs, minlength=11) / len(pairs), expected, atol=0.01)


def test_nothing_depends_on_anything_else() -> None:
    vocabulary = Vocabulary(2)
    # In training the second type is always that of the first, and so is the relation.
    room_types = np.array([[1, 1], [2, 2]])
    train = tokens_from_parts(room_types, np.array([[1], [2]]), np.array([2, 2]), vocabulary)
    rows = from_marginals(train, vocabulary, 8000, rng())
    _, counts = np.unique(rows, axis=0, return_counts=True)
    np.testing.assert_allclose(counts / 8000, np.full(8, 1 / 8), atol=0.02)


def test_the_metrics_rank_them_as_the_page_on_metrics_says() -> None:
    dataset = load_dataset(DataConfig(num_plans=4000))
    vocabulary, train = dataset.vocabulary, dataset.train
    keys = ("pair_js", "conditional_edge_js_weighted", "degree_js_per_type_weighted", "edge_js")
    names = [f"eval/{key}" for key in (*keys, "novelty", "mmd_degree", "num_edges_w1")]
    reference = Reference.fit(train, vocabulary)
    real, memoriser, marginals = (
        compute_metrics(rows, vocabulary, reference, names)
        for rows in (
            dataset.test,
            memorised(train, len(dataset.test), rng()),
            from_marginals(train, vocabulary, len(dataset.test), rng()),
        )
    )
    assert (memoriser["eval/novelty"], marginals["eval/novelty"]) == (0.0, 1.0)
    for key in ("pair_js", "conditional_edge_js_weighted", "degree_js_per_type_weighted"):
        assert memoriser[f"eval/{key}"] < 1.5 * real[f"eval/{key}"]
        assert marginals[f"eval/{key}"] > 3 * real[f"eval/{key}"]
    assert marginals["eval/mmd_degree"] > 0.02 > 0.005 > real["eval/mmd_degree"]
    assert marginals["eval/num_edges_w1"] > 3 * real["eval/num_edges_w1"]
    # Frequencies of relations alone are those of training.
    assert marginals["eval/edge_js"] < 5 * real["eval/edge_js"] < marginals["eval/pair_js"] / 20


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
