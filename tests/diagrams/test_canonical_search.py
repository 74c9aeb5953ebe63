import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bd_gen.diagrams import canonical_search
from bd_gen.diagrams.canonical_search import smallest_orders
from bd_gen.diagrams.symmetric_search import SymmetricSearch, first_twins
from bd_gen.diagrams.vocabulary import Vocabulary

VOCABULARY = Vocabulary(14)
NO_EDGE = VOCABULARY.no_edge

Arcs = list[tuple[int, int]]


def relations_of(n: int, arcs: Arcs, label: int = 2) -> np.ndarray:
    """(n, n) relations in both directions; arcs (u, v) say "u is `label` of v"."""
    relations = np.full((n, n), 10, np.uint8)
    np.fill_diagonal(relations, 12)
    for u, v in arcs:
        relations[u, v], relations[v, u] = label, 9 - label
    return relations


def row(types: np.ndarray, relations: np.ndarray, order: np.ndarray) -> list[int]:
    above = np.triu_indices(len(order), 1)
    return [*types[order].tolist(), *relations[np.ix_(order, order)][above].tolist()]


def smallest_row(types: np.ndarray, relations: np.ndarray) -> list[int]:
    """By brute force, types ascending."""
    orders = [np.array(order, int) for order in itertools.permutations(range(len(types)))]
    return min(row(types, relations, order) for order in orders if sorted(types) == [*types[order]])


def copies(count: int, n: int, arcs: Arcs) -> tuple[int, Arcs]:
    return count * n, [(c * n + u, c * n + v) for c in range(count) for u, v in arcs]


def cycle(n: int) -> Arcs:
    return [(k, (k + 1) % n) for k in range(n)]


def circulant(n: int, steps: tuple[int, ...]) -> tuple[int, Arcs]:
    return n, [(k, (k + step) % n) for k in range(n) for step in steps]


