import math

import numpy as np
import pytest

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.tokens import tokens_from_diagrams, tokens_from_parts
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.metrics import DiagramSet, Reference, compute_metrics
from bd_gen.metrics.measures.conditional import (
    PAIRS,
    num_pair_bins,
    relations_by_pair,
    typed_edges,
    typed_pairs,
)


def edge(first: int, second: int, relation: int) -> Diagram:
    return Diagram((first, second), ((0, 1, relation),))


def diagram_set(*diagrams: Diagram) -> DiagramSet:
    vocabulary = Vocabulary(4)
    return DiagramSet(tokens_from_diagrams(diagrams, vocabulary), vocabulary)


def test_edges_are_seen_from_the_lower_type():
    _, bins = typed_edges(diagram_set(edge(0, 3, 2), edge(3, 0, 2), edge(3, 3, 2)))
    pair, relation = np.divmod(bins, 10)
    # bathroom left-of living room is living room right-of bathroom; equal types keep the label
    assert pair.tolist() == [3, 3, 42]
    assert relation.tolist() == [2, 7, 2]


def test_an_edge_to_a_room_without_a_type_has_no_pair():
    tokens = diagram_set(edge(0, 3, 2)).tokens.copy()
    tokens[0, 0] = 13
    _, bins = typed_edges(DiagramSet(tokens, Vocabulary(4)))
    assert len(bins) == 0


def test_three_pairs_worked_by_hand(measure):
    # pair (0,3): 6 edges, (0,7): 10 edges, (3,7): 4 edges and so left out
    train = [edge(0, 3, 2)] * 6 + [edge(0, 7, 4)] * 10 + [edge(3, 7, 1)] * 4
    samples = [edge(0, 3, 2)] * 3 + [edge(3, 0, 2)] + [edge(3, 7, 9)]
    found = measure(samples, train)
    # (0,3): relations 2 and 7, ¾ and ¼, against relation 2 alone: TV ¼
    # (0,7): no sample edge, uniform over ten, against relation 4 alone: TV 0.9
    assert found["eval/conditional_edge_tv_mean"] == pytest.approx((0.25 + 0.9) / 2)
    weighted = (6 * 0.25 + 10 * 0.9) / 16
    assert found["eval/conditional_edge_tv_weighted"] == pytest.approx(weighted)
    assert found["eval/conditional_edge_tv_topN_weighted"] == pytest.approx(weighted)
    kl_03 = 0.75 * math.log(0.75) + 0.25 * math.log(0.25 / 1e-10)
    kl_07 = 0.1 * math.log(0.1) + 0.9 * math.log(0.1 / 1e-10)
    assert found["eval/conditional_edge_kl_mean"] == pytest.approx((kl_03 + kl_07) / 2)
    assert found["eval/num_pairs_evaluated"] == 2
    assert found["eval/topN"] == 20


def test_the_top_20_pairs_carry_renormalised_weights(measure):
    # 21 pairs (i, 12 - k) with 25, 24, ..., 5 edges; the samples get the last one wrong only
    pairs = [(i, j) for i in range(13) for j in range(i, 13)][:21]
    train = [edge(*pair, 2) for k, pair in enumerate(pairs) for _ in range(25 - k)]
    samples = [edge(*pair, 2) for pair in pairs[:-1]] + [edge(*pairs[-1], 3)]
    found = measure(samples, train)
    assert found["eval/num_pairs_evaluated"] == 20
    assert found["eval/conditional_edge_tv_topN_mean"] == 0
    assert found["eval/conditional_edge_tv_mean"] == pytest.approx(1 / 21)
    assert found["eval/conditional_edge_tv_weighted"] == pytest.approx(5 / sum(range(5, 26)))
    # now the most frequent pair is the wrong one
    samples = [edge(*pairs[0], 3)] + [edge(*pair, 2) for pair in pairs[1:]]
    found = measure(samples, train)
    assert found["eval/conditional_edge_tv_topN_mean"] == pytest.approx(1 / 20)
    assert found["eval/conditional_edge_tv_topN_weighted"] == pytest.approx(25 / sum(range(6, 26)))


def test_equally_frequent_pairs_keep_the_order_of_the_training_set():
    train = [edge(7, 9, 2), edge(0, 3, 2), edge(2, 2, 1)] * 5 + [edge(0, 1, 2)] * 6
    pairs = relations_by_pair(diagram_set(*train))["pairs"]
    assert np.divmod(pairs, 13)[0].tolist() == [0, 7, 0, 2]
    assert np.divmod(pairs, 13)[1].tolist() == [1, 9, 3, 2]


def test_a_training_set_without_eligible_pairs_gives_nothing(measure):
    found = measure([edge(0, 3, 2)], [edge(0, 3, 2)] * 4)
    assert found["eval/num_pairs_evaluated"] == 0
    assert not any(key.startswith("eval/conditional_edge_") for key in found)


PAIR = Diagram((0, 3), ((0, 1, 2),))
STAR = Diagram((0, 3, 3), ((0, 1, 2), (0, 2, 2)))


