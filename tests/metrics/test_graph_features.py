import math

import numpy as np
import pytest

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.tokens import tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.metrics import DiagramSet
from bd_gen.metrics.graph_features import FEATURES, GraphFeatures


def features(*diagrams: Diagram, n_max: int = 4) -> dict[str, np.ndarray]:
    vocabulary = Vocabulary(n_max)
    of = GraphFeatures.of(DiagramSet(tokens_from_diagrams(diagrams, vocabulary), vocabulary))
    return {name: of.rows[name][of.row_of[name][of.graph_of]] for name in FEATURES}


TRIANGLE_WITH_TAIL = Diagram((0, 1, 2, 3), ((0, 1, 2), (0, 2, 2), (1, 2, 2), (2, 3, 2)))


def test_a_triangle_with_a_tail():
    found = features(TRIANGLE_WITH_TAIL)
    # degrees 2, 2, 3, 1
    assert found["degree"].tolist() == [[0, 0.25, 0.5, 0.25]]
    # clustering 1, 1, 1/3, 0: of the three pairs around room 2 one is joined
    assert found["clustering"].tolist() == [[0.25, 0, 0, 0.25, 0, 0, 0, 0, 0, 0.5]]
    # trace of the normalised Laplacian is the number of rooms
    assert found["spectral"].sum() == pytest.approx(4)


def test_spectra_known_in_closed_form():
    single = Diagram((0,))
    pair = Diagram((0, 1), ((0, 1, 2),))
    apart = Diagram((0, 1))
    path = Diagram((0, 1, 2), ((0, 1, 2), (1, 2, 2)))
    complete = Diagram((0, 1, 2, 3), tuple((i, j, 2) for i in range(4) for j in range(i + 1, 4)))
    found = features(single, pair, apart, path, complete)["spectral"]
    expected = [
        [0, 0, 0, 0],  # a single room
        [0, 2, 0, 0],
        [0, 0, 0, 0],  # rooms without neighbours
        [0, 1, 2, 0],
        [0, 4 / 3, 4 / 3, 4 / 3],  # complete graph: n / (n - 1)
    ]
    assert found == pytest.approx(np.array(expected), abs=1e-12)


def test_a_cycle_of_fourteen_rooms():
    ring = (*((k, k + 1, 2) for k in range(13)), (0, 13, 2))
    found = features(Diagram((3,) * 14, ring), n_max=14)
    expected = sorted(1 - math.cos(2 * math.pi * k / 14) for k in range(14))
    assert found["spectral"][0] == pytest.approx(expected, abs=1e-12)
    assert found["degree"][0].tolist() == [0, 0, 1] + [0] * 11


def test_features_do_not_depend_on_the_order_of_the_rooms():
    # the triangle with a tail, its rooms in reverse
    other = Diagram((3, 2, 1, 0), ((0, 1, 7), (1, 2, 7), (1, 3, 7), (2, 3, 7)))
    found = features(TRIANGLE_WITH_TAIL, other)
    for name in FEATURES:
        assert found[name][0] == pytest.approx(found[name][1], abs=1e-12), name


def test_each_distinct_graph_is_kept_once():
    vocabulary = Vocabulary(4)
    pair, pair_otherwise = Diagram((0, 1), ((0, 1, 2),)), Diagram((5, 7), ((0, 1, 8),))
    tokens = tokens_from_diagrams([pair, TRIANGLE_WITH_TAIL, pair_otherwise], vocabulary)
    tokens = np.concatenate([tokens, vocabulary.pad_row[None]])
    of = GraphFeatures.of(DiagramSet(tokens, vocabulary))
    assert len(of.keys) == 2
    assert of.graph_of.tolist() == [0, 1, 0]  # the row of PAD is no graph
    stored = GraphFeatures.from_arrays(of.to_arrays())
    for name in FEATURES:
        assert np.array_equal(stored.rows[name], of.rows[name])


@pytest.mark.parametrize("n_max", [2, 8, 14])
def test_random_graphs(oracle, draw, n_max):
    source = draw(n_max, seed=n_max)
    tokens = source.diagrams(200)
    of = GraphFeatures.of(DiagramSet(tokens, source.vocabulary))
    for name in FEATURES:
        found = of.rows[name][of.row_of[name][of.graph_of]]
        expected = [oracle.FEATURES[name](oracle.parse(row, n_max), n_max) for row in tokens]
        assert found == pytest.approx(np.array(expected), abs=1e-12), name
