import numpy as np
import pytest

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.soundness import is_connected
from bd_gen.diagrams.tokens import tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.metrics import DiagramSet
from bd_gen.metrics.measures.validity import validity, validity_checks

ONE_ROOM = Diagram((0,))
CHAIN = Diagram((0, 3, 2), ((0, 1, 2), (1, 2, 9)))
IN_TWO_PARTS = Diagram((0, 3, 2, 7), ((0, 1, 2), (2, 3, 9)))
TWO_LIVING_ROOMS = Diagram((0, 0), ((0, 1, 2),))
TWO_ENTRANCES = Diagram((10, 10), ((0, 1, 2),))
FOUR_KITCHENS = Diagram((2, 2, 2, 2), ((0, 1, 2), (1, 2, 2), (2, 3, 2)))


def diagram_set(*diagrams: Diagram) -> DiagramSet:
    vocabulary = Vocabulary(4)
    return DiagramSet(tokens_from_diagrams(diagrams, vocabulary), vocabulary)


@pytest.mark.parametrize(
    ("diagram", "connected", "valid_types"),
    [
        (ONE_ROOM, True, True),
        (CHAIN, True, True),
        (IN_TWO_PARTS, False, True),
        (TWO_LIVING_ROOMS, True, False),
        (TWO_ENTRANCES, True, False),
        (FOUR_KITCHENS, True, True),
    ],
)
def test_checks_of_one_diagram(diagram, connected, valid_types):
    checks = {name: bool(value[0]) for name, value in validity_checks(diagram_set(diagram)).items()}
    assert checks == {
        "connected": connected,
        "consistent": True,
        "valid_types": valid_types,
        "no_mask_tokens": True,
        "no_out_of_range": True,
        "overall": connected and valid_types,
    }


@pytest.mark.parametrize(
    ("position", "token", "no_mask", "in_range"),
    [
        (0, 13, False, True),
        (4, 11, False, True),
        (0, 77, True, False),
        (4, 12, True, False),
    ],
)
def test_a_broken_sample_fails_everything(position, token, no_mask, in_range):
    tokens = diagram_set(CHAIN).tokens.copy()
    tokens[0, position] = token
    checks = validity_checks(DiagramSet(tokens, Vocabulary(4)))
    passed = {name for name, value in checks.items() if value[0]}
    expected = {"no_mask_tokens"} if no_mask else set()
    assert passed == expected | ({"no_out_of_range"} if in_range else set())


def test_rates_over_all_and_by_number_of_rooms():
    found = validity(diagram_set(CHAIN, IN_TWO_PARTS, FOUR_KITCHENS, TWO_ENTRANCES))
    assert found["eval/validity_rate"] == 0.5
    assert found["eval/connected_rate"] == 0.75
    assert found["eval/valid_types_rate"] == 0.75
    assert found["eval/no_mask_rate"] == 1
    assert list(found["validity_by_num_rooms"]) == ["2", "3", "4"]
    assert found["validity_by_num_rooms"]["4"] == {
        "connected": 0.5,
        "consistent": 1.0,
        "valid_types": 1.0,
        "no_mask_tokens": 1.0,
        "no_out_of_range": 1.0,
        "overall": 0.5,
    }


def test_connectivity_of_many_random_graphs(oracle, draw):
    for n_max in (1, 2, 8, 32):
        source = draw(n_max, seed=n_max)
        tokens = source.diagrams(300, edge_share=2 / n_max)
        found = is_connected(DiagramSet(tokens, source.vocabulary))
        expected = [oracle.connected(oracle.parse(row, n_max)) for row in tokens]
        assert np.array_equal(found, expected)
