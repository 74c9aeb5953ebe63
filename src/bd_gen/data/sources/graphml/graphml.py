"""A diagram, or part of one, from GraphML or networkx: this project's own, or drawn by hand.

What the words of a file mean is said in docs/exports.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bd_gen.data.sources.graphml.graphml_data import GraphData, Item, read_graph
from bd_gen.data.sources.graphml.graphml_rooms import (
    OTHER_NAMES,
    TYPE_NAMES,
    UnknownRoomsError,
    boxes_of,
    in_order_of_rooms,
    room_types_of,
)
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.names import RoomLabels, is_joined_name, relation_of
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.vocabulary import LARGEST_N_MAX
from bd_gen.diagrams.words import Words
from bd_gen.system.errors import InputError

if TYPE_CHECKING:
    from networkx import Graph

_RELATION_NAMES = ("relation", "label", "edgelabel")
_OTHER_EDGE_NAMES = frozenset(("relationnumber",))
_MOST_NAMED = 8


@dataclass(frozen=True, eq=False)
class GraphmlDiagram:
    """What a file says of a diagram.

    Attributes:
        id: the plan's name; that of the file if it has none.
        room_types: type of every room, None where the file does not say.
        relations: (i, j, r) with i < j; r is no-edge for rooms that are not joined.
        boxes: (n, 4) boxes (x0, y0, x1, y1) in pixels, y downwards; None unless all rooms have one.
        joined: (i, j) with i < j, rooms that an edge joins which says no relation.
        is_complete: are rooms without an edge between them not joined? Else that is unknown.
        notes: what the file says that is not understood, in sentences.
        words: what the numbers mean.
    """

    id: str
    room_types: tuple[int | None, ...]
    relations: tuple[tuple[int, int, int], ...]
    boxes: np.ndarray | None = None
    is_complete: bool = False
    joined: tuple[tuple[int, int], ...] = ()
    notes: tuple[str, ...] = ()
    words: Words = RPLAN

    @property
    def diagram(self) -> Diagram:
        """The diagram without its `joined` pairs; rooms without an edge are not joined.

        Raises:
            InputError: the type of a room is not known.
        """
        if None in self.room_types:
            room = self.room_types.index(None)
            raise InputError(f"{self.id}: room {room} has no type, and a diagram needs all of them")
        return Diagram(
            tuple(t for t in self.room_types if t is not None),
            tuple(edge for edge in self.relations if edge[2] != self.words.no_edge),
            self.words,
        )


def read_graphml(path: str | Path, labels: RoomLabels | None = None) -> GraphmlDiagram:
    """Read a GraphML file with one graph.

    Args:
        path: the file.
        labels: what foreign room labels mean.

    Raises:
        InputError: the file is missing, hostile or damaged; it is no GraphML with one graph
            of 1 to 32 rooms; or something in it is unknown or contradicts the rest
            (`UnknownRoomsError` where that is labels of rooms).
    """
    path = Path(path)
    graph = read_graph(path)
    try:
        return _diagram_of_graph(graph, path.stem, labels or RoomLabels())
    except UnknownRoomsError as error:
        raise UnknownRoomsError(f"{path}: {error}", error.labels) from None
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def read_networkx(graph: "Graph", labels: RoomLabels | None = None) -> GraphmlDiagram:
    """What a networkx graph says of a diagram: the same as that graph in GraphML.

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
        return _diagram_of_graph(
            GraphData(_texts(graph.graph), nodes, edges), "graph", labels or RoomLabels()
        )
    except InputError as error:
        raise InputError(f"graph: {error}") from None


def _texts(data: Mapping[Any, Any]) -> dict[str, str]:
    """Attributes as a GraphML file would hold them."""
    return {str(key).casefold(): str(value) for key, value in data.items() if value is not None}


def _diagram_of_graph(graph: GraphData, file_name: str, labels: RoomLabels) -> GraphmlDiagram:
    """What a graph says of a diagram; `file_name` is its id if it has none of its own."""
    nodes = in_order_of_rooms(graph.nodes)
    room_types = room_types_of(nodes, labels)
    found = _relations(graph.edges, {node.id: k for k, node in enumerate(nodes)}, labels.words)
    return GraphmlDiagram(
        id=_id_of(graph, file_name),
        room_types=room_types,
        relations=tuple((i, j, r) for (i, j), r in found.items() if r is not None),
        boxes=boxes_of(nodes),
        is_complete=_is_complete(graph),
        joined=tuple(pair for pair, relation in found.items() if relation is None),
        notes=_notes(graph, room_types),
        words=labels.words,
    )


def _notes(graph: GraphData, room_types: tuple[int | None, ...]) -> tuple[str, ...]:
    """What is written at nodes and edges under names that mean nothing here."""
    notes = []
    other = _unread(graph.nodes, {*TYPE_NAMES, *OTHER_NAMES})
    if other and None in room_types:
        typed = len(room_types) - room_types.count(None)
        notes.append(
            f"{typed} of {len(room_types)} rooms have a type; attributes seen beside type, "
            f"room_type, label and name: {other}"
        )
    elif other:
        notes.append(f"not read of nodes: {other}")
    other = _unread(graph.edges, {*_RELATION_NAMES, *_OTHER_EDGE_NAMES})
    if other:
        notes.append(f"not read of edges: {other}")
    return tuple(notes)


def _unread(items: list[Item], known: set[str]) -> str:
    names = sorted({name for item in items for name in item.data}.difference(known))
    return ", ".join(name[:40] for name in names[:_MOST_NAMED])


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


def _relations(
    edges: list[Item], rooms: dict[str, int], words: Words
) -> dict[tuple[int, int], int | None]:
    """The relation of each pair i < j that an edge joins, None where none is said."""
    found: dict[tuple[int, int], tuple[int | None, Item]] = {}
    for edge in edges:
        i, j = rooms[edge.ends[0]], rooms[edge.ends[1]]
        if i == j:
            raise InputError(f"{edge.where}: a room is related to itself")
        relation = _relation(edge, words)
        if i > j:
            i, j = j, i
            if relation is not None:
                relation = int(words.inverse[relation])
        known, other = found.setdefault((i, j), (relation, edge))
        if known != relation and (
            None not in (known, relation) or words.no_edge in (known, relation)
        ):
            raise InputError(f"{edge.where}: contradicts {other.where}")
        if known is None:  # a relation says more than that the rooms are joined
            found[i, j] = relation, edge
    return {pair: relation for pair, (relation, _) in sorted(found.items())}


def _relation(edge: Item, words: Words) -> int | None:
    given = {key: edge.data[key] for key in _RELATION_NAMES if edge.data.get(key)}
    if not given or is_joined_name(next(iter(given.values())), words):
        return None
    name = next(iter(given.values()))
    relation = relation_of(name, edge.where, words)
    for key, text in given.items():
        if words.relation(text) not in (None, relation):
            raise InputError(f"{edge.where}: relation is {name[:40]!r}, but {key} is {text[:40]!r}")
    if words.inverse[relation] != relation and not edge.is_directed:
        raise InputError(
            f"{edge.where}: {name[:40]!r} needs a direction: make the graph directed "
            f"(DiGraph in networkx), source is `relation` of target"
        )
    return relation
