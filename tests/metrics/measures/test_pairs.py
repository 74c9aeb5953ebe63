import math

import numpy as np
import pytest

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.tokens import tokens_from_diagrams, tokens_from_parts
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.metrics import DiagramSet, Reference, compute_metrics
from bd_gen.metrics.measures.pairs import NUM_BINS, pair_counts, typed_pairs


def pair(first: int, second: int, relation: int | None) -> Diagram:
    return Diagram((first, second), () if relation is None else ((0, 1, relation),))


def diagram_set(*diagrams: Diagram) -> DiagramSet:
    vocabulary = Vocabulary(4)
    return DiagramSet(tokens_from_diagrams(diagrams, vocabulary), vocabulary)


def test_pairs_are_seen_from_the_lower_type():
    _, left_of = typed_pairs(diagram_set(pair(0, 3, 2)))
    _, swapped = typed_pairs(diagram_set(pair(3, 0, 7)))
    assert left_of.tolist() == swapped.tolist() == [3 * 11 + 2]
    # no edge has no other side, and rooms of one type keep their order
    _, apart = typed_pairs(diagram_set(pair(0, 3, None), pair(3, 0, None)))
    assert apart.tolist() == [3 * 11 + 10] * 2
    _, equal = typed_pairs(diagram_set(pair(0, 0, 2), pair(0, 0, 7)))
    assert equal.tolist() == [2, 7]
    _, last = typed_pairs(diagram_set(pair(12, 12, None)))
    assert last.tolist() == [NUM_BINS - 1]


def test_every_pair_of_types_has_bins_of_its_own():
    every = [pair(a, b, r) for a in range(13) for b in range(a, 13) for r in (*range(10), None)]
    assert pair_counts(diagram_set(*every))["counts"].tolist() == [1] * NUM_BINS


def test_all_pairs_of_rooms_count_once():
    diagram = Diagram((5, 0, 3, 3), ((0, 1, 0), (2, 3, 4)))
    owner, bins = typed_pairs(diagram_set(pair(0, 0, 1), diagram))
    assert owner.tolist() == [0] + [1] * 6
    assert (bins % 11 == 10).sum() == 4


def test_a_room_without_a_type_is_in_no_pair_and_mask_is_no_edge():
    tokens = diagram_set(Diagram((0, 3, 3), ((0, 1, 2), (1, 2, 2)))).tokens.copy()
    tokens[0, 2] = 13
    tokens[0, 4] = 11
    _, bins = typed_pairs(DiagramSet(tokens, Vocabulary(4)))
    assert bins.tolist() == [3 * 11 + 10]


def test_worked_by_hand(measure):
    # training: (0,3) left once, none once. samples: (0,3) left twice, one of them turned round
    train = [pair(0, 3, 2), pair(0, 3, None)]
    found = measure([pair(0, 3, 2), pair(3, 0, 7)], train)
    # p = 1, 0; q = ½, ½; m = ¾, ¼
    expected = (math.log(4 / 3) + 0.5 * math.log(2 / 3) + 0.5 * math.log(2)) / 2
    assert found["eval/pair_js"] == pytest.approx(expected)
    # other types: nothing in common
    assert measure([pair(0, 4, 2)], train)["eval/pair_js"] == pytest.approx(math.log(2))


def test_wrong_types_relations_and_numbers_of_edges_are_all_seen(draw):
    source = draw(6, seed=3)
    train = DiagramSet(source.diagrams(200), source.vocabulary)
    reference = Reference.fit(train.tokens, source.vocabulary)
    types, relations = np.minimum(train.room_types, 12), train.relations

    def pair_js(types, relations):
        tokens = tokens_from_parts(types, relations, train.num_rooms, source.vocabulary)
        return compute_metrics(tokens, source.vocabulary, reference, ["pairs"])["eval/pair_js"]

    assert pair_js(types, relations) == 0
    assert pair_js(np.where(types == 0, 1, types), relations) > 0.01
    assert pair_js(types, np.where(relations == 0, 1, relations)) > 0.01
    thinned = np.where(source.random.random(relations.shape) < 0.5, 10, relations)
    assert pair_js(types, thinned) > 0.01
