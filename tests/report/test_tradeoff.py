import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bd_gen.metrics import MetricInfo
from bd_gen.report.charts import Circle, Line, Picture, Place, Shape, Words
from bd_gen.report.contents import Contents, Entry, read_contents
from bd_gen.report.page import rendered
from bd_gen.report.tradeoff import (
    MOST_CHOICES,
    Point,
    axis_choices,
    mark,
    numbers,
    pareto_front,
    tradeoff,
    tradeoff_plot,
)
from bd_gen.results.result_file import Result
from bd_gen.results.scores import Score, Scores, scores_of

UP = MetricInfo("up", "Up", "higher", "value", metric="m", family="Validity", version=1)
DOWN = MetricInfo("down", "Down", "lower", "value", metric="m", family="Validity", version=1)
BOX = (60.0, 0.0, 440.0, 300.0)
PLACE = st.tuples(st.floats(62, 438), st.floats(2, 298))


def section(contents: Contents, scores: Scores) -> str:
    return rendered("tradeoff.html", tradeoff=tradeoff(contents, scores))


def middle(shape: Shape) -> Place:
    """Where the mark of a disc or a triangle stands."""
    if isinstance(shape, Circle):
        return shape.x, shape.y
    assert isinstance(shape, Line)
    return shape.points[0]


def point(name: str, x: float, y: float) -> Point:
    return Point(Entry(name, 1, Result({}), None), Score(x, None), Score(y, None))


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=8))
def test_the_front_is_what_nothing_beats(pairs: list[tuple[int, int]]) -> None:
    points = [point(str(k), float(x), float(y)) for k, (x, y) in enumerate(pairs)]
    front = pareto_front(points, UP, DOWN)
    expected = {
        str(k)
        for k, (x, y) in enumerate(pairs)
        if not any((a > x and b <= y) or (a >= x and b < y) for a, b in pairs)
    }
    assert {p.entry.name for p in front} == expected
    assert [p.x.mean for p in front] == sorted(p.x.mean for p in front)


def test_neither_real_diagrams_nor_baselines_are_on_the_front() -> None:
    points = [point("real_held_out", 9, 9), point("baseline_memoriser", 8, 8), point("m", 1, 1)]
    assert [p.entry.name for p in pareto_front(points, UP, UP)] == ["m"]


def test_better_is_up_and_to_the_right(directory: Path) -> None:
    contents = read_contents(directory)
    scores = scores_of(contents.columns)
    known = {info.name: info for info in scores.infos}
    x, y = known["eval/mode_coverage_weighted"], known["eval/edge_js"]
    plot = tradeoff_plot(x, y, contents, scores)
    assert isinstance(plot, Picture)
    # Each next row of the fixture is more diverse, and further from the relations of real plans.
    starts = {shape.tip: middle(shape) for shape in plot.shapes if shape.look.startswith("mark ")}
    left = [starts[e.name][0] for e in contents.entries if e.kind == "method"]
    height = [starts[e.name][1] for e in contents.entries if e.kind == "method"]
    by_shift = sorted(range(len(left)), key=lambda k: left[k])
    assert [height[k] for k in by_shift] == sorted(height)


def test_the_choices_are_metrics_with_a_direction(directory: Path) -> None:
    qualities, diversities = axis_choices(scores_of(read_contents(directory).columns))
    assert qualities[0].name == "eval/transitivity_score"
    assert diversities[0].name == "eval/mode_coverage_weighted"
    assert all(info.direction for info in (*qualities, *diversities))
    assert max(len(qualities), len(diversities)) <= MOST_CHOICES


def test_one_plot_is_shown_and_all_are_there(directory: Path) -> None:
    contents = read_contents(directory)
    scores = scores_of(contents.columns)
    qualities, diversities = axis_choices(scores)
    figure = section(contents, scores)
    assert figure.count('class="plot"') == len(qualities) * len(diversities)
    assert figure.count("hidden>") == len(qualities) * len(diversities) - 1


def test_without_metrics_it_says_so(directory: Path) -> None:
    contents = read_contents(directory)
    assert "no metric of quality" in section(contents, scores_of([]))


def test_rows_of_each_kind_have_marks_of_their_own() -> None:
    looks = {}
    for name in ("real_held_out", "baseline_memoriser", "v2_a", "a"):
        shape = mark(Entry(name, 1, Result({}), None), (50.0, 60.0))
        assert shape.tip == name
        looks[name] = (len(shape.points), shape.look) if isinstance(shape, Line) else shape.look
        if isinstance(shape, Line):
            assert shape.is_closed
            assert all(abs(x - 50) <= 6 and abs(y - 60) <= 6 for x, y in shape.points)
    assert looks["real_held_out"] == (4, "mark real")
    assert looks["baseline_memoriser"] == (4, "mark baseline")
    assert looks["v2_a"] == (3, "mark method")
    assert looks["a"] == "mark method"
    assert mark(Entry("a", 1, Result({}), None), (0, 0), on_front=True).look.endswith(" on-front")


def places(shapes: list[Shape]) -> dict[str, Place]:
    return {shape.text: (shape.x, shape.y) for shape in shapes if isinstance(shape, Words)}


@settings(max_examples=40)
@given(st.lists(PLACE, min_size=1, max_size=12))
def test_numbers_do_not_hide_each_other(marks: list[Place]) -> None:
    found = places(numbers([str(k) for k in range(len(marks))], marks, BOX))
    assert len(found) == len(marks)
    for (a, b), (c, d) in itertools.combinations(found.values(), 2):
        assert abs(a - c) > 7 or abs(b - d) > 10.9


def test_a_lonely_mark_has_its_number_beside_it_and_no_line() -> None:
    (label,) = numbers(["7"], [(200.0, 100.0)], BOX)
    assert isinstance(label, Words)
    assert label.text == "7"
    assert 5 < abs(label.x - 200) + abs(label.y - 104) < 30


def test_numbers_of_a_crowd_are_joined_to_their_marks() -> None:
    marks = [(200.0 + k, 100.0) for k in range(8)]
    shapes = numbers([str(k) for k in range(8)], marks, BOX)
    leaders = [shape for shape in shapes if isinstance(shape, Line)]
    assert leaders
    assert {shape.look for shape in leaders} == {"leader"}
    # Numbers lie above all leaders.
    assert shapes == [*leaders, *(shape for shape in shapes if isinstance(shape, Words))]
    ends = {place: text for text, place in places(shapes).items()}
    for leader in leaders:
        start, (x, y) = leader.points
        number = min(ends, key=lambda place: abs(place[0] - x) + abs(place[1] - 3.8 - y))
        assert marks[int(ends[number])] == pytest.approx(start)
