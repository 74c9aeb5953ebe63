"""Doors and windows as they are drawn: the gap in the wall, and how a leaf swings."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from bd_gen.diagrams.floor_plan import Door, Segment, Window
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.drawing.structure import INNER_WALL, Structure, is_open_air, structure_of

if TYPE_CHECKING:
    from shapely import Geometry, Polygon

Kind = Literal["door", "open", "entrance", "window"]

_DEEPEST = 0.6  # metres across a wall that an opening is cut through
_WIDEST_LEAF = 1.3  # metres; a wider door has two leaves
_SLIDING = 1.2  # metres; a door to a balcony that is as wide slides
_ARC_POINTS = 17
_CORNER = 1.0  # metres within which a wall beside a hinge counts

_OVERLAP, _PREFERRED, _BY_A_WALL = 2.0, 0.3, 0.2
"""Weights, against the share of a swing that is free, of the share that others swing over, of the
side that is preferred, and of a wall that the open leaf stands along."""


@dataclass(frozen=True, eq=False)
class Leaf:
    """One leaf of a door.

    Attributes:
        hinge: (2,) where it turns.
        closed: (2,) its other end when it is closed.
        open: (2,) the same when it is open.
    """

    hinge: np.ndarray
    closed: np.ndarray
    open: np.ndarray

    @property
    def width(self) -> float:
        """Of the leaf, in pixels."""
        return float(np.linalg.norm(self.closed - self.hinge))

    @property
    def arc(self) -> np.ndarray:
        """(k, 2) points of the quarter circle from where it is closed to where it is open."""
        angle = np.linspace(0, np.pi / 2, _ARC_POINTS)[:, None]
        closed, opened = self.closed - self.hinge, self.open - self.hinge
        return self.hinge + np.cos(angle) * closed + np.sin(angle) * opened

    @property
    def swept(self) -> "Polygon":
        """The floor that it sweeps over."""
        from shapely import Polygon

        return Polygon([self.hinge, *self.arc])


@dataclass(frozen=True, eq=False)
class Opening:
    """A gap in a wall.

    Attributes:
        kind: of a door, or a window.
        rooms: as the door or the window has them.
        quad: (4, 2) its corners: two on one face of the wall, then two on the other, in order.
        leaves: of a door; empty for a passage, a sliding door and a window.
        slides: does a door slide, so that nothing swings?
    """

    kind: Kind
    rooms: tuple[int, ...]
    quad: np.ndarray
    leaves: tuple[Leaf, ...] = ()
    slides: bool = False

    @property
    def shape(self) -> "Polygon":
        """What is cut out of the wall."""
        from shapely import Polygon

        return Polygon(self.quad)

    @property
    def middle(self) -> np.ndarray:
        """(2,) its middle."""
        return np.asarray(self.quad.mean(axis=0))

    @property
    def width(self) -> float:
        """Along the wall, in pixels."""
        return float(np.linalg.norm(self.quad[1] - self.quad[0]))

    @property
    def depth(self) -> float:
        """Across the wall, in pixels."""
        return float(np.linalg.norm(self.quad[2] - self.quad[1]))


def openings_of(plan: LaidOut, structure: Structure) -> tuple[Opening, ...]:
    """The doors and then the windows of a plan, in its order; none without a floor plan."""
    floor_plan = plan.floor_plan
    if floor_plan is None:
        return ()
    open_air = is_open_air(plan)
    openings: list[Opening] = []
    for door in floor_plan.doors:
        quad = _quad(door.segment, structure)
        taken = [leaf.swept for one in openings for leaf in one.leaves]
        width = float(np.linalg.norm(quad[1] - quad[0])) * structure.scale
        slides = width >= _SLIDING and any(open_air[room] for room in door.rooms)
        has_leaves = door.kind != "open" and not slides
        leaves = _leaves(door, quad, structure, taken, open_air) if has_leaves else ()
        openings.append(Opening(door.kind, door.rooms, quad, leaves, slides))
    return (*openings, *(_window(window, structure) for window in floor_plan.windows))


def _window(window: Window, structure: Structure) -> Opening:
    return Opening("window", (window.room,), _quad(window.segment, structure))


def _quad(segment: Segment, structure: Structure) -> np.ndarray:
    """The corners of the gap in the wall that a segment stands in; (4, 2)."""
    start, end = np.array(segment).reshape(2, 2)
    length = float(np.linalg.norm(end - start))
    along = (end - start) / length if length else np.array([1.0, 0.0])
    across = np.array([-along[1], along[0]])
    low, high = _faces(start + (end - start) / 2, across, structure)
    return np.stack(
        [start + low * across, end + low * across, end + high * across, start + high * across]
    )


def _faces(middle: np.ndarray, across: np.ndarray, structure: Structure) -> tuple[float, float]:
    """How far from a point in or at a wall its two faces are."""
    import shapely
    from shapely import LineString, Point

    reach = _DEEPEST / structure.scale
    line = LineString([middle - reach * across, middle + reach * across])
    pieces = shapely.get_parts(line.intersection(structure.walls))
    pieces = [piece for piece in pieces if piece.length > 0]
    here = Point(middle)
    nearest = min(
        pieces, key=lambda piece: (round(piece.distance(here), 6), piece.length), default=None
    )
    if nearest is None or nearest.distance(here) > reach / 2:
        half = INNER_WALL / structure.scale / 2
        return -half, half
    ends = (np.asarray(nearest.coords) - middle) @ across
    return float(ends.min()), float(ends.max())


def _leaves(
    door: Door,
    quad: np.ndarray,
    structure: Structure,
    taken: "Sequence[Polygon]",
    open_air: Sequence[bool],
) -> tuple[Leaf, ...]:
    """The leaves of a door on the side, and with the hinge, where they are least in the way."""
    import shapely

    floors = shapely.union_all(list(structure.floors))
    busy = shapely.union_all(list(taken))
    preferred = _preferred_side(door, quad, structure, open_air)
    best: tuple[float, tuple[Leaf, ...]] | None = None
    for side in (0, 1):
        for leaves in _ways(quad, side, structure.scale):
            swept = shapely.union_all([leaf.swept for leaf in leaves])
            score = swept.intersection(floors).area / max(swept.area, 1e-9)
            score -= _OVERLAP * swept.intersection(busy).area / max(swept.area, 1e-9)
            score += _PREFERRED * (side == preferred)
            score += _BY_A_WALL * _is_by_a_wall(leaves, structure)
            if best is None or score > best[0] + 1e-9:
                best = score, leaves
    assert best is not None  # noqa: S101 - there are two sides
    return best[1]


def _ways(quad: np.ndarray, side: int, scale: float) -> list[tuple[Leaf, ...]]:
    """The ways to hang the leaves that open to one side of a wall."""
    first, last = (quad[0], quad[1]) if side == 0 else (quad[3], quad[2])
    across = (quad[0] - quad[3]) if side == 0 else (quad[3] - quad[0])
    away = across / max(float(np.linalg.norm(across)), 1e-9)
    width = float(np.linalg.norm(last - first))
    if width * scale > _WIDEST_LEAF:
        middle = (first + last) / 2
        return [tuple(Leaf(end, middle, end + away * width / 2) for end in (first, last))]
    return [
        (Leaf(hinge, other, hinge + away * width),)
        for hinge, other in ((first, last), (last, first))
    ]


def _preferred_side(
    door: Door, quad: np.ndarray, structure: Structure, open_air: Sequence[bool]
) -> int:
    """Doors open into the smaller room, as into bedrooms from a hall, and entrances inwards.

    Those to balconies open into the home.
    """
    from shapely import Point

    room = min(door.rooms, key=lambda k: (open_air[k], structure.rooms[k].area))
    faces = (quad[0] + quad[1]) / 2, (quad[2] + quad[3]) / 2
    distances = [structure.rooms[room].distance(Point(face)) for face in faces]
    return int(distances[1] < distances[0])


def _is_by_a_wall(leaves: tuple[Leaf, ...], structure: Structure) -> float:
    """How near the wall is that the open leaf stands along, from 0 (far) to 1; one leaf only."""
    if len(leaves) > 1:
        return 0.0
    from shapely import LineString

    (leaf,) = leaves
    back = (leaf.hinge - leaf.closed) / max(leaf.width, 1e-9)
    start = leaf.hinge + (leaf.open - leaf.hinge) / 2
    reach = _CORNER / structure.scale
    line = LineString([start, start + reach * back])
    free = line.difference(structure.walls)
    first = min(_parts_from(free, start), default=0.0)
    return 1.0 - first / reach


def _parts_from(free: "Geometry", start: np.ndarray) -> list[float]:
    import shapely
    from shapely import Point

    here = Point(start)
    return [part.length for part in shapely.get_parts(free) if part.distance(here) < 1e-6]


@dataclass(frozen=True, eq=False)
class BuiltPlan:
    """A plan with its floors and walls, doors and windows, each worked out once.

    Attributes:
        plan: with boxes.
        scale: metres per pixel.
    """

    plan: LaidOut
    scale: float

    @cached_property
    def structure(self) -> Structure:
        """Floors and walls, in pixels."""
        return structure_of(self.plan, self.scale)

    @cached_property
    def openings(self) -> tuple[Opening, ...]:
        """Doors and windows, in pixels."""
        return openings_of(self.plan, self.structure)
