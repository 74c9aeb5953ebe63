import pytest

from bd_gen.diagrams.diagram import Diagram


def test_share_of_joined_pairs_by_number_of_rooms(measure):
    # three rooms: 1 of 3 and 3 of 3 pairs; two rooms: 1 of 1; one room has no pair
    samples = [
        Diagram((0, 1, 2), ((0, 1, 2),)),
        Diagram((0, 1, 2), ((0, 1, 2), (0, 2, 2), (1, 2, 2))),
        Diagram((0, 1), ((0, 1, 2),)),
        Diagram((0,)),
    ]
    assert measure(samples)["edge_present_rate_by_num_rooms"] == {
        "1": 0.0,
        "2": 1.0,
        "3": pytest.approx(2 / 3),
    }
