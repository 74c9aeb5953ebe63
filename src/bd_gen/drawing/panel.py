"""One bubble diagram drawn somewhere on a page, its bubbles where its relations put them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.words import Words
from bd_gen.drawing.appearance import (
    CARD,
    INK,
    line_colours,
    room_colours,
    short_names,
    text_colours,
)
from bd_gen.drawing.circles import circles_by_relations
from bd_gen.drawing.labels import draw_labels, put_relation_words
from bd_gen.drawing.lettering import Fit
from bd_gen.drawing.placement import Placement
from bd_gen.drawing.sheet import PADDING
from bd_gen.drawing.wording import Label, Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

EM = 0.22
"""Size of a room's label, in radii of a living room."""
RELATION_EM = 0.175
"""Size of the name of a relation."""

_HEAD = 7.0  # points that the head of an arrow takes
_DASHES = (0, (3, 2))
# Bubbles around others lie lowest, then lines, then the other bubbles, then text.
_OUTER, _LINES, _BUBBLES, _LABELS = 2.0, 10.0, 20.0, 40.0
_TURNS = np.array([0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6]) * np.radians(9)


@dataclass(frozen=True)
class Link:
    """The line of an edge from rim to rim, from room i to room j.

    Dashed are a containment that the bubbles do not show (a bubble is drawn in one other only),
    and any other relation between two bubbles of which one is drawn in the other.
    """

    i: int
    j: int
    relation: int
    start: np.ndarray
    end: np.ndarray
    dashed: bool = False


def draw_panel(
    axes: "Axes",
    diagram: Diagram,
    placement: Placement,
    middle: tuple[float, float],
    unit: float,
    relation_labels: bool,
) -> None:
    """Draw a diagram on axes that are measured in points, y downwards.

    Args:
        axes: where to draw.
        diagram: what to draw.
        placement: where its bubbles stand.
        middle: the point that it is centred on.
        unit: points for the radius of a living room.
        relation_labels: draw edges as arrows that carry the name of their relation.
    """
    from matplotlib.patches import Circle
    from matplotlib.patheffects import withStroke

    words = diagram.words
    fills, names = room_colours(words), short_names(words)
    centres = placement.centres * unit + middle
    label_centres = placement.label_centres * unit + middle
    for room, room_type in enumerate(diagram.room_types):
        depth = placement.depth(room)
        zorder = (_OUTER if room in placement.parents else _BUBBLES) + 0.1 * depth
        axes.add_artist(
            Circle(
                centres[room],
                placement.radii[room] * unit,
                facecolor=fills[room_type],
                edgecolor=INK,
                linewidth=0.8,
                zorder=zorder,
            )
        )
        halo = withStroke(linewidth=2.5, foreground=fills[room_type])
        axes.text(
            label_centres[room, 0],
            label_centres[room, 1],
            names[room_type],
            fontsize=EM * unit,
            color=text_colours(words)[room_type],
            ha="center",
            va="center_baseline",
            zorder=_LABELS,
            # A line across a bubble with others in it does not touch the letters.
            path_effects=[halo] if room in placement.parents else None,
        )
    links = links_of(diagram, placement, clearance=0.45 if relation_labels else 0.32)
    if relation_labels:
        _draw_arrows(axes, links, words, np.asarray(middle), unit)
        _write_relations(axes, diagram, placement, links, np.asarray(middle), unit)
    else:
        _draw_lines(axes, links, words, np.asarray(middle), unit)


def _draw_lines(
    axes: "Axes", links: list[Link], words: Words, middle: np.ndarray, unit: float
) -> None:
    from matplotlib.collections import LineCollection

    lines = LineCollection(
        [np.stack([link.start, link.end]) * unit + middle for link in links],
        colors=[line_colours(words)[link.relation] for link in links],
        linewidths=1.5,
        linestyles=[_DASHES if link.dashed else "solid" for link in links],
        zorder=_LINES,
    )
    axes.add_collection(lines, autolim=False)


def _draw_arrows(
    axes: "Axes", links: list[Link], words: Words, middle: np.ndarray, unit: float
) -> None:
    from matplotlib.patches import FancyArrowPatch

    for link in links:
        start, end = link.start * unit + middle, link.end * unit + middle
        arrow = FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=_HEAD,
            shrinkA=0,
            shrinkB=0,
            color=line_colours(words)[link.relation],
            linewidth=1.1,
            linestyle=_DASHES if link.dashed else "solid",
            zorder=_LINES,
        )
        axes.add_artist(arrow)


