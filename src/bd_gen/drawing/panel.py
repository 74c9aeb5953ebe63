"""One bubble diagram drawn somewhere on a page."""

from typing import TYPE_CHECKING

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.drawing.appearance import CARD, INK, LINE, ROOM_COLOURS, SHORT_NAMES, TEXT_COLOURS
from bd_gen.drawing.circles import circles_by_relations
from bd_gen.drawing.labels import draw_labels, put_relation_words
from bd_gen.drawing.lettering import Fit
from bd_gen.drawing.links import Link, links_of
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

    centres = placement.centres * unit + middle
    label_centres = placement.label_centres * unit + middle
    for room, room_type in enumerate(diagram.room_types):
        depth = placement.depth(room)
        zorder = (_OUTER if room in placement.parents else _BUBBLES) + 0.1 * depth
        axes.add_artist(
            Circle(
                centres[room],
                placement.radii[room] * unit,
                facecolor=ROOM_COLOURS[room_type],
                edgecolor=INK,
                linewidth=0.8,
                zorder=zorder,
            )
        )
        halo = withStroke(linewidth=2.5, foreground=ROOM_COLOURS[room_type])
        axes.text(
            label_centres[room, 0],
            label_centres[room, 1],
            SHORT_NAMES[room_type],
            fontsize=EM * unit,
            color=TEXT_COLOURS[room_type],
            ha="center",
            va="center_baseline",
            zorder=_LABELS,
            # A line across a bubble with others in it does not touch the letters.
            path_effects=[halo] if room in placement.parents else None,
        )
    links = links_of(diagram, placement, clearance=0.45 if relation_labels else 0.32)
    if relation_labels:
        _draw_arrows(axes, links, np.asarray(middle), unit)
        _write_relations(axes, diagram, placement, links, np.asarray(middle), unit)
    else:
        _draw_lines(axes, links, np.asarray(middle), unit)


def _draw_lines(axes: "Axes", links: list[Link], middle: np.ndarray, unit: float) -> None:
    from matplotlib.collections import LineCollection

    lines = LineCollection(
        [np.stack([link.start, link.end]) * unit + middle for link in links],
        colors=LINE,
        linewidths=1.5,
        linestyles=[_DASHES if link.dashed else "solid" for link in links],
        zorder=_LINES,
    )
    axes.add_collection(lines, autolim=False)


def _draw_arrows(axes: "Axes", links: list[Link], middle: np.ndarray, unit: float) -> None:
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
            color=LINE,
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
        Label(room, Wording((SHORT_NAMES[t],), EM * unit), place * unit + centre)
        for room, (t, place) in enumerate(
            zip(diagram.room_types, placement.label_centres, strict=True)
        )
    ]
    circles = circles_by_relations(placement, unit)
    words = put_relation_words(
        [np.stack([link.start, link.end]) * unit + centre for link in links],
        [link.relation for link in links],
        names,
        circles.uppermost(Fit(1.0, centre), side),
        RELATION_EM * unit,
    )
    draw_labels(axes, words, middle - centre, ground=CARD)
