import math

import numpy as np
import pytest

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.tokens import tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.metrics import METRICS, DiagramSet, Reference, compute_metrics
from bd_gen.metrics.compute import sample_columns
from bd_gen.metrics.histograms import js


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


LEFT, ABOVE = 2, 3
PATH = Diagram((0, 3, 3), ((0, 1, LEFT), (1, 2, LEFT)))  # 3 pairs: left, left, none
TRIANGLE = Diagram((0, 3, 3), ((0, 1, LEFT), (0, 2, LEFT), (1, 2, LEFT)))
APART = Diagram((0, 3, 3), ())
PAIR = Diagram((0, 3), ((0, 1, ABOVE),))


def test_worked_by_hand(measure):
    # training: left 2, above 0, none 1 of three pairs; samples: left 3, above 1, none 3 of seven
    found = measure([TRIANGLE, APART, PAIR], [PATH])
    p, q = np.array([3, 1, 3]) / 7, np.array([2, 0, 1]) / 3
    assert found["eval/edge_presence_js"] == pytest.approx(float(js(p, q)), abs=1e-15)
    # edges: 3, 0, 1 against 2; the distance to a single value is the mean distance
    assert found["eval/num_edges_w1"] == pytest.approx((1 + 2 + 1) / 3)
    assert found["eval/mean_edges"] == pytest.approx(4 / 3)
    assert found["eval/edges_ratio"] == pytest.approx(2 / 3)


def test_too_many_edges_of_the_right_kind_are_seen_here_alone(measure):
    found = measure([TRIANGLE], [PATH])
    assert found["eval/edge_js"] == 0
    # the third pair is joined, too: m = 5/6 left, 1/6 none
    expected = (math.log(6 / 5) + 2 / 3 * math.log((2 / 3) / (5 / 6)) + math.log(2) / 3) / 2
    assert found["eval/edge_presence_js"] == pytest.approx(expected)
    assert found["eval/num_edges_w1"] == pytest.approx(1)
    assert found["eval/edges_ratio"] == pytest.approx(1.5)


def test_mask_and_illegal_tokens_are_no_edge_and_pad_is_no_pair():
    vocabulary = Vocabulary(4)
    tokens = tokens_from_diagrams([PATH, PATH, PATH], vocabulary)
    tokens[1, 4] = 11  # MASK where rooms 0 and 1 meet
    tokens[2, 4] = 77
    tokens[2, 9] = LEFT  # a pair of rooms that do not exist
    reference = Reference.fit(tokens[:1], vocabulary)
    found = compute_metrics(tokens, vocabulary, reference, ["edge_counts"])
    assert found["eval/mean_edges"] == pytest.approx(4 / 3)
    # nine pairs: left 4, none 5
    expected = js(np.array([4, 5]) / 9, np.array([2, 1]) / 3)
    assert found["eval/edge_presence_js"] == pytest.approx(float(expected))


def test_rows_without_a_room_are_not_counted():
    vocabulary = Vocabulary(4)
    tokens = tokens_from_diagrams([PATH], vocabulary)
    with_empty = np.concatenate([tokens, vocabulary.pad_row[None]])
    reference = Reference.fit(tokens, vocabulary)
    found = compute_metrics(with_empty, vocabulary, reference, ["edge_counts"])
    assert found["eval/mean_edges"] == 2
    assert found["eval/num_edges_w1"] == found["eval/edge_presence_js"] == 0


def test_a_training_set_without_edges_has_no_ratio(measure):
    assert "eval/edges_ratio" not in measure([PATH], [APART])
    assert measure([APART], [APART])["eval/num_edges_w1"] == 0


def test_columns_count_rooms_and_edges():
    vocabulary = Vocabulary(4)
    tokens = tokens_from_diagrams([TRIANGLE, APART, PAIR], vocabulary)
    samples = DiagramSet(np.concatenate([tokens, vocabulary.pad_row[None]]), vocabulary)
    metric = METRICS["edge_counts"]
    columns = sample_columns(metric, samples, Reference.fit(tokens, vocabulary))
    assert columns["num_rooms"].tolist() == [3, 3, 2, 0]
    assert columns["num_edges"].tolist() == [3, 0, 1, 0]
    assert {column.dtype for column in columns.values()} == {np.dtype(np.int64)}
