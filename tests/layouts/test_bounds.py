"""Bounds must never lose a layout, and should find most contradictions."""

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rplan import NO_EDGE

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.relations import relations_from_boxes
from bd_gen.diagrams.tokens import diagrams_from_tokens, tokens_from_parts
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.layouts.bounds import Bounded, as_difference, bounded
from bd_gen.layouts.constraints import Grid, Linear, relation_clauses
from bd_gen.layouts.cp_sat import Search
from bd_gen.layouts.cycles import shortest_cycle
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outline import Outline
from bd_gen.layouts.problem import Problem, problem_of
from bd_gen.layouts.search import box_model

PLAIN = SolverOptions()


def diagram_of(boxes: np.ndarray) -> Diagram:
    n = len(boxes)
    vocabulary = Vocabulary(n)
    relations = relations_from_boxes(boxes[None], np.array([n]), vocabulary)
    types = np.zeros((1, n), int)
    return diagrams_from_tokens(
        tokens_from_parts(types, relations, np.array([n]), vocabulary), vocabulary
    )[0]


def holds(linear: Linear, boxes: np.ndarray) -> bool:
    sides = boxes.reshape(-1)
    return sum(c * int(sides[k]) for k, c in linear.terms) <= linear.bound


def plans(most_rooms: int) -> st.SearchStrategy[np.ndarray]:
    """Boxes anywhere, with many equal and nearly equal sides."""
    side = st.one_of(st.integers(0, 255), st.integers(100, 112))
    span = st.lists(side, min_size=2, max_size=2, unique=True).map(sorted)
    box = st.tuples(span, span).map(lambda s: [s[0][0], s[1][0], s[0][1], s[1][1]])
    return st.lists(box, min_size=1, max_size=most_rooms).map(np.array)


@given(plans(6))
@settings(max_examples=60)
def test_no_layout_is_lost(boxes: np.ndarray) -> None:
    rest = bounded(problem_of(diagram_of(boxes), PLAIN))
    assert rest is not None
    assert (rest.domains[..., 0] <= boxes).all()
    assert (boxes <= rest.domains[..., 1]).all()
    for clause in rest.clauses:
        assert any(holds(linear, boxes) for linear in clause)


def test_differences_say_the_same_as_the_conditions() -> None:
    rng = np.random.default_rng(0)
    boxes = np.sort(rng.integers(0, 60, (500, 2, 2, 2)), axis=2)  # plan, room, end, axis
    nodes = np.zeros((500, 2, 7), int)  # plan, axis, origin and three nodes for each room
    for room in range(2):
        low, high = boxes[:, room, 0], boxes[:, room, 1]
        for k, value in enumerate((2 * low, 2 * high, low + high)):
            nodes[:, :, 1 + 3 * room + k] = value
    sides = boxes.reshape(500, 8)
    seen = 0
    for token in range(NO_EDGE + 1):
        for clause in relation_clauses(0, 1, token, Grid()):
            for linear in clause:
                difference = as_difference(linear)
                if difference is None:
                    assert len({k % 2 for k, _ in linear.terms}) == 2  # a corner: both axes
                    continue
                axis, a, b, bound = difference
                got = nodes[:, axis, a] - nodes[:, axis, b] <= bound
                expected = sum(c * sides[:, k] for k, c in linear.terms) <= linear.bound
                assert np.array_equal(got, expected), linear
                seen += 1
    assert seen > 60


@pytest.mark.parametrize(
    "linear",
    [
        Linear(((0, 1), (4, 1)), 3),  # a sum of two rooms
        Linear(((0, 2), (2, 1)), 3),  # neither a side nor a centre
        Linear(((0, 1), (1, -1)), 3),  # two axes
        Linear(((0, 1), (4, -1), (8, -1)), 3),
    ],
)
def test_other_conditions_are_no_differences(linear: Linear) -> None:
    assert as_difference(linear) is None


def test_single_sides_are_compared_with_the_origin() -> None:
    assert as_difference(Linear(((6, 1),), 9)) == (0, 5, 0, 18)
    assert as_difference(Linear(((3, -1),), -7)) == (1, 0, 2, -14)


def without_bounds(problem: Problem) -> bool:
    """Has the problem a solution, by CP-SAT alone?"""
    clauses = [clause for s in problem.statements for clause in s.clauses]
    domains = np.zeros((problem.num_rooms, 4, 2), np.int64)
    domains[..., 1] = problem.grid.largest
    model = box_model(problem, Bounded(domains, tuple(clauses)))
    answer = model.solve(Search(60, linearization=2))
    assert answer.is_impossible != (answer.values is not None)
    return not answer.is_impossible


@pytest.mark.parametrize(("edge_share", "at_least"), [(0.15, 0), (0.4, 4), (0.8, 8)])
def test_cp_sat_alone_agrees(
    edge_share: float, at_least: int, nonsense: Callable[..., list[Diagram]]
) -> None:
    proven = 0
    for diagram in nonsense(25, 6, 3, edge_share):
        problem = problem_of(diagram, PLAIN)
        rest = bounded(problem)
        if rest is None:
            proven += 1
            assert not without_bounds(problem)
        else:
            answer = box_model(problem, rest).solve(Search(60, linearization=2))
            assert without_bounds(problem) == (answer.values is not None)
    assert proven >= at_least


def test_all_pairs_of_two_relations_agree_with_cp_sat() -> None:
    """Rooms 0-1 and 1-2 related, 0-2 not touching: 121 diagrams, a third of them impossible."""
    proven = 0
    for a, b in product(range(NO_EDGE), repeat=2):
        problem = problem_of(Diagram((0, 0, 0), ((0, 1, a), (1, 2, b))), PLAIN)
        if bounded(problem) is None:
            proven += 1
            assert not without_bounds(problem)
    assert proven >= 3


def test_a_circle_is_always_found(nonsense: Callable[..., list[Diagram]]) -> None:
    circles = [d for d in nonsense(150, 8, 5, 0.7) if shortest_cycle(d)]
    assert len(circles) > 30
    for diagram in circles:
        assert bounded(problem_of(diagram, PLAIN)) is None


def test_choices_shrink_to_what_can_hold() -> None:
    # 0 left of 1, 1 left of 2, and 0 and 2 apart: on the x axis, 0 first, or on the y axis
    problem = problem_of(Diagram((0, 0, 0), ((0, 1, 2), (1, 2, 2))), PLAIN)
    rest = bounded(problem)
    assert rest is not None
    apart = next(s for s in problem.statements if s.relation == NO_EDGE).clauses[0]
    left = [clause for clause in rest.clauses if set(clause) < set(apart)]
    assert len(left) == 1
    assert len(left[0]) == 3
    assert Linear(((8 + 2, 1), (0, -1)), -10) not in left[0]  # 2 to the left of 0


def test_domains_know_the_outline_and_given_boxes() -> None:
    diagram = Diagram((0, 2), ((0, 1, 2),))
    options = SolverOptions(outline=Outline((20, 30, 120, 90)), fixed={1: (80, 40, 100, 60)})
    rest = bounded(problem_of(diagram, options))
    assert rest is not None
    assert rest.domains[1].tolist() == [[80, 80], [40, 40], [100, 100], [60, 60]]
    assert (rest.domains[0, :, 0] >= [20, 30, 71, 31]).all()  # within 9 pixels of 80
    assert (rest.domains[0, :, 1] <= [119, 89, 140, 90]).all()
    assert rest.domains[0, 0, 1] < 80  # the centre is left of 80
