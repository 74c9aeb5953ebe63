"""Panels of shares, one a row of the report, all on one scale: checks, room types, relations."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from bd_gen.diagrams.words import Words as DataWords
from bd_gen.drawing.appearance import short_names
from bd_gen.metrics import DiagramSet
from bd_gen.metrics.intervals import wilson
from bd_gen.metrics.measures.transitivity import transitivity_columns, without_directions
from bd_gen.metrics.measures.validity import (
    containment_columns,
    validity_columns,
    without_containments,
)
from bd_gen.report.charts import Axes, Box, Circle, Line, Picture, Shape, Span, Words, span_of
from bd_gen.report.contents import Contents, Entry
from bd_gen.results.columns import REAL

_CHECK_SIZE, _CHECK_MARGINS = (250.0, 150.0), (48.0, 8.0, 8.0, 22.0)
_COUNT_WIDTH, _COUNT_HEIGHT = 290.0, 100.0  # without the labels below the bars
_MOST_OF_REAL = 2.0  # how far beyond the highest bar of real diagrams the scale may reach
_LETTERS = 8  # of a relation without a sign
_SEEN = 1e-3
"""A room type that is rarer than this in real diagrams and in all samples is left out."""


@dataclass(frozen=True)
class Grid:
    """Panels under one title, each the plot of a row."""

    title: str
    panels: list[tuple[Entry, Picture]]


@dataclass(frozen=True)
class Share:
    """A share among the samples of one size.

    Attributes:
        mean: 0 to 1.
        interval: 95 % interval; None where the number of samples is not known.
        count: number of samples; None where it is not known.
    """

    mean: float
    interval: tuple[float, float] | None = None
    count: int | None = None


@dataclass(frozen=True)
class Check:
    """A check that a sample passes or not.

    Attributes:
        title: in words.
        passes: (N,) bool of a set of samples; None where they cannot be gone through just like
            that, and what the result file has must do.
        key: where a result file has the shares, `{n}` standing for the number of rooms; empty
            if it has none.
        lacking: what words lack to have it; empty: nothing.
    """

    title: str
    passes: Callable[[DiagramSet], np.ndarray] | None
    key: str
    lacking: Callable[[DataWords], str] = lambda _: ""


CHECKS = (
    Check(
        "Validity",
        lambda samples: validity_columns(samples)["valid"],
        "validity_by_num_rooms/{n}/overall",
    ),
    Check(
        "Transitivity",
        lambda samples: transitivity_columns(samples)["transitive"],
        "transitivity_by_num_rooms/{n}/transitivity_score",
        without_directions,
    ),
    Check(
        "Inside validity",
        lambda samples: containment_columns(samples)["inside_legal"],
        "",
        without_containments,
    ),
    Check("Realizable", None, "realizable_by_num_rooms/{n}"),
)


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


def by_rooms(contents: Contents) -> list[Grid]:
    """For each check that there is something of, the share that passes by number of rooms."""
    grids = []
    for check in CHECKS:
        if check.lacking(contents.words):
            continue
        found = [(entry, shares(check, entry, contents)) for entry in contents.entries]
        rows = [(entry, by_size) for entry, by_size in found if by_size]
        if rows:
            real = next((by_size for entry, by_size in rows if entry.kind == "real"), {})
            shown = [row for row in rows if row[0].kind != "real"] or rows
            grids.append(_grid_of_checks(check.title, shown, real))
    return grids


def shares(check: Check, entry: Entry, contents: Contents) -> dict[int, Share]:
    """By number of rooms the share of samples that pass, counted if there are samples.

    Without samples they are the means over the seeds that the result file has.
    """
    diagrams = contents.diagrams.get(entry.name)
    is_countable = entry.samples is not None or entry.name == REAL
    if diagrams is not None and is_countable and check.passes is not None:
        passed, sizes = check.passes(diagrams.rows), diagrams.rows.num_rooms
        return {int(n): _counted(passed[sizes == n]) for n in np.unique(sizes)}
    return _recorded(check, entry.result.summary)


def _counted(passed: np.ndarray) -> Share:
    successes, total = int(passed.sum()), len(passed)
    return Share(successes / total, wilson(successes, total), total)


def _recorded(check: Check, summary: Mapping[str, Mapping[str, float]]) -> dict[int, Share]:
    if not check.key:
        return {}
    before, after = check.key.split("{n}")
    found = {}
    for key, value in summary.items():
        size = key.removeprefix(before).removesuffix(after)
        if key == before + size + after and size.isdecimal():
            found[int(size)] = Share(value["mean"])
    return dict(sorted(found.items()))


def _grid_of_checks(
    title: str, rows: list[tuple[Entry, dict[int, Share]]], real: dict[int, Share]
) -> Grid:
    sizes = sorted({n for _, by_size in rows for n in by_size} | set(real))
    found = [share for _, by_size in rows for share in by_size.values()]
    values = [share.mean for share in (*found, *real.values())]
    # Intervals of few samples would take all the room.
    values += [s.interval[0] for s in found if s.interval is not None and (s.count or 0) >= 100]
    axes = Axes(_CHECK_SIZE, _CHECK_MARGINS, span_of([*values, 1.0], is_rate=True))
    step = (axes.right - axes.left) / len(sizes)
    across = {n: axes.left + (k + 0.5) * step for k, n in enumerate(sizes)}
    every = -(-len(sizes) // 8)
    frame = [*axes.shapes(), *(Words(str(n), across[n], axes.bottom + 14) for n in sizes[::every])]
    frame += _line(real, across, axes, "line real")
    panels = []
    for entry, by_size in rows:
        shapes = frame + _line(by_size, across, axes, "line method")
        for n, share in by_size.items():
            if share.interval is not None:
                shapes.append(Line(axes.places(across[n], share.interval), "whisker"))
            x, y = axes.place(across[n], share.mean)
            shapes.append(Circle(x, y, 2.8, "dot", _words(n, share)))
        words = "; ".join(_words(n, share) for n, share in by_size.items())
        panels.append((entry, Picture(f"{title} of {entry.name}", _CHECK_SIZE, shapes, words)))
    return Grid(f"{title} by number of rooms", panels)


def _line(
    by_size: dict[int, Share], across: dict[int, float], axes: Axes, look: str
) -> list[Shape]:
    if not by_size:
        return []
    means = [share.mean for share in by_size.values()]
    return [Line(axes.places([across[n] for n in by_size], means), look)]


def _words(n: int, share: Share) -> str:
    text = f"{n} rooms: {100 * share.mean:.1f} %"
    if share.interval is not None and share.count is not None:
        ends = [f"{100 * bound:.1f}" for bound in share.interval]
        text += f" ({ends[0]} to {ends[1]}) of {share.count}"
    return text


def histograms(contents: Contents) -> list[Grid]:
    """Room types, relations and edges of each row beside real ones; none without samples."""
    if not any(entry.samples is not None for entry in contents.entries):
        return []
    found = (room_types(contents), relations(contents), edges(contents))
    return [_grid_of_bars(histogram, contents) for histogram in found]


def room_types(contents: Contents) -> Histogram:
    """How often each room type occurs that occurs at all."""
    names = contents.words.room_names
    found = _shares(contents, lambda rows: _counts(rows.room_types, len(names)))
    seen = [k for k in range(len(names)) if any(s[k] > _SEEN for s in found.values())]
    return Histogram(
        "Room types",
        [names[k] for k in seen],
        [short_names(contents.words)[k] for k in seen],
        True,
        {name: share[seen] for name, share in found.items()},
    )


def relations(contents: Contents) -> Histogram:
    """How often each relation occurs."""
    known = contents.words.relations
    found = _shares(contents, lambda rows: _counts(rows.relations, len(known)))
    labels = [one.sign or one.name[:_LETTERS] for one in known]
    is_slanted = not all(one.sign for one in known)
    names = [one.name for one in known]
    return Histogram("Relations of the edges", names, labels, is_slanted, found)


def edges(contents: Contents) -> Histogram:
    """How many edges a diagram has."""
    most = max(int(d.rows.num_edges.max()) for d in contents.diagrams.values())
    found = _shares(contents, lambda rows: np.bincount(rows.num_edges, minlength=most + 1))
    names = [f"{k} edges" for k in range(most + 1)]
    labels = [str(k) if k % 5 == 0 else "" for k in range(most + 1)]
    return Histogram("Edges per diagram", names, labels, False, found)


def _counts(codes: np.ndarray, number_of_codes: int) -> np.ndarray:
    """(number_of_codes,) counts of the codes below it; what is above it is none."""
    return np.bincount(codes.ravel(), minlength=number_of_codes)[:number_of_codes]


def _shares(contents: Contents, count: Callable[[DiagramSet], np.ndarray]) -> dict[str, np.ndarray]:
    found = {}
    for name, diagrams in contents.diagrams.items():
        counts = count(diagrams.rows)
        found[name] = counts / max(int(counts.sum()), 1)
    return found


def _grid_of_bars(histogram: Histogram, contents: Contents) -> Grid:
    entries = [e for e in contents.entries if e.samples is not None]
    entries = [e for e in entries if e.kind != "real"] or entries
    top = max(float(share.max()) for share in histogram.shares.values())
    real = histogram.shares.get(REAL)
    if real is not None:
        # One method far off must not flatten all the others; its bars say how high they are.
        top = min(top, _MOST_OF_REAL * float(real.max()))
    below = 40.0 if histogram.is_slanted else 17.0
    size = (_COUNT_WIDTH, _COUNT_HEIGHT + below)
    axes = Axes(size, (38.0, 4.0, 8.0, below), Span(0.0, top or 1.0, is_rate=True))
    frame = [*axes.shapes(), *_bin_labels(histogram, axes)]
    return Grid(histogram.title, [(e, _bars(histogram, e.name, axes, frame)) for e in entries])


def _bin_labels(histogram: Histogram, axes: Axes) -> list[Shape]:
    step = (axes.right - axes.left) / len(histogram.names)
    middles = [axes.left + (k + 0.5) * step for k in range(len(histogram.names))]
    labels = [(text, x) for text, x in zip(histogram.labels, middles, strict=True) if text]
    if histogram.is_slanted:
        return [Words(text, x + 3, axes.bottom + 10, "", "end", -45) for text, x in labels]
    return [Words(text, x, axes.bottom + 13) for text, x in labels]


def _bars(histogram: Histogram, name: str, axes: Axes, frame: list[Shape]) -> Picture:
    own, real = histogram.shares[name], histogram.shares.get(REAL)
    step, height = (axes.right - axes.left) / len(own), axes.bottom - axes.top
    heights = [axes.bottom - y for _, y in axes.places(axes.left, own)]
    levels = [y for _, y in axes.places(axes.left, real)] if real is not None else []
    shapes, words = list(frame), []
    for k, share in enumerate(own):
        left, high = axes.left + k * step, heights[k]
        word = f"{histogram.names[k]}: {100 * share:.1f} %"
        shapes.append(Box(left + 0.12 * step, axes.bottom - high, 0.76 * step, high, "bar"))
        if real is not None:
            word += f", real {100 * real[k]:.1f} %"
            ends = left + 0.06 * step, left + 0.94 * step
            shapes.append(Line([(x, levels[k]) for x in ends], "real-level"))
        # The whole height answers to the pointer, not the bar alone.
        shapes.append(Box(left, axes.top, step, height, "target", word))
        if share > axes.high:
            shapes.append(Words(f"{100 * share:.0f}", left + step / 2, axes.top + 9, "on-bar"))
        words.append(word)
    return Picture(f"{histogram.title} of {name}", axes.size, shapes, "; ".join(words))
