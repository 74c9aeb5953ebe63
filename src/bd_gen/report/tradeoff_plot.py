"""One plot of quality against diversity, and the methods that no other beats in both."""

from dataclasses import dataclass

from bd_gen.metrics import MetricInfo
from bd_gen.report.axes import Scale, scale_for, x_axis, y_axis
from bd_gen.report.contents import Contents, Entry
from bd_gen.report.marks import label_of, mark_path, numbers
from bd_gen.report.markup import Markup, number, tag
from bd_gen.report.panels import described
from bd_gen.results.scores import Score, Scores

_WIDTH, _HEIGHT = 440.0, 350.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 62.0, 22.0, 14.0, 48.0


@dataclass(frozen=True)
class Point:
    """A row of the report in the plot."""

    entry: Entry
    x: Score
    y: Score


def tradeoff_plot(x: MetricInfo, y: MetricInfo, contents: Contents, scores: Scores) -> Markup:
    """Diversity `x` to the right, quality `y` upwards; better is to the right and up."""
    title = f"{y.display} against {x.display}"
    points = _points(x, y, contents, scores)
    if not points:
        return tag("p", f"{title}: no method has both.")
    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    across = _scale([point.x for point in points], x, _LEFT, right)
    up = _scale([point.y for point in points], y, bottom, _TOP)
    front = pareto_front(points, x, y)
    places = [(across(point.x.mean), up(point.y.mean)) for point in points]
    box = (_LEFT + 2, 0.0, _WIDTH, bottom - 2)
    parts = [
        y_axis(up, _LEFT, right - _LEFT),
        x_axis(across, bottom, bottom - _TOP),
        _axis_title(x, f"translate({number(right)} {number(_HEIGHT - 10)})"),
        _axis_title(y, f"translate(13 {number(_TOP)}) rotate(-90)"),
        _front_line(front, across, up),
        *(_whiskers(point, across, up) for point in points),
        # Real diagrams, which come first, lie on top.
        *(_mark(p, at, p in front) for p, at in reversed([*zip(points, places, strict=True)])),
        *numbers([label_of(point.entry) for point in points], places, box),
    ]
    names = ", ".join(point.entry.name for point in front)
    words = f"{len(points)} points. On the Pareto front: {names or 'none'}."
    return described(parts, title, words, f"{number(_WIDTH)} {number(_HEIGHT)}")


def pareto_front(points: list[Point], x: MetricInfo, y: MetricInfo) -> list[Point]:
    """Methods that no other method beats in one metric without losing in the other, by x."""

    def worth(point: Point) -> tuple[float, float]:
        return _worth(point.x.mean, x), _worth(point.y.mean, y)

    methods = [(worth(point), point) for point in points if point.entry.kind == "method"]
    front = [
        (mine, point)
        for mine, point in methods
        if not any(a >= mine[0] and b >= mine[1] and (a, b) != mine for (a, b), _ in methods)
    ]
    return [point for _, point in sorted(front, key=lambda item: item[0])]


def _worth(value: float, info: MetricInfo) -> float:
    return -value if info.direction == "lower" else value


def _points(x: MetricInfo, y: MetricInfo, contents: Contents, scores: Scores) -> list[Point]:
    points = []
    for entry in contents.entries:
        found = scores.of(x.key, entry.name), scores.of(y.key, entry.name)
        if found[0] is not None and found[1] is not None:
            points.append(Point(entry, found[0], found[1]))
    return points


def _axis_title(info: MetricInfo, where: str) -> Markup:
    return tag(
        "text", f"{info.display}, better →", class_="axis", transform=where, text_anchor="end"
    )


def _scale(scores: list[Score], info: MetricInfo, start: float, end: float) -> Scale:
    """A scale on which better is towards `end`, and intervals have room."""
    values = [score.mean for score in scores]
    for score in scores:
        # An end of an interval may be so near to 0 or 1 that it would take all the room.
        room = min(score.mean, 1 - score.mean if info.unit == "rate" else score.mean) / 3
        values += [b for b in score.interval or () if abs(b - score.mean) < room]
    if info.direction == "lower":
        start, end = end, start
    return scale_for(values, start, end, is_rate=info.unit == "rate", may_bend=True)


def _front_line(front: list[Point], across: Scale, up: Scale) -> Markup | None:
    if len(front) < 2:
        return None
    path = " ".join(f"{number(across(p.x.mean))},{number(up(p.y.mean))}" for p in front)
    return tag("polyline", class_="front", points=path)


def _whiskers(point: Point, across: Scale, up: Scale) -> Markup | None:
    x, y = across(point.x.mean), up(point.y.mean)
    path = ""
    if point.x.interval is not None:
        ends = sorted(across(bound) for bound in point.x.interval)
        path += f"M{number(ends[0])} {number(y)}H{number(ends[1])}"
    if point.y.interval is not None:
        ends = sorted(up(bound) for bound in point.y.interval)
        path += f"M{number(x)} {number(ends[0])}V{number(ends[1])}"
    return tag("path", class_=f"whisker {point.entry.kind}", d=path) if path else None


def _mark(point: Point, at: tuple[float, float], on_front: bool) -> Markup:
    kind = f"mark {point.entry.kind}{' on-front' if on_front else ''}"
    tooltip = tag("title", point.entry.name)
    return tag("path", tooltip, class_=kind, d=mark_path(point.entry, *at))
