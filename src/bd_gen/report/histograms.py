"""Room types, relations and edges per diagram of each method beside those of real diagrams."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bd_gen.diagrams.vocabulary import NUM_RELATIONS, NUM_ROOM_TYPES, RELATIONS, ROOM_TYPES
from bd_gen.drawing.appearance import SHORT_NAMES
from bd_gen.metrics import DiagramSet
from bd_gen.report.axes import Scale, y_axis
from bd_gen.report.contents import Contents
from bd_gen.report.markup import Markup, join, number, tag
from bd_gen.report.panels import described, disclosure, panel, panel_grid
from bd_gen.results.columns import REAL

RELATION_SIGNS = {
    "left-above": "↖",
    "left-below": "↙",
    "left-of": "←",
    "above": "↑",
    "inside": "⊂",
    "surrounding": "⊃",
    "below": "↓",
    "right-of": "→",
    "right-above": "↗",
    "right-below": "↘",
}
"""The direction from the second room of an edge to the first."""

_WIDTH = 290.0
_LEFT, _RIGHT, _TOP = 38.0, 4.0, 8.0
_HEIGHT = 92.0
_MOST_OF_REAL = 2.0  # how far beyond the highest bar of real diagrams the scale may reach
_SEEN = 1e-3
"""A room type that is rarer than this in real diagrams and in all samples is left out."""


@dataclass(frozen=True)
class Histogram:
    """Shares of one kind of thing.

    Attributes:
        title: what is counted.
        names: of the bins, in words.
        labels: of the bins, below the bars; an empty one is left out.
        is_slanted: whether the labels are written slanted, for want of space.
        shares: (bins,) by name of the row; each sums to 1.
    """

    title: str
    names: list[str]
    labels: list[str]
    is_slanted: bool
    shares: dict[str, np.ndarray]


def histogram_figures(contents: Contents) -> Markup:
    """A grid of panels for each kind of histogram, the first one open."""
    if not any(entry.samples is not None for entry in contents.entries):
        return tag(
            "p",
            "Histograms need the samples of the methods (METHOD_samples.pt), and none lie beside "
            "these results.",
        )
    found = (_room_types(contents), _relations(contents), _edges(contents))
    figures = [
        disclosure(histogram.title, _grid(histogram, contents), is_open=k == 0)
        for k, histogram in enumerate(found)
    ]
    return join(_legend(contents), *figures)


def _legend(contents: Contents) -> Markup:
    real = "Black lines: real held-out diagrams, " + (
        "those that were measured."
        if contents.real is not None and contents.real.samples is not None
        else "the whole test split."
    )
    words = (
        "Bars: the samples of all seeds together; a bar that leaves the scale says how high it "
        "is, in percent. "
    )
    return tag(
        "p",
        words,
        real
        if REAL in contents.diagrams
        else "The data set is not at hand, so real diagrams are missing here.",
    )


def _room_types(contents: Contents) -> Histogram:
    shares = _shares(contents, lambda rows: _counts(rows.room_types, NUM_ROOM_TYPES))
    seen = [k for k in range(NUM_ROOM_TYPES) if any(s[k] > _SEEN for s in shares.values())]
    return Histogram(
        "Room types",
        [ROOM_TYPES[k] for k in seen],
        [SHORT_NAMES[k] for k in seen],
        True,
        {name: share[seen] for name, share in shares.items()},
    )


def _relations(contents: Contents) -> Histogram:
    shares = _shares(contents, lambda rows: _counts(rows.relations, NUM_RELATIONS))
    labels = [RELATION_SIGNS[name] for name in RELATIONS]
    return Histogram("Relations of the edges", list(RELATIONS), labels, False, shares)


def _edges(contents: Contents) -> Histogram:
    most = max(int(d.rows.num_edges.max()) for d in contents.diagrams.values())
    shares = _shares(contents, lambda rows: np.bincount(rows.num_edges, minlength=most + 1))
    names = [f"{k} edges" for k in range(most + 1)]
    labels = [str(k) if k % 5 == 0 else "" for k in range(most + 1)]
    return Histogram("Edges per diagram", names, labels, False, shares)


def _counts(codes: np.ndarray, number_of_codes: int) -> np.ndarray:
    """(number_of_codes,) counts of the codes below it; what is above it is none."""
    return np.bincount(codes.ravel(), minlength=number_of_codes)[:number_of_codes]


def _shares(contents: Contents, count: Callable[[DiagramSet], np.ndarray]) -> dict[str, np.ndarray]:
    shares = {}
    for name, diagrams in contents.diagrams.items():
        counts = count(diagrams.rows)
        shares[name] = counts / max(int(counts.sum()), 1)
    return shares


def _grid(histogram: Histogram, contents: Contents) -> Markup:
    entries = [e for e in contents.entries if e.samples is not None]
    entries = [e for e in entries if e.kind != "real"] or entries
    top = max(float(share.max()) for share in histogram.shares.values())
    real = histogram.shares.get(REAL)
    if real is not None:
        # One method far off must not flatten all the others; its bars say how high they are.
        top = min(top, _MOST_OF_REAL * float(real.max()))
    up = Scale(0.0, top or 1.0, _TOP + _HEIGHT, _TOP, is_rate=True)
    return panel_grid(panel(entry, _plot(histogram, entry.name, up)) for entry in entries)


def _plot(histogram: Histogram, name: str, up: Scale) -> Markup:
    own, real = histogram.shares[name], histogram.shares.get(REAL)
    step = (_WIDTH - _LEFT - _RIGHT) / len(own)
    bottom = _TOP + _HEIGHT
    parts: list[Markup] = [y_axis(up, _LEFT, _WIDTH - _LEFT - _RIGHT)]
    words = []
    for k, share in enumerate(own):
        left = _LEFT + k * step
        word = f"{histogram.names[k]}: {100 * share:.1f} %"
        if real is not None:
            word += f", real {100 * real[k]:.1f} %"
        words.append(word)
        y = up(float(share))
        bar = {"x": number(left + 0.12 * step), "y": number(y), "width": number(0.76 * step)}
        parts.append(tag("rect", class_="bar", height=number(bottom - y), **bar))
        if real is not None:
            path = (
                f"M{number(left + 0.06 * step)} {number(up(float(real[k])))}h{number(0.88 * step)}"
            )
            parts.append(tag("path", class_="real-level", d=path))
        # The whole height answers to the pointer, not the bar alone.
        target = {"x": number(left), "y": number(_TOP), "width": number(step)}
        parts.append(
            tag("rect", tag("title", word), class_="target", height=number(_HEIGHT), **target)
        )
        if share > up.high:
            place = {"x": number(left + step / 2), "y": number(_TOP + 9)}
            text = f"{100 * share:.0f}"
            parts.append(tag("text", text, class_="on-bar", text_anchor="middle", **place))
        parts.append(_label(histogram, k, left + step / 2, bottom))
    height = bottom + (40 if histogram.is_slanted else 17)
    title = f"{histogram.title} of {name}"
    return described(parts, title, "; ".join(words), f"{number(_WIDTH)} {number(height)}")


def _label(histogram: Histogram, k: int, x: float, bottom: float) -> Markup:
    text = histogram.labels[k]
    if not text:
        return join()
    if histogram.is_slanted:
        at = f"translate({number(x + 3)} {number(bottom + 10)}) rotate(-45)"
        return tag("text", text, transform=at, text_anchor="end")
    return tag("text", text, x=number(x), y=number(bottom + 13), text_anchor="middle")
