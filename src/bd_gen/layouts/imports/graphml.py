"""A diagram, or part of one, from GraphML: this project's own, or drawn by hand.

What the words of a file mean is said in docs/exports.md.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.names import relation_of
from bd_gen.diagrams.vocabulary import NO_EDGE, inverse_relation, relation_from_name
from bd_gen.errors import InputError
from bd_gen.layouts.imports.graphml_data import GraphData, Item, read_graph
from bd_gen.layouts.imports.graphml_rooms import boxes_of, in_order_of_rooms, room_type_of_node

_RELATION_NAMES = ("relation", "label")


@dataclass(frozen=True, eq=False)
class GraphmlDiagram:
    """What a file says of a diagram.

    Attributes:
        id: the plan's name; that of the file if it has none.
        room_types: type 0..12 of every room, None where the file does not say.
        relations: (i, j, r) with i < j and r in 0..9, or 10 for rooms that are not joined.
        boxes: (n, 4) boxes (x0, y0, x1, y1) in pixels, y downwards; None unless all rooms have one.
        is_complete: are rooms without an edge between them not joined? Else that is unknown.
    """

    id: str
    room_types: tuple[int | None, ...]
    relations: tuple[tuple[int, int, int], ...]
    boxes: np.ndarray | None = None
    is_complete: bool = False

    @property
    def diagram(self) -> Diagram:
        """The whole diagram; rooms without an edge between them are not joined.

        Raises:
            InputError: the type of a room is not known.
        """
        if None in self.room_types:
            room = self.room_types.index(None)
            raise InputError(f"{self.id}: room {room} has no type, and a diagram needs all of them")
        return Diagram(
            tuple(t for t in self.room_types if t is not None),
            tuple(edge for edge in self.relations if edge[2] != NO_EDGE),
        )


def read_graphml(path: str | Path) -> GraphmlDiagram:
    """Read a GraphML file with one directed graph.

    Raises:
        InputError: the file is missing, hostile or damaged; it is no GraphML with one directed
            graph of 1 to 32 rooms; or something in it is unknown or contradicts the rest.
    """
    path = Path(path)
    graph = read_graph(path)
    try:
        return diagram_of_graph(graph, path.stem)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def diagram_of_graph(graph: GraphData, file_name: str) -> GraphmlDiagram:
    """What a graph says of a diagram; `file_name` is its id if it has none of its own."""
    nodes = in_order_of_rooms(graph.nodes)
    return GraphmlDiagram(
        id=_id_of(graph, file_name),
        room_types=tuple(map(room_type_of_node, nodes)),
        relations=_relations(graph.edges, {node.id: k for k, node in enumerate(nodes)}),
        boxes=boxes_of(nodes),
        is_complete=_is_complete(graph),
    )


def _id_of(graph: GraphData, file_name: str) -> str:
    for name in (graph.data.get("plan"), graph.data.get("id"), file_name):
        if name and name.isprintable() and len(name) <= 200:
            return name
    return "plan"


def _is_complete(graph: GraphData) -> bool:
    value = graph.data.get("complete", "false").casefold()
    if value not in ("true", "1", "false", "0", ""):
        raise InputError(f"graph: complete: expected true or false, got {value[:40]!r}")
    return value in ("true", "1")


def _relations(edges: list[Item], rooms: dict[str, int]) -> tuple[tuple[int, int, int], ...]:
    found: dict[tuple[int, int], tuple[int, Item]] = {}
    for edge in edges:
        i, j = rooms[edge.ends[0]], rooms[edge.ends[1]]
        if i == j:
            raise InputError(f"{edge.where}: a room is related to itself")
        relation = _relation(edge)
        if i > j:
            i, j = j, i
            relation = relation if relation == NO_EDGE else int(inverse_relation(relation))
        known, other = found.setdefault((i, j), (relation, edge))
        if known != relation:
            raise InputError(f"{edge.where}: contradicts {other.where}")
    return tuple((i, j, relation) for (i, j), (relation, _) in sorted(found.items()))


def _relation(edge: Item) -> int:
    given = {key: edge.data[key] for key in _RELATION_NAMES if edge.data.get(key)}
    if not given:
        raise InputError(
            f"{edge.where}: expected `relation` or a label, such as left-of or none; leave the "
            f"edge out if it is to be drawn"
        )
    name = next(iter(given.values()))
    relation = relation_of(name, edge.where)
    label = relation_from_name(given.get("label", ""))
    if label not in (None, relation):
        raise InputError(
            f"{edge.where}: relation is {name[:40]!r}, but label is {given['label'][:40]!r}"
        )
    if relation != NO_EDGE and not edge.is_directed:
        raise InputError(
            f"{edge.where}: {name[:40]!r} needs a direction: make the graph directed "
            f"(DiGraph in networkx), source is `relation` of target"
        )
    return relation
