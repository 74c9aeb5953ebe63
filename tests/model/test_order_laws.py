"""Laws of orders: against all orders that their words allow."""

from collections import Counter
from itertools import permutations

import numpy as np
import pytest

from bd_gen.model.order_laws import ORDER_LAWS, order_law, reveal_ranks

NUM_ROOMS, NODES, EDGES = 3, (0, 1, 2), (3, 4, 5)
ROOMS_OF_EDGE = {3: (0, 1), 4: (0, 2), 5: (1, 2)}


def room_by_room() -> set[tuple[int, ...]]:
    """All orders of the law `rooms`, by its words."""
    found = set()
    for rooms in permutations(NODES):
        parts: list[list[tuple[int, ...]]] = []
        for k, room in enumerate(rooms):
            edges = [e for e, ends in ROOMS_OF_EDGE.items() if room in ends]
            earlier = [e for e in edges if set(ROOMS_OF_EDGE[e]) <= set(rooms[: k + 1])]
            parts.append([(room, *order) for order in permutations(earlier)])
        found |= {a + b + c for a in parts[0] for b in parts[1] for c in parts[2]}
    return found


ALLOWED = {
    "random": set(permutations(range(6))),
    "types": {a + b for a in permutations(NODES) for b in permutations(EDGES)},
    "edges": {b + a for a in permutations(NODES) for b in permutations(EDGES)},
    "rooms": room_by_room(),
}


def drawn(law: str, count: int, num_rooms: int = NUM_ROOMS, seed: int = 0) -> np.ndarray:
    """(count, N) places in the order in which they are revealed."""
    known = np.zeros((count, num_rooms * (num_rooms + 1) // 2), bool)
    return reveal_ranks(ORDER_LAWS[law], num_rooms, known, seed, 0).argsort(axis=1)


@pytest.mark.parametrize("law", ORDER_LAWS)
def test_all_that_the_words_allow_is_equally_likely(law: str) -> None:
    per_order = 60
    counts = Counter(map(tuple, drawn(law, per_order * len(ALLOWED[law])).tolist()))
    assert set(counts) == ALLOWED[law]
    values = np.array(list(counts.values()))
    freedom = len(values) - 1
    chi2 = ((values - per_order) ** 2 / per_order).sum()
    assert abs(chi2 - freedom) < 4.5 * (2 * freedom) ** 0.5


def test_rooms_come_with_their_edges_to_earlier_rooms() -> None:
    n = 7
    ends = list(zip(*np.triu_indices(n, 1), strict=True))
    for order in drawn("rooms", 200, n).tolist():
        seen: list[int] = []
        while order:
            room = order.pop(0)
            assert room < n, "a room's type comes first"
            block = [order.pop(0) for _ in seen]
            others = [set(ends[e - n]) - {room} for e in block]
            assert sorted(set.union(set(), *others)) == sorted(seen)
            seen.append(room)


@pytest.mark.parametrize("law", ORDER_LAWS)
def test_known_tokens_are_left_out_and_the_rest_keeps_its_order(law: str) -> None:
    rng = np.random.default_rng(1)
    known = rng.random((50, 10)) < 0.4
    free = reveal_ranks(ORDER_LAWS[law], 4, np.zeros_like(known), 5, 2)
    ranks = reveal_ranks(ORDER_LAWS[law], 4, known, 5, 2)
    assert (ranks[known] < 0).all()
    for row, before, is_known in zip(ranks, free, known, strict=True):
        assert sorted(row[~is_known]) == list(range((~is_known).sum()))
        assert np.array_equal(row[~is_known].argsort(), before[~is_known].argsort())


def test_orders_of_the_first_diagrams_do_not_depend_on_how_many_there_are() -> None:
    for law in ORDER_LAWS:
        assert np.array_equal(drawn(law, 3), drawn(law, 9)[:3])
        assert not np.array_equal(drawn(law, 9, seed=1), drawn(law, 9))


def test_an_unknown_law_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"^order: expected one of random, types, edges, rooms"):
        order_law("confidence")
    with pytest.raises(ValueError, match=r"got 'room'; did you mean rooms\?$"):
        order_law("room")