def test_two_types_worked_by_hand(measure):
    # training: 20 rooms of type 0 and 20 of type 3, all with one neighbour; 19 of type 7 are
    # too few. Samples: type 0 once with one and once with two neighbours, type 3 always one.
    train = [PAIR] * 20 + [Diagram((7,))] * 19
    found = measure([PAIR, STAR], train)
    assert found["eval/num_types_evaluated"] == 2
    assert found["eval/degree_tv_per_type_mean"] == pytest.approx(0.25)  # ½ and 0
    assert found["eval/degree_tv_per_type_weighted"] == pytest.approx(0.25)
    kl = 0.5 * math.log(0.5) + 0.5 * math.log(0.5 / 1e-10)
    assert found["eval/degree_kl_per_type_mean"] == pytest.approx(kl / 2, abs=1e-9)


def test_weights_are_the_training_rooms_of_the_eligible_types(measure):
    # types 0 and 3 with 30 and 60 rooms; only type 0 is wrong: it has no neighbours
    train = [STAR] * 30
    samples = [Diagram((0,)), PAIR]
    found = measure(samples, train)
    # type 0: degrees 0 and 1, training 2: TV 1; type 3: degree 1, training 1: TV 0
    assert found["eval/degree_tv_per_type_mean"] == pytest.approx(1 / 2)
    assert found["eval/degree_tv_per_type_weighted"] == pytest.approx(30 / 90)


def test_a_type_without_samples_counts_as_uniform(measure):
    found = measure([Diagram((5,))], [PAIR] * 20, n_max=4)
    # both types: uniform over degrees 0..3 against degree 1 alone
    assert found["eval/degree_tv_per_type_mean"] == pytest.approx(0.75)
    assert found["eval/degree_js_per_type_mean"] == pytest.approx(
        found["eval/degree_js_per_type_weighted"]
    )


def test_no_type_frequent_enough(measure):
    found = measure([PAIR], [PAIR] * 19)
    assert found["eval/num_types_evaluated"] == 0
    assert not any(key.startswith("eval/degree_") for key in found)


def two_rooms(first: int, second: int, relation: int | None) -> Diagram:
    return Diagram((first, second), () if relation is None else ((0, 1, relation),))


def test_pairs_are_seen_from_the_lower_type():
    _, left_of = typed_pairs(diagram_set(two_rooms(0, 3, 2)))
    _, swapped = typed_pairs(diagram_set(two_rooms(3, 0, 7)))
    assert left_of.tolist() == swapped.tolist() == [3 * 11 + 2]
    # no edge has no other side, and rooms of one type keep their order
    _, apart = typed_pairs(diagram_set(two_rooms(0, 3, None), two_rooms(3, 0, None)))
    assert apart.tolist() == [3 * 11 + 10] * 2
    _, equal = typed_pairs(diagram_set(two_rooms(0, 0, 2), two_rooms(0, 0, 7)))
    assert equal.tolist() == [2, 7]
    _, last = typed_pairs(diagram_set(two_rooms(12, 12, None)))
    assert last.tolist() == [num_pair_bins(Vocabulary()) - 1]


def test_every_pair_of_types_has_bins_of_its_own():
    every = [
        two_rooms(a, b, r) for a in range(13) for b in range(a, 13) for r in (*range(10), None)
    ]
    assert PAIRS.fit(diagram_set(*every))["counts"].tolist() == [1] * num_pair_bins(Vocabulary())


def test_all_pairs_of_rooms_count_once():
    diagram = Diagram((5, 0, 3, 3), ((0, 1, 0), (2, 3, 4)))
    owner, bins = typed_pairs(diagram_set(two_rooms(0, 0, 1), diagram))
    assert owner.tolist() == [0] + [1] * 6
    assert (bins % 11 == 10).sum() == 4


def test_a_room_without_a_type_is_in_no_pair_and_mask_is_no_edge():
    tokens = diagram_set(Diagram((0, 3, 3), ((0, 1, 2), (1, 2, 2)))).tokens.copy()
    tokens[0, 2] = 13
    tokens[0, 4] = 11
    _, bins = typed_pairs(DiagramSet(tokens, Vocabulary(4)))
    assert bins.tolist() == [3 * 11 + 10]


def test_pairs_worked_by_hand(measure):
    # training: (0,3) left once, none once. samples: (0,3) left twice, one of them turned round
    train = [two_rooms(0, 3, 2), two_rooms(0, 3, None)]
    found = measure([two_rooms(0, 3, 2), two_rooms(3, 0, 7)], train)
    # p = 1, 0; q = ½, ½; m = ¾, ¼
    expected = (math.log(4 / 3) + 0.5 * math.log(2 / 3) + 0.5 * math.log(2)) / 2
    assert found["eval/pair_js"] == pytest.approx(expected)
    # other types: nothing in common
    assert measure([two_rooms(0, 4, 2)], train)["eval/pair_js"] == pytest.approx(math.log(2))


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
