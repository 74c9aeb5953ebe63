"""The shape that the rooms of a layout must lie in, with its front door."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from bd_gen.diagrams.word_parts import USUAL_TOUCH
from bd_gen.layouts.constraints import LARGEST_COORDINATE
from bd_gen.system.errors import InputError

if TYPE_CHECKING:
    from shapely import Polygon

Box = tuple[int, int, int, int]
"""(x0, y0, x1, y1) in pixels of a 256-pixel plan, y downwards."""


Point = tuple[int, int]
"""(x, y) in pixels of a 256-pixel plan, y downwards."""

_NO_BOX: Box = (0, 0, 0, 0)


@dataclass(frozen=True)
class Outline:
    """The shape that all rooms must lie in: a polygon whose sides run along the axes.

    Give a rectangle as `box`, an L as `box` and `notch`, anything else as `polygon`; the rest
    follows from it.

    Attributes:
        box: the rectangle, or the smallest one around the polygon.
        notch: what is missing at one corner of a rectangle, for an L.
        front_door: a box at the edge of the outline. An Entrance, or a LivingRoom where there is
            no Entrance, must touch it as rooms touch one another: so do 99.5 % of the front
            doors in RPLAN. A diagram with neither may ignore it.
        polygon: the corners, one after the other, either way round.

    Raises:
        InputError: a part is no box, or does not lie where it has to, or the polygon is none, has
            slanting sides, or touches itself.
    """

    box: Box = _NO_BOX
    notch: Box | None = None
    front_door: Box | None = None
    polygon: tuple[Point, ...] = ()

    def __post_init__(self) -> None:
        if self.polygon:
            self._take_polygon()
        else:
            self._take_boxes()
        if self.front_door is not None:
            door = checked_box("front door", self.front_door, least_side=0)
            object.__setattr__(self, "front_door", door)
            if not self._is_at_edge(door):
                raise InputError(
                    f"front door: expected a box within {USUAL_TOUCH} pixels of the edge of "
                    f"the outline, got {door}"
                )

    def _take_boxes(self) -> None:
        x0, y0, x1, y1 = box = checked_box("outline", self.box)
        object.__setattr__(self, "box", box)
        corners: tuple[Point, ...] = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
        if self.notch is not None:
            notch = checked_box("outline notch", self.notch)
            object.__setattr__(self, "notch", notch)
            if not _is_at_a_corner(notch, box):
                raise InputError(
                    f"outline notch: expected a smaller box at a corner of the outline "
                    f"{box}, got {notch}"
                )
            corners = _without_notch(corners, notch)
        object.__setattr__(self, "polygon", corners)

    def _take_polygon(self) -> None:
        corners = _checked_polygon(self.polygon)
        xs, ys = zip(*corners, strict=True)
        box = (min(xs), min(ys), max(xs), max(ys))
        if self.box not in (_NO_BOX, box):
            raise InputError(f"outline: a polygon in {box} does not go with the box {self.box}")
        object.__setattr__(self, "polygon", corners)
        object.__setattr__(self, "box", box)

    @cached_property
    def shape(self) -> "Polygon":
        """The polygon."""
        from shapely import Polygon

        return Polygon(self.polygon)

    @cached_property
    def area(self) -> int:
        """Pixels² within the outline."""
        return round(self.shape.area)

    @cached_property
    def lines(self) -> tuple[np.ndarray, np.ndarray]:
        """The distinct x, and the distinct y, that sides of the outline lie on, ascending."""
        points = np.array(self.polygon, np.int64)
        return np.unique(points[:, 0]), np.unique(points[:, 1])

    @cached_property
    def missing(self) -> tuple[Box, ...]:
        """Boxes that make up what the smallest rectangle around the outline has besides it."""
        import shapely

        xs, ys = (axis.tolist() for axis in self.lines)
        open_runs: dict[tuple[int, int], int] = {}  # from the row above: sides, and where it began
        boxes: list[Box] = []
        for top, bottom in pairwise(ys):
            middle = (top + bottom) / 2
            outside = [
                not shapely.contains_xy(self.shape, (a + b) / 2, middle) for a, b in pairwise(xs)
            ]
            runs = _runs(xs, outside)
            boxes += [(a, y, b, top) for (a, b), y in open_runs.items() if (a, b) not in runs]
            open_runs = {run: open_runs.get(run, top) for run in runs}
        boxes += [(a, y, b, ys[-1]) for (a, b), y in open_runs.items()]
        return tuple(boxes)

    def _is_at_edge(self, door: Box) -> bool:
        from shapely import box

        d = USUAL_TOUCH
        around = box(door[0] - d, door[1] - d, door[2] + d, door[3] + d)
        return bool(around.intersects(self.shape.exterior))


def _runs(xs: list[int], are_outside: list[bool]) -> list[tuple[int, int]]:
    """The stretches between lines that are outside, those beside one another as one."""
    runs: list[tuple[int, int]] = []
    for (left, right), is_outside in zip(pairwise(xs), are_outside, strict=True):
        if is_outside and runs and runs[-1][1] == left:
            runs[-1] = (runs[-1][0], right)
        elif is_outside:
            runs.append((left, right))
    return runs


def _is_at_a_corner(notch: Box, box: Box) -> bool:
    """Has a notch a corner of the box, and two sides within it?"""
    return any(
        # the two sides at the corner are common, the two others lie within the rectangle
        (notch[x], notch[y]) == (box[x], box[y])
        and box[0] < notch[2 - x] < box[2]
        and box[1] < notch[4 - y] < box[3]
        for x in (0, 2)
        for y in (1, 3)
    )


def _without_notch(corners: tuple[Point, ...], notch: Box) -> tuple[Point, ...]:
    """The corners of a rectangle, one of them replaced by the three that a notch leaves."""
    x0, y0, x1, y1 = notch
    result: list[Point] = []
    for k, (x, y) in enumerate(corners):
        if x in (x0, x1) and y in (y0, y1):
            across, along = x1 + x0 - x, y1 + y0 - y
            turn = [(x, along), (across, along), (across, y)]
            result += turn if k % 2 == 0 else turn[::-1]
        else:
            result.append((x, y))
    return tuple(result)


def _checked_polygon(points: Iterable[Iterable[object]]) -> tuple[Point, ...]:
    """The corners as plain integers, without points on straight sides.

    Raises:
        InputError: no such polygon.
    """
    from shapely import Polygon

    from bd_gen.diagrams.floor_plan import with_corners_only

    try:
        corners = [tuple(int(value) for value in point) for point in points]  # type: ignore[call-overload]
        is_whole = corners == [tuple(point) for point in points]
    except (TypeError, ValueError, OverflowError):
        corners, is_whole = [], False
    if not is_whole or len(corners) < 4 or any(len(point) != 2 for point in corners):
        raise InputError("outline: expected at least four corners of two integers each")
    for x, y in corners:
        if not (0 <= x <= LARGEST_COORDINATE and 0 <= y <= LARGEST_COORDINATE):
            raise InputError(f"outline: expected corners in 0..{LARGEST_COORDINATE}, got {(x, y)}")
    if corners[0] == corners[-1]:
        corners.pop()
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
        if (x0 == x1) == (y0 == y1):
            raise InputError(
                f"outline: expected sides along the axes, got one from {(x0, y0)} to {(x1, y1)}"
            )
    shape = Polygon(corners)
    if not shape.is_valid or shape.area == 0:
        raise InputError("outline: its sides cross or touch one another")
    simple = with_corners_only(shape).exterior.coords
    return tuple((int(x), int(y)) for x, y in simple[:-1])


def checked_box(name: str, box: Iterable[object], least_side: int = 1) -> Box:
    """The box as a tuple of plain integers.

    Raises:
        InputError: not four integers in 0..255, or sides in the wrong order.
    """
    sides = tuple(box) if isinstance(box, Iterable) else (box,)
    try:
        whole = tuple(int(side) for side in sides)  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError):
        whole = ()
    if len(whole) != 4 or whole != sides:
        raise InputError(f"{name}: expected four integers x0, y0, x1, y1, got {sides!r}")
    x0, y0, x1, y1 = whole
    if not (0 <= x0 <= x1 <= LARGEST_COORDINATE and 0 <= y0 <= y1 <= LARGEST_COORDINATE):
        raise InputError(
            f"{name}: expected x0 before x1 and y0 before y1 in 0..{LARGEST_COORDINATE}, "
            f"got {whole}"
        )
    if min(x1 - x0, y1 - y0) < least_side:
        raise InputError(f"{name}: expected sides of at least {least_side} pixel, got {whole}")
    return x0, y0, x1, y1


def box_area(box: Box) -> int:
    """Pixels² of a box."""
    return (box[2] - box[0]) * (box[3] - box[1])
