"""The shape that the rooms of a layout must lie in: a rectangle or an L, with its front door."""

from collections.abc import Iterable
from dataclasses import dataclass

from bd_gen.diagrams.word_parts import USUAL_TOUCH
from bd_gen.layouts.constraints import LARGEST_COORDINATE
from bd_gen.system.errors import InputError

Box = tuple[int, int, int, int]
"""(x0, y0, x1, y1) in pixels of a 256-pixel plan, y downwards."""


@dataclass(frozen=True)
class Outline:
    """The shape that all rooms must lie in: a rectangle, or an L.

    Attributes:
        box: the rectangle.
        notch: what is missing at one corner of it, for an L.
        front_door: a box at the edge of the outline. An Entrance, or a LivingRoom where there is
            no Entrance, must touch it as rooms touch one another: so do 99.5 % of the front
            doors in RPLAN. A diagram with neither may ignore it.

    Raises:
        InputError: a part is no box, or does not lie where it has to.
    """

    box: Box
    notch: Box | None = None
    front_door: Box | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "box", checked_box("outline", self.box))
        if self.notch is not None:
            object.__setattr__(self, "notch", checked_box("outline notch", self.notch))
            if self.notch_corner is None:
                raise InputError(
                    f"outline notch: expected a smaller box at a corner of the outline "
                    f"{self.box}, got {self.notch}"
                )
        if self.front_door is not None:
            door = checked_box("front door", self.front_door, least_side=0)
            object.__setattr__(self, "front_door", door)
            if not self._is_at_edge(door):
                raise InputError(
                    f"front door: expected a box within {USUAL_TOUCH} pixels of the edge of "
                    f"the outline, got {door}"
                )

    @property
    def area(self) -> int:
        """Pixels² within the outline."""
        return box_area(self.box) - (box_area(self.notch) if self.notch else 0)

    @property
    def notch_corner(self) -> tuple[int, int] | None:
        """Sides of the outline at the notch: 0 (left) or 2 (right), and 1 (top) or 3 (bottom)."""
        for x in (0, 2):
            for y in (1, 3):
                if self.notch is not None and self._has_notch_at(self.notch, x, y):
                    return x, y
        return None

    def _has_notch_at(self, notch: Box, x: int, y: int) -> bool:
        box = self.box
        # the two sides at the corner are common, the two others lie within the rectangle
        return (
            (notch[x], notch[y]) == (box[x], box[y])
            and box[0] < notch[2 - x] < box[2]
            and box[1] < notch[4 - y] < box[3]
        )

    def _is_at_edge(self, door: Box) -> bool:
        d, box = USUAL_TOUCH, self.box
        is_outside = _are_apart(door, box, d)
        is_deep_inside = (
            door[0] > box[0] + d
            and door[1] > box[1] + d
            and door[2] < box[2] - d
            and door[3] < box[3] - d
        )
        if self.notch is not None and self.notch_corner is not None:
            x, y = self.notch_corner
            inner_x, inner_y = self.notch[2 - x], self.notch[4 - y]
            beyond_x = door[0] > inner_x + d if x else door[2] < inner_x - d
            beyond_y = door[1] > inner_y + d if y == 3 else door[3] < inner_y - d
            is_outside |= beyond_x and beyond_y
            is_deep_inside &= _are_apart(door, self.notch, d)
        return not is_outside and not is_deep_inside


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


def _are_apart(a: Box, b: Box, distance: int) -> bool:
    return (
        a[0] - distance > b[2]
        or a[2] + distance < b[0]
        or a[1] - distance > b[3]
        or a[3] + distance < b[1]
    )
