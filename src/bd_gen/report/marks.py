"""Marks of rows in a plot, and numbers beside them that hide neither each other nor a mark."""

import math
from collections.abc import Sequence

from bd_gen.report.contents import Entry
from bd_gen.report.markup import Markup, breakable, number, tag

SIZE = 4.0
"""Half the width of a mark."""

_DIGIT, _LINE = 6.5, 11.0  # size of a character of a number
_DISTANCES = (11.0, 17.0, 25.0, 35.0, 48.0, 64.0)
_TURNS = 24
_OUTSIDE, _ON_NUMBER, _ON_MARK, _ON_LEADER = 300.0, 100.0, 40.0, 25.0

Place = tuple[float, float]


def mark_path(entry: Entry, x: float, y: float) -> str:
    """The outline of a row's mark.

    A diamond stands for real diagrams, a square for a baseline, a triangle for a method with a
    learned forward process, a disc for any other.
    """
    if entry.kind == "real":
        return _outline(x, y, (-1.5, 0), (0, -1.5), (1.5, 0), (0, 1.5))
    if entry.kind == "baseline":
        return _outline(x, y, (-1, -1), (1, -1), (1, 1), (-1, 1))
    if entry.name.startswith("v2_"):
        return _outline(x, y, (0, -1.2), (1.2, 0.96), (-1.2, 0.96))
    left, right, y_text, r = number(x - SIZE), number(x + SIZE), number(y), number(SIZE)
    return f"M{left} {y_text}A{r} {r} 0 1 1 {right} {y_text}A{r} {r} 0 1 1 {left} {y_text}z"


def _outline(x: float, y: float, *corners: tuple[float, float]) -> str:
    """A path through corners given from (x, y), in halves of a mark's width."""
    points = (f"{number(x + SIZE * dx)} {number(y + SIZE * dy)}" for dx, dy in corners)
    return f"M{'L'.join(points)}z"


def key_entry(entry: Entry) -> Markup:
    """The mark, the number and the name of a row."""
    shape = tag("path", class_=f"mark {entry.kind}", d=mark_path(entry, 8, 8))
    return tag(
        "li",
        tag("svg", shape, viewBox="0 0 16 16", class_="swatch", aria_hidden="true"),
        tag("span", label_of(entry), class_="badge"),
        tag("span", breakable(entry.name), class_="name"),
    )


def label_of(entry: Entry) -> str:
    """What stands for a row in a plot."""
    return str(entry.number) if entry.number else "real"


def numbers(
    labels: Sequence[str], marks: Sequence[Place], box: tuple[float, float, float, float]
) -> list[Markup]:
    """Labels beside marks, with a thin line where they do not stand next to it.

    Args:
        labels: one for each mark.
        marks: where they are.
        box: left, top, right and bottom of the space for labels.
    """
    # Those with the least free space around choose first.
    crowd = [sum(math.dist(a, b) < 30 for b in marks) for a in marks]
    order = sorted(range(len(marks)), key=lambda k: -crowd[k])
    taken: list[tuple[Place, float]] = []
    leaders: list[tuple[Place, Place]] = []
    parts = []
    for k in order:
        x, y = marks[k]
        half = _DIGIT * len(labels[k]) / 2
        best, least = marks[k], math.inf
        for distance in _DISTANCES:
            if least <= distance:
                break  # no place so far away can be better
            for turn in range(_TURNS):
                angle = 2 * math.pi * turn / _TURNS - 1
                away = distance + (half - _DIGIT / 2) * abs(math.cos(angle))
                at = x + away * math.cos(angle), y + away * math.sin(angle)
                cost = distance + _hidden(at, half, taken, marks, leaders, box)
                if cost < least:
                    best, least = at, cost
        taken.append((best, half))
        if math.dist(best, marks[k]) > 13 + half - _DIGIT / 2:
            leaders.append((marks[k], best))
            path = f"M{number(x)} {number(y)}L{number(best[0])} {number(best[1])}"
            parts.append(tag("path", class_="leader", d=path))
        place = {"x": number(best[0]), "y": number(best[1] + 3.8)}
        parts.append(tag("text", labels[k], class_="number", text_anchor="middle", **place))
    # Numbers lie above all leaders.
    return sorted(parts, key=lambda part: part.startswith("<text"))


def _hidden(
    at: Place,
    half: float,
    taken: Sequence[tuple[Place, float]],
    marks: Sequence[Place],
    leaders: Sequence[tuple[Place, Place]],
    box: tuple[float, float, float, float],
) -> float:
    """How much a label at a place would hide."""
    x, y = at
    left, top, right, bottom = box
    cost = _OUTSIDE * (not (left + half < x < right - half and top + 5 < y < bottom - 5))
    for (a, b), other in taken:
        cost += _ON_NUMBER * (abs(a - x) < half + other + 1 and abs(b - y) < _LINE)
    for a, b in marks:
        cost += _ON_MARK * (abs(a - x) < half + SIZE + 1 and abs(b - y) < _LINE / 2 + SIZE)
    for (a, b), (c, d) in leaders:
        for share in (0.3, 0.6, 0.9):
            u, v = a + share * (c - a), b + share * (d - b)
            cost += _ON_LEADER * (abs(u - x) < half + 1 and abs(v - y) < _LINE / 2)
    return cost
