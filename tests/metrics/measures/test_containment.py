import pytest

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.soundness import FORBIDDEN_OUTER_TYPES
from bd_gen.diagrams.vocabulary import ROOM_TYPES

INSIDE, SURROUNDING = 4, 5
LIVING, MASTER, KITCHEN, BATHROOM = 0, 1, 2, 3


@pytest.mark.parametrize(
    ("types", "relation", "allowed"),
    [
        ((LIVING, BATHROOM), INSIDE, False),  # a living room inside a bathroom
        ((LIVING, BATHROOM), SURROUNDING, True),  # a living room around a bathroom
        ((BATHROOM, LIVING), INSIDE, True),
        ((BATHROOM, LIVING), SURROUNDING, False),
        ((MASTER, LIVING), INSIDE, True),  # the box of an L-shaped living room wraps others
        ((KITCHEN, MASTER), INSIDE, False),
        ((LIVING, BATHROOM), 3, True),  # above is no containment
    ],
)
def test_one_edge(measure, types, relation, allowed):
    found = measure([Diagram(types, ((0, 1, relation),))])
    assert found["eval/inside_validity"] == float(allowed)


def test_one_forbidden_edge_spoils_a_sample(measure):
    good = Diagram((LIVING, BATHROOM, BATHROOM), ((0, 1, SURROUNDING), (0, 2, SURROUNDING)))
    bad = Diagram((LIVING, BATHROOM, BATHROOM), ((0, 1, SURROUNDING), (0, 2, INSIDE)))
    assert measure([good, bad, good, good])["eval/inside_validity"] == 0.75


def test_the_table_is_the_published_one(oracle):
    pairs = {(inner, outer) for inner, outers in FORBIDDEN_OUTER_TYPES.items() for outer in outers}
    assert pairs == oracle.FORBIDDEN_PAIRS
    assert len(pairs) == 69
    assert all(inner != outer for inner, outer in pairs)
    assert ROOM_TYPES[0] == "LivingRoom"