def _write_relations(
    axes: "Axes",
    diagram: Diagram,
    placement: Placement,
    links: list[Link],
    middle: np.ndarray,
    unit: float,
) -> None:
    """Write the names of relations into a square around the bubbles."""
    side = float(placement.extent.max()) * unit + 2 * PADDING
    centre = np.full(2, side / 2)
    names = [
        Label(room, Wording((short_names(diagram.words)[t],), EM * unit), place * unit + centre)
        for room, (t, place) in enumerate(
            zip(diagram.room_types, placement.label_centres, strict=True)
        )
    ]
    circles = circles_by_relations(placement, unit)
    words = put_relation_words(
        [np.stack([link.start, link.end]) * unit + centre for link in links],
        [diagram.words.relation_names[link.relation] for link in links],
        names,
        circles.uppermost(Fit(1.0, centre), side),
        RELATION_EM * unit,
    )
    draw_labels(axes, words, middle - centre, ground=CARD)


def links_of(diagram: Diagram, placement: Placement, clearance: float) -> list[Link]:
    """The lines of a diagram; a containment that the bubbles show has none.

    A line from a room outside to a bubble with others in it keeps `clearance`, where it meets
    the rim, from lines of the same room to those in it: else two lines would look like one.
    """
    known = diagram.words
    links, towards_outer = [], []
    for i, j, relation in diagram.edges:
        inner, outer = (j, i) if relation == known.surrounding else (i, j)
        contains = relation in known.containments
        if contains and placement.is_within(inner, outer):
            continue
        if placement.is_within(i, j) or placement.is_within(j, i):
            links.append(_outward(placement, i, j, relation))
        elif i in placement.parents or j in placement.parents:
            towards_outer.append(_straight(placement, i, j, relation, contains))
        else:
            links.append(_straight(placement, i, j, relation, contains))
    for link in towards_outer:
        links.append(_aside(placement, link, links, clearance))
    return sorted(links, key=lambda link: (link.i, link.j))


def _straight(placement: Placement, i: int, j: int, relation: int, dashed: bool) -> Link:
    """From centre to centre, cut off at the rims."""
    start, end = placement.centres[i], placement.centres[j]
    away = (end - start) / np.linalg.norm(end - start)
    start, end = start + placement.radii[i] * away, end - placement.radii[j] * away
    return Link(i, j, relation, start, end, dashed)


def _outward(placement: Placement, i: int, j: int, relation: int) -> Link:
    """From the rim of a bubble to the rim of the one around it, away from the latter's centre."""
    inner, outer = (i, j) if placement.is_within(i, j) else (j, i)
    away = placement.centres[inner] - placement.centres[outer]
    length = np.linalg.norm(away)
    away = away / length if length > 1e-6 else np.array([1.0, 0.0])
    start = placement.centres[inner] + placement.radii[inner] * away
    end = placement.centres[outer] + placement.radii[outer] * away
    if inner != i:
        start, end = end, start
    return Link(i, j, relation, start, end, dashed=True)


def _aside(placement: Placement, link: Link, others: list[Link], clearance: float) -> Link:
    """The line turned, at an outer bubble's rim, away from lines to the bubbles in it."""
    centres, radii = placement.centres, placement.radii
    ends = {link.i: link.start, link.j: link.end}
    for outer, room in ((link.i, link.j), (link.j, link.i)):
        crossings = [
            _crossing(other, centres[outer], radii[outer])
            for other in others
            if room in (other.i, other.j)
            and any(placement.is_within(k, outer) for k in (other.i, other.j))
        ]
        if not crossings:
            continue
        towards = centres[room] - centres[outer]
        angles = np.arctan2(towards[1], towards[0]) + _TURNS
        rim = centres[outer] + radii[outer] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        free = np.linalg.norm(rim[:, None] - np.array(crossings), axis=2).min(axis=1)
        # The smallest turn that is enough, or the best there is.
        ends[outer] = rim[int(np.argmax(np.minimum(free, clearance)))]
        away = ends[outer] - centres[room]
        ends[room] = centres[room] + radii[room] * away / np.linalg.norm(away)
    return Link(link.i, link.j, link.relation, ends[link.i], ends[link.j], link.dashed)


def _crossing(link: Link, centre: np.ndarray, radius: float) -> np.ndarray:
    """Where a line crosses a rim, near enough: the sampled point closest to it."""
    points = link.start + np.linspace(0, 1, 64)[:, None] * (link.end - link.start)
    off = np.abs(np.linalg.norm(points - centre, axis=1) - radius)
    return points[int(np.argmin(off))]
