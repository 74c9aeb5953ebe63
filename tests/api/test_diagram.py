"""A diagram by names, and there and back."""

import json
import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rplan import NUM_RELATIONS, NUM_ROOM_TYPES

from bd_gen.api.diagram import Diagram
from bd_gen.diagrams import diagram as plain
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.system.errors import InputError


@st.composite
def diagrams(draw: st.DrawFn) -> Diagram:
    types = draw(st.lists(st.integers(0, NUM_ROOM_TYPES - 1), min_size=1, max_size=9))
    pairs = [(i, j) for j in range(len(types)) for i in range(j)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    relation = st.integers(0, NUM_RELATIONS - 1)
    return Diagram(types, [(i, j, draw(relation)) for i, j in chosen])


@given(diagrams())
def test_json_there_and_back(diagram):
    assert Diagram.from_json(diagram.to_json()) == diagram
    assert Diagram.from_json(json.loads(diagram.to_json("x"))) == diagram


@given(diagrams())
def test_networkx_there_and_back(diagram):
    assert Diagram.from_networkx(diagram.to_networkx()) == diagram


@given(diagrams(), st.integers(0, 3))
def test_tokens_there_and_back(diagram, more):
    row = diagram.to_tokens(Vocabulary(diagram.num_rooms + more))
    assert (row.dtype, row.shape) == (np.uint8, (Vocabulary(diagram.num_rooms + more).length,))
    assert Diagram.from_tokens(row) == diagram
    assert Diagram.from_tokens(diagram.to_tokens()) == diagram


@given(diagrams())
def test_what_it_shows_of_itself_makes_it_again(diagram):
    assert eval(repr(diagram)) == diagram  # noqa: S307 - of this very test
    assert pickle.loads(pickle.dumps(diagram)) == diagram
    assert replace(diagram, edges=()) == Diagram(diagram.room_types)


@given(diagrams())
def test_it_equals_the_plain_diagram(diagram):
    same = plain.Diagram(diagram.room_types, diagram.edges)
    assert diagram == same
    assert same == diagram
    assert len({diagram, same}) == 1
    assert diagram != plain.Diagram((*diagram.room_types, 0), diagram.edges)
    assert diagram != "a diagram"


def test_rooms_and_relations_by_name():
    expected = Diagram((0, 3, 3), ((0, 1, 2), (1, 2, 6)))
    assert Diagram("living room, 2 Bathroom", [(1, 0, "right-of"), (1, 2, "below")]) == expected
    assert Diagram(["LivingRoom", 3, np.int64(3)], [(0, 1, 2), (2, 1, "above")]) == expected


def test_boxes_in_json_become_relations():
    rooms = [
        {"type": "Kitchen", "box": (0, 0, 50, 50)},
        {"type": "Balcony", "box": [50, 0, 90, 50]},
    ]
    assert Diagram.from_json({"rooms": rooms}) == Diagram("Kitchen, Balcony", [(0, 1, "left-of")])


def test_a_graph_drawn_by_hand():
    nx = pytest.importorskip("networkx")
    graph = nx.DiGraph()
    graph.add_edge("Kitchen", "Bathroom 1", relation="left of")
    assert Diagram.from_networkx(graph) == Diagram("Kitchen, Bathroom", [(0, 1, "left-of")])


def test_a_notebook_shows_bubbles():
    svg = Diagram("Kitchen, Balcony", [(0, 1, "left-of")])._repr_svg_()
    assert svg.startswith("<?xml")
    assert svg.rstrip().endswith("</svg>")


@pytest.mark.parametrize(
    ("rooms", "edges", "message"),
    [
        ([], (), "diagram: expected 1 to 32 rooms, got 0"),
        ([0] * 33, (), "diagram: expected 1 to 32 rooms, got 33"),
        ([13], (), "diagram: room 0: type 13 is not in 0..12"),
        (["Kitchn"], (), "rooms: unknown room 'Kitchn'; did you mean Kitchen?"),
        ("Kitchn", (), "rooms: unknown room 'Kitchn'; did you mean Kitchen?"),
        ([2.5], (), "rooms: expected names or numbers 0..12, got [2.5]"),
        (7, (), "rooms: expected names or numbers 0..12, got 7"),
        ([0, 1], [(0, 2, 1)], "diagram: edge (0, 2): rooms must satisfy 0 <= i < j < 2"),
        ([0, 1], [(1, 1, 1)], "diagram: edge (1, 1): rooms must satisfy 0 <= i < j < 2"),
        ([0, 1], [(0, 1, 10)], "diagram: edge (0, 1): relation 10 is not in 0..9"),
        ([0, 1], [(0, 1, 2), (1, 0, 7)], "diagram: two edges join the same rooms"),
        ([0, 1], [(0, 1)], "diagram: not enough values to unpack (expected 3, got 2)"),
        ([0, 1], [(0, 1, "nearby")], "relations: unknown relation 'nearby'; known: left-above"),
    ],
)
def test_what_is_no_diagram(rooms, edges, message):
    with pytest.raises(InputError) as caught:
        Diagram(rooms, edges)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "plan: expected a JSON object with rooms (is not JSON"),
        ("[]", "plan: expected a JSON object with rooms"),
        ({"rooms": []}, "plan: no rooms"),
        ({"rooms": [{"type": "Kitchn"}], "relations": []}, "plan: unknown label: 'Kitchn'"),
        ({"rooms": [{"type": "Kitchen"}]}, "plan: neither boxes nor relations"),
        ({"rooms": {1}}, "plan: is not JSON ("),
    ],
)
def test_what_is_no_json_of_a_plan(text, message):
    with pytest.raises(InputError) as caught:
        Diagram.from_json(text)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        ([0, 1, 2, 3], "tokens: no vocabulary has rows of 4; expected n(n+1)/2 for n rooms"),
        ([13], "tokens: expected the row of a complete diagram"),
        ([[0]], "tokens: expected a row of integers, got int64(1, 1)"),
        ([0.5], "tokens: expected a row of integers, got float64(1,)"),
    ],
)
def test_what_is_no_token_row(tokens, message):
    with pytest.raises(InputError) as caught:
        Diagram.from_tokens(np.array(tokens))
    assert str(caught.value) == message


def test_too_few_rooms_for_it():
    with pytest.raises(InputError, match=r"^a diagram needs 1 to 1 rooms, this one has 2$"):
        Diagram("2 Bathroom").to_tokens(Vocabulary(1))


def test_what_is_no_graph():
    nx = pytest.importorskip("networkx")
    for graph, message in (
        (7, "graph: expected a networkx graph, got int"),
        (nx.DiGraph(), "graph: expected 1 to 32 nodes, got 0"),
        (nx.path_graph(2), "graph: rooms 0 and 1 are joined without a relation"),
        (nx.DiGraph({"Kitchen": {}, "x": {}}), "graph: room 1 has no type"),
        (nx.Graph([("Kitchen", "Balcony")]), "graph: rooms 0 and 1 are joined without a relation"),
    ):
        with pytest.raises(InputError) as caught:
            Diagram.from_networkx(graph)
        assert str(caught.value).startswith(message)
