"""What the geometry of one plan is: its outline, its rooms as seen, its walls, ways through it.

Rooms as seen are the polygons of the floor plan, or boxes less the smaller boxes in them. The
outline is their union with gaps of up to 9 pixels closed, without holes. docs/metrics.md defines
every number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bd_gen.diagrams.floor_plan import Door
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.diagrams.relations import are_joined
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words
from bd_gen.layouts.circulation import DoorGraph, ordered
from bd_gen.layouts.openings import wall_table
from bd_gen.layouts.room_roles import room_roles, thickest_wall
from bd_gen.layouts.walls import Walls, outline_of, walls_of

if TYPE_CHECKING:
    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry

STEP = 0.6
"""Metres: a shorter side of the outline is a step."""

SLIT = 1.0
"""Metres: a narrower gap in the outline is a slit."""

LEAST_SLIT = 0.15
"""Square metres: a smaller one is none."""

DOOR_WALL = 0.8
"""Metres of straight wall in common that a door needs at least, in real plans."""

FACADE = 1.0
"""Metres of outer wall that a room needs for a façade."""

_STRAIGHT = 0.1  # pixels by which a corner of the outline is off the line at least


@dataclass(frozen=True)
class PlanGeometry:
    """Numbers of one plan; lengths in metres, areas in square metres.

    Attributes:
        room_types: (n,) of each room.
        areas: (n,) of each room as seen.
        proportions: (n,) shorter over longer side of each room's bounding box; NaN where nothing
            is seen of a room.
        corners: of the outline, all its parts together.
        steps: its sides shorter than `STEP`.
        has_slit: a gap narrower than `SLIT` reaches into the outline.
        hull: area of the outline over that of its convex hull.
        bbox: the same over that of its bounding box.
        filled: share of the plot that the outline covers; NaN without a plot.
        living_is_rectangle: the living room has four corners; NaN without one.
        is_accessible: every room is reached over common walls of `DOOR_WALL`.
        is_accessible_wide: the same over walls of 0.9 m.
        doors_reach: every room is reached through the plan's doors; NaN without doors.
        num_joined: pairs of rooms that are joined by the rule of relations.
        num_wide: those of them with `DOOR_WALL` in common.
        num_habitable: rooms that should have a façade.
        num_facades: those of them that have `FACADE` of outer wall.
        covered, twice: areas that boxes cover at all, and at least twice.
        covered_others, twice_others: the same without living rooms.
    """

    room_types: np.ndarray
    areas: np.ndarray
    proportions: np.ndarray
    corners: int
    steps: int
    has_slit: bool
    hull: float
    bbox: float
    filled: float
    living_is_rectangle: float
    is_accessible: bool
    is_accessible_wide: bool
    doors_reach: float
    num_joined: int
    num_wide: int
    num_habitable: int
    num_facades: int
    covered: float
    twice: float
    covered_others: float
    twice_others: float


def plan_geometry(
    plan: LaidOut,
    scale: float,
    shapes: Sequence["Polygon"] | None = None,
    walls: Walls | None = None,
) -> PlanGeometry:
    """The geometry of a plan.

    Args:
        plan: with boxes.
        scale: metres per pixel.
        shapes: its rooms as seen, if they are there already.
        walls: of these, likewise.

    Raises:
        ValueError: the plan has no layout.
    """
    shapes, boxes = plan.shapes if shapes is None else shapes, plan.boxes
    if boxes is None:
        raise ValueError(f"{plan.id}: has no layout")
    words, types = plan.diagram.words, plan.diagram.room_types
    roles, touch = room_roles(words), thickest_wall(words)
    walls = walls_of(shapes, touch) if walls is None else walls
    outline = outline_of(shapes, touch)
    sides = outline_sides(outline) * scale
    table = wall_table(walls, len(types)) * scale
    joined = _joined(plan, boxes)
    facades = [room for room, t in enumerate(types) if roles.of_type[t].wants_facade]
    outer = [sum(wall.length for wall in walls.outer_of(room)) * scale for room in facades]
    is_living = np.array([roles.of_type[t].kind == "living" for t in types])
    living = [shape for shape, is_one in zip(shapes, is_living, strict=True) if is_one]
    covered, twice = coverage(boxes)
    covered_others, twice_others = coverage(boxes[~is_living])
    return PlanGeometry(
        room_types=np.array(types, np.int64),
        areas=np.array([shape.area for shape in shapes]) * scale**2,
        proportions=np.array([proportion(shape) for shape in shapes]),
        corners=len(sides),
        steps=int((sides < STEP).sum()),
        has_slit=has_slit(outline, SLIT / scale, LEAST_SLIT / scale**2),
        hull=_share(outline.area, outline.convex_hull.area),
        bbox=_share(outline.area, outline.envelope.area),
        filled=_filled(plan, outline),
        living_is_rectangle=_are_rectangles(living),
        is_accessible=is_accessible(types, table, DOOR_WALL, words),
        is_accessible_wide=is_accessible(types, table, 0.9, words),
        doors_reach=_doors_reach(plan),
        num_joined=len(joined),
        num_wide=sum(bool(table[i, j] >= DOOR_WALL - 1e-9) for i, j in joined),
        num_habitable=len(facades),
        num_facades=sum(length >= FACADE - 1e-9 for length in outer),
        covered=covered * scale**2,
        twice=twice * scale**2,
        covered_others=covered_others * scale**2,
        twice_others=twice_others * scale**2,
    )


def outline_sides(outline: "BaseGeometry") -> np.ndarray:
    """(C,) lengths of the sides of an outline's parts, without points on straight sides."""
    import shapely

    lengths = []
    for part in shapely.get_parts(outline):
        if part.is_empty:
            continue
        points = np.asarray(part.simplify(_STRAIGHT).exterior.coords)[:, :2]
        points = _without_straight(points[:-1])
        lengths.append(np.hypot(*(np.roll(points, -1, axis=0) - points).T))
    return np.concatenate(lengths) if lengths else np.zeros(0)


