"""Pictures of samples: drawn by lot, never picked, and those that fail a check."""

from dataclasses import dataclass

import numpy as np

from bd_gen.diagrams.words import Words as DataWords
from bd_gen.drawing.appearance import short_names
from bd_gen.drawing.panel import links_of
from bd_gen.drawing.placement import Placement, place
from bd_gen.report.charts import Circle, Line, Picture, Shape, Words
from bd_gen.report.commands import show_command
from bd_gen.report.contents import Contents, Diagrams, Entry
from bd_gen.report.failures import FAILURES, Sketch, sample_checks, sketch_of

LOT_SEED = 0
"""Seed of the lot that chooses the samples; the same for every method and every report."""
NUM_RANDOM = 12
NUM_FAILURES = 4
"""Pictures of each kind of fault."""
LETTERS = 3
"""Letters of a room type in its bubble; the title of the picture has the whole names."""

_SIDE = 180.0
_PADDING = 6.0
_LARGEST_UNIT = 34.0  # for a living room's radius
_EM = 0.3  # size of a label in the same measure
_CLEARANCE = 0.32  # between two lines at a rim, in the same measure


@dataclass(frozen=True)
class Sample:
    """A sample to draw.

    Attributes:
        sketch: what is drawn.
        caption: which sample it is.
        reason: what is wrong with it; empty for one drawn by lot.
    """

    sketch: Sketch
    caption: str
    reason: str = ""


@dataclass(frozen=True)
class Group:
    """Samples under one heading.

    Attributes:
        heading: what they are.
        samples: at least one.
        condition: finds all of them in the per-sample table; empty for those drawn by lot.
    """

    heading: str
    samples: list[Sample]
    condition: str = ""


@dataclass(frozen=True)
class Album:
    """The pictures of a row.

    Attributes:
        entry: the row.
        groups: heading, command that finds all such samples (or an empty text), and picture,
            caption and reason of those that are shown.
        is_open: whether it is shown at once.
    """

    entry: Entry
    groups: list[tuple[str, str, list[tuple[Picture, str, str]]]]
    is_open: bool


@dataclass(frozen=True)
class Gallery:
    """All albums, and the room types in them with a swatch each."""

    albums: list[Album]
    legend: list[tuple[Picture, str]]


def gallery(contents: Contents) -> Gallery | None:
    """The pictures of each row that has samples; None if no method has."""
    drawn = [entry for entry in contents.entries if entry.name in contents.diagrams]
    if not any(entry.samples is not None for entry in drawn):
        return None
    found = [(entry, groups_of(contents.diagrams[entry.name])) for entry in drawn]
    sketches = [s.sketch for _, groups in found for group in groups for s in group.samples]
    # All at once: the placement works on many diagrams in the time of one.
    placements = iter(place([sketch.diagram for sketch in sketches]))
    # Real diagrams and the first method invite to compare; the others wait behind their names.
    first = {next((e.name for e in drawn if e.kind == kind), "") for kind in ("real", "method")}
    albums = []
    for entry, groups in found:
        shown = []
        for group in groups:
            is_found = group.condition and entry.samples is not None
            command = show_command(entry, contents, group.condition) if is_found else ""
            pictures = [
                (bubbles(s.sketch, next(placements)), s.caption, s.reason) for s in group.samples
            ]
            shown.append((group.heading, command, pictures))
        albums.append(Album(entry, shown, entry.name in first))
    return Gallery(albums, _legend(contents.words, sketches))


def by_lot(count: int, wanted: int) -> np.ndarray:
    """Which of `count` samples a lot with a fixed seed draws, in ascending order."""
    lot = np.random.default_rng(LOT_SEED)
    return np.sort(lot.choice(count, min(wanted, count), replace=False))


