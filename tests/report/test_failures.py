import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rplan import EDGE_MASK, NODE_MASK, RELATIONS, ROOM_TYPES

from bd_gen.diagrams.soundness import shortest_circle
from bd_gen.diagrams.tokens import tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.metrics import DiagramSet
from bd_gen.report.failures import (
    FAILURES,
    Sketch,
    contradictory,
    disconnected,
    misplaced,
    sample_checks,
    sketch_of,
    too_many,
)

LIVING, MASTER, KITCHEN = map(ROOM_TYPES.index, ("LivingRoom", "MasterRoom", "Kitchen"))
BATH, BALCONY = map(ROOM_TYPES.index, ("Bathroom", "Balcony"))
LEFT_OF, ABOVE, INSIDE, SURROUNDING = map(
    RELATIONS.index, ("left-of", "above", "inside", "surrounding")
)
Make = Callable[..., Sketch]


def test_the_rooms_that_are_cut_off_are_named(sketch: Make) -> None:
    made = sketch((LIVING, KITCHEN, BATH, BALCONY), (0, 1, LEFT_OF), (0, 2, ABOVE))
    marked, words = disconnected(made)
    assert words == "cut off: Balcony"
    assert marked.marked_rooms == {3}


def test_of_two_parts_the_smaller_one_is_cut_off(sketch: Make) -> None:
    marked, words = disconnected(sketch((LIVING, KITCHEN, BATH), (1, 2, ABOVE)))
    assert words == "cut off: LivingRoom"
    assert marked.marked_rooms == {0}


def test_rooms_too_many_are_marked(sketch: Make) -> None:
    marked, words = too_many(sketch((LIVING, KITCHEN, LIVING), (0, 1, ABOVE), (1, 2, ABOVE)))
    assert words == "2 rooms are LivingRoom"
    assert marked.marked_rooms == {0, 2}


def test_a_circle_is_told_room_by_room(sketch: Make) -> None:
    right_of = 9 - LEFT_OF
    made = sketch((LIVING, KITCHEN, BATH), (0, 1, LEFT_OF), (1, 2, LEFT_OF), (0, 2, right_of))
    marked, words = contradictory(made)
    assert words == (
        "no order from left to right: LivingRoom is left of Kitchen is left of Bathroom "
        "is left of LivingRoom"
    )
    assert marked.marked_pairs == {(0, 1), (1, 2), (0, 2)}


def test_a_forbidden_containment_is_named_from_both_sides(sketch: Make) -> None:
    for made in (
        sketch((LIVING, KITCHEN), (0, 1, INSIDE)),
        sketch((KITCHEN, LIVING), (0, 1, SURROUNDING)),
    ):
        marked, words = misplaced(made)
        assert words == "LivingRoom inside Kitchen"
        assert marked.marked_rooms == {made.diagram.room_types.index(LIVING)}
        assert marked.marked_pairs == {(0, 1)}
    assert misplaced(sketch((MASTER, LIVING), (0, 1, INSIDE)))[1] == ""


@given(st.lists(st.sets(st.integers(0, 4)), min_size=5, max_size=5))
def test_the_circle_is_a_shortest_one(after: list[set[int]]) -> None:
    every = (rooms for size in range(1, 6) for rooms in itertools.permutations(range(5), size))
    circles = (
        rooms
        for rooms in every
        if all(b in after[a] for a, b in zip(rooms, rooms[1:] + rooms[:1], strict=True))
    )
    circle = shortest_circle({room: sorted(after[room]) for room in range(5)})
    assert len(circle) == len(next(circles, ()))
    for room, following in zip(circle, circle[1:] + circle[:1], strict=True):
        assert following in after[room]


@pytest.mark.parametrize("n_max", [4, 8])
def test_every_sample_that_fails_gets_a_reason(n_max: int) -> None:
    vocabulary = Vocabulary(n_max)
    rng = np.random.default_rng(5)
    tokens = rng.integers(0, 11, (400, vocabulary.length)).astype(np.uint8)
    tokens[:, :n_max] = rng.integers(0, 13, (400, n_max))
    tokens[:40, 1] = NODE_MASK
    tokens[20:60, n_max] = EDGE_MASK
    tokens[50:70, 2] = 13 + 7  # no token at all
    rows = DiagramSet(tokens, vocabulary)
    checks = sample_checks(rows)
    fails = ~(checks["valid"] & checks["transitive"] & checks["inside_legal"])
    found = np.zeros(400, bool)
    for failure in FAILURES:
        for row in np.flatnonzero(failure.found(checks)):
            words = failure.explained(sketch_of(tokens[row], vocabulary, n_max))[1]
            assert words
            found[row] = True
    assert np.array_equal(found, fails)


def test_each_kind_is_found_by_its_condition(sketch: Make) -> None:
    faulty = {
        "not connected": sketch((LIVING, KITCHEN)),
        "too many of a type": sketch((LIVING, LIVING), (0, 1, ABOVE)),
        "forbidden containment": sketch((LIVING, KITCHEN), (0, 1, INSIDE)),
    }
    vocabulary = Vocabulary(3)
    tokens = tokens_from_diagrams([made.diagram for made in faulty.values()], vocabulary)
    checks = sample_checks(DiagramSet(tokens, vocabulary))
    found = {failure.title: failure.found(checks).tolist() for failure in FAILURES}
    for k, title in enumerate(faulty):
        assert found[title] == [j == k for j in range(3)]
    assert not any(found["not transitive"])
