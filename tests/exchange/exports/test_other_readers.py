"""Exports read by programs that did not write them, and written alike on every machine."""

import os
import subprocess
import sys
from pathlib import Path

import networkx
import pytest

from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.diagrams.vocabulary import RELATIONS, ROOM_TYPES
from bd_gen.exchange.exports.dxf import write_dxf
from bd_gen.exchange.exports.graphml import write_graphml

from .cases import flat


def named(plan_id: str) -> LaidOut:
    plan = flat()
    return LaidOut(plan_id, plan.diagram, plan.boxes)


def group_codes(path: Path) -> list[tuple[int, str]]:
    """The pairs of an ASCII DXF file, taken by the code page that its header names."""
    lines = path.read_bytes().decode("cp1252").splitlines()
    return [(int(code), value) for code, value in zip(lines[::2], lines[1::2], strict=True)]


def test_dxf_is_read_alike_by_its_code_page_and_as_utf8(tmp_path: Path) -> None:
    path = tmp_path / "x.dxf"
    write_dxf(path, named("客厅 😀 é"))
    data = path.read_bytes()
    assert data.isascii()
    assert data.decode("cp1252") == data.decode("utf-8")
    pairs = group_codes(path)
    assert (3, "ANSI_1252") in pairs
    areas = [value for code, value in pairs if code == 1 and "\\P" in value]
    assert len(areas) == 3
    assert all(value.endswith(" m\\U+00B2") for value in areas)
    # an id beyond 16 bits is the pair that UTF-16 has for it
    assert (1, r"\U+5BA2\U+5385 \U+D83D\U+DE00 \U+00E9") in pairs


def test_gdal_reads_the_areas(tmp_path: Path) -> None:
    raw = pytest.importorskip("pyogrio.raw")
    write_dxf(tmp_path / "x.dxf", named("x"), 0.1)
    meta, _, geometry, columns = raw.read(tmp_path / "x.dxf")
    names = list(meta["fields"])
    texts = {text for text in columns[names.index("Text")] if text and "m²" in text}
    assert texts == {"LivingRoom\n60.0 m²", "Kitchen\n14.4 m²", "Bathroom\n20.2 m²"}
    layers = [name for name in columns[names.index("Layer")] if name.startswith("ROOM_")]
    assert len(layers) == 6  # an outline and a fill each
    assert len(geometry) > 6


@pytest.mark.parametrize("reader", ["networkx", "igraph"])
def test_graphs_are_read_by_graph_libraries(tmp_path: Path, reader: str) -> None:
    plan = named("客厅")
    write_graphml(tmp_path / "x.graphml", plan)
    if reader == "networkx":
        graph = networkx.read_graphml(tmp_path / "x.graphml")
        types = [data["type"] for _, data in graph.nodes(data=True)]
        edges = {(int(i), int(j), data["relation"]) for i, j, data in graph.edges(data=True)}
        directed = graph.is_directed()
    else:
        igraph = pytest.importorskip("igraph")
        graph = igraph.Graph.Read_GraphML(str(tmp_path / "x.graphml"))
        types, directed = graph.vs["type"], graph.is_directed()
        edges = {(edge.source, edge.target, edge["relation"]) for edge in graph.es}
    assert directed
    assert types == [ROOM_TYPES[t] for t in plan.diagram.room_types]
    assert edges == {(i, j, RELATIONS[r]) for i, j, r in plan.diagram.edges}


def test_classes_of_a_drawing_stand_in_order(tmp_path: Path) -> None:
    """ezdxf takes them from sets, whose order the hash seed decides."""
    write_dxf(tmp_path / "x.dxf", flat())
    pairs = group_codes(tmp_path / "x.dxf")
    start, stop = pairs.index((2, "CLASSES")), pairs.index((2, "TABLES"))
    names = [value for code, value in pairs[start:stop] if code == 1]
    assert len(names) > 5
    assert names == sorted(names)


_WRITE = """
import sys
from pathlib import Path
from bd_gen.exchange.export import export_plans, export_target
from tests.exchange.exports.cases import flat

for name in ("x.dxf", "x.graphml", "x.csv", "x.jsonl", "x.svg"):
    export_plans([flat()], export_target(Path(sys.argv[1]) / name))
"""


@pytest.mark.slow
def test_files_do_not_depend_on_the_hash_seed(tmp_path: Path) -> None:
    files = []
    for seed in ("0", "11", "14"):
        folder = tmp_path / seed
        subprocess.run(
            [sys.executable, "-c", _WRITE, str(folder)],
            check=True,
            env={
                **os.environ,
                "PYTHONHASHSEED": seed,
                "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path),
            },
        )
        files.append({path.name: path.read_bytes() for path in sorted(folder.iterdir())})
    assert len(files[0]) == 5
    assert files[0] == files[1] == files[2]
