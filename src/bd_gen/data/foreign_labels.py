"""Plans of a folder, with whatever its files call rooms and relations."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from bd_gen.data.sources.graphml.graphml_data import Item, read_graph
from bd_gen.data.sources.graphml.graphml_rooms import boxes_of, in_order_of_rooms, label_of_node
from bd_gen.data.sources.housegan.source import read_plain as read_housegan
from bd_gen.data.sources.plans.bad_plan import BadPlanError
from bd_gen.system.errors import InputError
from bd_gen.system.plain import JsonError

_RELATION_NAMES = ("relation", "label", "edgelabel")
_MOST_FILES = 1_000_000


def plans_of_folder(path: Path) -> Iterator[dict[str, Any] | None]:
    """The plans of a folder of GraphML or House-GAN++ files in the open format; None for bad ones.

    Raises:
        InputError: it holds no such file.
    """
    readers = {".graphml": _graph, ".xml": _graph, ".json": _housegan}
    files = (file for file in path.rglob("*") if file.suffix.lower() in readers and file.is_file())
    found = sorted(islice(files, _MOST_FILES))
    if not found:
        raise InputError(f"{path}: holds no {', '.join(readers)} file")
    for file in found:
        try:
            yield readers[file.suffix.lower()](file)
        except (InputError, JsonError, BadPlanError):
            yield None


def _housegan(path: Path) -> dict[str, Any]:
    return read_housegan(path.stem, path)


def _graph(path: Path) -> dict[str, Any]:
    graph = read_graph(path)
    nodes = in_order_of_rooms(graph.nodes)
    place = {node.id: k for k, node in enumerate(nodes)}
    boxes = boxes_of(nodes)
    rooms: list[dict[str, Any]] = [{"type": label_of_node(node)} for node in nodes]
    if boxes is not None:
        for room, box in zip(rooms, boxes.tolist(), strict=True):
            room["box"] = box
    relations = [[*(place[end] for end in edge.ends), *_name_of(edge)] for edge in graph.edges]
    return {"id": path.stem, "rooms": rooms, "relations": relations}


def _name_of(edge: Item) -> list[str]:
    names = [edge.data[key] for key in _RELATION_NAMES if edge.data.get(key)]
    return names[:1]
