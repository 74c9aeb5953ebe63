import math

import numpy as np
import pytest

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.tokens import tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.metrics import DiagramSet
from bd_gen.metrics.measures.conditional import relations_by_pair, typed_edges


def edge(first: int, second: int, relation: int) -> Diagram:
    return Diagram((first, second), ((0, 1, relation),))


def diagram_set(*diagrams: Diagram) -> DiagramSet:
    vocabulary = Vocabulary(4)
    return DiagramSet(tokens_from_diagrams(diagrams, vocabulary), vocabulary)


def test_edges_are_seen_from_the_lower_type():
    _, pair, relation = typed_edges(diagram_set(edge(0, 3, 2), edge(3, 0, 2), edge(3, 3, 2)))
    # bathroom left-of living room is living room right-of bathroom; equal types keep the label
    assert pair.tolist() == [3, 3, 42]
    assert relation.tolist() == [2, 7, 2]


def test_an_edge_to_a_room_without_a_type_has_no_pair():
    tokens = diagram_set(edge(0, 3, 2)).tokens.copy()
    tokens[0, 0] = 13
    _, pair, _ = typed_edges(DiagramSet(tokens, Vocabulary(4)))
    assert len(pair) == 0


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
