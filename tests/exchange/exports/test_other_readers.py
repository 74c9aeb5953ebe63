"""Exports read by programs that did not write them, and written alike on every machine."""

import json
import os
import re
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import ezdxf
import networkx
import pytest
from tests.rplan import RELATIONS, ROOM_TYPES

from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.drawing.appearance import ROOM_COLOURS
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


def test_javascript_reads_graphs_by_the_names_of_their_attributes(tmp_path: Path) -> None:
    """Cytoscape.js calls data by the key's id, not by its attr.name."""
    if shutil.which("node") is None:
        pytest.skip("needs node")
    plan = named("客厅")
    write_graphml(tmp_path / "x.graphml", plan)
    script = Path(__file__).with_name("cytoscape.js")
    done = subprocess.run(
        ["node", script, tmp_path / "x.graphml"], capture_output=True, text=True, check=False
    )
    if "Cannot find module" in done.stderr:
        pytest.skip("needs cytoscape, cytoscape-graphml, graphology-graphml, jquery, jsdom (npm)")
    assert done.returncode == 0, done.stderr
    for found in json.loads(done.stdout).values():
        assert found["types"] == [ROOM_TYPES[t] for t in plan.diagram.room_types]
        edges = [[str(i), str(j), RELATIONS[r]] for i, j, r in plan.diagram.edges]
        assert found["edges"] == edges


def test_librecad_draws_the_rooms_in_their_colours(tmp_path: Path) -> None:
    """Without texts: it makes a page of 420 m, on which a letter takes it seconds."""
    if shutil.which("librecad") is None:
        pytest.skip("needs LibreCAD")
    plan = named("x")
    write_dxf(tmp_path / "whole.dxf", plan)
    drawing = ezdxf.readfile(tmp_path / "whole.dxf")
    for entity in drawing.modelspace().query("MTEXT DIMENSION"):
        drawing.modelspace().delete_entity(entity)
    drawing.saveas(tmp_path / "x.dxf")
    subprocess.run(
        ["librecad", "dxf2pdf", "-a", tmp_path / "x.dxf"],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)},
        check=True,
        capture_output=True,
        timeout=120,
    )
    page = (tmp_path / "x.pdf").read_bytes()
    start = re.search(rb"stream\r?\n", page)
    assert start is not None
    drawn = zlib.decompressobj().decompress(page[start.end() :]).decode()
    fills = re.findall(r"/CSp cs ([\d.]+ [\d.]+ [\d.]+) scn", drawn)
    found = {"#" + "".join(f"{round(float(c) * 255):02X}" for c in fill.split()) for fill in fills}
    assert found >= {ROOM_COLOURS[t].upper() for t in plan.diagram.room_types}
    assert drawn.count("f*") == plan.diagram.num_rooms


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
