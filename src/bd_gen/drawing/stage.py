"""The fixed places of an animation: everything stays where the finished diagram has it."""

from dataclasses import dataclass

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.vocabulary import RELATIONS
from bd_gen.drawing.circles import circles_by_relations, circles_of, lines_of
from bd_gen.drawing.layout_bubbles import lettered
from bd_gen.drawing.placement import place
from bd_gen.drawing.regions import regions_of
from bd_gen.drawing.wording import Label

_UNIT = 40.0  # pixels of the plan for a living room's radius, where there is no layout
_ANY = RELATIONS.index("left-of")


@dataclass(frozen=True, eq=False)
class StageLine:
    """Where the line of a pair of rooms runs.

    Attributes:
        i: the first room.
        j: the second room.
        points: (k, 2) in points of the panel.
        above: the room above whose bubble it lies.
        is_nested: does a containment of these rooms need no line, as the bubbles show it?
    """

    i: int
    j: int
    points: np.ndarray
    above: int
    is_nested: bool

    @property
    def short_points(self) -> np.ndarray:
        """(k, 2) few of the points, enough for the eye."""
        return np.concatenate([self.points[::8], self.points[-1:]])


@dataclass(frozen=True, eq=False)
class Stage:
    """The places of everything in a square panel; points, y downwards.

    Attributes:
        side: of the panel.
        centres: (n, 2) of the bubbles.
        radii: (n,) of the bubbles.
        rank: (n,) place of each room in the order of drawing, the lowest first.
        labels: of the rooms whose names have a place.
        lines: of all pairs of rooms.
    """

    side: float
    centres: np.ndarray
    radii: np.ndarray
    rank: np.ndarray
    labels: tuple[Label, ...]
    lines: tuple[StageLine, ...]

    def label(self, room: int) -> Label | None:
        """The place of a room's name."""
        return next((label for label in self.labels if label.room == room), None)

    def question(self, room: int) -> np.ndarray:
        """(2,) where the mark of a masked room stands."""
        label = self.label(room)
        is_inside = label is not None and label.anchor is None
        return label.centre if label is not None and is_inside else self.centres[room]


def stage_of(diagram: Diagram, boxes: np.ndarray | None, side: float) -> Stage:
    """The stage of a finished diagram.

    Args:
        diagram: what is there in the end.
        boxes: (n, 4) its layout; without one, bubbles stand where its relations put them.
        side: of the panel in points.
    """
    if boxes is None:
        circles = circles_by_relations(place([diagram])[0], _UNIT)
    else:
        circles = circles_of(regions_of(boxes))
    fit, labels = lettered(diagram, circles, lines_of(diagram, circles), side)
    n = diagram.num_rooms
    # A containment has no line in the end, but one as long as it is masked.
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    all_pairs = tuple((i, j, _ANY) for i, j in pairs)
    lines = [
        StageLine(
            line.i, line.j, fit.points(line.points), line.lower, circles.are_nested(line.i, line.j)
        )
        for line in lines_of(Diagram(diagram.room_types, all_pairs), circles)
    ]
    return Stage(
        side,
        fit.points(circles.centres),
        circles.radii * fit.scale,
        circles.rank(),
        tuple(labels),
        tuple(lines),
    )
