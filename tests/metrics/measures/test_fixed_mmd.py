import math

import numpy as np
import pytest

from bd_gen.diagrams.diagram import Diagram
from bd_gen.metrics import METRICS, Reference, compute_metrics

PAIR = Diagram((0, 3), ((0, 1, 2),))
APART = Diagram((0, 3), ())
PATH = Diagram((0, 3, 3), ((0, 1, 2), (1, 2, 2)))


def test_worked_by_hand(measure):
    # n_max 4. Degree histograms: pair (0, 1, 0, 0), apart (1, 0, 0, 0), at squared distance 2.
    # Reference: two pairs, two apart; the median of its distances above 0 is 2, k = exp(-1).
    # Its twelve ordered pairs: four equal ones, eight with k. Samples: two pairs.
    found = measure([PAIR, PAIR], [PAIR, PAIR, APART, APART])
    k = math.exp(-1)
    expected = 1 + (4 + 8 * k) / 12 - 2 * (2 + 2 * k) / 4
    assert found["eval/mmd_degree_fixed"] == pytest.approx(expected)
    # no triangle anywhere: all clustering histograms are one, and the distance is 0
    assert found["eval/mmd_clustering_fixed"] == 0
    # spectra: (0, 2) and (0, 0), squared distance 4, which is the median
    assert found["eval/mmd_spectral_fixed"] == pytest.approx(expected)


def test_the_bandwidth_is_that_of_the_reference(draw):
    source = draw(8, seed=0)
    train = source.diagrams(300)
    reference = Reference.fit(train, source.vocabulary)
    fitted = reference.statistics(METRICS["fixed_mmd"])
    for feature, size in (("degree", 8), ("clustering", 10), ("spectral", 8)):
        rows, counts = fitted[f"{feature}_rows"], fitted[f"{feature}_counts"]
        assert rows.shape[1] == size
        assert counts.sum() == 300
        repeated = np.repeat(rows, counts, axis=0)
        squared = ((repeated[:, None] - repeated[None]) ** 2).sum(axis=2)
        assert fitted[f"{feature}_median"] == pytest.approx(np.median(squared[squared > 1e-18]))
    # far away samples do not move it, and so do not blur what they are measured with
    dense = source.diagrams(300, edge_share=1.0)
    found = compute_metrics(dense, source.vocabulary, reference, ["structure", "fixed_mmd"])
    assert found["eval/mmd_degree_fixed"] > found["eval/mmd_degree"]


def test_a_reference_of_one_value_tells_equal_from_other(measure):
    # within the samples: half of the pairs are equal, 1/3 of them ordered: 2·2 of 12
    found = measure([PAIR, PAIR, APART, APART], [PAIR, PAIR])
    assert found["eval/mmd_degree_fixed"] == pytest.approx(4 / 12 + 1 - 2 * 0.5)
    assert measure([PAIR, PAIR], [PAIR, PAIR])["eval/mmd_degree_fixed"] == 0
    # a single diagram has no pairs
    for few in (measure([PAIR], [PAIR, PAIR]), measure([PAIR, PAIR], [PAIR])):
        assert not any(key.startswith("eval/mmd_") for key in few)


def test_samples_without_rooms_have_no_distance(draw):
    source = draw(4, seed=0)
    reference = Reference.fit(source.diagrams(30), source.vocabulary)
    empty = np.tile(source.vocabulary.pad_row, (3, 1))
    found = compute_metrics(empty, source.vocabulary, reference, ["fixed_mmd"])
    assert found == {}


def test_each_side_is_subsampled_on_its_own(draw):
    source = draw(3, seed=4)
    train, samples = source.diagrams(5600), source.diagrams(5300, edge_share=0.5)
    chosen_train = train[np.random.RandomState(42).choice(5600, 5000, replace=False)]
    chosen = samples[np.random.RandomState(42).choice(5300, 5000, replace=False)]
    found = compute_metrics(
        samples, source.vocabulary, Reference.fit(train, source.vocabulary), ["fixed_mmd"]
    )
    expected = compute_metrics(
        chosen, source.vocabulary, Reference.fit(chosen_train, source.vocabulary), ["fixed_mmd"]
    )
    assert found == expected
    assert found["eval/mmd_degree_fixed"] > 0


def test_an_order_of_rooms_makes_no_difference(measure):
    other = Diagram((3, 0, 3), ((0, 1, 2), (0, 2, 2)))  # the same path, from the middle
    assert measure([other, other], [PATH, PATH])["eval/mmd_spectral_fixed"] == 0
