import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rplan import ROOM_TYPES

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.layouts.circulation import DoorGraph, ordered, ways_in
from bd_gen.layouts.room_roles import room_roles

ROLES = room_roles(RPLAN)
LIVING, MASTER, KITCHEN, BATH, SECOND, BALCONY = (
    ROOM_TYPES.index(name)
    for name in ("LivingRoom", "MasterRoom", "Kitchen", "Bathroom", "SecondRoom", "Balcony")
)


def graph_of(types, walls, **rules):
    """A graph with walls {(i, j): metres}."""
    table = np.zeros((len(types), len(types)))
    for (i, j), length in walls.items():
        table[i, j] = table[j, i] = length
    return DoorGraph(tuple(types), table, 0.9, **rules)


def test_bedrooms_open_to_the_living_room():
    graph = graph_of((LIVING, MASTER, SECOND), {(0, 1): 2, (0, 2): 2, (1, 2): 4})
    assert ways_in(graph, 0) == [(0, 1), (0, 2)]


def test_nobody_crosses_a_bedroom_but_to_a_bathroom_or_balcony():
    graph = graph_of((LIVING, MASTER, SECOND, BALCONY), {(0, 1): 2, (1, 2): 3, (1, 3): 3})
    assert ways_in(graph, 0) == [(0, 1), (1, 3)]


def test_the_user_may_say_that_a_room_opens_to_a_bedroom():
    walls = {(0, 1): 2, (1, 2): 3}
    graph = graph_of((LIVING, MASTER, SECOND), walls, required=frozenset({(1, 2)}))
    assert ways_in(graph, 0) == [(0, 1), (1, 2)]


def test_an_en_suite_bathroom_that_is_asked_for_is_no_way_to_its_bedroom():
    walls = {(0, 1): 2, (0, 2): 2, (0, 3): 2, (1, 2): 2}
    types = (LIVING, MASTER, BATH, BATH)
    graph = graph_of(types, walls, required=frozenset({(1, 2)}))
    assert ways_in(graph, 0) == [(0, 1), (1, 2), (0, 3)]
    alone = graph_of(types, {(0, 2): 2, (0, 3): 2, (1, 2): 2}, required=frozenset({(1, 2)}))
    assert [way[1] for way in ways_in(alone, 0)] == [2, 3]


def test_forbidden_doors_are_gone_round():
    walls = {(0, 1): 2, (0, 2): 2, (1, 2): 2}
    graph = graph_of((LIVING, MASTER, KITCHEN), walls, forbidden=frozenset({(0, 1)}))
    assert ways_in(graph, 0) == [(2, 1), (0, 2)]


def test_the_only_bathroom_is_for_all_and_the_second_one_en_suite():
    walls = {(0, 1): 3, (0, 2): 2, (1, 2): 3}
    assert ways_in(graph_of((LIVING, MASTER, BATH), walls), 0) == [(0, 1), (0, 2)]
    more = {**walls, (0, 3): 2, (1, 3): 1}
    # the second one's wall to the hall is no longer, but its wall to the bedroom is the shorter
    assert ways_in(graph_of((LIVING, MASTER, BATH, BATH), more), 0) == [(0, 1), (1, 2), (0, 3)]


def test_a_bathroom_that_only_a_bedroom_has_stays_en_suite():
    graph = graph_of((LIVING, MASTER, BATH), {(0, 1): 3, (1, 2): 3})
    assert ways_in(graph, 0) == [(0, 1), (1, 2)]


def test_of_two_doors_that_suit_as_well_the_longer_wall_has_it():
    graph = graph_of(
        (LIVING, MASTER, SECOND, BALCONY), {(0, 1): 2, (0, 2): 2, (1, 3): 2, (2, 3): 3}
    )
    assert ways_in(graph, 0)[-1] == (2, 3)


def test_a_single_room_needs_no_doors():
    assert ways_in(graph_of((LIVING,), {}), 0) == []


def test_every_type_is_reached_from_the_living_room():
    assert all(ROLES.may_open(room_type, LIVING) for room_type in range(len(ROOM_TYPES)))
    assert not ROLES.may_open(SECOND, BATH)
    assert not ROLES.may_open(BATH, BALCONY)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_no_other_choice_of_doors_suits_better(data):
    n = data.draw(st.integers(2, 5))
    types = [
        LIVING,
        *data.draw(
            st.lists(
                st.sampled_from((MASTER, KITCHEN, BATH, SECOND, BALCONY)),
                min_size=n - 1,
                max_size=n - 1,
            )
        ),
    ]
    pairs = list(itertools.combinations(range(n), 2))
    lengths = data.draw(
        st.lists(st.sampled_from((0.5, 1, 2, 3)), min_size=len(pairs), max_size=len(pairs))
    )
    graph = graph_of(types, dict(zip(pairs, lengths, strict=True)))
    found = ways_in(graph, 0)
    assert {way[1] for way in found} == set(graph.reached_from(0)) - {0}

    def cost(ways):
        return sum(ROLES.door_cost(types[b], types[a]) for a, b in ways)

    def has_common(ways):
        return any(types[b] == BATH and ROLES.of_type[types[a]].is_passage for a, b in ways)

    reached = [way[1] for way in found]
    choices = [[(a, b) for a in (0, *reached) if graph.is_arc(a, b)] for b in reached]
    trees = [ways for ways in itertools.product(*choices) if _all_start_at(ways, 0)]
    if any(has_common(ways) for ways in trees):
        trees = [ways for ways in trees if has_common(ways)]
    assert cost(found) == min(map(cost, trees))
    assert has_common(found) == any(map(has_common, trees))


def _all_start_at(ways, start):
    known = {start}
    for _ in ways:
        known |= {b for a, b in ways if a in known}
    return all(b in known for _, b in ways)


def test_a_pair_has_the_lower_room_first():
    assert ordered(3, 1) == ordered(1, 3) == (1, 3)
    with pytest.raises(IndexError):
        graph_of((LIVING,), {}).has_room(0, 5)
