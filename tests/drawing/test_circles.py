import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rplan import RELATIONS

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.floor_plan import rooms_seen
from bd_gen.drawing.circles import ARROW_SHARES, SHARES, SMALLEST_RADIUS, circles_of, lines_of


def areas_of(boxes) -> np.ndarray:
    return np.array([room.area for room in rooms_seen(np.array(boxes))])


def of_boxes(boxes, shares=SHARES):
    return circles_of(np.array(boxes), areas_of(boxes), shares)


ABOVE, INSIDE = RELATIONS.index("above"), RELATIONS.index("inside")


def test_areas_are_proportional_to_what_is_seen():
    boxes = np.array([[0, 0, 100, 100], [0, 0, 50, 50], [200, 0, 230, 30]])
    circles = of_boxes(boxes)
    share = np.pi * circles.radii**2 / areas_of(boxes)
    np.testing.assert_allclose(share, share[0])
    assert share[0] in SHARES
    assert circles.centres.tolist() == [[50, 50], [25, 25], [215, 15]]
    assert circles.order.tolist() == [0, 1, 2]
    smaller = of_boxes(boxes, ARROW_SHARES)
    assert (smaller.radii < circles.radii).all()


def test_what_is_hardly_seen_can_be_found():
    circles = of_boxes(np.array([[0, 0, 100, 100], [50, 50, 50, 51]]))
    assert circles.radii[1] == SMALLEST_RADIUS


def test_bubbles_apart_are_made_not_to_overlap():
    """Long rooms side by side: at the largest share their bubbles would reach into each other."""
    boxes = np.array([[0, 0, 20, 100], [24, 0, 44, 100]])
    circles = of_boxes(boxes)
    assert circles.radii.sum() <= 24 or np.isclose(np.pi * circles.radii[0] ** 2, SHARES[-1] * 2000)


def test_a_line_runs_from_rim_to_rim():
    circles = of_boxes(np.array([[0, 0, 40, 40], [0, 100, 40, 140]]))
    (line,) = lines_of(Diagram((0, 1), ((0, 1, ABOVE),)), circles)
    np.testing.assert_allclose(line.points[0], (20, 20 + circles.radii[0]))
    np.testing.assert_allclose(line.points[-1], (20, 120 - circles.radii[1]))
    assert line.end == -1


def test_a_line_is_bent_round_a_bubble_between():
    boxes = [[0, 0, 60, 60], [75, 10, 105, 40], [120, 0, 180, 60]]
    circles = of_boxes(np.array(boxes))
    (line,) = lines_of(Diagram((0, 1, 2), ((0, 2, ABOVE),)), circles)
    off = np.linalg.norm(line.points - circles.centres[1], axis=1)
    assert off.min() > circles.radii[1]


def test_a_containment_that_is_seen_has_no_line():
    boxes = np.array([[0, 0, 100, 100], [40, 40, 60, 60]])
    circles = of_boxes(boxes)
    assert lines_of(Diagram((0, 1), ((0, 1, RELATIONS.index("surrounding")),)), circles) == []
    (line,) = lines_of(Diagram((0, 1), ((0, 1, ABOVE),)), circles)
    assert line.end == 0, "another relation ends within the outer bubble"
    assert (np.linalg.norm(line.points - circles.centres[0], axis=1) <= circles.radii[0]).all()


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.integers(2, 8))
def test_every_line_has_two_ends_on_the_page(seed: int, num_rooms: int):
    rng = np.random.default_rng(seed)
    corners = rng.integers(0, 60, (num_rooms, 2))
    boxes = np.concatenate([corners, corners + rng.integers(0, 60, (num_rooms, 2))], axis=1)
    circles = of_boxes(boxes)
    pairs = [(i, j, ABOVE) for i in range(num_rooms) for j in range(i + 1, num_rooms)]
    lines = lines_of(Diagram((0,) * num_rooms, tuple(pairs)), circles)
    assert len(lines) == len(pairs)
    for line in lines:
        assert len(line.points) >= 2
        assert np.isfinite(line.points).all()
        for room, end in ((line.i, line.points[0]), (line.j, line.points[-1])):
            off = np.linalg.norm(end - circles.centres[room])
            assert off <= circles.radii[room] + 8
