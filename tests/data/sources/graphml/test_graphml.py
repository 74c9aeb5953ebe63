"""Graphs as people draw them: networkx, yEd, Gephi, Cytoscape."""

from pathlib import Path

import networkx
import numpy as np
import pytest

from bd_gen.data.sources.graphml.graphml import GraphmlDiagram, read_graphml
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.folded import fold_name
from bd_gen.diagrams.names import RoomLabels
from bd_gen.system.errors import InputError

YED = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:y="http://www.yworks.com/xml/graphml">
  <key for="node" id="d5" attr.name="description" attr.type="string"/>
  <key for="node" id="d6" yfiles.type="nodegraphics"/>
  <key for="edge" id="d10" yfiles.type="edgegraphics"/>
  <graph edgedefault="directed" id="G">
    <node id="n0"><data key="d6"><y:ShapeNode><y:Geometry x="3" y="4" width="30" height="30"/>
      <y:NodeLabel fontSize="12" xml:space="preserve">Living room
the large one<y:LabelModel/></y:NodeLabel></y:ShapeNode></data></node>
    <node id="n1"><data key="d6"><y:ShapeNode><y:NodeLabel>Bathroom 2</y:NodeLabel></y:ShapeNode>
      </data></node>
    <node id="n2"><data key="d6"><y:ShapeNode><y:NodeLabel hasText="false"/></y:ShapeNode></data>
      </node>
    <edge id="e0" source="n1" target="n0"><data key="d10"><y:PolyLineEdge>
      <y:EdgeLabel>right-of</y:EdgeLabel></y:PolyLineEdge></data></edge>
    <edge id="e1" source="n0" target="n2"><data key="d10"><y:PolyLineEdge>
      <y:EdgeLabel>none</y:EdgeLabel></y:PolyLineEdge></data></edge>
  </graph>