PAIRS_OF_FOUR = list(itertools.combinations(range(4), 2))
HARD = {
    "no edges": (14, []),
    "seven pairs": copies(7, 2, [(0, 1)]),
    "one cycle": (14, cycle(14)),
    "two cycles": copies(2, 7, cycle(7)),
    "four triangles": copies(4, 3, cycle(3)),
    "cycles of 3, 4, 3, 4": (14, copies(2, 7, [*cycle(3), (3, 4), (4, 5), (5, 6), (6, 3)])[1]),
    "four paths": copies(4, 3, [(0, 1), (1, 2)]),
    "three longer paths": copies(3, 4, [(0, 1), (1, 2), (2, 3)]),
    "stars": copies(2, 7, [(0, k) for k in range(1, 7)]),
    "all joined, in a line": (14, list(itertools.combinations(range(14), 2))),
    "all joined, in a circle": circulant(13, (1, 2, 3, 4, 5, 6)),
    "circulant": circulant(14, (1, 3)),
    "two sides, all joined": (14, [(u, v) for u in range(7) for v in range(7, 14)]),
    "two sides, all but the partner": (
        14,
        [(u, 7 + v) for u in range(7) for v in range(7) if u != v],
    ),
    "points and lines of the Fano plane": (
        14,
        [(u, 7 + (u + step) % 7) for u in range(7) for step in (0, 1, 3)],
    ),
    "points and pairs": (10, [(p, 4 + k) for k, pair in enumerate(PAIRS_OF_FOUR) for p in pair]),
    "triangles of triangles": (
        9,
        [
            (u, v)
            for u in range(9)
            for v in range(9)
            if ((v // 3 - u // 3) % 3 == 1 if u // 3 != v // 3 else (v - u) % 3 == 1)
        ],
    ),
}


@pytest.mark.parametrize("name", HARD)
def test_symmetric_diagrams_are_found_alike_in_few_steps(name):
    # 14 rooms of one type have 14! = 87 billion orders; a visit is one place filled
    n, arcs = HARD[name]
    types, relations = np.zeros(n, np.uint8), relations_of(n, arcs)
    random = np.random.default_rng(0)
    rows = []
    for _ in range(5):
        shuffled = random.permutation(n)
        turned = relations[np.ix_(shuffled, shuffled)]
        search = SymmetricSearch(types, turned, NO_EDGE)
        assert search.num_visits <= 150
        rows.append(row(types, turned, np.array(search.order)))
        rows.append(row(types, turned, smallest_orders(types[None], turned[None], VOCABULARY)[0]))
    assert all(other == rows[0] for other in rows)


def test_symmetric_diagrams_are_told_apart():
    rows = set()
    for n, arcs in HARD.values():
        types, relations = np.zeros(n, np.uint8), relations_of(n, arcs)
        rows.add(
            tuple(
                row(types, relations, smallest_orders(types[None], relations[None], VOCABULARY)[0])
            )
        )
    assert len(rows) == len(HARD)


@st.composite
def alike_rooms(draw, most_rooms: int) -> tuple[np.ndarray, np.ndarray]:
    n = draw(st.integers(1, most_rooms))
    types = np.array(draw(st.lists(st.sampled_from([0, 0, 0, 4]), min_size=n, max_size=n)))
    joined = draw(st.sampled_from([0, 1, 2, 4, 8]))  # of 8 pairs
    pairs = list(itertools.combinations(range(n), 2))
    arcs = [
        pair if draw(st.booleans()) else pair[::-1]
        for pair in pairs
        if draw(st.integers(1, 8)) <= joined
    ]
    return types.astype(np.uint8), relations_of(n, arcs)


@given(alike_rooms(6))
@settings(max_examples=200)
def test_both_searches_find_what_brute_force_finds(rooms):
    types, relations = rooms
    expected = smallest_row(types, relations)
    search = SymmetricSearch(types, relations, NO_EDGE)
    assert row(types, relations, np.array(search.order)) == expected
    together = smallest_orders(types[None], relations[None], VOCABULARY)[0]
    assert row(types, relations, together) == expected


@given(alike_rooms(14))
def test_both_searches_agree_on_larger_diagrams(rooms):
    types, relations = rooms
    search = SymmetricSearch(types, relations, NO_EDGE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(canonical_search, "_MOST_TIED", 500)
        together = smallest_orders(types[None], relations[None], VOCABULARY)[0]
    assert row(types, relations, np.array(search.order)) == row(types, relations, together)


def test_searching_one_by_one_leaves_pad_where_it_is(monkeypatch):
    monkeypatch.setattr(canonical_search, "_MOST_TIED", 0)
    types = np.array([[3, 0, 14, 14], [0, 0, 0, 14]], np.uint8)
    relations = np.full((2, 4, 4), 12, np.uint8)
    relations[0, :2, :2] = relations_of(2, [(0, 1)])
    relations[1, :3, :3] = relations_of(3, [(2, 1)])
    orders = smallest_orders(types, relations, VOCABULARY)
    assert orders.tolist() == [[1, 0, 2, 3], [2, 1, 0, 3]]


def test_relations_beyond_the_first_word_are_compared():
    # 20 rooms of one type; 0 and 1 lead to all others, and only the last relations differ
    n = 20
    types, relations = np.zeros(n, np.uint8), relations_of(n, [(0, k) for k in range(2, n)], 3)
    for k in range(2, n):
        relations[1, k], relations[k, 1] = 3, 6
    relations[1, n - 1], relations[n - 1, 1] = 2, 7
    orders = smallest_orders(types[None], relations[None], VOCABULARY)[0]
    assert orders[0] == 1


def test_a_symmetry_that_moves_placed_rooms_spares_nothing():
    # Swapping each room with the one 6 further is a symmetry, but not with some room in place.
    # A search that overlooks that ends at a row that is not the smallest.
    leads_to = [(7, 10), (0, 9), (7, 10), (5, 8), (2, 5), (0, 9)]
    half = [(u, v) for u, targets in enumerate(leads_to) for v in targets]
    arcs = half + [((u + 6) % 12, (v + 6) % 12) for u, v in half]
    types, relations = np.zeros(12, np.uint8), relations_of(12, arcs, 3)
    search = SymmetricSearch(types, relations, NO_EDGE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(canonical_search, "_MOST_TIED", 500)
        together = smallest_orders(types[None], relations[None], VOCABULARY)[0]
    assert row(types, relations, np.array(search.order)) == row(types, relations, together)


def test_twins_have_the_same_relations_to_all_others():
    # 1 and 3 lead to 0, 4 leads to 0 and 3; 2 and 5 are alone
    relations = relations_of(6, [(1, 0), (3, 0), (4, 0), (4, 3)])
    assert first_twins(relations[None], NO_EDGE).tolist() == [[0, 1, 2, 3, 4, 2]]
    without_the_last = relations_of(6, [(1, 0), (3, 0), (4, 0)])
    assert first_twins(without_the_last[None], NO_EDGE).tolist() == [[0, 1, 2, 1, 1, 2]]
    # two rooms that differ by their relation to each other alone are none
    assert first_twins(relations_of(2, [(0, 1)])[None], NO_EDGE).tolist() == [[0, 1]]


def test_a_twin_may_come_next_when_the_other_is_placed():
    # 0 and 1 lead to 4, 2 and 3 to 5, and 5 leads on: so 2 comes first, and then 3, not 0 or 1,
    # which stand before it in the same cell
    types = np.array([0, 0, 0, 0, 1, 1, 2], np.uint8)
    relations = relations_of(7, [(0, 4), (1, 4), (2, 5), (3, 5), (5, 6)])
    orders = smallest_orders(types[None], relations[None], VOCABULARY)
    assert row(types, relations, orders[0]) == smallest_row(types, relations)


def test_twins_alone_need_no_search_one_by_one(monkeypatch):
    monkeypatch.delattr(canonical_search, "SymmetricSearch")
    stars = [(k // 7 * 7, k) for k in range(14) if k % 7]
    for arcs in ([], stars, [(u, v) for u in range(7) for v in range(7, 14)]):
        types, relations = np.zeros((1, 14), np.uint8), relations_of(14, arcs)[None]
        assert sorted(smallest_orders(types, relations, VOCABULARY)[0]) == list(range(14))
