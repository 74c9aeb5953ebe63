"""A layout drawn as a floor plan: walls, doors and windows, the names and areas of rooms."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from bd_gen.drawing.appearance import INK, LINE, room_colours, short_names, tint
from bd_gen.drawing.groups import add_group
from bd_gen.drawing.labels import draw_labels
from bd_gen.drawing.lettering import Fit
from bd_gen.drawing.openings import BuiltPlan, Leaf, Opening
from bd_gen.drawing.plan_frame import (
    SMALLEST_EXTENT,
    Frame,
    draw_dimensions,
    draw_north,
    draw_scale_bar,
)
from bd_gen.drawing.plan_labels import lettered
from bd_gen.drawing.structure import INNER_WALL
from bd_gen.drawing.wording import area_text

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.patches import PathPatch
    from shapely import Geometry

WALL, WALL_EDGE = "#8B939C", "#2A3138"
HOLLOW = "#E3E6EA"

_PLOT, _ROOMS, _WALLS, _DOORS, _HIDDEN = 1.5, 2.0, 3.0, 4.0, 5.0  # drawing order
_SMALLER = 1.5
_DASH_DOT = (0, (7, 2, 1.2, 2))


@dataclass(frozen=True, eq=False)
class Drawn(BuiltPlan):
    """A floor plan ready to be put on a panel."""

    @cached_property
    def bounds(self) -> np.ndarray:
        """(2, 2) the least and largest coordinates of all that is drawn, in pixels."""
        import shapely

        assert self.plan.boxes is not None  # noqa: S101
        parts: list[Geometry] = [self.structure.shell, shapely.box(*self._box_bounds)]
        if self.plan.floor_plan is not None and self.plan.floor_plan.plot is not None:
            parts.append(self.plan.floor_plan.plot)
        parts += [leaf.swept for opening in self.openings for leaf in opening.leaves]
        return np.array(shapely.total_bounds(parts)).reshape(2, 2)

    @property
    def _box_bounds(self) -> np.ndarray:
        boxes = np.asarray(self.plan.boxes, float)
        return np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])

    @cached_property
    def names(self) -> list[tuple[str, str]]:
        """The name and the area of each room."""
        floor_plan = self.plan.floor_plan
        has_own = floor_plan is not None and floor_plan.names is not None
        types = self.plan.diagram.room_types
        short = short_names(self.plan.diagram.words)
        names = self.plan.labels if has_own else [short[room_type] for room_type in types]
        areas = [area_text(room.area, self.scale) for room in self.structure.rooms]
        return list(zip(names, areas, strict=True))


def extents_for(drawn: Sequence[Drawn]) -> list[float]:
    """Pixels that fill the panel of each plan of a sheet, so that they are drawn to one scale.

    No plan is made smaller for that than two thirds of what its panel holds.
    """
    needed = [max(SMALLEST_EXTENT, float(np.ptp(one.bounds, axis=0).max())) for one in drawn]
    return [min(max(needed), _SMALLER * own) for own in needed]


def draw_floor_plan(
    axes: "Axes",
    drawn: Drawn,
    middle: tuple[float, float],
    frame: Frame,
    prefix: str = "",
) -> None:
    """Draw a layout on axes that are measured in points, y downwards.

    Args:
        axes: where to draw.
        drawn: the plan.
        middle: the point that the picture is centred on.
        frame: the panel.
        prefix: of the ids that parts get in an SVG.
    """
    plan, scale, side = drawn.plan, drawn.scale, frame.side
    corner = np.array(middle) - side / 2
    plot = None if plan.floor_plan is None else plan.floor_plan.plot
    boxes = np.asarray(plan.boxes, float)
    text = lettered(drawn.names, drawn.structure, drawn.openings, boxes, frame, drawn.bounds, plot)
    page = Fit(text.fit.scale, text.fit.origin + corner)
    _draw_plot(axes, drawn, page, prefix)
    _draw_rooms(axes, drawn, page, prefix)
    _draw_walls(axes, drawn, page, prefix)
    for k, opening in enumerate(drawn.openings):
        _draw_opening(axes, drawn, opening, page, f"{prefix}{_name(drawn.openings, k)}")
    draw_labels(axes, text.labels, corner, prefix=prefix)
    draw_scale_bar(axes, side, corner, text.fit.scale / scale, prefix)
    floor_plan = plan.floor_plan
    if floor_plan is not None and (floor_plan.plot is not None or floor_plan.north):
        draw_north(axes, side, corner, floor_plan.north, prefix)
    if frame.has_dimensions and not drawn.structure.shell.is_empty:
        draw_dimensions(axes, text.fit, drawn.structure.bounds, corner, scale, prefix)


def _draw_plot(axes: "Axes", drawn: Drawn, page: Fit, prefix: str) -> None:
    floor_plan = drawn.plan.floor_plan
    if floor_plan is None or floor_plan.plot is None:
        return
    line: dict[str, Any] = {"edgecolor": LINE, "linewidth": 0.8, "linestyle": _DASH_DOT}
    parts = [_patch(floor_plan.plot, page, facecolor="white", **line)]
    area = area_text(floor_plan.plot.area, drawn.scale)
    add_group(axes, parts, f"{prefix}plot", f"Plot, {area}", _PLOT)


def _draw_rooms(axes: "Axes", drawn: Drawn, page: Fit, prefix: str) -> None:
    from matplotlib.patches import Rectangle

    structure, colours = drawn.structure, room_colours(drawn.plan.diagram.words)
    for room, room_type in enumerate(drawn.plan.diagram.room_types):
        label, area = drawn.plan.labels[room], drawn.names[room][1]
        parts: list[Artist] = []
        order = _ROOMS
        if not structure.floors[room].is_empty:
            colour = tint(colours[room_type])
            parts.append(_patch(structure.floors[room], page, facecolor=colour, edgecolor="none"))
        if structure.rooms[room].area == 0:
            boxes = np.asarray(drawn.plan.boxes, float)
            low, high = page.points(boxes[room].reshape(2, 2))
            style: dict[str, Any] = {"facecolor": "none", "linestyle": (0, (2, 2))}
            parts.append(
                Rectangle(tuple(low), *(high - low), edgecolor=INK, linewidth=0.9, **style)
            )
            order = _HIDDEN
        add_group(axes, parts, f"{prefix}room-{room}", f"{label}, {area}", order)


def _draw_walls(axes: "Axes", drawn: Drawn, page: Fit, prefix: str) -> None:
    import shapely

    structure = drawn.structure
    walls = structure.walls
    if drawn.openings:
        walls = walls.difference(shapely.union_all([one.shape for one in drawn.openings]))
    parts: list[Artist] = [
        _patch(structure.hollows, page, facecolor=HOLLOW, edgecolor="none"),
        _patch(walls, page, facecolor=WALL, edgecolor=WALL_EDGE, linewidth=_edge(drawn, page)),
    ]
    add_group(axes, parts, f"{prefix}walls", "Walls", _WALLS)


def _edge(drawn: Drawn, page: Fit) -> float:
    """Points of the lines along walls: thin enough for the wall between them to be seen."""
    return float(np.clip(0.3 * INNER_WALL / drawn.scale * page.scale, 0.2, 0.6))


def _name(openings: Sequence[Opening], k: int) -> str:
    """The id of an opening: doors and windows are counted by themselves, from 0."""
    is_window = openings[k].kind == "window"
    number = sum((other.kind == "window") == is_window for other in openings[:k])
    return f"{'window' if is_window else 'door'}-{number}"


def _draw_opening(axes: "Axes", drawn: Drawn, opening: Opening, page: Fit, name: str) -> None:
    labels = [drawn.plan.labels[room] for room in opening.rooms]
    width = f"{opening.width * drawn.scale:.2f} m"
    words = {"door": "Door", "open": "Passage", "entrance": "Entrance", "window": "Window"}
    is_window = opening.kind == "window"
    parts = _window(opening, drawn, page) if is_window else _door(opening, drawn, page)
    tooltip = f"{words[opening.kind]}: {' – '.join(labels)}, {width}"
    add_group(axes, parts, name, tooltip, _DOORS)


def _window(opening: Opening, drawn: Drawn, page: Fit) -> "list[Artist]":
    """A gap with a pane: lines along both faces and one between."""
    from matplotlib.lines import Line2D

    quad, width = page.points(opening.quad), _edge(drawn, page)
    pane = np.stack([(quad[0] + quad[3]) / 2, (quad[1] + quad[2]) / 2])
    return [
        _polygon(quad, facecolor="white", edgecolor=WALL_EDGE, linewidth=width),
        Line2D(*pane.T, color=WALL_EDGE, linewidth=width),
    ]


def _door(opening: Opening, drawn: Drawn, page: Fit) -> "list[Artist]":
    """A gap in the colour of the room that it belongs to, and its leaves or a dashed line."""
    from matplotlib.lines import Line2D

    types = drawn.plan.diagram.room_types
    room = max(opening.rooms, key=lambda k: drawn.structure.rooms[k].area)
    quad = page.points(opening.quad)
    colour = tint(room_colours(drawn.plan.diagram.words)[types[room]])
    parts: list[Artist] = [_polygon(quad, facecolor=colour, edgecolor="none")]
    dashed: dict[str, Any] = {"color": LINE, "linewidth": 0.5, "linestyle": (0, (2, 1.5))}
    if opening.kind == "open":
        parts += [Line2D(*face.T, **dashed) for face in (quad[:2], quad[2:])]
    for leaf in opening.leaves:
        parts += _leaf(leaf, page)
    if opening.slides:
        parts += _sliding(quad)
    if opening.kind == "entrance":
        parts.append(_entrance_mark(opening, page))
    return parts


def _leaf(leaf: Leaf, page: Fit) -> "list[Artist]":
    from matplotlib.lines import Line2D

    panel = page.points(np.stack([leaf.hinge, leaf.open]))
    return [
        Line2D(*page.points(leaf.arc).T, color=LINE, linewidth=0.45),
        Line2D(*panel.T, color=WALL_EDGE, linewidth=1.1, solid_capstyle="butt"),
    ]


def _sliding(quad: np.ndarray) -> "list[Artist]":
    """Two panes, one before the other, that meet in the middle."""
    from matplotlib.lines import Line2D

    def pane(across: float, start: float, stop: float) -> np.ndarray:
        first, last = (quad[k] + across * (quad[3 - k] - quad[k]) for k in (0, 1))
        return np.stack([first + along * (last - first) for along in (start, stop)])

    panes = pane(0.36, 0.0, 0.54), pane(0.64, 0.46, 1.0)
    return [Line2D(*one.T, color=WALL_EDGE, linewidth=0.9) for one in panes]


def _entrance_mark(opening: Opening, page: Fit) -> "Artist":
    """A triangle outside of the entrance that points in."""
    quad = page.points(opening.quad)
    inner = page.points(opening.leaves[0].open) if opening.leaves else quad[2]
    faces = [(quad[0] + quad[1]) / 2, (quad[2] + quad[3]) / 2]
    outer, within = sorted(faces, key=lambda face: -float(np.linalg.norm(face - inner)))
    inwards = (within - outer) / max(float(np.linalg.norm(within - outer)), 1e-9)
    beside = np.array([-inwards[1], inwards[0]])
    tip = outer - 1.5 * inwards
    base = tip - 6.0 * inwards
    triangle = np.stack([tip, base + 3.2 * beside, base - 3.2 * beside])
    return _polygon(triangle, facecolor=INK, edgecolor="none")


def _polygon(points: np.ndarray, **style: Any) -> "PathPatch":
    from shapely import Polygon

    return _patch(Polygon(points), Fit(1.0, np.zeros(2)), **style)


def _patch(shape: "Geometry", page: Fit, **style: Any) -> "PathPatch":
    """Polygons with their holes as one patch of matplotlib, in points of the page."""
    import shapely
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    rings = shapely.get_rings(shapely.orient_polygons(parts)) if parts else []
    paths = [Path(page.points(shapely.get_coordinates(ring)), closed=True) for ring in rings]
    whole = Path.make_compound_path(*paths) if paths else Path(np.zeros((0, 2)))
    return PathPatch(whole, **style)
