from collections import Counter
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.diagrams.tokens import tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.metrics import descriptors
from bd_gen.metrics.descriptors import BAGS, DESCRIPTORS, described, frequent_words

NO_EDGE, NOTHING = 10, 11


def rooms_and_labels(row, n_max):
    """Types (13: none) and, for each ordered pair of rooms, its label (11: no legal token)."""
    n = sum(int(token) != 14 for token in row[:n_max])
    types = [min(int(token), 13) for token in row[:n]]
    labels = {}
    slot = n_max
    for i, j in combinations(range(n_max), 2):
        label = min(int(row[slot]), NOTHING)
        slot += 1
        if j < n:
            labels[i, j] = label
            labels[j, i] = 9 - label if label < NO_EDGE else label
    return types, labels


def words_of(row, n_max):
    """The words of each bag, one diagram at a time and written as they are thought of."""
    types, labels = rooms_and_labels(row, n_max)
    neighbours = {
        i: [j for j in range(len(types)) if labels.get((i, j), NO_EDGE) < NO_EDGE]
        for i in range(len(types))
    }
    relations, pairs, triples = [], [], []
    for i, j in combinations(range(len(types)), 2):
        i, j = (i, j) if types[i] <= types[j] else (j, i)
        label = labels[i, j]
        if types[i] == types[j]:
            label = min(label, labels[j, i])
        relations.append(label)
        pairs.append((types[i], types[j], label))
    for rooms in combinations(range(len(types)), 3):
        seen = {pair: min(labels[pair], NO_EDGE) for pair in permutations(rooms, 2)}
        orders = [(seen[a, b], seen[b, c], seen[a, c]) for a, b, c in permutations(rooms)]
        triples.append(min(orders))
    return {
        "types": types,
        "relations": relations,
        "degrees": [(kind, len(neighbours[i])) for i, kind in enumerate(types)],
        "pairs": pairs,
        "neighbourhoods": [
            (kind, tuple(sorted(types[j] for j in neighbours[i]))) for i, kind in enumerate(types)
        ],
        "triples": triples,
    }


def columns(matrix):
    return Counter(tuple(column) for column in np.asarray(matrix, float).T.tolist())


@pytest.mark.parametrize("n_max", [1, 2, 3, 5, 8, 14])
def test_bags_count_the_words_that_a_loop_finds(n_max, draw, monkeypatch):
    monkeypatch.setattr(descriptors, "MAX_WORDS", 10**9)
    source = draw(n_max, seed=n_max)
    tokens = source.spoilt(60)
    diagrams = DiagramSet(tokens, source.vocabulary)
    found = described(diagrams, frequent_words(diagrams))
    slow = [words_of(row, n_max) for row in tokens]
    for name in BAGS:
        words = sorted({word for bags in slow for word in bags[name]})
        expected = np.array([[bags[name].count(word) for word in words] for bags in slow])
        assert found[name].shape == (60, len(words) + 1)
        assert columns(found[name][:, :-1]) == columns(expected.reshape(60, -1)), name
        assert not found[name][:, -1].any()


def test_words_of_a_diagram_by_hand():
    # a MasterRoom left of the LivingRoom, two Balconies above and below the MasterRoom
    diagram = Diagram(room_types=(1, 0, 9, 9), edges=((0, 1, 2), (0, 2, 6), (0, 3, 3)))
    v = Vocabulary(4)
    diagrams = DiagramSet(tokens_from_diagrams([diagram], v), v)

    def counted(name):
        return sorted(Counter(BAGS[name](diagrams)[1].tolist()).items())

    assert counted("types") == [(0, 1), (1, 1), (9, 2)]
    # seen from the LivingRoom the MasterRoom is right-of (7); the others start at the MasterRoom
    assert counted("relations") == [(3, 1), (6, 1), (7, 1), (NO_EDGE, 3)]
    assert counted("degrees") == [(0 * 4 + 1, 1), (1 * 4 + 3, 1), (9 * 4 + 1, 2)]
    # both Balconies have the same neighbourhood
    assert sorted(Counter(BAGS["neighbourhoods"](diagrams)[1].tolist()).values()) == [1, 1, 2]
    # three pairs of relations that meet in the MasterRoom, and the three rooms without edges
    assert [count for _, count in counted("triples")] == [1, 1, 1, 1]


