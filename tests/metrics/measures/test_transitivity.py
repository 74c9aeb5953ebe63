import numpy as np
import pytest
from tests.rplan import RELATIONS

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.tokens import tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.metrics import DiagramSet
from bd_gen.metrics.measures.transitivity import transitivity_checks

LEFT_ABOVE, LEFT_BELOW, LEFT, ABOVE, INSIDE, SURROUNDING = range(6)
BELOW, RIGHT, RIGHT_ABOVE, RIGHT_BELOW = range(6, 10)


def triangle(first: int, second: int, third: int) -> Diagram:
    """Rooms 0, 1, 2 with relations 0-1, 1-2 and 0-2."""
    return Diagram((0, 1, 2), ((0, 1, first), (1, 2, second), (0, 2, third)))


@pytest.mark.parametrize(
    ("diagram", "horizontal", "vertical"),
    [
        (triangle(LEFT, LEFT, LEFT), True, True),
        (triangle(LEFT, LEFT, RIGHT), False, True),  # 0 < 1 < 2 < 0
        (triangle(RIGHT, RIGHT, LEFT), False, True),
        (triangle(LEFT, RIGHT, LEFT), True, True),
        (triangle(ABOVE, ABOVE, BELOW), True, False),
        (triangle(ABOVE, ABOVE, ABOVE), True, True),
        (triangle(LEFT, LEFT, ABOVE), True, True),  # the third edge says nothing across
        (triangle(LEFT, LEFT, RIGHT_ABOVE), False, True),
        (triangle(LEFT_ABOVE, LEFT_ABOVE, RIGHT_BELOW), False, False),
        (triangle(LEFT_BELOW, LEFT_BELOW, RIGHT_ABOVE), False, False),
        (triangle(LEFT_ABOVE, BELOW, RIGHT), True, True),
        (triangle(INSIDE, SURROUNDING, INSIDE), True, True),
        (triangle(LEFT, LEFT, INSIDE), True, True),
        (Diagram((0,)), True, True),
    ],
)
def test_triangles(diagram, horizontal, vertical):
    vocabulary = Vocabulary(4)
    checks = transitivity_checks(
        DiagramSet(tokens_from_diagrams([diagram], vocabulary), vocabulary)
    )
    assert checks["h_consistent"].tolist() == [horizontal]
    assert checks["v_consistent"].tolist() == [vertical]
    assert checks["transitivity_score"].tolist() == [horizontal and vertical]


def test_label_names_are_the_ones_used_here():
    assert RELATIONS[LEFT_ABOVE] == "left-above"
    assert RELATIONS[RIGHT_BELOW] == "right-below"
    assert (RELATIONS[INSIDE], RELATIONS[SURROUNDING]) == ("inside", "surrounding")


def test_a_long_cycle_is_found():
    # 0 left of 1 left of ... left of 13, and 0 right of 13: fourteen rooms in a ring
    ring = (*((k, k + 1, LEFT) for k in range(13)), (0, 13, RIGHT))
    chain = ring[:-1]
    vocabulary = Vocabulary(14)
    tokens = tokens_from_diagrams([Diagram((3,) * 14, ring), Diagram((3,) * 14, chain)], vocabulary)
    checks = transitivity_checks(DiagramSet(tokens, vocabulary))
    assert checks["h_consistent"].tolist() == [False, True]


def test_rates_over_all_and_by_number_of_rooms(measure):
    good, bad = triangle(LEFT, LEFT, LEFT), triangle(LEFT, LEFT, RIGHT)
    both_bad = triangle(LEFT_ABOVE, LEFT_ABOVE, RIGHT_BELOW)
    found = measure([good, bad, both_bad, Diagram((0, 1), ((0, 1, LEFT),))])
    assert found["eval/transitivity_score"] == 0.5
    assert found["eval/h_consistent"] == 0.5
    assert found["eval/v_consistent"] == 0.75
    assert found["transitivity_by_num_rooms"] == {
        "2": {"transitivity_score": 1.0, "h_consistent": 1.0, "v_consistent": 1.0},
        "3": {
            "transitivity_score": pytest.approx(1 / 3),
            "h_consistent": pytest.approx(1 / 3),
            "v_consistent": pytest.approx(2 / 3),
        },
    }


@pytest.mark.parametrize("n_max", [4, 8, 14])
def test_random_graphs(oracle, draw, n_max):
    source = draw(n_max, seed=n_max)
    tokens = source.diagrams(400, edge_share=2.4 / n_max, tilt=0.2)
    checks = transitivity_checks(DiagramSet(tokens, source.vocabulary))
    expected = [oracle.order(oracle.parse(row, n_max)) for row in tokens]
    for name, check in checks.items():
        assert np.array_equal(check, [one[name] for one in expected])
        assert 0 < check.mean() < 1
