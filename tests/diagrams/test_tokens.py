import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rplan import (
    EDGE_MASK,
    EDGE_PAD,
    NO_EDGE,
    NODE_MASK,
    NODE_PAD,
    NUM_RELATIONS,
    NUM_ROOM_TYPES,
)

from bd_gen.diagrams import tokens as rows
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.vocabulary import Vocabulary


@st.composite
def diagrams(draw: st.DrawFn, n_max: int) -> Diagram:
    n = draw(st.integers(1, n_max))
    room_types = draw(st.lists(st.integers(0, NUM_ROOM_TYPES - 1), min_size=n, max_size=n))
    edges = [
        (i, j, relation)
        for i in range(n)
        for j in range(i + 1, n)
        if (relation := draw(st.integers(0, NO_EDGE))) < NUM_RELATIONS
    ]
    return Diagram(tuple(room_types), tuple(edges))


@pytest.mark.parametrize("n_max", range(1, 15))
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_round_trip_from_diagrams(n_max: int, data: st.DataObject):
    vocabulary = Vocabulary(n_max)
    originals = data.draw(st.lists(diagrams(n_max), max_size=3))
    tokens = rows.tokens_from_diagrams(originals, vocabulary)
    assert tokens.shape == (len(originals), vocabulary.length)
    assert tokens.dtype == np.uint8
    assert rows.is_well_formed(tokens, vocabulary).all()
    assert rows.num_rooms_of(tokens, vocabulary).tolist() == [d.num_rooms for d in originals]
    assert rows.diagrams_from_tokens(tokens, vocabulary) == originals


@pytest.mark.parametrize("n_max", range(1, 15))
def test_round_trip_from_tokens(n_max: int):
    vocabulary = Vocabulary(n_max)
    tokens = random_rows(vocabulary, 50)
    diagrams = rows.diagrams_from_tokens(tokens, vocabulary)
    np.testing.assert_array_equal(rows.tokens_from_diagrams(diagrams, vocabulary), tokens)


def random_rows(vocabulary: Vocabulary, count: int) -> np.ndarray:
    rng = np.random.default_rng(vocabulary.n_max)
    num_rooms = rng.integers(1, vocabulary.n_max + 1, count)
    room_types = rng.integers(0, NUM_ROOM_TYPES, (count, vocabulary.n_max))
    relations = rng.integers(0, NO_EDGE + 1, (count, vocabulary.num_edges))
    return rows.tokens_from_parts(room_types, relations, num_rooms, vocabulary)


def test_a_row_worked_by_hand():
    vocabulary = Vocabulary(4)
    diagram = Diagram((0, 2, 9), ((0, 1, 2), (1, 2, 6)))
    # edge slots: 01 02 03 12 13 23
    expected = [0, 2, 9, NODE_PAD, 2, NO_EDGE, EDGE_PAD, 6, EDGE_PAD, EDGE_PAD]
    tokens = rows.tokens_from_diagrams([diagram], vocabulary)
    assert tokens.tolist() == [expected]
    assert rows.node_tokens(tokens, vocabulary).tolist() == [expected[:4]]
    assert rows.edge_tokens(tokens, vocabulary).tolist() == [expected[4:]]


def test_the_same_diagram_in_a_longer_row():
    diagram = Diagram((0, 2, 9), ((0, 1, 2), (1, 2, 6)))
    for n_max in range(3, 15):
        vocabulary = Vocabulary(n_max)
        tokens = rows.tokens_from_diagrams([diagram], vocabulary)
        assert rows.diagrams_from_tokens(tokens, vocabulary) == [diagram]
        assert (tokens != vocabulary.pad_row).sum() == vocabulary.num_real(3)


def test_parts_beyond_the_rooms_become_pad():
    vocabulary = Vocabulary(3)
    tokens = rows.tokens_from_parts(
        np.array([[5, 6, 7]]), np.array([[1, 2, 3]]), np.array([2]), vocabulary
    )
    assert tokens.tolist() == [[5, 6, NODE_PAD, 1, EDGE_PAD, EDGE_PAD]]


@pytest.mark.parametrize("room_types", [(), (0,) * 5])
def test_too_few_or_too_many_rooms_are_refused(room_types: tuple[int, ...]):
    with pytest.raises(ValueError, match="1 to 4 rooms"):
        rows.tokens_from_diagrams([Diagram(room_types)], Vocabulary(4))


# rows of n_max 3: [types][edges 01 02 12]
@pytest.mark.parametrize(
    ("row", "good"),
    [
        ([0, 1, 2, 0, 10, 9], True),
        ([0, 1, NODE_PAD, 10, EDGE_PAD, EDGE_PAD], True),
        ([12, NODE_PAD, NODE_PAD, EDGE_PAD, EDGE_PAD, EDGE_PAD], True),
        ([NODE_PAD, NODE_PAD, NODE_PAD, EDGE_PAD, EDGE_PAD, EDGE_PAD], False),  # no room
        ([0, NODE_PAD, 1, 10, EDGE_PAD, EDGE_PAD], False),  # a hole
        ([NODE_PAD, 0, 1, 10, EDGE_PAD, EDGE_PAD], False),  # PAD first
        ([0, NODE_MASK, 2, 0, 10, 9], False),
        ([0, 1, 2, EDGE_MASK, 10, 9], False),
        ([0, 1, 2, EDGE_PAD, 10, 9], False),  # PAD between rooms that exist
        ([0, 1, NODE_PAD, 10, 10, EDGE_PAD], False),  # no-edge is not PAD
        ([0, 1, NODE_PAD, 10, EDGE_PAD, 3], False),  # an edge to no room
        ([15, 1, 2, 0, 10, 9], False),
        ([0, 1, 2, 13, 10, 9], False),
        ([255, 1, 2, 0, 10, 9], False),
    ],
)
def test_is_well_formed(row: list[int], good: bool):
    vocabulary = Vocabulary(3)
    tokens = np.array([row], np.uint8)
    assert rows.is_well_formed(tokens, vocabulary).tolist() == [good]
    if not good:
        with pytest.raises(ValueError, match="row 0 is not a complete diagram"):
            rows.diagrams_from_tokens(tokens, vocabulary)


@pytest.mark.parametrize("n_max", [2, 8, 14])
def test_one_corrupt_token_is_always_found(n_max: int):
    vocabulary = Vocabulary(n_max)
    rng = np.random.default_rng(0)
    for row in random_rows(vocabulary, 20):
        position = int(rng.integers(vocabulary.length))
        real = vocabulary.real_mask(int((row[:n_max] != NODE_PAD).sum()))[position]
        limit = NUM_ROOM_TYPES if vocabulary.is_node[position] else NO_EDGE + 1
        broken = row.copy()
        # A real position must not hold MASK, PAD or worse; PAD must not become anything real.
        broken[position] = rng.integers(limit, 256) if real else rng.integers(0, limit)
        assert rows.is_well_formed(np.stack([row, broken]), vocabulary).tolist() == [True, False]


def test_the_message_names_the_first_bad_row():
    vocabulary = Vocabulary(4)
    tokens = random_rows(vocabulary, 5)
    tokens[3, 0] = NODE_MASK
    with pytest.raises(ValueError, match="row 3"):
        rows.diagrams_from_tokens(tokens, vocabulary)
