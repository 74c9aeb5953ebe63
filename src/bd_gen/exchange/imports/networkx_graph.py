"""A diagram, or part of one, from a networkx graph: understood as the same graph in GraphML."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bd_gen.diagrams.names import RoomLabels
from bd_gen.diagrams.vocabulary import LARGEST_N_MAX
from bd_gen.exchange.imports.graphml import GraphmlDiagram, diagram_of_graph
from bd_gen.exchange.imports.graphml_data import GraphData, Item
from bd_gen.system.errors import InputError

if TYPE_CHECKING:
    from networkx import Graph


def read_networkx(graph: "Graph") -> GraphmlDiagram:
    """What a graph says of a diagram.

    Raises:
        InputError: it has no or over 32 nodes, or something in it is unknown or contradicts the
            rest.
    """
    if not all(hasattr(graph, name) for name in ("nodes", "edges", "is_directed")):
        raise InputError(f"graph: expected a networkx graph, got {type(graph).__name__}")
    if not 1 <= len(graph.nodes) <= LARGEST_N_MAX:
        raise InputError(f"graph: expected 1 to {LARGEST_N_MAX} nodes, got {len(graph.nodes):,}")
    nodes = [Item(str(node), _texts(data)) for node, data in graph.nodes(data=True)]
    if len({node.id for node in nodes}) < len(nodes):
        raise InputError("graph: two nodes have the same name")
    is_directed = graph.is_directed()
    edges = [
        Item("", _texts(data), (str(source), str(target)), is_directed)
        for source, target, data in graph.edges(data=True)
    ]
    try:
        return diagram_of_graph(GraphData(_texts(graph.graph), nodes, edges), "graph", RoomLabels())
    except InputError as error:
        raise InputError(f"graph: {error}") from None


def _texts(data: Mapping[Any, Any]) -> dict[str, str]:
    """Attributes as a GraphML file would hold them."""
    return {str(key).casefold(): str(value) for key, value in data.items() if value is not None}
