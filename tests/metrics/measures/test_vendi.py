import math
import warnings
from collections import Counter
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.diagram_set import DiagramSet
from bd_gen.diagrams.tokens import diagrams_from_tokens, tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.metrics.measures.vendi import ITERATIONS, vendi, vendi_score, weisfeiler_lehman_labels


def diagram_set(diagrams, n_max: int = 4) -> DiagramSet:
    vocabulary = Vocabulary(n_max)
    return DiagramSet(tokens_from_diagrams(diagrams, vocabulary), vocabulary)


def label_counts(diagram: Diagram, iterations: int) -> Counter:
    """Weisfeiler-Lehman labels of one diagram, written out as nested tuples."""
    heard = {room: [] for room in range(diagram.num_rooms)}
    for i, j, relation in diagram.edges:
        heard[i].append((relation, j))
        heard[j].append((9 - relation, i))
    labels = list(diagram.room_types)
    counts = Counter(labels)
    for _ in range(iterations):
        labels = [
            (label, tuple(sorted(((r, labels[other]) for r, other in heard[room]), key=repr)))
            for room, label in enumerate(labels)
        ]
        counts.update(labels)
    return counts


def kernel(diagrams, iterations: int) -> np.ndarray:
    """Cosine of the label counts of all pairs of diagrams."""
    counts = [label_counts(diagram, iterations) for diagram in diagrams]
    products = np.array(
        [[sum(a[label] * b[label] for label in a) for b in counts] for a in counts], float
    )
    length = np.sqrt(np.diagonal(products))
    return products / length[:, None] / length


def by_definition(diagrams, iterations: int) -> float:
    eigenvalues = np.linalg.eigvalsh(kernel(diagrams, iterations) / len(diagrams))
    return math.exp(-sum(p * math.log(p) for p in eigenvalues.tolist() if p > 1e-14))


@pytest.mark.parametrize("n_max", [2, 4, 8, 14])
@pytest.mark.parametrize("iterations", [0, 1, 2, 3])
def test_score_is_that_of_the_definition(n_max, iterations, draw):
    source = draw(n_max, n_max)
    tokens = np.concatenate([source.diagrams(30), source.diagrams(10, tilt=3.0)])
    diagrams = diagrams_from_tokens(tokens, source.vocabulary)
    found = vendi_score(DiagramSet(tokens, source.vocabulary), iterations)
    assert found == pytest.approx(by_definition(diagrams, iterations), rel=1e-9)


