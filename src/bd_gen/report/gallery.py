"""Pictures of samples: drawn by lot, never picked, and those that fail a check."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bd_gen.diagrams.vocabulary import ROOM_TYPES
from bd_gen.drawing.appearance import SHORT_NAMES
from bd_gen.drawing.placement import Placement, place
from bd_gen.report.bubbles import LETTERS, Sketch, bubble_svg, sketch_of
from bd_gen.report.commands import show_command
from bd_gen.report.contents import Contents, Diagrams, Entry
from bd_gen.report.failures import FAILURES, sample_checks
from bd_gen.report.markup import Markup, join, tag
from bd_gen.report.panels import name_of

LOT_SEED = 0
"""Seed of the lot that chooses the samples; the same for every method and every report."""
NUM_RANDOM = 12
NUM_FAILURES = 4
"""Pictures of each kind of fault."""


@dataclass(frozen=True)
class Picture:
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
    """Pictures under one heading.

    Attributes:
        heading: what they are.
        pictures: at least one.
        condition: finds all of them in the per-sample table; empty for those drawn by lot.
    """

    heading: str
    pictures: list[Picture]
    condition: str = ""


def gallery(contents: Contents) -> Markup:
    """The legend, and behind a disclosure for each row its pictures."""
    drawn = [entry for entry in contents.entries if entry.name in contents.diagrams]
    if not any(entry.samples is not None for entry in drawn):
        return tag(
            "p",
            "Pictures need the samples of the methods (METHOD_samples.pt), and none lie beside "
            "these results.",
        )
    albums = [(entry, _groups(contents.diagrams[entry.name])) for entry in drawn]
    sketches = [p.sketch for _, groups in albums for group in groups for p in group.pictures]
    # All at once: the placement works on many diagrams in the time of one.
    placements = iter(place([sketch.diagram for sketch in sketches]))
    # Real diagrams and the first method invite to compare; the others wait behind their names.
    first = {next((e.name for e in drawn if e.kind == kind), "") for kind in ("real", "method")}
    return join(
        _legend(set().union(*(sketch.known_types for sketch in sketches))),
        *(
            tag(
                "details",
                name_of(entry, "summary"),
                *(_shown(group, entry, contents, placements) for group in groups),
                tag("p", "None of its samples fails a check.") if len(groups) == 1 else None,
                open=entry.name in first,
                data_method=entry.name,
            )
            for entry, groups in albums
        ),
    )


def by_lot(count: int, wanted: int) -> np.ndarray:
    """Which of `count` samples a lot with a fixed seed draws, in ascending order."""
    lot = np.random.default_rng(LOT_SEED)
    return np.sort(lot.choice(count, min(wanted, count), replace=False))


def _legend(room_types: set[int]) -> Markup:
    items = (
        tag(
            "li",
            tag(
                "svg",
                tag("circle", class_=f"r{k}", cx=8, cy=8, r=6.5),
                viewBox="0 0 16 16",
                class_="swatch bubbles",
                aria_hidden="true",
            ),
            f"{SHORT_NAMES[k][:LETTERS]}: {ROOM_TYPES[k]}",
        )
        for k in sorted(room_types)
    )
    return join(
        tag(
            "p",
            f"The samples shown first are drawn by lot (seed {LOT_SEED}, the same places for every "
            "method with as many samples) and never picked. Failures are drawn by lot among those "
            "that fail; what they fail for is marked. A bubble in another one is a room inside "
            "another, a line joins rooms that touch; where bubbles stand follows from the "
            "relations, which each picture's tooltip spells out.",
        ),
        tag("ul", *items, class_="legend", aria_label="Room types"),
        tag(
            "p",
            tag("button", "Open all", type="button", data_open="gallery"),
            " ",
            tag("button", "Close all", type="button", data_close="gallery"),
            class_="no-print",
        ),
    )


def _groups(diagrams: Diagrams) -> list[Group]:
    """Samples by lot, then those with each kind of fault."""
    total = len(diagrams.rows)
    by_chance = [_picture(diagrams, int(row)) for row in by_lot(total, NUM_RANDOM)]
    groups = [Group(f"{len(by_chance)} of {total:,} samples, drawn by lot", by_chance)]
    checks = sample_checks(diagrams.rows)
    for failure in FAILURES:
        found = np.flatnonzero(failure.found(checks))
        if not len(found):
            continue
        pictures = []
        for row in found[by_lot(len(found), NUM_FAILURES)]:
            picture = _picture(diagrams, int(row))
            sketch, reason = failure.explained(picture.sketch)
            pictures.append(Picture(sketch, picture.caption, reason))
        title = failure.title[:1].upper() + failure.title[1:]
        share = f"{len(found):,} of {total:,} ({100 * len(found) / total:.2g} %)"
        groups.append(Group(f"{title}: {share}", pictures, failure.condition))
    return groups


def _picture(diagrams: Diagrams, row: int) -> Picture:
    rows = diagrams.rows
    sketch = sketch_of(rows.tokens[row], rows.vocabulary, int(rows.num_rooms[row]))
    return Picture(sketch, diagrams.name(row))


def _shown(
    group: Group, entry: Entry, contents: Contents, placements: Iterator[Placement]
) -> Markup:
    figures = []
    for picture in group.pictures:
        reason = tag("span", picture.reason, class_="reason") if picture.reason else None
        caption = tag("figcaption", reason, picture.caption)
        figures.append(tag("figure", bubble_svg(picture.sketch, next(placements)), caption))
    command = None
    if group.condition and entry.samples is not None:
        command = tag("small", tag("code", show_command(entry, contents, group.condition)))
    return join(tag("h4", group.heading, command), tag("div", *figures, class_="pictures"))
