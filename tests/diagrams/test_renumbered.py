import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bd_gen.diagrams import renumbered, twins
from bd_gen.diagrams.renumbered import graph_symmetries, renumbering_classes
from bd_gen.diagrams.tokens import tokens_from_parts
from bd_gen.diagrams.twins import has_twin, twin_classes
from bd_gen.diagrams.vocabulary import Vocabulary


@given(st.integers(1, 5).flatmap(lambda n: st.tuples(
    st.lists(st.integers(0, 1), min_size=n, max_size=n),
    st.lists(st.booleans(), min_size=n * n, max_size=n * n),
)))  # fmt: skip
def test_it_finds_what_brute_force_finds(drawn: tuple[list[int], list[bool]]) -> None:
    types = np.array(drawn[0])
    n = len(types)
    joined = np.triu(np.array(drawn[1]).reshape(n, n), 1)
    joined |= joined.T
    expected = [
        order
        for order in map(list, itertools.permutations(range(n)))
        if (types[order] == types).all() and (joined[np.ix_(order, order)] == joined).all()
    ]
    found = graph_symmetries(types, joined, 200)
    assert found is not None
    assert sorted(found.tolist()) == sorted(expected)
    if len(expected) > 1:
        assert graph_symmetries(types, joined, len(expected) - 1) is None


Matrix = tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]
"""Types, and what each room is of each other one (no-edge 10), in both directions."""


@st.composite
def plans(draw: st.DrawFn, num: int, num_rooms: int) -> list[Matrix]:
    """Plans that are much alike: two types, and labels that need not be 9 - r from the other."""
    n = num_rooms
    pairs = list(itertools.combinations(range(n), 2))
    joined = [draw(st.booleans()) for _ in pairs]
    types = tuple(draw(st.lists(st.integers(0, 1), min_size=n, max_size=n)))
    made = []
    for _ in range(num):
        matrix = [[10] * n for _ in range(n)]
        for (i, j), is_edge in zip(pairs, joined, strict=True):
            if is_edge:
                matrix[i][j] = draw(st.sampled_from([2, 3]))
                matrix[j][i] = draw(st.sampled_from([6, 7]))
        order = draw(st.permutations(range(n)))
        made.append(in_order((types, tuple(map(tuple, matrix))), tuple(order)))
    return made


def in_order(plan: Matrix, order: tuple[int, ...]) -> Matrix:
    types, matrix = plan
    return tuple(types[k] for k in order), tuple(tuple(matrix[a][b] for b in order) for a in order)


def numberings(plan: Matrix) -> list[Matrix]:
    return [in_order(plan, order) for order in itertools.permutations(range(len(plan[0])))]


def row(plan: Matrix) -> tuple[int, ...]:
    types, matrix = plan
    n = len(types)
    return (*types, *(matrix[i][j] for i, j in itertools.combinations(range(n), 2)))


def arrays(made: list[Matrix], vocabulary: Vocabulary) -> tuple[np.ndarray, np.ndarray]:
    """Tokens and the relations seen from the other room."""
    v, n = vocabulary, len(made[0][0])
    types = np.zeros((len(made), v.n_max), int)
    both = np.full((2, len(made), v.num_edges), 12)
    for k, (own, matrix) in enumerate(made):
        types[k, :n] = own
        for i, j in itertools.combinations(range(n), 2):
            both[:, k, v.edge_index(i, j)] = matrix[i][j], matrix[j][i]
    count = np.full(len(made), n)
    tokens, reverse = (tokens_from_parts(types, edges, count, v) for edges in both)
    return tokens, reverse[:, v.n_max :]


def partition(classes: np.ndarray) -> list[list[bool]]:
    return (classes[:, None] == classes).tolist()


@given(st.integers(1, 4).flatmap(lambda n: plans(4, n)), st.integers(4, 6))
def test_the_same_diagram_is_what_brute_force_finds(made: list[Matrix], n_max: int) -> None:
    v = Vocabulary(n_max)
    classes = renumbering_classes(*arrays(made, v), v)
    assert partition(classes) == [[b in numberings(a) for b in made] for a in made]