</graphml>"""


def read(path: Path, graph: networkx.Graph | str) -> GraphmlDiagram:
    if isinstance(graph, str):
        path.write_text(graph, encoding="utf-8")
    else:
        networkx.write_graphml(graph, path)
    return read_graphml(path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "house.graphml"


def edge(i: object, j: object, **data: object) -> networkx.DiGraph:
    graph = networkx.DiGraph()
    graph.add_nodes_from(range(3))
    graph.add_edge(i, j, **data)
    return graph


def test_a_graph_drawn_in_yed(file: Path) -> None:
    found = read(file, YED)
    assert found.id == "G"
    assert found.room_types == (0, 3, None)
    # "n1 right-of n0" is turned round: n0 left-of n1
    assert found.relations == ((0, 1, 2), (0, 2, 10))
    assert found.boxes is None
    assert not found.is_complete
    with pytest.raises(InputError, match="room 2 has no type"):
        _ = found.diagram


def test_a_graph_made_with_networkx(file: Path) -> None:
    graph = networkx.DiGraph()
    graph.add_node("a", type="kitchen")
    graph.add_node("Bathroom")  # nobody wrote anything but its name
    graph.add_node("c", label="?")
    graph.add_node("d", type="any", label="Balcony")
    graph.add_node("e", label="Guest-Room (3)")
    graph.add_edge("a", "Bathroom", relation="Left_Above")
    found = read(file, graph)
    assert found.id == "house"
    assert found.room_types == (2, 3, None, 9, 8)
    assert found.relations == ((0, 1, 0),)


def test_a_label_that_repeats_the_id_says_nothing(file: Path) -> None:
    graph = networkx.DiGraph()
    graph.add_node("0", label="0")
    graph.add_node("node_1", name="node_1")
    assert read(file, graph).room_types == (None, None)


def test_rooms_in_another_order_keep_their_numbers(file: Path) -> None:
    graph = networkx.DiGraph()
    graph.add_node("x", room=1, type="Kitchen")
    graph.add_node("y", room=0, type="LivingRoom")
    graph.add_edge("x", "y", relation="above")
    found = read(file, graph)
    assert found.room_types == (0, 2)
    assert found.relations == ((0, 1, 6),)


def test_boxes_are_kept_if_every_room_has_one(file: Path) -> None:
    graph = networkx.DiGraph()
    graph.add_node(0, type="Kitchen", x0=1, y0=2, x1=30, y1=40)
    assert np.array_equal(read(file, graph).boxes, [[1, 2, 30, 40]])
    graph.add_node(1, type="Balcony")
    assert read(file, graph).boxes is None
    graph.add_node(1, type="Balcony", x0=1, y0=2, x1=0, y1=40)
    with pytest.raises(InputError, match="x0 <= x1"):
        read(file, graph)
    graph.add_node(1, x0=float("nan"), x1=3.0)
    with pytest.raises(InputError, match="x0: expected a number, got 'nan'"):
        read(file, graph)


def test_defaults_of_keys(file: Path) -> None:
    text = (
        '<graphml><key id="t" for="node" attr.name="type"><default>Storage</default></key>'
        '<graph edgedefault="directed"><node id="a"/><node id="b"><data key="t">Balcony</data>'
        "</node></graph></graphml>"
    )
    assert read(file, text).room_types == (11, 9)


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("1", True), ("False", False)])
def test_complete(file: Path, value: str, expected: bool) -> None:
    graph = networkx.DiGraph(complete=value)
    graph.add_node(0, type="Kitchen")
    assert read(file, graph).is_complete is expected
    assert read(file, graph).diagram == Diagram((2,))


def test_both_directions_may_be_drawn_if_they_agree(file: Path) -> None:
    graph = edge(0, 1, relation="left-of")
    graph.add_edge(1, 0, relation="right-of")
    assert read(file, graph).relations == ((0, 1, 2),)
    graph.add_edge(1, 0, relation="above")
    with pytest.raises(InputError, match="edge '1' -> '0': contradicts edge '0' -> '1'"):
        read(file, graph)


def test_only_none_needs_no_direction(file: Path) -> None:
    graph = networkx.Graph()
    graph.add_edge(0, 1, relation="no-edge")
    assert read(file, graph).relations == ((0, 1, 10),)
    graph.add_edge(0, 1, relation="above")
    with pytest.raises(InputError, match="'above' needs a direction: make the graph directed"):
        read(file, graph)


@pytest.mark.parametrize("made", [networkx.Graph, networkx.DiGraph])
def test_an_edge_without_a_relation_joins(file: Path, made: type[networkx.Graph]) -> None:
    graph = made()
    for node, label in enumerate(("Living Room", "Kitchen", "Bathroom")):
        graph.add_node(node, label=label)
    graph.add_edge(2, 0)
    graph.add_edge(0, 1, relation="touches")
    found = read(file, graph)
    assert found.room_types == (0, 2, 3)
    assert (found.relations, found.joined) == ((), ((0, 1), (0, 2)))
    assert found.notes == ()


def test_a_relation_says_more_than_that_rooms_are_joined(file: Path) -> None:
    graph = edge(0, 1)
    graph.add_edge(1, 0, relation="right-of")
    found = read(file, graph)
    assert (found.relations, found.joined) == (((0, 1, 2),), ())
    graph.add_edge(1, 0, relation="none")
    with pytest.raises(InputError, match="edge '1' -> '0': contradicts edge '0' -> '1'"):
        read(file, graph)


@pytest.mark.parametrize("name", ["room_type", "Room Type", "roomtype", "type"])
def test_types_under_the_names_that_people_give_them(file: Path, name: str) -> None:
    graph = networkx.DiGraph()
    graph.add_nodes_from([("a", {name: "LivingRoom"}), ("b", {name: "Kitchen"})])
    graph.add_edge("b", "a", **{"Edge Label": "right-of"})
    found = read(file, graph)
    assert found.room_types == (0, 2)
    assert found.relations == ((0, 1, 2),)


def test_what_is_not_understood_is_told(file: Path) -> None:
    graph = networkx.DiGraph()
    graph.add_node("a", usage="LivingRoom", weight=2)
    graph.add_node("b", type="Kitchen")
    graph.add_edge("a", "b", relation="left-of", width=3.0)
    assert read(file, graph).notes == (
        "1 of 2 rooms have a type; attributes seen beside type, room_type, label and name: "
        "usage, weight",
        "not read of edges: width",
    )
    graph.add_node("a", type="LivingRoom")
    assert read(file, graph).notes[0] == "not read of nodes: usage, weight"


def test_data_under_a_key_that_nothing_declares_is_refused(file: Path) -> None:
    text = (
        '<graphml><key id="t" for="node" attr.name="type"/><graph edgedefault="directed">'
        '<node id="a"><data key="t">Storage</data></node>'
        '<node id="b"><data key="other">Balcony</data></node></graph></graphml>'
    )
    with pytest.raises(InputError, match="node 'b': holds data of key 'other', which no <key>"):
        read(file, text)


def test_labels_of_other_languages(file: Path) -> None:
    graph = networkx.DiGraph()
    graph.add_nodes_from([("a", {"label": "Ku\u0308che 2"}), ("Bad", {})])
    networkx.write_graphml(graph, file)
    labels = RoomLabels({fold_name("Küche"): 2, "bad": 3})
    assert read_graphml(file, labels).room_types == (2, 3)


@pytest.mark.parametrize(
    ("graph", "message"),
    [
        (edge(0, 0, relation="above"), "related to itself"),
        (edge(0, 1, relation="beside"), "unknown relation 'beside'; known: left-above"),
        (edge(0, 1, relation="above", label="below"), "relation is 'above', but label is 'below'"),
        (networkx.DiGraph(), "expected 1 to 32 nodes, got 0"),
        (networkx.path_graph(33, networkx.DiGraph), "expected 1 to 32 nodes, got 33"),
        ("<html/>", "expected GraphML, got an XML file of <html>"),
        ("<graphml/>", "expected one graph, got 0"),
        ("<graphml><graph/><graph/></graphml>", "expected one graph, got 2"),
        ("<graphml><graph><node id='a'><graph/></node></graph></graphml>", "got a group"),
        ("<graphml><graph><node id='a'/><node id='a'/></graph></graphml>", "the same id"),
        ("<graphml><graph><node id='a'/><hyperedge/></graph></graphml>", "got a hyperedge"),
        (
            "<graphml><graph><node id='a'/><edge source='a' target='b'/></graph></graphml>",
            "edge 'a' -> 'b': there is no such node",
        ),
        (networkx.DiGraph(complete="perhaps"), "expected 1 to 32 nodes"),
    ],
)
def test_what_is_refused(file: Path, graph: networkx.Graph | str, message: str) -> None:
    with pytest.raises(InputError) as error:
        read(file, graph)
    assert str(error.value).startswith(f"{file}: ")
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"type": "Kichen"}, "node '0': unknown room 'Kichen'; did you mean Kitchen?"),
        ({"label": "Jacuzzi"}, "unknown room 'Jacuzzi'; known: LivingRoom, "),
        ({"type": "7"}, "unknown room '7'"),
        ({"type": "Kitchen", "label": "Bathroom"}, "type is 'Kitchen', but label is 'Bathroom'"),
    ],
)
def test_rooms_that_are_refused(file: Path, data: dict[str, str], message: str) -> None:
    graph = networkx.DiGraph()
    graph.add_node(0, **data)
    with pytest.raises(InputError) as error:
        read(file, graph)
    assert message in str(error.value)


def test_a_bad_complete(file: Path) -> None:
    graph = networkx.DiGraph(complete="perhaps")
    graph.add_node(0)
    with pytest.raises(InputError, match="complete: expected true or false, got 'perhaps'"):
        read(file, graph)
