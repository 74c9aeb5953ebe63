import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.metrics import oracle
from tests.rplan import NO_TYPE

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.diagram_set import DiagramSet, distinct_rows, reachable, row_keys
from bd_gen.diagrams.tokens import is_well_formed, tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary

VOCABULARY = Vocabulary(4)
# rooms 0-1 and 1-2 joined, room 3 does not exist
CHAIN = Diagram((0, 3, 2), ((0, 1, 2), (1, 2, 9)))


def test_features_of_a_chain_of_three_rooms():
    diagrams = DiagramSet(tokens_from_diagrams([CHAIN], VOCABULARY), VOCABULARY)
    assert diagrams.num_rooms.tolist() == [3]
    assert diagrams.room_types.tolist() == [[0, 3, 2, NO_TYPE]]
    assert diagrams.archetypes.tolist() == [[0, 2, 3, NO_TYPE]]
    # slots 01 02 03 12 13 23
    assert diagrams.relations.tolist() == [[2, 10, 10, 9, 10, 10]]
    assert diagrams.num_edges.tolist() == [2]
    assert diagrams.degrees.tolist() == [[1, 2, 1, 0]]
    assert diagrams.graph_keys.tolist() == [[3, 0b10010000]]
    assert diagrams.is_complete.all()


def test_arrows_and_what_they_reach():
    diagrams = DiagramSet(tokens_from_diagrams([CHAIN], VOCABULARY), VOCABULARY)
    nothing = np.zeros_like(diagrams.has_edge)
    arrows = diagrams.arrows(diagrams.has_edge, nothing)
    assert arrows[:, 0].tolist() == [0b0010, 0b0100, 0, 0]
    assert reachable(arrows)[:, 0].tolist() == [0b0110, 0b0100, 0, 0]
    both_ways = reachable(diagrams.arrows(diagrams.has_edge, diagrams.has_edge))
    assert both_ways[:, 0].tolist() == [0b0111, 0b0111, 0b0111, 0]


def spoilt(**changes: int) -> DiagramSet:
    """The chain with tokens changed: n0..n3 are node slots, e01.. edge slots."""
    tokens = tokens_from_diagrams([CHAIN], VOCABULARY).astype(np.int64)
    for where, token in changes.items():
        rooms = [int(room) for room in where[1:]]
        slot = rooms[0] if where[0] == "n" else 4 + VOCABULARY.edge_index(*rooms)
        tokens[0, slot] = token
    return DiagramSet(tokens, VOCABULARY)


@pytest.mark.parametrize(
    ("changes", "no_mask", "in_range"),
    [
        ({}, True, True),
        ({"n0": 13}, False, True),  # MASK
        ({"e02": 11}, False, True),
        ({"n1": 14}, True, False),  # PAD among the rooms: two rooms, the second unknown
        ({"e12": 12}, True, False),  # PAD between two rooms
        ({"n0": 200}, True, False),
        ({"e01": -1}, True, False),
        ({"e01": 300}, True, False),
        ({"e03": 10}, True, False),  # no-edge where PAD belongs
        ({"e03": 11}, True, False),  # MASK where PAD belongs is not left over from sampling
        ({"n3": 13}, False, False),  # a fourth room in MASK, its edges PAD
    ],
)
def test_faults_are_told_apart(changes, no_mask, in_range):
    diagrams = spoilt(**changes)
    assert diagrams.has_no_mask.tolist() == [no_mask]
    assert diagrams.is_in_range.tolist() == [in_range]
    assert diagrams.is_complete.tolist() == [no_mask and in_range]


def test_illegal_tokens_become_no_feature():
    diagrams = spoilt(n0=13, e01=11, e12=77)
    assert diagrams.room_types.tolist() == [[NO_TYPE, 3, 2, NO_TYPE]]
    assert diagrams.num_edges.tolist() == [0]


def test_tokens_beyond_the_rooms_are_ignored():
    assert spoilt(e03=2).num_edges.tolist() == [2]
    assert np.array_equal(spoilt(e03=2).identity, spoilt().identity)
    assert not np.array_equal(spoilt(e01=3).identity, spoilt().identity)


def test_a_complete_row_is_a_well_formed_one(draw):
    source = draw(6, seed=0)
    tokens = source.spoilt(500)
    complete = DiagramSet(tokens, source.vocabulary).is_complete
    assert np.array_equal(complete, is_well_formed(tokens, source.vocabulary))
    assert 0.1 < complete.mean() < 0.9


def test_degrees_agree_with_the_edges(draw):
    source = draw(14, seed=0)
    tokens = source.diagrams(50)
    degrees = DiagramSet(tokens, source.vocabulary).degrees
    for row, found in zip(tokens, degrees, strict=True):
        sample = oracle.parse(row, 14)
        assert found[: sample.n].tolist() == oracle.degrees(sample)


@given(st.lists(st.binary(min_size=3, max_size=3), min_size=1, max_size=20))
def test_distinct_rows(keys):
    rows = np.frombuffer(b"".join(keys), np.uint8).reshape(-1, 3)
    distinct, number, counts = distinct_rows(rows)
    assert row_keys(distinct) == sorted(set(keys))
    assert [row_keys(distinct)[k] for k in number] == keys
    assert counts.tolist() == [keys.count(key) for key in sorted(set(keys))]
