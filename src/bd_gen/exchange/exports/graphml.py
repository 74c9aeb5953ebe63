"""A diagram as GraphML, for networkx, Gephi, Cytoscape and yEd.

Rooms are nodes, relations directed edges: an edge from u to v says "u is `relation` of v". Reading
the file with `layouts.imports.graphml` gives the same diagram, boxes and id.
"""

import io
from pathlib import Path
from typing import TYPE_CHECKING

from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.diagrams.vocabulary import RELATIONS, ROOM_TYPES
from bd_gen.exchange.exports.yed import add_graphics
from bd_gen.system.files import write_text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from networkx import DiGraph

FORMAT_VERSION = 1


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
        if data.text == "True":
            data.text = "true"  # as XML has it
    add_graphics(writer.xml, plan)
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
    for room, (room_type, label) in enumerate(zip(diagram.room_types, plan.labels, strict=True)):
        attributes: dict[str, object] = {
            "room": room,
            "type": ROOM_TYPES[room_type],
            "type_number": room_type,
            "label": label,
        }
        if plan.boxes is not None:
            x0, y0, x1, y1 = plan.boxes[room].tolist()
            attributes |= {"x0": x0, "y0": y0, "x1": x1, "y1": y1, "area": (x1 - x0) * (y1 - y0)}
            attributes |= {"centre_x": (x0 + x1) / 2, "centre_y": (y0 + y1) / 2}
        graph.add_node(room, **attributes)
    for i, j, relation in diagram.edges:
        graph.add_edge(i, j, relation=RELATIONS[relation], relation_number=relation)
    return graph
