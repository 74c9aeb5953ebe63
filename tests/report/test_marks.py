import itertools
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from bd_gen.report.marks import numbers

BOX = (60.0, 0.0, 440.0, 300.0)
PLACE = st.tuples(st.floats(62, 438), st.floats(2, 298))


def places(parts: list[str]) -> dict[str, tuple[float, float]]:
    pattern = r'x="([\d.]+)" y="([\d.]+)">(\w+)</text>'
    found = [re.search(pattern, part) for part in parts if part.startswith("<text")]
    return {m[3]: (float(m[1]), float(m[2])) for m in found if m is not None}


@settings(max_examples=40)
@given(st.lists(PLACE, min_size=1, max_size=12))
def test_numbers_do_not_hide_each_other(marks: list[tuple[float, float]]) -> None:
    found = places(numbers([str(k) for k in range(len(marks))], marks, BOX))
    assert len(found) == len(marks)
    for (a, b), (c, d) in itertools.combinations(found.values(), 2):
        assert abs(a - c) > 7 or abs(b - d) > 10.9


def test_a_lonely_mark_has_its_number_beside_it_and_no_line() -> None:
    parts = numbers(["7"], [(200.0, 100.0)], BOX)
    assert [part.partition(" ")[0] for part in parts] == ["<text"]
    x, y = places(parts)["7"]
    assert 5 < abs(x - 200) + abs(y - 104) < 30


def test_numbers_of_a_crowd_are_joined_to_their_marks() -> None:
    marks = [(200.0 + k, 100.0) for k in range(8)]
    parts = numbers([str(k) for k in range(8)], marks, BOX)
    assert sum("leader" in part for part in parts) >= 1
    assert parts == sorted(parts, key=lambda part: part.startswith("<text"))
