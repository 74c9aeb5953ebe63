"""Bubbles where a layout has the rooms: how large they are, and how lines between them run."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.drawing.lettering import NO_ROOM, Fit, panel_squares
from bd_gen.drawing.placement import Placement

SHARES = (0.62, 0.54, 0.46, 0.38, 0.32)
"""Area of a bubble as a share of what is seen of its room: the first at which none overlap that
need not, or else the last."""
ARROW_SHARES = (0.34, 0.28, 0.22)
"""The same where words stand on the lines, which need to be longer."""
SMALLEST_RADIUS = 3.5
"""Pixels of the plan; a room of which less is seen has a bubble that can still be found."""

_BENDS = (0.0, 0.12, -0.12, 0.24, -0.24, 0.36, -0.36)
_STUB = 0.45  # share of a radius that a line reaches into a bubble that it overlaps
_POINTS = 33  # of a bent line


@dataclass(frozen=True, eq=False)
class Circles:
    """The bubbles of a layout, in pixels of the plan.

    Attributes:
        centres: (n, 2) the middles of the boxes, from which relations are read.
        radii: (n,) their squares are proportional to what is seen of each room.
        order: (n,) rooms from the lowest to the uppermost: large ones lie below small ones.
    """

    centres: np.ndarray
    radii: np.ndarray
    order: np.ndarray

    @property
    def bounds(self) -> np.ndarray:
        """(2, 2) lowest and highest coordinates."""
        reach = self.radii[:, None]
        return np.stack([(self.centres - reach).min(axis=0), (self.centres + reach).max(axis=0)])

    def are_nested(self, i: int, j: int) -> bool:
        """Does one of two bubbles lie wholly within the other?"""
        distance = float(np.linalg.norm(self.centres[i] - self.centres[j]))
        return distance + min(self.radii[i], self.radii[j]) <= max(self.radii[i], self.radii[j])

    def rank(self) -> np.ndarray:
        """(n,) place of each room in the order of drawing."""
        return np.argsort(self.order, kind="stable")

    def uppermost(self, fit: Fit, side: float) -> np.ndarray:
        """(H, W) the room whose bubble is seen at each square of a panel; -1 for none."""
        squares = panel_squares(side)
        found = np.full((len(squares), len(squares)), NO_ROOM)
        centres = fit.points(self.centres)
        for room in self.order:
            x, y = squares - centres[room, 0], squares[:, None] - centres[room, 1]
            found[x**2 + y**2 <= (self.radii[room] * fit.scale) ** 2] = room
        return found


def circles_of(boxes: np.ndarray, areas: np.ndarray, shares: Sequence[float] = SHARES) -> Circles:
    """The bubbles of a layout.

    Args:
        boxes: (n, 4) of the rooms, in pixels.
        areas: (n,) of the rooms' real shapes, in pixels².
        shares: of these areas, that bubbles may take.
    """
    boxes = np.asarray(boxes, np.float64)
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    distances = np.linalg.norm(centres[:, None] - centres, axis=2)
    for share in shares:
        radii = np.maximum(np.sqrt(share * areas / np.pi), SMALLEST_RADIUS)
        touching = radii[:, None] + radii > distances
        np.fill_diagonal(touching, False)
        if not (touching & ~_holds_a_centre(boxes, centres)).any():
            break
    return Circles(centres, radii, np.argsort(-radii, kind="stable"))


def circles_by_relations(placement: Placement, unit: float) -> Circles:
    """The bubbles of a diagram without a layout; `unit` is that of the placement's lengths."""
    depth = [placement.depth(room) for room in range(len(placement.radii))]
    order = np.lexsort(np.array([-placement.radii, depth]))
    return Circles(placement.centres * unit, placement.radii * unit, order)


def _holds_a_centre(boxes: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """(n, n) bool: does one of two boxes hold the centre of the other?"""
    holds = (centres > boxes[:, None, :2]) & (centres < boxes[:, None, 2:])
    either = holds.all(axis=2)
    return np.asarray(either | either.T)


@dataclass(frozen=True, eq=False)
class Line:
    """The line of an edge from room i to room j.

    Attributes:
        i: the first room.
        j: the second room.
        relation: "i is `relation` of j".
        points: (k, 2) from i to j, in pixels of the plan.
        lower: the room above whose bubble it is drawn, and below all that lie on that one.
        end: the room within whose bubble the line ends; -1 if it runs from rim to rim.
    """

    i: int
    j: int
    relation: int
    points: np.ndarray
    lower: int
    end: int = -1


def lines_of(diagram: Diagram, circles: Circles) -> list[Line]:
    """The lines of a diagram; a containment that the bubbles show has none."""
    lines = []
    for i, j, relation in diagram.edges:
        distance = float(np.linalg.norm(circles.centres[i] - circles.centres[j]))
        if relation in diagram.words.containments and circles.are_nested(i, j):
            continue
        if distance > circles.radii[i] + circles.radii[j] + 1:
            lines.append(_from_rim_to_rim(circles, i, j, relation))
        else:
            lines.append(_overlapping(circles, i, j, relation))
    return lines


def _from_rim_to_rim(circles: Circles, i: int, j: int, relation: int) -> Line:
    """Straight, or bent round bubbles that lie above the line and would hide part of it."""
    rank = circles.rank()
    lower = i if rank[i] < rank[j] else j
    others = [k for k in circles.order if rank[k] > rank[lower] and k not in (i, j)]
    start, end = circles.centres[i], circles.centres[j]
    away = (end - start) / np.linalg.norm(end - start)
    best = np.stack([start + circles.radii[i] * away, end - circles.radii[j] * away])
    least = np.inf
    for bend in _BENDS:
        points = _bent(start, end, bend)
        off_ends = [np.linalg.norm(points - circles.centres[k], axis=1) for k in (i, j)]
        points = points[(off_ends[0] > circles.radii[i]) & (off_ends[1] > circles.radii[j])]
        off = np.linalg.norm(points[:, None] - circles.centres[others], axis=2)
        hidden = (off < circles.radii[others] + 1.5).any(axis=1).sum() if others else 0
        cost = float(hidden) + 3 * abs(bend)
        if len(points) > 2 and cost < least:
            # Exact where it is straight: the points end a little off the rims.
            best, least = (points if bend else best), cost
    return Line(i, j, relation, best, lower)


def _bent(start: np.ndarray, end: np.ndarray, bend: float) -> np.ndarray:
    """Points of a quadratic curve whose middle is off the straight line by a share of it."""
    along = end - start
    control = (start + end) / 2 + 2 * bend * np.array([-along[1], along[0]])
    t = np.linspace(0, 1, 4 * _POINTS)[:, None]
    return (1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end


def _overlapping(circles: Circles, i: int, j: int, relation: int) -> Line:
    """From the rim of the upper bubble into the lower one, towards its centre if that is free."""
    rank = circles.rank()
    upper, lower = (i, j) if rank[i] > rank[j] else (j, i)
    offset = circles.centres[lower] - circles.centres[upper]
    distance = float(np.linalg.norm(offset))
    away = offset / distance if distance > 1e-6 else np.array([0.0, -1.0])
    start = circles.centres[upper] + circles.radii[upper] * away
    # Not through the lower bubble and out again.
    free = circles.radii[lower] + distance - circles.radii[upper]
    reach = max(0.0, min(_STUB * circles.radii[lower], 0.8 * free))
    end = start + reach * away
    points = np.stack([start, end])
    return Line(i, j, relation, points if upper == i else points[::-1], lower, lower)
