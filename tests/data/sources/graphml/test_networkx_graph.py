"""A networkx graph is understood as the same graph in GraphML."""

import pytest

from bd_gen.data.sources.graphml.graphml import read_graphml, read_networkx
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.exchange.exports.graphml import write_graphml

nx = pytest.importorskip("networkx")


@pytest.mark.parametrize("boxes", [None, [[0, 0, 9, 9], [9, 0, 20, 9], [0, 9, 9, 20]]])
def test_the_same_as_the_file(boxes, tmp_path):
    plan = LaidOut("a", Diagram((0, 2, 3), ((0, 1, 2), (0, 2, 3))), boxes)
    write_graphml(tmp_path / "a.graphml", plan)
    expected = read_graphml(tmp_path / "a.graphml")
    for graph in (
        nx.read_graphml(tmp_path / "a.graphml"),
        nx.MultiDiGraph(nx.read_graphml(tmp_path / "a.graphml")),
    ):
        found = read_networkx(graph)
        assert (found.id, found.diagram) == ("a", expected.diagram)
        assert found.is_complete
        assert (found.boxes is None) == (boxes is None)
        if boxes is not None:
            assert found.boxes.tolist() == boxes
