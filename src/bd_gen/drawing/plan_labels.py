"""Where the names and areas of a floor plan's rooms stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bd_gen.drawing.labels import (
    Places,
    largest_name,
    most_labels,
    num_named,
    put_labels,
)
from bd_gen.drawing.lettering import NO_ROOM, Fit, Writing
from bd_gen.drawing.openings import Opening
from bd_gen.drawing.plan_frame import Frame
from bd_gen.drawing.raster import squares_in
from bd_gen.drawing.structure import Structure
from bd_gen.drawing.wording import Label

if TYPE_CHECKING:
    from shapely import Polygon

_CENTRAL = 0.8
"""Share of the largest distance to walls that a centre must have for a name to stand there."""
_MARK = 9.0  # points around an entrance that its mark needs
Names = Sequence[tuple[str, str | None]]


@dataclass(frozen=True, eq=False)
class Lettered:
    """A plan in its panel with labels at their places."""

    fit: Fit
    labels: list[Label]


def lettered(
    names: Names,
    structure: Structure,
    openings: Sequence[Opening],
    boxes: np.ndarray,
    frame: Frame,
    bounds: np.ndarray,
    plot: "Polygon | None" = None,
) -> Lettered:
    """The largest scale at which every label has a place, and the labels.

    Args:
        names: (n,) name and area of each room.
        structure: floors and walls.
        openings: doors, whose swings are kept free where there is space enough beside them.
        boxes: (n, 4) of the rooms.
        frame: the panel.
        bounds: (2, 2) of all that is drawn.
        plot: whose line stays free of text.
    """
    targets = _targets(structure.rooms, boxes)

    def attempt(share: float) -> tuple[Fit, list[Label]]:
        fit = frame.fit(bounds, share)
        places = _places(structure, openings, targets, fit, frame)
        if plot is not None:
            places.outside[squares_in(plot.exterior.buffer(1.5 / fit.scale), fit, frame.side)] = (
                False
            )
        largest = share * largest_name(frame.side)
        labels = put_labels(Writing(frame.side, frame.side), places, names, largest)
        if num_named(labels) < len(names):
            # In a crowd the names alone need less space.
            short = [(name, None) for name, _ in names]
            fewer = put_labels(Writing(frame.side, frame.side), places, short, largest)
            labels = max(labels, fewer, key=num_named)
        return fit, labels

    return Lettered(*most_labels(attempt, len(names)))


def _places(
    structure: Structure,
    openings: Sequence[Opening],
    targets: np.ndarray,
    fit: Fit,
    frame: Frame,
) -> Places:
    """Which room may write where in a panel, and where outside there is room for text."""
    import shapely

    outside = frame.free(fit, structure.bounds) & ~squares_in(structure.shell, fit, frame.side)
    inside = np.full(outside.shape, NO_ROOM)
    for room, floor in enumerate(structure.floors):
        inside[squares_in(floor, fit, frame.side)] = room
    clear = inside.copy()
    for leaf in (leaf for opening in openings for leaf in opening.leaves):
        swept = squares_in(leaf.swept, fit, frame.side)
        clear[swept] = NO_ROOM
        outside &= ~swept
    for entrance in (opening for opening in openings if opening.kind == "entrance"):
        mark = shapely.Polygon(fit.points(entrance.quad)).buffer(_MARK)
        outside &= ~squares_in(mark, Fit(1.0, np.zeros(2)), frame.side)
    return Places(
        inside,
        outside,
        fit.points(targets),
        np.zeros(len(targets)),
        clear=clear,
        middles=fit.points(_middles(structure, targets)),
    )


def _middles(structure: Structure, targets: np.ndarray) -> np.ndarray:
    """(n, 2) where names stand best: in the centre of a room, or in its widest part of an L."""
    import shapely

    middles = targets.copy()
    for room, floor in enumerate(structure.floors):
        if floor.is_empty:
            continue
        centre = floor.centroid
        widest = floor.boundary.distance(shapely.Point(targets[room]))
        if floor.contains(centre) and floor.boundary.distance(centre) > _CENTRAL * widest:
            middles[room] = shapely.get_coordinates(centre)[0]
    return middles


def _targets(rooms: "tuple[Polygon, ...]", boxes: np.ndarray) -> np.ndarray:
    """(n, 2) the innermost point of what is seen of each room, in pixels."""
    import shapely

    targets = (boxes[:, :2] + boxes[:, 2:]) / 2.0
    hidden = [k for k, room in enumerate(rooms) if room.is_empty]
    # Of a room that is covered only the outline is drawn; several get different corners of it.
    for k, room in enumerate(hidden):
        x, y = ((0, 1), (2, 1), (2, 3), (0, 3))[k % 4]
        targets[room] = boxes[room, [x, y]]
    for k, room in enumerate(rooms):
        if not room.is_empty and room.area > 0:
            line = shapely.maximum_inscribed_circle(room, 0.5)
            targets[k] = shapely.get_coordinates(line)[0]
    return targets
