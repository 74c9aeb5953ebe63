"""What yEd draws a graph with: it shows no other data of a GraphML file.

Other programs pass over these elements.
"""

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from bd_gen.diagrams.vocabulary import RELATIONS
from bd_gen.drawing.appearance import LINE, ROOM_COLOURS
from bd_gen.drawing.placement import place

if TYPE_CHECKING:
    from bd_gen.diagrams.laid_out import LaidOut

_NAMESPACE = "http://www.yworks.com/xml/graphml"
_NODE_KEY, _EDGE_KEY = "yed_node", "yed_edge"
_PER_PIXEL, _PER_RADIUS = 4.0, 90.0  # points of yEd's page
_SEE_THROUGH = "99"  # rooms may lie over one another


def add_graphics(graphml: Element, plan: "LaidOut") -> None:
    """Give every node and edge its looks: boxes where there are some, else bubbles."""
    graphml.set("xmlns:y", _NAMESPACE)
    edge_key = {"id": _EDGE_KEY, "for": "edge", "yfiles.type": "edgegraphics"}
    node_key = {"id": _NODE_KEY, "for": "node", "yfiles.type": "nodegraphics"}
    for key in (edge_key, node_key):
        graphml.insert(0, Element("key", key))
    graph = graphml.find("graph")
    assert graph is not None  # noqa: S101
    shape = "rectangle" if plan.boxes is not None else "ellipse"
    facts = zip(_places(plan), plan.diagram.room_types, plan.labels, strict=True)
    for node, (place_, room_type, label) in zip(graph.findall("node"), facts, strict=True):
        looks = SubElement(SubElement(node, "data", key=_NODE_KEY), "y:ShapeNode")
        sides = zip(("x", "y", "width", "height"), place_.tolist(), strict=True)
        SubElement(looks, "y:Geometry", {side: f"{length:.1f}" for side, length in sides})
        SubElement(looks, "y:Fill", color=ROOM_COLOURS[room_type] + _SEE_THROUGH)
        SubElement(looks, "y:BorderStyle", color=LINE, type="line", width="1.0")
        SubElement(looks, "y:NodeLabel").text = label
        SubElement(looks, "y:Shape", type=shape)
    for edge, (_, _, relation) in zip(graph.findall("edge"), plan.diagram.edges, strict=True):
        looks = SubElement(SubElement(edge, "data", key=_EDGE_KEY), "y:PolyLineEdge")
        SubElement(looks, "y:LineStyle", color=LINE, type="line", width="1.0")
        SubElement(looks, "y:Arrows", source="none", target="standard")
        SubElement(looks, "y:EdgeLabel").text = RELATIONS[relation]


def _places(plan: "LaidOut") -> np.ndarray:
    """(n, 4) left, top, width and height of each node; y downwards, as in a plan."""
    if plan.boxes is not None:
        low, high = plan.boxes[:, :2] * _PER_PIXEL, plan.boxes[:, 2:] * _PER_PIXEL
    else:
        (placement,) = place([plan.diagram])
        radii = placement.radii[:, None]
        low, high = (placement.centres + sign * radii for sign in (-1, 1))
        low, high = low * _PER_RADIUS, high * _PER_RADIUS
    return np.concatenate([low, high - low], axis=1)
