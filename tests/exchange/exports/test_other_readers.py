"""Exports read by programs that did not write them, and written alike on every machine."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import networkx
import numpy as np
import pytest
from PIL import Image
from tests.rplan import RELATIONS, ROOM_TYPES

from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.drawing.appearance import room_colours, tint
from bd_gen.exchange.exports.dxf import write_dxf
from bd_gen.exchange.exports.graphml import write_graphml

from .cases import flat, furnished


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
    areas = [value for code, value in pairs if code == 1 and value.endswith(" m\\U+00B2")]
    assert len(areas) == 3
    # an id beyond 16 bits is the pair that UTF-16 has for it
    assert (1, r"\U+5BA2\U+5385 \U+D83D\U+DE00 \U+00E9") in pairs


def test_gdal_reads_the_areas(tmp_path: Path) -> None:
    raw = pytest.importorskip("pyogrio.raw")
    write_dxf(tmp_path / "x.dxf", named("x"), 0.1)
    meta, _, geometry, columns = raw.read(tmp_path / "x.dxf")
    names = list(meta["fields"])
    texts = {text for text in columns[names.index("Text")] if text and "m²" in text}
    assert texts == {"60.0 m²", "14.4 m²", "20.2 m²"}
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


def printed(folder: Path) -> np.ndarray:
    """(H, W, 3) what LibreCAD prints of x.dxf, at 60 pixels to the inch of an A3 sheet."""
    if shutil.which("librecad") is None or shutil.which("pdftoppm") is None:
        pytest.skip("needs LibreCAD and poppler")
    subprocess.run(
        ["librecad", "dxf2pdf", folder / "x.dxf"],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(folder)},
        check=True,
        capture_output=True,
        timeout=120,
    )
    command = ["pdftoppm", "-r", "60", "-png", folder / "x.pdf", folder / "page"]
    subprocess.run(command, check=True, timeout=120)
    (page,) = folder.glob("page*.png")
    with Image.open(page) as image:
        return np.asarray(image.convert("RGB")).astype(int)


@pytest.mark.slow
def test_librecad_prints_the_plan_at_a_scale_in_its_colours(tmp_path: Path) -> None:
    """A plan of 10 m square has walls, doors and texts of its size on a sheet of its own."""
    write_dxf(tmp_path / "x.dxf", furnished(), 0.1)
    page = printed(tmp_path)
    height, width = page.shape[:2]
    assert (width, height) == pytest.approx((420 / 25.4 * 60, 297 / 25.4 * 60), abs=2)
    inked = (page < 250).any(axis=2)
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    # 1:50 for 14 m and the dimensions beside them, in the middle of the sheet: no speck, not cut
    metre = 1000 / 50 / 25.4 * 60
    assert len(range(columns[0], columns[-1])) > 14 * metre
    assert 5 < rows[0] < rows[-1] < height - 5
    for room_type in (0, 3):
        colour = np.array(
            [int(tint(room_colours(RPLAN)[room_type])[k : k + 2], 16) for k in (1, 3, 5)]
        )
        share = (abs(page - colour).max(axis=2) < 6).mean()
        area = {0: 64.0, 3: 16.0}[room_type] * metre**2 / (width * height)
        assert share == pytest.approx(area, rel=0.15)
    walls = (abs(page - np.array([139, 147, 156])).max(axis=2) < 6).mean()
    assert 0 < walls * width * height / metre**2 < 12, "walls are no black masses"


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