def groups_of(diagrams: Diagrams) -> list[Group]:
    """Samples by lot, then those with each kind of fault."""
    total = len(diagrams.rows)
    by_chance = [_sample(diagrams, int(row)) for row in by_lot(total, NUM_RANDOM)]
    groups = [Group(f"{len(by_chance)} of {total:,} samples, drawn by lot", by_chance)]
    checks = sample_checks(diagrams.rows)
    for failure in FAILURES:
        if failure.lacking(diagrams.rows.vocabulary.words):
            continue
        found = np.flatnonzero(failure.found(checks))
        if not len(found):
            continue
        samples = []
        for row in found[by_lot(len(found), NUM_FAILURES)]:
            sample = _sample(diagrams, int(row))
            sketch, reason = failure.explained(sample.sketch)
            samples.append(Sample(sketch, sample.caption, reason))
        title = failure.title[:1].upper() + failure.title[1:]
        share = f"{len(found):,} of {total:,} ({100 * len(found) / total:.2g} %)"
        groups.append(Group(f"{title}: {share}", samples, failure.condition))
    return groups


def _sample(diagrams: Diagrams, row: int) -> Sample:
    rows = diagrams.rows
    sketch = sketch_of(rows.tokens[row], rows.vocabulary, int(rows.num_rooms[row]))
    return Sample(sketch, diagrams.name(row))


def _legend(words: DataWords, sketches: list[Sketch]) -> list[tuple[Picture, str]]:
    room_types: set[int] = set().union(*(sketch.known_types for sketch in sketches))
    return [
        (
            Picture("", (16, 16), [Circle(8, 8, 6.5, f"r{k}")], look="swatch bubbles"),
            f"{short_names(words)[k][:LETTERS]}: {words.room_names[k]}",
        )
        for k in sorted(room_types)
    ]


def bubbles(sketch: Sketch, placement: Placement) -> Picture:
    """The picture of a diagram whose rooms stand at `placement`."""
    unit = min(_LARGEST_UNIT, (_SIDE - 2 * _PADDING) / float(placement.extent.max()))
    outer = set(placement.parents) - {-1}
    order = sorted(
        range(sketch.diagram.num_rooms), key=lambda room: (room not in outer, placement.depth(room))
    )
    rims = [_rim(sketch, room, placement, unit) for room in order]
    # Bubbles around others lie below the lines, all others above them.
    lines, labels = _lines(sketch, placement, unit), _labels(sketch, placement, unit, outer)
    shapes = [*rims[: len(outer)], *lines, *rims[len(outer) :], *labels]
    size = (_SIDE, _SIDE)
    return Picture(sketch.description, size, shapes, look="bubbles", font_size=_EM * unit)


def _rim(sketch: Sketch, room: int, placement: Placement, unit: float) -> Shape:
    kind = "unknown" if room in sketch.unknown else f"r{sketch.diagram.room_types[room]}"
    marked = " marked" if room in sketch.marked_rooms else ""
    x, y = placement.centres[room] * unit + _SIDE / 2
    return Circle(x, y, placement.radii[room] * unit, kind + marked)


def _lines(sketch: Sketch, placement: Placement, unit: float) -> list[Shape]:
    lines: list[Shape] = []
    for link in links_of(sketch.diagram, placement, _CLEARANCE):
        names = ["dashed"] if link.dashed else []
        names += ["marked"] if (link.i, link.j) in sketch.marked_pairs else []
        (x, y), (u, v) = np.stack([link.start, link.end]) * unit + _SIDE / 2
        lines.append(Line(((x, y), (u, v)), " ".join(names)))
    return lines


def _labels(sketch: Sketch, placement: Placement, unit: float, outer: set[int]) -> list[Shape]:
    labels: list[Shape] = []
    names = short_names(sketch.diagram.words)
    for room, room_type in enumerate(sketch.diagram.room_types):
        x, y = placement.label_centres[room] * unit + _SIDE / 2
        is_unknown = room in sketch.unknown
        word = "?" if is_unknown else names[room_type][:LETTERS]
        # A line across a bubble with others in it does not touch the letters.
        halo = f"on{room_type}" if room in outer and not is_unknown else ""
        labels.append(Words(word, x, y + 0.36 * _EM * unit, halo, anchor=""))
    return labels
