"""A diagram as GraphML, for networkx, Gephi, Cytoscape and yEd.

Rooms are nodes, relations directed edges: an edge from u to v says "u is `relation` of v". Reading
the file with `data.sources.graphml.graphml` gives the same diagram, boxes and id.
"""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.drawing.appearance import LINE, room_colours
from bd_gen.drawing.placement import place
from bd_gen.exchange.exports import export_format
from bd_gen.system.files import write_text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from networkx import DiGraph

FORMAT_VERSION = 1

_NAMESPACE = "http://www.yworks.com/xml/graphml"
_NODE_KEY, _EDGE_KEY = "yed_node", "yed_edge"
_PER_PIXEL, _PER_RADIUS = 4.0, 90.0  # points of yEd's page
_SEE_THROUGH = "99"  # rooms may lie over one another


@export_format("graphml", holds="a directed graph", most=1)
def _write(path: Path, plans: Sequence[LaidOut], scale: float) -> None:  # noqa: ARG001
    write_graphml(path, plans[0])


def write_graphml(path: str | Path, plan: LaidOut) -> None:
    """Write one diagram, with its boxes if it has any; equal plans give equal bytes.

    Raises:
        InputError: the file cannot be written.
    """
    from networkx.readwrite.graphml import GraphMLWriter

    # The writer that needs no lxml, so that the bytes do not depend on what is installed.
    writer = GraphMLWriter(graph_of(plan))
    _name_keys(writer.xml)
    for data in writer.xml.iterfind("graph/data"):
        if data.attrib["key"] == "complete":
            data.text = str(data.text).lower()  # as XML has truths; a plan may be called "True"
    _add_graphics(writer.xml, plan)
    file = io.BytesIO()
    writer.dump(file)
    write_text(path, file.getvalue().decode())


def _name_keys(graphml: "Element") -> None:
    """Let every key be called as its attribute, which some programs show instead of that."""
    names = {key.attrib["id"]: key.attrib["attr.name"] for key in graphml.iterfind("key")}
    for key in graphml.iterfind("key"):
        key.set("id", names[key.attrib["id"]])
    for data in graphml.iterfind(".//data"):
        data.set("key", names[data.attrib["key"]])


def graph_of(plan: LaidOut) -> "DiGraph":
    """The diagram as a networkx graph with plain attributes."""
    from networkx import DiGraph

    diagram = plan.diagram
    graph = DiGraph(
        format="bd-gen",
        format_version=FORMAT_VERSION,
        plan=plan.id,
        n=diagram.num_rooms,
        # Rooms without an edge between them are not joined; see the import.
        complete=True,
    )
    shapes = () if plan.boxes is None else plan.shapes
    for room, (room_type, label) in enumerate(zip(diagram.room_types, plan.labels, strict=True)):
        attributes: dict[str, object] = {
            "room": room,
            "type": diagram.words.room_names[room_type],
            "type_number": room_type,
            "label": label,
        }
        if plan.boxes is not None:
            x0, y0, x1, y1 = plan.boxes[room].tolist()
            area = shapes[room].area
            area = int(area) if isinstance(x0, int) and area.is_integer() else area
            attributes |= {"x0": x0, "y0": y0, "x1": x1, "y1": y1, "area": area}
            attributes |= {"centre_x": (x0 + x1) / 2, "centre_y": (y0 + y1) / 2}
        graph.add_node(room, **attributes)
    names = diagram.words.relation_names
    for i, j, relation in diagram.edges:
        graph.add_edge(i, j, relation=names[relation], relation_number=relation)
    return graph


def _add_graphics(graphml: Element, plan: LaidOut) -> None:
    """Give every node and edge the looks by which yEd draws it, which shows no other data.

    Boxes where there are some, else bubbles. Other programs pass over these elements.
    """
    graphml.set("xmlns:y", _NAMESPACE)
    edge_key = {"id": _EDGE_KEY, "for": "edge", "yfiles.type": "edgegraphics"}
    node_key = {"id": _NODE_KEY, "for": "node", "yfiles.type": "nodegraphics"}
    for key in (edge_key, node_key):
        graphml.insert(0, Element("key", key))
    graph = graphml.find("graph")
    assert graph is not None  # noqa: S101
    shape = "rectangle" if plan.boxes is not None else "ellipse"
    facts = zip(_places(plan), plan.diagram.room_types, plan.labels, strict=True)
    words = plan.diagram.words
    fills = room_colours(words)
    for node, (place_, room_type, label) in zip(graph.findall("node"), facts, strict=True):
        looks = SubElement(SubElement(node, "data", key=_NODE_KEY), "y:ShapeNode")
        sides = zip(("x", "y", "width", "height"), place_.tolist(), strict=True)
        SubElement(looks, "y:Geometry", {side: f"{length:.1f}" for side, length in sides})
        SubElement(looks, "y:Fill", color=fills[room_type] + _SEE_THROUGH)
        SubElement(looks, "y:BorderStyle", color=LINE, type="line", width="1.0")
        SubElement(looks, "y:NodeLabel").text = label
        SubElement(looks, "y:Shape", type=shape)
    for edge, (_, _, relation) in zip(graph.findall("edge"), plan.diagram.edges, strict=True):
        looks = SubElement(SubElement(edge, "data", key=_EDGE_KEY), "y:PolyLineEdge")
        SubElement(looks, "y:LineStyle", color=LINE, type="line", width="1.0")
        SubElement(looks, "y:Arrows", source="none", target="standard")
        SubElement(looks, "y:EdgeLabel").text = words.relation_names[relation]


def _places(plan: LaidOut) -> np.ndarray:
    """(n, 4) left, top, width and height of each node; y downwards, as in a plan."""
    if plan.boxes is not None:
        low, high = plan.boxes[:, :2] * _PER_PIXEL, plan.boxes[:, 2:] * _PER_PIXEL
    else:
        (placement,) = place([plan.diagram])
        radii = placement.radii[:, None]
        low, high = (placement.centres + sign * radii for sign in (-1, 1))
        low, high = low * _PER_RADIUS, high * _PER_RADIUS
    return np.concatenate([low, high - low], axis=1)
