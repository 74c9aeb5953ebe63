import numpy as np
import pytest
from tests.rplan import INSIDE, SURROUNDING

from bd_gen.diagrams.diagram import Diagram
from bd_gen.drawing.nesting import (
    MIN_GAP,
    PADDING,
    fit_children,
    label_strip,
    nesting_of,
    separated,
)

GAP = 0.3
LEFT_OF = 2


@pytest.mark.parametrize(
    ("edges", "parents"),
    [
        ((), (-1, -1, -1)),
        (((0, 1, LEFT_OF),), (-1, -1, -1)),
        (((0, 1, INSIDE),), (1, -1, -1)),
        (((0, 1, SURROUNDING),), (-1, 0, -1)),
        # 0 in 1 in 2, and 0 in 2 as well
        (((0, 1, INSIDE), (0, 2, INSIDE), (1, 2, INSIDE)), (1, 2, -1)),
        # 0 in 1 and 0 in 2, neither in the other: one bubble can show only one of them
        (((0, 1, INSIDE), (0, 2, INSIDE)), (2, -1, -1)),
        # 0 in 1 in 2 in 0 is drawn as far as possible
        (((0, 1, INSIDE), (0, 2, SURROUNDING), (1, 2, INSIDE)), (1, 2, -1)),
    ],
)
def test_which_bubble_is_drawn_in_which(edges, parents):
    # LivingRoom, MasterRoom, Kitchen: the smaller bubble is the closer fit
    nesting = nesting_of(Diagram((0, 1, 2), edges), GAP)
    assert nesting.parents == parents
    for room, parent in enumerate(parents):
        if parent >= 0:
            assert nesting.inner_first.index(room) < nesting.inner_first.index(parent)
            assert nesting.radii[parent] > nesting.radii[room]
            assert room in nesting.children(parent)
    assert sorted(nesting.inner_first) == [0, 1, 2]


def test_the_chain_of_bubbles_around_a_room():
    nesting = nesting_of(Diagram((0, 1, 2), ((0, 1, INSIDE), (1, 2, INSIDE))), GAP)
    assert nesting.chain(0) == [0, 1, 2]
    assert nesting.chain(2) == [2]


def test_separated_discs_keep_their_distance():
    rng = np.random.default_rng(0)
    for n in (1, 2, 5, 12):
        centres, radii = rng.normal(size=(n, 2)), rng.uniform(0.3, 1, n)
        spaces = np.full((n, n), 0.2)
        apart = separated(centres, radii, spaces)
        distance = np.linalg.norm(apart[:, None] - apart, axis=-1)
        needed = radii[:, None] + radii + spaces
        off_diagonal = ~np.eye(n, dtype=bool)
        assert (distance >= needed - 1e-9)[off_diagonal].all()


def test_discs_that_are_apart_stay_where_they_are():
    centres = np.array([[0.0, 0.0], [3.0, 0.0]])
    assert separated(centres, np.ones(2), np.zeros((2, 2))) is centres


@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_a_bubble_is_made_to_fit_what_is_in_it(side: float):
    diagram = Diagram((0, 2, 3, 9), ((0, 1, SURROUNDING), (0, 2, SURROUNDING), (0, 3, LEFT_OF)))
    nesting = nesting_of(diagram, GAP)
    start = np.array([[0.0, 0.0], [0.1, 0.0], [0.0, 0.1], [9.0, 9.0]])
    centres, radii = fit_children(start, nesting.radii, nesting, np.full(4, side))
    for child in (1, 2):
        offset = centres[child] - centres[0]
        assert np.linalg.norm(offset) + radii[child] <= radii[0] - PADDING + 1e-9
        # the strip for the label is free
        assert side * offset[1] + radii[child] <= radii[0] - label_strip(radii[0]) + 1e-9
    assert np.linalg.norm(centres[1] - centres[2]) >= radii[1] + radii[2] + MIN_GAP - 1e-9
    np.testing.assert_array_equal(centres[3], start[3])
    np.testing.assert_array_equal(radii[1:], nesting.radii[1:])


def test_what_lies_deeper_moves_along():
    # 2 in 1, and 1 beside 3 in 0: pushing 1 and 3 apart takes 2 along
    edges = ((0, 1, SURROUNDING), (0, 3, SURROUNDING), (1, 2, SURROUNDING))
    nesting = nesting_of(Diagram((0, 1, 3, 2), edges), GAP)
    start = np.array([[0.0, 0.0], [-0.1, 0.0], [-0.1, 0.0], [0.1, 0.0]])
    centres, radii = fit_children(start, nesting.radii, nesting, np.full(4, -1.0))
    assert np.linalg.norm(centres[2] - centres[1]) + radii[2] <= radii[1]
    assert np.linalg.norm(centres[2] - centres[0]) + radii[2] <= radii[0]
