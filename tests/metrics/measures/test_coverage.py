import pytest

from bd_gen.diagrams.diagram import Diagram

A = Diagram((0, 3), ((0, 1, 2),))
SAME_ROOMS_OTHER_RELATION = Diagram((0, 3), ((0, 1, 3),))
SAME_ROOMS_OTHER_ORDER = Diagram((3, 0), ((0, 1, 7),))
B = Diagram((0, 3, 3), ((0, 1, 2), (0, 2, 2)))
C = Diagram((0, 1, 2), ((0, 1, 2), (0, 2, 2)))


def test_diversity_counts_distinct_samples(measure):
    found = measure([A, A, SAME_ROOMS_OTHER_RELATION, SAME_ROOMS_OTHER_ORDER])
    assert found["eval/diversity"] == 0.75


def test_novelty_looks_for_the_same_sequence_and_edges(measure):
    samples = [A, SAME_ROOMS_OTHER_RELATION, SAME_ROOMS_OTHER_ORDER, B]
    assert measure(samples, [A, B, B])["eval/novelty"] == 0.5


def test_modes_are_multisets_of_types(measure):
    # training: {0,3} five times, {0,3,3} twice, {0,1,2} once; the samples lack the second
    train = [A] * 3 + [SAME_ROOMS_OTHER_ORDER] * 2 + [B] * 2 + [C]
    found = measure([SAME_ROOMS_OTHER_ORDER, C, Diagram((7, 7))], train)
    assert found["eval/num_training_modes"] == 3
    assert found["eval/num_sample_modes"] == 3
    assert found["eval/mode_coverage"] == pytest.approx(2 / 3)
    assert found["eval/mode_coverage_weighted"] == pytest.approx(6 / 8)


def test_a_sample_of_other_size_covers_nothing(measure):
    found = measure([Diagram((0,)), Diagram((0, 0, 3))], [A])
    assert found["eval/mode_coverage"] == found["eval/mode_coverage_weighted"] == 0
