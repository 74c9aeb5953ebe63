"""Nodes and edges of a GraphML file with what is written at each, whoever wrote it."""

from dataclasses import dataclass, replace
from pathlib import Path

from bd_gen.data.sources.graphml.xml_tree import Element, read_xml
from bd_gen.diagrams.folded import fold_name
from bd_gen.diagrams.vocabulary import LARGEST_N_MAX
from bd_gen.system.errors import InputError

_MOST_KEYS = 1_000
_LABELS = {"nodegraphics": "NodeLabel", "edgegraphics": "EdgeLabel"}


@dataclass(frozen=True)
class Item:
    """A node or an edge.

    Attributes:
        id: of a node; empty for an edge.
        data: what is written at it, by folded name (`edgelabel` of "Edge Label"); `label` may come
            from yEd's graphics.
        ends: source and target of an edge.
        is_directed: is that edge directed?
    """

    id: str
    data: dict[str, str]
    ends: tuple[str, str] = ("", "")
    is_directed: bool = True

    @property
    def where(self) -> str:
        """Which one it is, for messages."""
        if self.ends == ("", ""):
            return f"node {self.id[:40]!r}"
        return f"edge {self.ends[0][:40]!r} -> {self.ends[1][:40]!r}"


@dataclass(frozen=True)
class GraphData:
    """A graph: what is written at it, its nodes and edges in the order of the file."""

    data: dict[str, str]
    nodes: list[Item]
    edges: list[Item]


@dataclass(frozen=True)
class _Key:
    """What a `<key>` declares: a name, or a kind of yEd's graphics; for whom; its default."""

    name: str
    graphics: str
    scope: str
    default: str | None


def read_graph(path: str | Path) -> GraphData:
    """The one graph of a GraphML file.

    Raises:
        InputError: the XML is refused, or holds no GraphML with one plain graph of 1 to 32 nodes.
    """
    root = read_xml(path)
    try:
        if root.name != "graphml":
            raise InputError(f"expected GraphML, got an XML file of <{root.name[:40]}>")
        graphs = root.named("graph")
        if len(graphs) != 1:
            raise InputError(f"expected one graph, got {len(graphs)}")
        return _graph_data(graphs[0], _keys(root))
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _keys(root: Element) -> dict[str, _Key]:
    keys = {}
    elements = root.named("key")
    if len(elements) > _MOST_KEYS:
        raise InputError(f"expected at most {_MOST_KEYS:,} keys, got {len(elements):,}")
    for element in elements:
        attributes = element.attributes
        defaults = element.named("default")
        keys[attributes.get("id", "")] = _Key(
            fold_name(attributes.get("attr.name", "")),
            attributes.get("yfiles.type", ""),
            attributes.get("for", "all"),
            defaults[0].text if defaults else None,
        )
    return keys


def _graph_data(graph: Element, keys: dict[str, _Key]) -> GraphData:
    if graph.named("hyperedge"):
        raise InputError("expected edges between two nodes, got a hyperedge")
    num_nodes, num_edges = len(graph.named("node")), len(graph.named("edge"))
    if not 1 <= num_nodes <= LARGEST_N_MAX:
        raise InputError(f"expected 1 to {LARGEST_N_MAX} nodes, got {num_nodes:,}")
    if num_edges > LARGEST_N_MAX * (LARGEST_N_MAX - 1):
        raise InputError(f"expected an edge or two for two rooms, got {num_edges:,}")
    default = graph.attributes.get("edgedefault", "directed")
    nodes = [_node(element, keys) for element in graph.named("node")]
    ids = {node.id for node in nodes}
    if len(ids) < len(nodes):
        raise InputError("two nodes have the same id")
    edges = []
    for element in graph.named("edge"):
        ends = element.attributes.get("source", ""), element.attributes.get("target", "")
        directed = element.attributes.get("directed", str(default == "directed"))
        is_directed = directed.casefold() == "true"
        edge = Item("", {}, ends, is_directed)
        if not ids.issuperset(ends):
            raise InputError(f"{edge.where}: there is no such node")
        edges.append(replace(edge, data=_data_of(element, keys, "edge", edge.where)))
    data = _data_of(graph, keys, "graph", "graph")
    if "id" in graph.attributes:
        data.setdefault("id", graph.attributes["id"])
    return GraphData(data, nodes, edges)


def _node(element: Element, keys: dict[str, _Key]) -> Item:
    node = Item(element.attributes.get("id", ""), {})
    if element.named("graph"):
        raise InputError(f"{node.where}: expected a room, got a group with a graph in it")
    return replace(node, data=_data_of(element, keys, "node", node.where))


def _data_of(element: Element, keys: dict[str, _Key], scope: str, where: str) -> dict[str, str]:
    data = {
        key.name: key.default
        for key in keys.values()
        if key.name and key.default is not None and key.scope in (scope, "all")
    }
    label = None
    for item in element.named("data"):
        key = keys.get(item.attributes.get("key", ""))
        if key is None:
            name = item.attributes.get("key", "")[:40]
            raise InputError(f"{where}: holds data of key {name!r}, which no <key> declares")
        if key.graphics in _LABELS:
            label = label or _label_in(item, _LABELS[key.graphics])
        elif key.name:
            data[key.name] = item.text
    # What yEd shows is what people see and change there.
    return data | {"label": label} if label else data


def _label_in(element: Element, name: str) -> str:
    """The text of the first element of that name, however deep."""
    for child in element.children:
        found = child.text if child.name == name else _label_in(child, name)
        if found:
            return found
    return ""