def test_two_ways_of_writing_one_relation_are_one_word():
    v = Vocabulary(2)
    left, right = (Diagram(room_types=(9, 9), edges=((0, 1, r),)) for r in (2, 7))
    diagrams = DiagramSet(tokens_from_diagrams([left, right], v), v)
    for name in ("relations", "pairs"):
        first, second = BAGS[name](diagrams)[1]
        assert first == second, name


def test_only_the_most_frequent_words_have_a_column(draw, monkeypatch):
    monkeypatch.setattr(descriptors, "MAX_WORDS", 7)
    source = draw(5, seed=0)
    train = DiagramSet(source.diagrams(300), source.vocabulary)
    words = frequent_words(train)
    samples = DiagramSet(source.diagrams(50, tilt=0.2), source.vocabulary)
    found = described(samples, words)
    for name, words_in in BAGS.items():
        counts = Counter(words_in(train)[1].tolist())
        by_rank = sorted(counts, key=lambda word: (-counts[word], word))
        assert words[name].tolist() == sorted(by_rank[:7])
        row, word = words_in(samples)
        for k, one in enumerate(words[name]):
            expected = np.bincount(row[word == one], minlength=50)
            np.testing.assert_array_equal(found[name][:, k], expected)
        np.testing.assert_array_equal(found[name].sum(axis=1), np.bincount(row, minlength=50))


def renumbered(row, order, v):
    """The same diagram with room order[k] as room k."""
    matrix = np.full((v.n_max, v.n_max), 12)
    matrix[v.edge_rows, v.edge_cols] = row[v.n_max :]
    turned = np.where(matrix < NO_EDGE, 9 - matrix, matrix)
    upper = np.triu(np.ones_like(matrix), 1).astype(bool)
    matrix = np.where(upper, matrix, turned.T)
    matrix = matrix[np.ix_(order, order)]
    return np.concatenate([row[: v.n_max][order], matrix[v.edge_rows, v.edge_cols]])


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32 - 1), n_max=st.sampled_from([2, 5, 8, 14]))
def test_room_numbers_do_not_matter(draw, seed, n_max):
    source = draw(n_max, seed=seed)
    v = source.vocabulary
    tokens = source.diagrams(20)
    masked = np.where(source.random.random(tokens.shape) < 0.1, v.mask_row, tokens)
    tokens = np.where(tokens == v.pad_row, tokens, masked)
    orders = [
        np.concatenate([source.random.permutation(n), np.arange(n, n_max)])
        for n in DiagramSet(tokens, v).num_rooms
    ]
    other = np.array([renumbered(*pair, v) for pair in zip(tokens, orders, strict=True)])
    words = frequent_words(DiagramSet(source.diagrams(100), v))
    first, second = (described(DiagramSet(rows, v), words) for rows in (tokens, other))
    assert set(first) == set(DESCRIPTORS)
    for name in DESCRIPTORS:
        np.testing.assert_array_equal(first[name], second[name], err_msg=name)


def test_an_unfinished_diagram_shows():
    v = Vocabulary(3)
    whole = tokens_from_diagrams([Diagram(room_types=(0, 1, 2), edges=((0, 1, 2),))], v)
    masked = whole.copy()
    masked[0, 0], masked[0, -1] = 13, 11
    words = frequent_words(DiagramSet(whole, v))
    before, after = (described(DiagramSet(rows, v), words) for rows in (whole, masked))
    for name in ("types", "relations", "pairs", "degrees", "neighbourhoods"):
        assert before[name][0, -1] == 0
        assert after[name][0, -1] > 0, name


@pytest.mark.parametrize("n_max", [1, 4])
def test_rows_without_rooms_and_sets_without_rows(n_max):
    v = Vocabulary(n_max)
    for rows in (v.pad_row[None, :], v.pad_row[None, :][:0]):
        diagrams = DiagramSet(rows, v)
        found = described(diagrams, frequent_words(diagrams))
        for name in DESCRIPTORS:
            assert len(found[name]) == len(rows)
            assert not found[name].any()


def test_large_sets_are_described_in_parts(draw, monkeypatch):
    source = draw(4, seed=3)
    diagrams = DiagramSet(source.diagrams(100), source.vocabulary)
    words = frequent_words(diagrams)
    whole = described(diagrams, words)
    monkeypatch.setattr(descriptors, "_CHUNK", 7)
    assert {name: w.tolist() for name, w in frequent_words(diagrams).items()} == {
        name: w.tolist() for name, w in words.items()
    }
    for name, matrix in described(diagrams, words).items():
        np.testing.assert_array_equal(matrix, whole[name])