def test_package_vendi_score_agrees(draw):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it imports from old places
        package = pytest.importorskip("vendi_score.vendi")
    source = draw(8, 4)
    tokens = source.diagrams(60)
    similarity = kernel(diagrams_from_tokens(tokens, source.vocabulary), ITERATIONS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = package.score_K(similarity)
    assert vendi_score(DiagramSet(tokens, source.vocabulary)) == pytest.approx(expected, rel=1e-9)


def test_equal_diagrams_count_once():
    assert vendi_score(diagram_set([Diagram((0, 2), ((0, 1, 4),))] * 7)) == 1


def test_diagrams_that_share_no_label_count_each():
    one, other = Diagram((0, 0), ((0, 1, 3),)), Diagram((1, 2), ((0, 1, 3),))
    assert vendi_score(diagram_set([one, other])) == pytest.approx(2)
    assert vendi_score(diagram_set([one, other] * 5)) == pytest.approx(2)
    # shares ¾ and ¼
    expected = math.exp(-0.75 * math.log(0.75) - 0.25 * math.log(0.25))
    assert vendi_score(diagram_set([one, one, one, other])) == pytest.approx(expected)


def test_two_diagrams_that_share_some_labels():
    joined, apart = Diagram((0, 0), ((0, 1, 3),)), Diagram((0, 0))
    # joined: type 0 twice, then 2 + 2 labels that occur once: length² 4 + 2 + 2
    # apart: type 0 twice, then one label twice in each round: length² 4 + 4 + 4
    cosine = 4 / math.sqrt(8 * 12)
    halves = [(1 + cosine) / 2, (1 - cosine) / 2]
    expected = math.exp(-sum(p * math.log(p) for p in halves))
    assert vendi_score(diagram_set([joined, apart])) == pytest.approx(expected)


def test_a_relation_counts_from_both_ends():
    # "room 0 is left-of room 1" and "room 0 is right-of room 1" between equal rooms are one
    one, turned = Diagram((3, 3), ((0, 1, 2),)), Diagram((3, 3), ((0, 1, 7),))
    assert vendi_score(diagram_set([one, turned])) == 1
    other = Diagram((3, 3), ((0, 1, 3),))
    assert vendi_score(diagram_set([one, other])) > 1.1


def test_two_refinements_see_two_edges_far():
    # rows of rooms that differ in the third one: seen from the first only at the second round
    row = Diagram((0, 1, 2), ((0, 1, 2), (1, 2, 2)))
    other = Diagram((0, 1, 3), ((0, 1, 2), (1, 2, 2)))
    labels = weisfeiler_lehman_labels(diagram_set([row, other]))
    assert (labels[0] == labels[1]).tolist() == [
        [True, True, False, True],  # the fourth room is in neither
        [True, False, False, True],
        [False, False, False, True],
    ]
    assert (labels[:, :, 3] == 0).all()


def renumbered(diagram: Diagram, order) -> Diagram:
    """The same diagram whose room k was room `order[k]`."""
    label = {}
    for i, j, relation in diagram.edges:
        label[i, j], label[j, i] = relation, 9 - relation
    edges = tuple(
        (i, j, label[order[i], order[j]])
        for i, j in combinations(range(diagram.num_rooms), 2)
        if (order[i], order[j]) in label
    )
    return Diagram(tuple(diagram.room_types[room] for room in order), edges)


def test_all_orders_of_the_rooms_are_one_diagram():
    diagram = Diagram((0, 1, 1, 9), ((0, 1, 4), (0, 2, 8), (1, 2, 3), (2, 3, 0)))
    orders = [renumbered(diagram, order) for order in permutations(range(4))]
    assert len(set(orders)) == 24
    assert vendi_score(diagram_set(orders)) == 1


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), n_max=st.sampled_from([3, 8, 14]))
def test_neither_order_of_rooms_nor_of_samples_changes_a_bit(seed, n_max, draw):
    source, random = draw(n_max, seed), np.random.default_rng(seed)
    tokens = source.diagrams(12)
    diagrams = diagrams_from_tokens(tokens, source.vocabulary)
    other = [renumbered(d, random.permutation(d.num_rooms)) for d in diagrams]
    random.shuffle(other)
    assert vendi_score(diagram_set(other, n_max)) == vendi_score(diagram_set(diagrams, n_max))


def test_the_number_of_threads_changes_no_bit(draw):
    tokens = draw(8, 0).diagrams(600)

    def score(threads: int) -> float:
        with threadpool_limits(threads, user_api="blas"):
            return vendi_score(DiagramSet(tokens, Vocabulary(8)))

    assert score(1) == score(2) == score(4)


@pytest.mark.parametrize("n_max", [1, 4, 14])
def test_any_tokens_can_be_measured(n_max, draw):
    source = draw(n_max, 6)
    rows = DiagramSet(source.spoilt(80), source.vocabulary)
    assert 1 < vendi(rows)["eval/vendi_wl"] <= 80


def test_rows_without_a_room_take_no_part(draw):
    source = draw(4, 6)
    rows = source.diagrams(20)
    empty = np.tile(source.vocabulary.pad_row, (20, 1))
    both = DiagramSet(np.concatenate([rows, empty]), source.vocabulary)
    assert vendi_score(both) == vendi_score(DiagramSet(rows, source.vocabulary))
    assert vendi_score(DiagramSet(empty, source.vocabulary)) == 0


def test_rooms_without_a_type_are_a_type_of_their_own():
    v = Vocabulary(2)
    masked, absent = [13, 14, 12], [14, 14, 12]
    labels = weisfeiler_lehman_labels(DiagramSet(np.array([masked, absent], np.uint8), v))
    assert (labels[0, :, 0] != 0).all()
    assert (labels[1] == 0).all()


def test_large_sets_are_subsampled_to_a_thousand(draw, monkeypatch):
    source = draw(4, 6)
    tokens = source.diagrams(1500)
    seen = []

    def counted(samples):
        seen.append(len(samples))
        return vendi_score(samples)

    monkeypatch.setattr("bd_gen.metrics.measures.vendi.vendi_score", counted)
    values = [vendi(DiagramSet(tokens, source.vocabulary)) for _ in range(2)]
    assert seen == [1000, 1000]
    assert values[0] == values[1]
    # drawn from all of them
    assert values[0] != vendi(DiagramSet(tokens[:1000], source.vocabulary))
