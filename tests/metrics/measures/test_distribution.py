import math

import pytest

from bd_gen.diagrams.diagram import Diagram


def test_histograms_of_types_and_relations_worked_by_hand(measure):
    # samples: types 0, 0, 3, 3 and relations 2, 2; training: 0, 3, 7, 7 and relations 2, 9
    samples = [Diagram((0, 3), ((0, 1, 2),))] * 2
    train = [Diagram((0, 3), ((0, 1, 2),)), Diagram((7, 7), ((0, 1, 9),))]
    found = measure(samples, train)
    # types: ½ ½ 0 against ¼ ¼ ½
    assert found["eval/node_tv"] == pytest.approx(0.5)
    assert found["eval/node_kl"] == pytest.approx(math.log(2), abs=1e-9)
    m = 3 / 8
    node_js = (math.log(0.5 / m) + 0.5 * math.log(0.25 / m) + 0.5 * math.log(2)) / 2
    assert found["eval/node_js"] == pytest.approx(node_js)
    # relations: 1 0 against ½ ½
    assert found["eval/edge_tv"] == pytest.approx(0.5)
    assert found["eval/edge_kl"] == pytest.approx(math.log(2), abs=1e-9)
    edge_js = (math.log(1 / 0.75) + 0.5 * math.log(0.5 / 0.75) + 0.5 * math.log(2)) / 2
    assert found["eval/edge_js"] == pytest.approx(edge_js)


def test_missing_edges_are_not_a_relation(measure):
    sparse = Diagram((0, 3, 3), ((0, 1, 2),))
    dense = Diagram((0, 3, 3), ((0, 1, 2), (0, 2, 2), (1, 2, 2)))
    assert measure([sparse], [dense])["eval/edge_tv"] == 0


def test_samples_without_any_edge_count_as_uniform(measure):
    found = measure([Diagram((0, 3))], [Diagram((0, 3), ((0, 1, 2),))])
    assert found["eval/edge_tv"] == pytest.approx(0.9)  # ten bins of 0.1 against one of 1


def test_sizes_worked_by_hand(measure):
    # samples have 1, 1, 2, 4 rooms, training plans 2 and 3
    # shares ½ ¼ 0 ¼ and 0 ½ ½ 0, cumulated ½ ¾ ¾ 1 and 0 ½ 1 1
    samples = [Diagram((0,) * n) for n in (1, 1, 2, 4)]
    train = [Diagram((0,) * n) for n in (2, 3)]
    found = measure(samples, train)
    assert found["eval/rooms_w1"] == pytest.approx(0.5 + 0.25 + 0.25)
    kl = 0.5 * math.log(0.5 / 1e-10) + 0.25 * math.log(0.25 / 0.5) + 0.25 * math.log(0.25 / 1e-10)
    assert found["eval/num_rooms_kl"] == pytest.approx(kl, abs=1e-9)
