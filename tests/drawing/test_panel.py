import numpy as np
import pytest
from tests.rplan import INSIDE, SURROUNDING

from bd_gen.diagrams.diagram import Diagram
from bd_gen.drawing.panel import links_of
from bd_gen.drawing.placement import place

LEFT_OF, ABOVE = 2, 3


def links(diagram: Diagram, clearance: float = 0.3):
    (placement,) = place([diagram])
    return links_of(diagram, placement, clearance), placement


def test_a_line_runs_from_rim_to_rim():
    (link,), placement = links(Diagram((0, 2), ((0, 1, LEFT_OF),)))
    for end, room in ((link.start, 0), (link.end, 1)):
        to_centre = np.linalg.norm(end - placement.centres[room])
        assert to_centre == pytest.approx(placement.radii[room])
    assert link.start[0] < link.end[0]
    assert (link.i, link.j, link.relation, link.dashed) == (0, 1, LEFT_OF, False)


@pytest.mark.parametrize("relation", [INSIDE, SURROUNDING])
def test_a_containment_that_bubbles_show_has_no_line(relation: int):
    assert links(Diagram((0, 2), ((0, 1, relation),)))[0] == []


def test_a_containment_that_bubbles_cannot_show_is_dashed():
    found, placement = links(Diagram((0, 1, 2), ((0, 1, INSIDE), (0, 2, INSIDE))))
    assert placement.parents == (2, -1, -1)
    assert [(link.i, link.j, link.dashed) for link in found] == [(0, 1, True)]


def test_a_contradiction_between_nested_bubbles_is_dashed():
    # 0 in 1 in 2, but 0 left-of 2
    edges = ((0, 1, INSIDE), (0, 2, LEFT_OF), (1, 2, INSIDE))
    (link,), placement = links(Diagram((3, 1, 0), edges))
    assert (link.i, link.j, link.dashed) == (0, 2, True)
    ends = np.array([link.start - placement.centres[0], link.end - placement.centres[2]])
    np.testing.assert_allclose(np.linalg.norm(ends, axis=1), placement.radii[[0, 2]])


def test_every_edge_is_a_line_or_a_bubble_in_a_bubble(realizable, nonsense):
    diagrams = realizable(30, 8, seed=0) + nonsense(30, 8, seed=0, edge_share=0.6)
    for diagram, placement in zip(diagrams, place(diagrams), strict=True):
        drawn = {(link.i, link.j) for link in links_of(diagram, placement, 0.3)}
        for i, j, relation in diagram.edges:
            inner, outer = (j, i) if relation == SURROUNDING else (i, j)
            shown = relation in (INSIDE, SURROUNDING) and placement.is_within(inner, outer)
            assert ((i, j) in drawn) != shown


@pytest.mark.parametrize("clearance", [0.2, 0.4])
def test_lines_to_a_bubble_and_to_one_in_it_part(clearance: float):
    # MasterRoom below both the LivingRoom and the Kitchen in it
    edges = ((0, 1, SURROUNDING), (0, 2, ABOVE), (1, 2, ABOVE))
    found, placement = links(Diagram((0, 2, 1), edges), clearance)
    by_pair = {(link.i, link.j): link for link in found}
    assert set(by_pair) == {(0, 2), (1, 2)}
    meets = by_pair[0, 2].start
    assert np.linalg.norm(meets - placement.centres[0]) == pytest.approx(placement.radii[0])
    inner = by_pair[1, 2]
    points = inner.start + np.linspace(0, 1, 500)[:, None] * (inner.end - inner.start)
    on_rim = np.abs(np.linalg.norm(points - placement.centres[0], axis=1) - placement.radii[0])
    crossing = points[int(np.argmin(on_rim))]
    assert np.linalg.norm(meets - crossing) >= clearance - 0.03
