"""One bubble diagram drawn somewhere on a page."""

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.vocabulary import RELATIONS
from bd_gen.drawing.appearance import CARD, INK, LINE, ROOM_COLOURS, SHORT_NAMES, TEXT_COLOURS
from bd_gen.drawing.links import Link, links_of
from bd_gen.drawing.placement import Placement

if TYPE_CHECKING:
    from matplotlib.axes import Axes

EM = 0.22
"""Size of a room's label, in radii of a living room."""
RELATION_EM = 0.17
"""Size of the name of a relation."""

_MEASURED_AT = 100.0  # points
_HINTING = 1.06
_HEAD = 7.0  # points that the head of an arrow takes
_DASHES = (0, (3, 2))
# Bubbles around others lie lowest, then lines, then the other bubbles, then text.
_OUTER, _LINES, _BUBBLES, _RELATIONS, _LABELS = 2.0, 10.0, 20.0, 30.0, 40.0


@lru_cache(maxsize=4096)
def text_width(text: str, bold: bool = False) -> float:
    """Width of a line of text at size 1, a little more than less: hinting moves letters."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(size=_MEASURED_AT, weight="bold" if bold else "normal")
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return _HINTING * float(width) / _MEASURED_AT


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
    from matplotlib.patheffects import withStroke

    taken: list[np.ndarray] = []
    # Short lines first: their text has the least choice.
    for link in sorted(links, key=lambda link: float(np.linalg.norm(link.end - link.start))):
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
        name = RELATIONS[link.relation]
        along = end - start
        # On a short line the text gives way to the arrow's head, as far as it stays readable.
        full = text_width(name) * RELATION_EM * unit
        share = float(np.clip((np.linalg.norm(along) - _HEAD) / full, 0.7, 1))
        size = share * RELATION_EM * unit
        where = _free_place(start, along, text_width(name) * size, size, taken)
        angle = np.degrees(np.arctan2(-along[1], along[0]))
        axes.text(
            where[0],
            where[1],
            name,
            fontsize=size,
            color=INK,
            ha="center",
            va="center",
            # Never upside down.
            rotation=(angle + 90) % 180 - 90,
            rotation_mode="anchor",
            zorder=_RELATIONS,
            path_effects=[withStroke(linewidth=3, foreground=CARD)],
        )


def _free_place(
    start: np.ndarray, along: np.ndarray, width: float, height: float, taken: list[np.ndarray]
) -> np.ndarray:
    """The point on a line where a text of that size collides least with those already there.

    A text counts as a row of points; those of the chosen place are added to `taken`.
    """
    length = float(np.linalg.norm(along))
    spread = np.linspace(-0.5, 0.5, 7)[:, None] * (width / max(length, 1e-6)) * along
    slack = max(0.0, 1 - width / max(length, 1e-6)) / 2
    others = np.concatenate(taken) if taken else np.full((1, 2), np.inf)
    best, best_clearance = start + along / 2, -1.0
    for shift in (0.0, -0.5, 0.5, -1.0, 1.0):
        middle = start + (0.5 + shift * slack) * along
        points = middle + spread
        clearance = float(np.linalg.norm(points[:, None] - others, axis=-1).min())
        clearance = min(clearance, 1.5 * height)
        if clearance > best_clearance + 1e-9:
            best, best_clearance = middle, clearance
    taken.append(best + spread)
    return best
