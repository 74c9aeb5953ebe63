"""A folder of GraphML files as a data set."""

from pathlib import Path

import networkx
import numpy as np
import pytest

from bd_gen.data.config import DataConfig
from bd_gen.data.dataset import load_table
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.tokens import diagrams_from_tokens
from bd_gen.system.errors import InputError


def write(path: Path, *edges: tuple[str, str, str | None]) -> None:
    graph = networkx.DiGraph(id="same")
    for name in ("LivingRoom", "Kitchen", "Bathroom"):
        graph.add_node(name, type=name)
    for one, other, relation in edges:
        graph.add_edge(one, other, **({} if relation is None else {"relation": relation}))
    path.parent.mkdir(exist_ok=True)
    networkx.write_graphml(graph, path)


def test_every_file_of_a_folder_is_a_plan(tmp_path: Path) -> None:
    write(tmp_path / "b.graphml", ("LivingRoom", "Kitchen", "left-of"))
    write(tmp_path / "a" / "c.graphml", ("Bathroom", "Kitchen", "above"))
    config = DataConfig("graphml", str(tmp_path), cache_dir=str(tmp_path / "cache"))
    table = load_table(config)
    assert table.ids.tolist() == ["a/c", "b"]
    assert diagrams_from_tokens(table.tokens, table.vocabulary) == [
        Diagram((0, 2, 3), ((1, 2, 6),)),  # the kitchen is below the bathroom
        Diagram((0, 2, 3), ((0, 1, 2),)),
    ]
    assert "rooms without an edge are taken for not joined (2 files)" in table.notes
    again = load_table(config)
    np.testing.assert_array_equal(again.tokens, table.tokens)
    write(tmp_path / "d.graphml", ("LivingRoom", "Kitchen", "left-of"))
    assert len(load_table(config)) == 3


def test_bad_graphs_are_all_named(tmp_path: Path) -> None:
    write(tmp_path / "a.graphml", ("LivingRoom", "Kitchen", "left-of"))
    write(tmp_path / "b.graphml", ("LivingRoom", "Kitchen", None))
    (tmp_path / "c.graphml").write_text("<graphml")
    config = DataConfig("graphml", str(tmp_path), cache_dir=str(tmp_path / "cache"))
    with pytest.raises(InputError, match=r"2 of 3 plans are bad") as caught:
        load_table(config)
    assert "joined without a direction (file b.graphml: rooms 0 and 1" in str(caught.value)
    assert "bad graph (file c.graphml: not XML" in str(caught.value)
