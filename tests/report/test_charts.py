import xml.etree.ElementTree as ET

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.report.conftest import svg

from bd_gen.report.charts import Axes, Box, Circle, Line, Picture, Shape, Span, Words, span_of

NUMBERS = st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=6)
SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=6)
SIZE, MARGINS = (500.0, 300.0), (50.0, 100.0, 10.0, 40.0)


def axes_for(values: list[float], **options: bool) -> Axes:
    span = span_of(values, **options)
    return Axes(SIZE, MARGINS, span, span)


def axes_of(span: Span) -> Axes:
    """Axes that are 400 wide and 300 high."""
    return Axes((400.0, 300.0), (0.0, 0.0, 0.0, 0.0), span, span)


def labels(axes: Axes, span: Span) -> list[str]:
    return [span.label(value) for value, _ in axes.ticks_across()]


@example([3.4717415776059545e149, 1.93122035695589e-159], False, True, False)
@example([1e300, 1e-300, 0.0], False, True, True)
@settings(max_examples=40, deadline=None)
@given(NUMBERS | SHARES, st.booleans(), st.booleans(), st.booleans())
def test_whatever_the_numbers_they_stand_between_the_ends(
    values: list[float], is_rate: bool, may_bend: bool, is_backwards: bool
) -> None:
    axes = axes_for(values, is_rate=is_rate, may_bend=may_bend, is_backwards=is_backwards)
    for x, y in axes.places(values, values):
        assert 50 - 1e-6 <= x <= 400 + 1e-6
        assert 10 - 1e-6 <= y <= 260 + 1e-6
    assert all(50 - 1e-6 <= x <= 400 + 1e-6 for _, x in axes.ticks_across())
    assert all(10 - 1e-6 <= y <= 260 + 1e-6 for _, y in axes.ticks_up())
    assert len(axes.ticks_across()) <= 20
    assert "nan" not in repr(axes.shapes())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 0.999), min_size=2, max_size=6, unique=True))
def test_a_bent_scale_keeps_the_order_of_shares(values: list[float]) -> None:
    axes = axes_for([*values, 1.0], is_rate=True, may_bend=True)
    places = [axes.place(value, 0)[0] for value in sorted(values)]
    assert places == sorted(places)
    assert axes.place(1.0, 0)[0] == pytest.approx(400)


def test_values_of_many_sizes_get_a_logarithmic_scale() -> None:
    span = span_of([0.0001, 0.01, 1.0], is_rate=False, may_bend=True)
    assert span.bend == "log"
    low, middle, high = (axes_of(span).place(value, 0)[0] for value in (0.0001, 0.01, 1.0))
    assert middle - low == pytest.approx(high - middle)
    assert span_of([0.5, 1.0], is_rate=False, may_bend=True).bend == "none"


def test_a_zero_among_them_stands_at_the_low_end() -> None:
    span = span_of([0.0, 0.0001, 1.0], is_rate=False, may_bend=True)
    assert span.bend == "log"
    axes = axes_of(span)
    assert axes.place(0.0, 0)[0] == pytest.approx(0)
    assert axes.place(0.0001, 0)[0] > 1


def test_shares_near_one_are_spread_out_and_one_is_labelled() -> None:
    span = span_of([0.6, 0.99, 0.999, 1.0], is_rate=True, may_bend=True)
    axes = axes_of(span)
    assert axes.place(0.999, 0)[0] - axes.place(0.99, 0)[0] > 60
    assert axes.ticks_across()[-1][0] == 1
    below = span_of([0.6, 0.95], is_rate=True, may_bend=True)
    assert max(value for value, _ in axes_of(below).ticks_across()) < 1


def test_ticks_are_round() -> None:
    span = Span(0.0, 0.31, is_rate=True)
    assert labels(axes_of(span), span) == ["0 %", "10 %", "20 %", "30 %"]
    log = Span(2e-5, 0.3, "log")
    assert labels(axes_of(log), log) == ["0.0001", "0.001", "0.01", "0.1"]
    short = Span(0.02, 2.0, "log")
    assert labels(axes_of(short), short) == ["0.03", "0.1", "0.3", "1"]


def test_no_share_above_one_is_labelled() -> None:
    span = span_of([0.2, 1.0], is_rate=True)
    assert span.high > 1
    assert labels(axes_of(span), span)[-1] == "100 %"


def test_a_scale_may_run_backwards() -> None:
    axes = Axes((100.0, 100.0), (0.0,) * 4, Span(0.0, 10.0), Span(0.0, 10.0, is_backwards=True))
    assert axes.places([0.0, 10.0, 99.0], [0.0, 10.0, -3.0]) == [
        pytest.approx(place) for place in ((100, 100), (0, 0), (0, 100))
    ]


def test_lines_and_labels_stand_around_the_plot() -> None:
    shapes = Axes(SIZE, MARGINS, Span(0.0, 1.0), Span(0.0, 1.0)).shapes()
    lines = [shape for shape in shapes if isinstance(shape, Line)]
    words = [shape for shape in shapes if isinstance(shape, Words)]
    assert len(lines) == len(words) == 12
    assert {word.x for word in words if word.anchor == "end"} == {45.0}
    assert {word.y for word in words if word.anchor == "middle"} == {273.0}
    for line in lines:
        assert all(50 <= x <= 400 and 10 <= y <= 260 for x, y in line.points)


def drawn(*shapes: Shape, **fields: object) -> ET.Element:
    return svg(Picture("a name", (10.0, 20.0), shapes, **fields))


def test_shapes_become_elements() -> None:
    root = drawn(
        Line(((0, 0.04), (-0.5, 12.25)), "whisker", is_closed=True),
        Circle(1, 2, 3, "dot", tip="a < b"),
        Box(1, 2, 3, 4),
        Words("x & y", 1, 2, "axis", "end", -90),
        description="in words",
    )
    assert [child.tag for child in root] == ["title", "desc", "path", "circle", "rect", "text"]
    _, _, line, circle, box, words = root
    assert line.attrib == {"class": "whisker", "d": "M0 0L-0.5 12.2z"}
    assert circle.findtext("title") == "a < b"
    assert box.attrib == {"x": "1", "y": "2", "width": "3", "height": "4"}
    assert words.text == "x & y"
    assert words.get("transform") == "translate(1 2) rotate(-90)"
    assert (root.get("role"), root.get("viewBox")) == ("img", "0 0 10 20")


def test_a_picture_without_a_name_is_decoration() -> None:
    root = svg(Picture("", (1, 1), []))
    assert root.get("aria-hidden") == "true"
    assert root.get("role") is None
    assert not list(root)
