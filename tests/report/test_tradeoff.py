import xml.etree.ElementTree as ET
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bd_gen.metrics import MetricInfo
from bd_gen.report.contents import Entry, read_contents
from bd_gen.report.tradeoff import MOST_CHOICES, axis_choices, tradeoff_figure
from bd_gen.report.tradeoff_plot import Point, pareto_front, tradeoff_plot
from bd_gen.results.result_file import Result
from bd_gen.results.scores import Score, scores_of

UP = MetricInfo("up", "m", "Validity", "Up", "higher", "value", 1)
DOWN = MetricInfo("down", "m", "Validity", "Down", "lower", "value", 1)


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
    known = {info.key: info for info in scores.infos}
    x, y = known["eval/mode_coverage_weighted"], known["eval/edge_js"]
    svg = tradeoff_plot(x, y, contents, scores)
    root = ET.fromstring(svg)  # noqa: S314 - our own markup
    marks = [e for e in root.iter("path") if e.get("class", "").startswith("mark ")]
    # Each next row of the fixture is more diverse, and further from the relations of real plans.
    starts = {e[0].text: e.get("d", "M0 0L").split("L")[0].split("A")[0][1:] for e in marks}
    left = [float(starts[e.name].split()[0]) for e in contents.entries if e.kind == "method"]
    height = [float(starts[e.name].split()[1]) for e in contents.entries if e.kind == "method"]
    by_shift = sorted(range(len(left)), key=lambda k: left[k])
    assert [height[k] for k in by_shift] == sorted(height)


def test_the_choices_are_metrics_with_a_direction(directory: Path) -> None:
    qualities, diversities = axis_choices(scores_of(read_contents(directory).columns))
    assert qualities[0].key == "eval/transitivity_score"
    assert diversities[0].key == "eval/mode_coverage_weighted"
    assert all(info.direction for info in (*qualities, *diversities))
    assert max(len(qualities), len(diversities)) <= MOST_CHOICES


def test_one_plot_is_shown_and_all_are_there(directory: Path) -> None:
    contents = read_contents(directory)
    scores = scores_of(contents.columns)
    qualities, diversities = axis_choices(scores)
    figure = tradeoff_figure(contents, scores)
    assert figure.count('class="plot"') == len(qualities) * len(diversities)
    assert figure.count("hidden>") == len(qualities) * len(diversities) - 1


def test_without_metrics_it_says_so(directory: Path) -> None:
    contents = read_contents(directory)
    assert "no metric of quality" in tradeoff_figure(contents, scores_of([]))