@given(st.integers(1, 4).flatmap(lambda n: plans(3, n)))
@settings(max_examples=60)
def test_twins_are_what_brute_force_finds(made: list[Matrix]) -> None:
    v = Vocabulary(5)
    tokens, reverse = arrays(made, v)
    rows = [{row(same) for same in numberings(plan)} for plan in made]
    for k in range(len(made)):
        found = has_twin(tokens, reverse, v, np.array([k]))
        assert found.tolist() == [bool(rows[k] & others) for others in rows]
    linked = np.array([[bool(a & b) for b in rows] for a in rows])
    reached = np.linalg.matrix_power(linked.astype(int), 3) > 0
    assert partition(twin_classes(tokens, reverse, v)) == reached.tolist()


def test_labels_that_agree_only_in_a_circle_make_no_twins() -> None:
    # a before b before c before a: no row can take all three common labels
    one = ((0, 0, 0), ((10, 2, 6), (6, 10, 2), (2, 6, 10)))
    other = ((0, 0, 0), ((10, 2, 7), (7, 10, 2), (2, 7, 10)))
    v = Vocabulary(3)
    tokens, reverse = arrays([one, other], v)
    assert not {row(p) for p in numberings(one)} & {row(p) for p in numberings(other)}
    assert has_twin(tokens, reverse, v, np.array([0])).tolist() == [True, False]


def test_the_other_relation_tells_plans_with_one_row_apart() -> None:
    one = ((0, 1), ((10, 2), (7, 10)))
    other = ((0, 1), ((10, 2), (8, 10)))
    v = Vocabulary(2)
    tokens, reverse = arrays([one, other, in_order(one, (1, 0))], v)
    assert tokens[0].tolist() == tokens[1].tolist()
    assert renumbering_classes(tokens, reverse, v).tolist() == [0, 1, 0]
    assert twin_classes(tokens, reverse, v).tolist() == [0, 0, 0]


@given(plans(5, 4))
@settings(max_examples=30)
def test_parts_of_the_work_change_nothing(made: list[Matrix]) -> None:
    v = Vocabulary(4)
    rows = arrays(made, v)
    expected = renumbering_classes(*rows, v).tolist(), twin_classes(*rows, v).tolist()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(renumbered, "_CHUNK", 2)
        patch.setattr(twins, "_PAIRS", 1)
        patch.setattr(twins, "_MOST_LINKS", 0)
        assert (renumbering_classes(*rows, v).tolist(), twin_classes(*rows, v).tolist()) == expected


def test_plans_of_a_graph_with_too_many_symmetries_are_one_class() -> None:
    # a hub with seven leaves of one type has 5,040
    n, made = 8, []
    for labels in ((2,) * 7, (3,) * 7):
        matrix = [[10] * n for _ in range(n)]
        for leaf, label in enumerate(labels, start=1):
            matrix[0][leaf], matrix[leaf][0] = label, 9 - label
        made.append(((0, *(1,) * 7), tuple(map(tuple, matrix))))
    v = Vocabulary(n)
    tokens, reverse = arrays(made, v)
    assert renumbering_classes(tokens, reverse, v).tolist() == [0, 0]
    assert twin_classes(tokens, reverse, v).tolist() == [0, 0]
    assert has_twin(tokens, reverse, v, np.array([0])).tolist() == [True, True]


def test_no_plans_have_no_classes() -> None:
    v = Vocabulary(4)
    nothing = np.zeros((0, v.length), np.uint8), np.zeros((0, v.num_edges), np.uint8)
    assert renumbering_classes(*nothing, v).tolist() == []
    assert twin_classes(*nothing, v).tolist() == []
    assert has_twin(*nothing, v, np.zeros(0, int)).tolist() == []
