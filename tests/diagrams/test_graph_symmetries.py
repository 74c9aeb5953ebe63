import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.diagrams.graph_symmetries import graph_symmetries


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
