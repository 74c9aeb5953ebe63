"""A bubble diagram with the bubbles where a layout has the rooms."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.drawing.appearance import (
    CARD,
    INK,
    line_colours,
    room_colours,
    short_names,
    text_colours,
)
from bd_gen.drawing.circles import (
    ARROW_SHARES,
    SHARES,
    Circles,
    Line,
    circles_of,
    lines_of,
)
from bd_gen.drawing.labels import (
    Places,
    draw_labels,
    largest_name,
    most_labels,
    put_labels,
    put_relation_words,
)
from bd_gen.drawing.lettering import NO_ROOM, Fit, Writing, within_margin
from bd_gen.drawing.sheet import PADDING
from bd_gen.drawing.wording import Label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SMALLEST_SIDE = 110.0
_BUBBLES = 10.0
_DASHES = (0, (3, 2))


def draw_layout_bubbles(
    axes: "Axes",
    plan: LaidOut,
    middle: tuple[float, float],
    side: float,
    relation_labels: bool = False,
) -> None:
    """Draw a diagram on axes that are measured in points, y downwards.

    Args:
        axes: where to draw.
        plan: with boxes.
        middle: the point that the picture is centred on.
        side: width and height that it may take.
        relation_labels: draw edges as arrows that carry the name of their relation.
    """
    from matplotlib.patches import Circle

    corner = np.array(middle) - side / 2
    assert plan.boxes is not None  # noqa: S101
    diagram, areas = plan.diagram, np.array([room.area for room in plan.shapes])
    circles = circles_of(plan.boxes, areas, ARROW_SHARES if relation_labels else SHARES)
    lines = lines_of(diagram, circles)
    fit, labels = lettered(diagram, circles, lines, side)
    centres = fit.points(circles.centres) + corner
    rank = circles.rank()
    words = diagram.words
    for room, room_type in enumerate(diagram.room_types):
        for radius, colour, style in (
            (0.9, CARD, {}),
            (0.0, room_colours(words)[room_type], {"edgecolor": INK, "linewidth": 0.8}),
        ):
            axes.add_artist(
                Circle(
                    centres[room],
                    circles.radii[room] * fit.scale + radius,
                    facecolor=colour,
                    zorder=_BUBBLES + rank[room],
                    **style,
                )
            )
    for line in lines:
        zorder = _BUBBLES + rank[line.lower] + 0.5
        dashed = line.relation in words.containments
        points = fit.points(line.points) + corner
        colour = line_colours(words)[line.relation]
        _draw_line(axes, line, points, zorder, relation_labels, dashed, colour)
    colours = {k: text_colours(words)[t] for k, t in enumerate(diagram.room_types)}
    draw_labels(axes, labels, corner, colours)
    if relation_labels:
        paths = [fit.points(line.points) for line in lines]
        relations = [words.relation_names[line.relation] for line in lines]
        texts = put_relation_words(paths, relations, labels, circles.uppermost(fit, side))
        draw_labels(axes, texts, corner, ground=CARD)


def lettered(
    diagram: Diagram, circles: Circles, lines: Sequence[Line], side: float
) -> tuple[Fit, list[Label]]:
    """How bubbles lie in a panel, and the places of their names."""
    names = [(short_names(diagram.words)[t], None) for t in diagram.room_types]

    def attempt(share: float) -> tuple[Fit, list[Label]]:
        fit = _fit(circles, side, share)
        inside = circles.uppermost(fit, side)
        writing = Writing(side, side)
        for line in lines:
            points = fit.points(np.concatenate([line.points[::4], line.points[-1:]]))
            for start, end in pairwise(points):
                writing.take_line(start, end, 0.8)
        places = Places(
            inside,
            within_margin(inside == NO_ROOM),
            fit.points(circles.centres),
            circles.radii * fit.scale,
            may_be_upright=False,
        )
        return fit, put_labels(writing, places, names, share * largest_name(side))

    return most_labels(attempt, len(names))


def _fit(circles: Circles, side: float, share: float) -> Fit:
    low, high = circles.bounds
    scale = share * (side - 2 * PADDING) / max(float((high - low).max()), _SMALLEST_SIDE)
    return Fit(scale, side / 2 - scale * (low + high) / 2)


def _draw_line(
    axes: "Axes",
    line: Line,
    points: np.ndarray,
    zorder: float,
    is_arrow: bool,
    dashed: bool,
    colour: str,
) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    style: dict[str, Any] = {"linestyle": _DASHES if dashed else "solid", "zorder": zorder}
    if is_arrow:
        head: dict[str, Any] = {
            "arrowstyle": "-|>",
            "mutation_scale": 7.0,
            "shrinkA": 0,
            "shrinkB": 0,
        }
        axes.add_artist(FancyArrowPatch(path=Path(points), color=colour, **head, **style))
        return
    axes.add_artist(Line2D(*points.T, color=colour, linewidth=1.4, **style))
    if line.end >= 0:
        x, y = points[-1] if line.end == line.j else points[0]
        axes.add_artist(Line2D([x], [y], color=colour, marker="o", markersize=3, zorder=zorder))