def _without_straight(points: np.ndarray) -> np.ndarray:
    # simplify keeps the ring's first point even if it lies on a straight side
    before, after = points - np.roll(points, 1, axis=0), np.roll(points, -1, axis=0) - points
    turn = np.abs(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0])
    return points[turn > _STRAIGHT * np.hypot(*(before + after).T)]


def has_slit(outline: "BaseGeometry", width: float, area: float) -> bool:
    """Does a gap narrower than `width` and larger than `area` reach into an outline? In pixels."""
    import shapely

    grown = outline.buffer(width / 2, join_style="mitre")
    closed = grown.buffer(-width / 2, join_style="mitre")
    return any(part.area > area for part in shapely.get_parts(closed.difference(outline)))


def proportion(shape: "Polygon") -> float:
    """Shorter over longer side of a shape's bounding box; NaN without one."""
    if shape.is_empty:
        return float("nan")
    x0, y0, x1, y1 = shape.bounds
    return _share(min(x1 - x0, y1 - y0), max(x1 - x0, y1 - y0))


def joined_pairs(boxes: np.ndarray, words: Words = RPLAN) -> list[tuple[int, int]]:
    """Pairs (i, j), i < j, of boxes (n, 4) that the rule of relations joins."""
    touch = are_joined(boxes[:, None], boxes[None], words)
    return [(int(i), int(j)) for i, j in zip(*np.nonzero(np.triu(touch, 1)), strict=True)]


def _joined(plan: LaidOut, boxes: np.ndarray) -> list[tuple[int, int]]:
    # without a rule only the diagram tells
    words = plan.diagram.words
    if words.rule is None:
        return [(i, j) for i, j, _ in plan.diagram.edges]
    return joined_pairs(boxes, words)


def coverage(boxes: np.ndarray) -> tuple[float, float]:
    """Pixels² that boxes (n, 4) cover, and that at least two of them cover."""
    if not len(boxes):
        return 0.0, 0.0
    x, y = np.unique(boxes[:, [0, 2]]), np.unique(boxes[:, [1, 3]])
    cells = np.diff(x)[:, None] * np.diff(y)[None]
    depth = np.zeros(cells.shape, int)
    for x0, y0, x1, y1 in boxes:
        across = slice(np.searchsorted(x, x0), np.searchsorted(x, x1))
        down = slice(np.searchsorted(y, y0), np.searchsorted(y, y1))
        depth[across, down] += 1
    return float(cells[depth > 0].sum()), float(cells[depth > 1].sum())


def is_accessible(
    room_types: Sequence[int], walls: np.ndarray, least: float, words: Words = RPLAN
) -> bool:
    """Is every room reached, without crossing one that is private, where walls are wide enough?

    Args:
        room_types: of each room.
        walls: (n, n) longest straight wall in common of each two rooms.
        least: what a door needs of it.
        words: what the types mean.
    """
    graph = DoorGraph(tuple(room_types), walls, least, words=words)
    starts = graph.roles.entrance_order(room_types) or [0]
    return len(graph.reached_from(starts[0])) == len(room_types)


def _doors_reach(plan: LaidOut) -> float:
    doors: tuple[Door, ...] = () if plan.floor_plan is None else plan.floor_plan.doors
    if not doors:
        return float("nan")
    types = plan.diagram.room_types
    has_door = np.zeros((len(types), len(types)))
    for i, j in (ordered(*door.rooms) for door in doors if len(door.rooms) == 2):
        has_door[i, j] = has_door[j, i] = 1.0
    entrances = [door.rooms[0] for door in doors if door.kind == "entrance"]
    graph = DoorGraph(types, has_door, 1.0, words=plan.diagram.words)
    start = [*entrances, *graph.roles.entrance_order(types), 0][0]
    return float(len(graph.reached_from(start)) == len(types))


def _are_rectangles(shapes: Sequence["Polygon"]) -> float:
    if not shapes:
        return float("nan")
    return float(all(not s.interiors and len(outline_sides(s)) == 4 for s in shapes))


def _filled(plan: LaidOut, outline: "BaseGeometry") -> float:
    plot = None if plan.floor_plan is None else plan.floor_plan.plot
    return float("nan") if plot is None else _share(outline.intersection(plot).area, plot.area)


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0
