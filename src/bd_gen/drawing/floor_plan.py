"""A layout drawn as a floor plan: rooms with walls, their names and areas."""

from typing import TYPE_CHECKING, Any

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.drawing.appearance import INK, room_colours, short_names, text_colours
from bd_gen.drawing.labels import (
    Places,
    draw_labels,
    largest_name,
    most_labels,
    num_named,
    put_labels,
)
from bd_gen.drawing.lettering import Fit, Writing, panel_squares, within_margin
from bd_gen.drawing.outlines import outlines_of
from bd_gen.drawing.regions import NO_ROOM, Regions
from bd_gen.drawing.sheet import PADDING
from bd_gen.drawing.wording import Label, area_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.path import Path as MatplotlibPath

WALL = "#2A3138"

_SMALLEST_SIDE = 110.0  # pixels; a smaller plan does not fill its panel
_WALLS, _FLOORS, _HIDDEN = 2.0, 3.0, 4.0


def fit_into(regions: Regions, side: float, share: float = 1.0) -> Fit:
    """The largest scale at which a plan fits into a square panel, in its middle."""
    space = share * (side - 2 * PADDING)
    scale = space / max(float(regions.size.max()), _SMALLEST_SIDE)
    return Fit(scale, side / 2 - scale * (regions.corner + regions.size / 2))


def draw_floor_plan(
    axes: "Axes",
    diagram: Diagram,
    regions: Regions,
    middle: tuple[float, float],
    side: float,
    metres_per_pixel: float | None = None,
) -> None:
    """Draw a layout on axes that are measured in points, y downwards.

    Args:
        axes: where to draw.
        diagram: whose rooms these are.
        regions: where they are.
        middle: the point that the picture is centred on.
        side: width and height that it may take.
        metres_per_pixel: for areas in square metres.
    """
    from matplotlib.patches import PathPatch, Rectangle

    corner = np.array(middle) - side / 2
    fit, labels = _lettered(diagram, regions, side, metres_per_pixel)

    def fill(mask: np.ndarray, colour: str, zorder: float) -> None:
        if mask.any():
            path = _path(mask, regions, fit, corner)
            patch = PathPatch(path, facecolor=colour, edgecolor="none", zorder=zorder)
            axes.add_artist(patch)

    fill(regions.is_building, WALL, _WALLS)
    for room, room_type in enumerate(diagram.room_types):
        fill(regions.floor == room, room_colours(diagram.words)[room_type], _FLOORS)
    for hidden in np.flatnonzero(regions.areas == 0):
        low, high = fit.points(regions.boxes[hidden].reshape(2, 2)) + corner
        width, height = high - low
        style: dict[str, Any] = {"facecolor": "none", "linestyle": (0, (2, 2)), "zorder": _HIDDEN}
        axes.add_artist(Rectangle(low, width, height, edgecolor=INK, linewidth=0.9, **style))
    colours = {k: text_colours(diagram.words)[t] for k, t in enumerate(diagram.room_types)}
    draw_labels(axes, labels, corner, colours)


def _lettered(
    diagram: Diagram, regions: Regions, side: float, metres_per_pixel: float | None
) -> tuple[Fit, list[Label]]:
    """The largest scale at which every label has a place, and the labels."""
    names = [
        (short_names(diagram.words)[room_type], area_text(area, metres_per_pixel))
        for room_type, area in zip(diagram.room_types, regions.areas, strict=True)
    ]
    innermost = _targets(regions)

    def attempt(share: float) -> tuple[Fit, list[Label]]:
        fit = fit_into(regions, side, share)
        places = Places(*_free(regions, fit, side), fit.points(innermost), np.zeros(len(names)))
        largest = share * largest_name(side)
        labels = put_labels(Writing(side, side), places, names, largest)
        if num_named(labels) < len(names):
            # In a crowd the names alone need less space.
            short = [(name, None) for name, _ in names]
            fewer_words = put_labels(Writing(side, side), places, short, largest)
            labels = max(labels, fewer_words, key=num_named)
        return fit, labels

    return most_labels(attempt, len(names))


def _free(regions: Regions, fit: Fit, side: float) -> tuple[np.ndarray, np.ndarray]:
    """Which room may write where in a panel, and where outside there is room for text."""
    squares = panel_squares(side)
    columns, rows = (
        np.floor(((squares - fit.origin[axis]) / fit.scale - regions.corner[axis]) / regions.cell)
        for axis in (0, 1)
    )
    height, width = regions.seen.shape
    is_on = ((rows >= 0) & (rows < height))[:, None] & ((columns >= 0) & (columns < width))
    index = np.ix_(
        np.clip(rows, 0, height - 1).astype(int), np.clip(columns, 0, width - 1).astype(int)
    )
    inside = np.where(is_on, regions.floor[index], NO_ROOM)
    return inside, within_margin(~(is_on & regions.is_building[index]))


def _targets(regions: Regions) -> np.ndarray:
    """(n, 2) the innermost point of what is seen of each room, in pixels."""
    from scipy.ndimage import distance_transform_cdt

    targets = (regions.boxes[:, :2] + regions.boxes[:, 2:]) / 2
    # Of a room that is covered only the outline is drawn; several get different corners of it.
    for k, hidden in enumerate(np.flatnonzero(regions.areas == 0)):
        x, y = ((0, 1), (2, 1), (2, 3), (0, 3))[k % 4]
        targets[hidden] = regions.boxes[hidden, [x, y]]
    for seen in np.flatnonzero(regions.areas > 0):
        depth = distance_transform_cdt(regions.seen == seen, "chessboard")
        row, column = np.unravel_index(int(np.argmax(depth)), depth.shape)
        targets[seen] = regions.corner + (np.array([column, row]) + 0.5) * regions.cell
    return targets


def _path(mask: np.ndarray, regions: Regions, fit: Fit, corner: np.ndarray) -> "MatplotlibPath":
    from matplotlib.path import Path as MatplotlibPath

    loops = [
        fit.points(regions.corner + loop * regions.cell) + corner for loop in outlines_of(mask)
    ]
    closed = [MatplotlibPath(np.concatenate([loop, loop[:1]]), closed=True) for loop in loops]
    return MatplotlibPath.make_compound_path(*closed)
