"""Why not: what is said is impossible, and nothing in it is superfluous."""

from collections.abc import Callable

import pytest
from tests.rplan import RELATIONS

from bd_gen.diagrams.diagram import Diagram
from bd_gen.layouts.cycles import shortest_cycle
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outcome import Conflict, explain
from bd_gen.layouts.outline import Outline
from bd_gen.layouts.problem import problem_of
from bd_gen.layouts.search import Status, find_boxes

LEFT_OF, ABOVE, BELOW, RIGHT_OF = (
    RELATIONS.index(n) for n in ("left-of", "above", "below", "right-of")
)
SURROUNDING, INSIDE = RELATIONS.index("surrounding"), RELATIONS.index("inside")


def assert_needed(
    conflict: Conflict, diagram: Diagram, options: SolverOptions | None = None
) -> None:
    """The statements cannot hold together; without any one of them they can."""
    problem = problem_of(diagram, options or SolverOptions())
    statements = conflict.statements
    assert set(statements) <= set(problem.statements)
    assert find_boxes(problem.only(statements), 60).status is Status.UNREALIZABLE
    for left_out in statements:
        rest = [s for s in statements if s is not left_out]
        assert find_boxes(problem.only(rest), 60).status is Status.REALIZABLE, left_out
    assert conflict.is_minimal


def test_a_circle_is_told_round_the_circle() -> None:
    # the last edge is stored as "Kitchen right-of Balcony"
    diagram = Diagram((2, 3, 9), ((0, 1, LEFT_OF), (0, 2, RIGHT_OF), (1, 2, LEFT_OF)))
    conflict = explain(diagram)
    assert str(conflict) == (
        "Kitchen left-of Bathroom, Bathroom left-of Balcony, Balcony left-of Kitchen"
    )
    assert [s.text for s in conflict.statements] == [
        "Kitchen left-of Bathroom",
        "Kitchen right-of Balcony",
        "Bathroom left-of Balcony",
    ]
    assert_needed(conflict, diagram)


def test_a_circle_among_other_rooms() -> None:
    edges = ((0, 1, BELOW), (1, 4, ABOVE), (2, 3, LEFT_OF), (3, 5, LEFT_OF), (2, 5, RIGHT_OF))
    diagram = Diagram((0, 7, 7, 3, 9, 3), edges)
    conflict = explain(diagram)
    assert str(conflict) == (
        "SecondRoom 2 left-of Bathroom 1, Bathroom 1 left-of Bathroom 2, "
        "Bathroom 2 left-of SecondRoom 2"
    )
    assert_needed(conflict, diagram)


def test_rooms_that_must_touch_but_may_not() -> None:
    diagram = Diagram((3, 0, 2), ((1, 2, SURROUNDING), (0, 2, INSIDE)))
    # the centre of the Bathroom is inside the Kitchen, which is inside the LivingRoom
    conflict = explain(diagram)
    assert str(conflict) == (
        "Bathroom inside Kitchen, LivingRoom surrounding Kitchen, "
        "Bathroom and LivingRoom do not touch"
    )
    assert_needed(conflict, diagram)


@pytest.mark.parametrize(("edge_share", "n"), [(0.3, 6), (0.6, 8), (0.9, 7)])
def test_nothing_is_superfluous(
    edge_share: float, n: int, nonsense: Callable[..., list[Diagram]]
) -> None:
    explained = 0
    for diagram in nonsense(20, n, 4, edge_share):
        conflict = explain(diagram)
        possible = find_boxes(problem_of(diagram, SolverOptions()), 60).status
        assert (conflict is None) == (possible is Status.REALIZABLE)
        if conflict is not None:
            assert_needed(conflict, diagram)
            explained += 1
    assert explained >= 1


def test_options_are_named_where_they_are_to_blame() -> None:
    diagram = Diagram((0, 2), ((0, 1, LEFT_OF),))
    options = SolverOptions(outline=Outline((10, 10, 60, 60)), min_areas={0: 1800, 2: 1800})
    conflict = explain(diagram, options)
    assert_needed(conflict, diagram, options)
    texts = {s.text for s in conflict.statements}
    assert "LivingRoom has an area of 1800 to 65025" in texts
    assert "Kitchen lies in the outline" in texts
    assert "LivingRoom left-of Kitchen" in texts
    options = SolverOptions(fixed={0: (100, 50, 150, 90), 1: (20, 50, 60, 90)})
    conflict = explain(diagram, options)
    assert str(conflict) == (
        "LivingRoom left-of Kitchen, LivingRoom has box (100, 50, 150, 90), "
        "Kitchen has box (20, 50, 60, 90)"
    )
    options = SolverOptions(min_side=50, outline=Outline((10, 10, 70, 90)))
    conflict = explain(diagram, options)
    assert_needed(conflict, diagram, options)
    assert "Kitchen is at least 50 wide and high" in conflict.text


def test_there_is_nothing_to_explain() -> None:
    assert explain(Diagram((0, 2), ((0, 1, LEFT_OF),))) is None


def test_a_question_that_ran_out_of_time_is_no_reason() -> None:
    circle = Diagram((2, 3, 9), ((0, 1, LEFT_OF), (0, 2, RIGHT_OF), (1, 2, LEFT_OF)))
    hurried = explain(circle, SolverOptions(time_limit=1e-9))
    # the bounds need no time; whether each member is needed stays open
    assert hurried.text == explain(circle).text
    assert not hurried.is_minimal
    assert explain(Diagram((0, 2), ((0, 1, LEFT_OF),)), SolverOptions(time_limit=1e-9)) is None


def test_what_goes_round_in_a_circle_has_no_layout(
    nonsense: Callable[..., list[Diagram]],
) -> None:
    """The solver takes this for granted; here it is asked without."""
    found = 0
    for diagram in nonsense(60, 8, 8, 0.8):
        pairs = {(min(a, b), max(a, b)) for a, b, _ in shortest_cycle(diagram)}
        problem = problem_of(diagram, SolverOptions())
        circle = problem.only([s for s in problem.statements if s.rooms in pairs])
        if pairs:
            assert find_boxes(circle, 60).status is Status.UNREALIZABLE
            found += 1
    assert found > 10


@pytest.mark.parametrize(
    ("edges", "length"),
    [
        ((), 0),
        (((0, 1, LEFT_OF), (1, 2, LEFT_OF), (0, 2, LEFT_OF)), 0),
        (((0, 1, LEFT_OF), (1, 2, BELOW), (0, 2, RIGHT_OF)), 0),  # two axes
        (((0, 1, LEFT_OF), (1, 2, 0), (0, 2, 9)), 3),  # left-above, right-below: both axes
        (((0, 1, LEFT_OF), (1, 2, INSIDE), (0, 2, RIGHT_OF)), 0),
        (((0, 1, ABOVE), (1, 2, ABOVE), (2, 3, ABOVE), (0, 3, BELOW)), 4),
        (((0, 1, ABOVE), (1, 2, ABOVE), (2, 3, ABOVE), (0, 3, BELOW), (1, 3, BELOW)), 3),
    ],
)
def test_the_shortest_circle(edges: tuple, length: int) -> None:
    steps = shortest_cycle(Diagram((0, 1, 2, 3), edges))
    assert len(steps) == length
    for (_, end, _), (start, _, _) in zip(steps, steps[1:] + steps[:1], strict=True):
        assert end == start
    for a, b, relation in steps:
        stored = (a, b, relation) if a < b else (b, a, 9 - relation)
        assert stored in edges
