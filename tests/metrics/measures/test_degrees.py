import math

import pytest

from bd_gen.diagrams.diagram import Diagram

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
