import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bd_gen.diagrams.row_classes import by_first_occurrence, joined_classes, row_classes


def test_equal_rows_have_equal_classes() -> None:
    rows = np.array([[1.0, 0.0], [2.0, 3.0], [1.0, -0.0], [1.0, 4.0]])
    assert by_first_occurrence(row_classes(rows)).tolist() == [0, 1, 0, 2]
    assert row_classes(np.zeros((0, 3))).tolist() == []


@given(st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), max_size=20))
def test_joined_is_what_walking_along_links_reaches(links: list[tuple[int, int]]) -> None:
    one, other = np.array(links, int).reshape(-1, 2).T
    expected = list(range(15))
    for _ in range(15):
        for a, b in links:
            expected[a] = expected[b] = min(expected[a], expected[b])
    assert joined_classes(15, one, other).tolist() == expected
