"""Quality against diversity: a plot for each pair of main metrics, and the Pareto front."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bd_gen.metrics import MetricInfo
from bd_gen.report.charts import Axes, Circle, Line, Picture, Place, Shape, Span, Words, span_of
from bd_gen.report.contents import Contents, Entry
from bd_gen.report.scores import main_infos
from bd_gen.results.scores import Score, Scores

MOST_CHOICES = 8
"""Metrics to choose from for each axis: each pair is a plot in the file."""

_DIVERSITY_FAMILY = "Coverage"
_FIDELITY = ("eval/precision", "eval/density")
"""Beginnings of keys of that family that tell of quality."""
_FIRST_QUALITIES = (
    "eval/transitivity_score",
    "eval/pair_js",
    "eval/pgd",
    "eval/validity_rate",
    "eval/inside_validity",
    "eval/precision_typed",
)
_FIRST_DIVERSITIES = ("eval/mode_coverage_weighted", "eval/mode_coverage", "eval/diversity")

_SIZE = (440.0, 350.0)
_MARGINS = (62.0, 22.0, 14.0, 48.0)
_MARK = 4.0  # half the width of a mark
_OUTLINES = {
    "diamond": ((-1.5, 0), (0, -1.5), (1.5, 0), (0, 1.5)),
    "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
    "triangle": ((0, -1.2), (1.2, 0.96), (-1.2, 0.96)),
}

_DIGIT, _LINE = 6.5, 11.0  # size of a character of a number
_DISTANCES = np.array((11.0, 17.0, 25.0, 35.0, 48.0, 64.0))
_ANGLES = 2 * np.pi * np.arange(24) / 24 - 1
_OUTSIDE, _ON_NUMBER, _ON_MARK, _ON_LEADER = 300.0, 100.0, 40.0, 25.0


@dataclass(frozen=True)
class Point:
    """A row of the report in the plot."""

    entry: Entry
    x: Score
    y: Score


@dataclass(frozen=True)
class Tradeoff:
    """The plots of all pairs, of which the page shows one.

    Attributes:
        qualities, diversities: names of the metrics to choose from.
        plots: place of the diversity and of the quality in these lists, and the picture of both,
            or a sentence where no row has both.
        key: the mark of each row, and what stands for it in a plot, and the row.
    """

    qualities: list[str]
    diversities: list[str]
    plots: list[tuple[int, int, Picture | str]]
    key: list[tuple[Picture, str, Entry]]


def tradeoff(contents: Contents, scores: Scores) -> Tradeoff:
    """What is drawn of quality and diversity; no plots where one of them was not measured."""
    qualities, diversities = axis_choices(scores)
    pairs = itertools.product(enumerate(diversities), enumerate(qualities))
    return Tradeoff(
        [info.display for info in qualities],
        [info.display for info in diversities],
        [(i, j, tradeoff_plot(x, y, contents, scores)) for (i, x), (j, y) in pairs],
        [
            (Picture("", (16, 16), [mark(entry, (8, 8))], look="swatch"), _label(entry), entry)
            for entry in contents.entries
        ],
    )


def axis_choices(scores: Scores) -> tuple[list[MetricInfo], list[MetricInfo]]:
    """Metrics of quality and of diversity of which one direction is better, main ones first."""
    main = [info for info in main_infos(scores) if info.direction is not None]
    others = [i for i in scores.infos if i.direction is not None and i not in main]
    diverse = [info for info in (*main, *others) if _tells_of_diversity(info)]
    sound = [info for info in main if not _tells_of_diversity(info)]
    return (
        _in_order(sound, _FIRST_QUALITIES)[:MOST_CHOICES],
        _in_order(diverse, _FIRST_DIVERSITIES)[:MOST_CHOICES],
    )


def _tells_of_diversity(info: MetricInfo) -> bool:
    return info.family == _DIVERSITY_FAMILY and not info.name.startswith(_FIDELITY)


def _in_order(infos: list[MetricInfo], first: tuple[str, ...]) -> list[MetricInfo]:
    rank = {key: k for k, key in enumerate(first)}
    return sorted(infos, key=lambda info: rank.get(info.name, len(rank)))


def tradeoff_plot(
    x: MetricInfo, y: MetricInfo, contents: Contents, scores: Scores
) -> Picture | str:
    """Diversity `x` to the right, quality `y` upwards; better is to the right and up."""
    title = f"{y.display} against {x.display}"
    points = []
    for entry in contents.entries:
        found = scores.of(x.name, entry.name), scores.of(y.name, entry.name)
        if found[0] is not None and found[1] is not None:
            points.append(Point(entry, found[0], found[1]))
    if not points:
        return f"{title}: no method has both."
    axes = Axes(
        _SIZE, _MARGINS, _span([point.y for point in points], y), _span([p.x for p in points], x)
    )
    front = pareto_front(points, x, y)
    places = axes.places([p.x.mean for p in points], [p.y.mean for p in points])
    ahead = axes.places([p.x.mean for p in front], [p.y.mean for p in front])
    marks = [mark(p.entry, at, p in front) for p, at in zip(points, places, strict=True)]
    box = (axes.left + 2, 0.0, _SIZE[0], axes.bottom - 2)
    shapes = [
        *axes.shapes(),
        Words(f"{x.display}, better →", axes.right, _SIZE[1] - 10, "axis", "end"),
        Words(f"{y.display}, better →", 13, axes.top, "axis", "end", -90),
        *([Line(ahead, "front")] if len(front) > 1 else []),
        *(whisker for point in points for whisker in _whiskers(point, axes)),
        # Real diagrams, which come first, lie on top.
        *reversed(marks),
        *numbers([_label(point.entry) for point in points], places, box),
    ]
    names = ", ".join(point.entry.name for point in front)
    words = f"{len(points)} points. On the Pareto front: {names or 'none'}."
    return Picture(title, _SIZE, shapes, words)


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


def _label(entry: Entry) -> str:
    """What stands for a row in a plot."""
    return str(entry.number) if entry.number else "real"


def _span(scores: list[Score], info: MetricInfo) -> Span:
    """An axis on which better is towards the end, and intervals have room."""
    values = [score.mean for score in scores]
    for score in scores:
        # An end of an interval may be so near to 0 or 1 that it would take all the room.
        room = min(score.mean, 1 - score.mean if info.unit == "rate" else score.mean) / 3
        values += [b for b in score.interval or () if abs(b - score.mean) < room]
    is_lower = info.direction == "lower"
    return span_of(values, is_rate=info.unit == "rate", may_bend=True, is_backwards=is_lower)


def _whiskers(point: Point, axes: Axes) -> list[Shape]:
    """The intervals of a point."""
    look = f"whisker {point.entry.kind}"
    lines: list[Shape] = []
    if point.x.interval is not None:
        lines.append(Line(axes.places(point.x.interval, point.y.mean), look))
    if point.y.interval is not None:
        lines.append(Line(axes.places(point.x.mean, point.y.interval), look))
    return lines


def mark(entry: Entry, at: Place, on_front: bool = False) -> Shape:
    """The mark of a row.

    A diamond stands for real diagrams, a square for a baseline, a triangle for a method with a
    learned forward process, a disc for any other.
    """
    look = f"mark {entry.kind}{' on-front' if on_front else ''}"
    name = {"real": "diamond", "baseline": "square"}.get(entry.kind, "disc")
    if name == "disc" and not entry.name.startswith("v2_"):
        return Circle(*at, _MARK, look, entry.name)
    corners = _OUTLINES["triangle" if name == "disc" else name]
    points = [(at[0] + _MARK * dx, at[1] + _MARK * dy) for dx, dy in corners]
    return Line(points, look, entry.name, is_closed=True)


def numbers(
    labels: Sequence[str], marks: Sequence[Place], box: tuple[float, float, float, float]
) -> list[Shape]:
    """Labels beside marks, with a thin line where they do not stand next to it.

    Args:
        labels: one for each mark.
        marks: where they are.
        box: left, top, right and bottom of the space for labels.

    Returns:
        all lines, then all labels; no label hides another or a mark where that can be helped.
    """
    at = np.array(marks)
    halves = _DIGIT * np.array([len(label) for label in labels]) / 2
    taken = np.full(at.shape, np.inf)
    ends = np.full((len(at), 3, 2), np.inf)  # points along the line to each label
    lines: list[Shape] = []
    # Those with the least free space around choose first.
    crowd = (np.linalg.norm(at[:, None] - at, axis=-1) < 30).sum(1)
    for k in np.argsort(-crowd, kind="stable"):
        turn = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], -1)
        extra = halves[k] - _DIGIT / 2
        away = _DISTANCES[:, None] + extra * abs(turn[:, 0])
        spots = (at[k] + away[..., None] * turn).reshape(-1, 2)
        cost = np.repeat(_DISTANCES, len(turn)) + _outside(spots, halves[k], box)
        cost += _ON_NUMBER * _near(spots, taken, halves[k] + halves + 1, _LINE)
        cost += _ON_MARK * _near(spots, at, halves[k] + _MARK + 1, _LINE / 2 + _MARK)
        cost += _ON_LEADER * _near(spots, ends.reshape(-1, 2), halves[k] + 1, _LINE / 2)
        taken[k] = spots[np.argmin(cost)]
        if np.linalg.norm(taken[k] - at[k]) > 13 + extra:
            shares = np.array((0.3, 0.6, 0.9))[:, None]
            ends[k] = at[k] + shares * (taken[k] - at[k])
            lines.append(Line((tuple(at[k]), tuple(taken[k])), "leader"))
    return lines + [Words(labels[k], x, y + 3.8, "number") for k, (x, y) in enumerate(taken)]


def _outside(spots: np.ndarray, half: float, box: tuple[float, float, float, float]) -> np.ndarray:
    (x, y), (left, top, right, bottom) = spots.T, box
    is_inside = (left + half < x) & (x < right - half) & (top + 5 < y) & (y < bottom - 5)
    return _OUTSIDE * ~is_inside


def _near(
    spots: np.ndarray, others: np.ndarray, across: float | np.ndarray, up: float
) -> np.ndarray:
    """(S,) how many of the others (N, 2) are less than that far away."""
    gaps = abs(spots[:, None] - others)
    return ((gaps[..., 0] < across) & (gaps[..., 1] < up)).sum(1)
