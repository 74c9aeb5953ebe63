from pathlib import Path

import networkx
import numpy as np
from hypothesis import HealthCheck, given, settings

from bd_gen.data.sources.graphml.graphml import read_graphml
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.exchange.exports.graphml import write_graphml

from .cases import any_diagram, flat, same


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(plan=any_diagram())
def test_what_is_written_is_read_again(plan: LaidOut, tmp_path: Path) -> None:
    path = tmp_path / "plan.graphml"
    write_graphml(path, plan)
    found = read_graphml(path)
    assert same(LaidOut(found.id, found.diagram, found.boxes), plan)
    assert found.is_complete


def test_equal_plans_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_graphml(tmp_path / name, flat())
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_networkx_reads_typed_attributes(tmp_path: Path) -> None:
    path = tmp_path / "plan.graphml"
    write_graphml(path, flat("my <plan>"))
    graph = networkx.read_graphml(path, node_type=int)
    assert graph.is_directed()
    assert graph.graph["plan"] == "my <plan>"
    assert (graph.graph["n"], graph.graph["complete"], graph.graph["format_version"]) == (
        3,
        True,
        1,
    )
    kitchen = graph.nodes[1]
    assert (kitchen["type"], kitchen["type_number"], kitchen["label"]) == ("Kitchen", 2, "Kitchen")
    assert [kitchen[side] for side in ("x0", "y0", "x1", "y1")] == [114, 50, 150, 90]
    assert (kitchen["area"], kitchen["centre_x"], kitchen["centre_y"]) == (36 * 40, 132.0, 70.0)
    assert list(graph.edges) == [(0, 1), (0, 2), (1, 2)]
    assert (graph.edges[1, 2]["relation"], graph.edges[1, 2]["relation_number"]) == ("above", 3)


def test_a_plan_may_be_called_true(tmp_path: Path) -> None:
    path = tmp_path / "plan.graphml"
    write_graphml(path, flat("True"))
    assert read_graphml(path).id == "True"


def test_networkx_may_write_it_again(tmp_path: Path) -> None:
    path = tmp_path / "plan.graphml"
    write_graphml(path, flat("mine"))
    networkx.write_graphml(networkx.read_graphml(path), path)
    found = read_graphml(path)
    assert same(LaidOut(found.id, found.diagram, found.boxes), flat("mine"))


def test_without_boxes_there_are_bubbles(tmp_path: Path) -> None:
    path = tmp_path / "plan.graphml"
    write_graphml(path, LaidOut("x", Diagram((0, 2), ((0, 1, 2),))))
    graph = networkx.read_graphml(path)
    assert "x0" not in graph.nodes["0"]
    assert graph.nodes["0"]["shape_type"] == "ellipse"
    # left-of: the living room's bubble lies left of the kitchen's
    assert float(graph.nodes["0"]["x"]) < float(graph.nodes["1"]["x"])


def test_numbers_of_one_attribute_are_of_one_type(tmp_path: Path) -> None:
    path = tmp_path / "plan.graphml"
    boxes = np.array([[0, 0, 10, 10.5], [12, 0, 20, 10]])
    write_graphml(path, LaidOut("x", Diagram((0, 2), ((0, 1, 2),)), boxes))
    assert path.read_text().count('attr.name="y1"') == 1
