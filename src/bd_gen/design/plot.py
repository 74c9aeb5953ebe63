"""The plot of a brief: its shape in metres, north, setbacks and the entrance.

Coordinates are metres, x to the right and y down the page, as everywhere in the open format.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bd_gen.design.measures import PLOT_SIDE, SETBACK, Quantity, metres
from bd_gen.layouts.constraints import LARGEST_COORDINATE
from bd_gen.layouts.outline import Box, Outline
from bd_gen.layouts.wording import COMPASS, DIRECTIONS, Direction
from bd_gen.system.errors import InputError, printable
from bd_gen.system.names import did_you_mean

Point = tuple[float, float]
_DOOR = 0.9
_ANYWHERE = Quantity("place", 0, 1e5)
_FIELDS = ("size", "corners", "north", "setbacks", "entrance")
_PAGE = {"left": "left", "right": "right", "top": "above", "above": "above", "bottom": "below",
         "below": "below"}  # fmt: skip
_MOST_CORNERS = 40
_UNIT = r"\s*(m|cm|mm|ft|feet|px|'|′)?\s*"
_SIZE = re.compile(rf"([\d.]+){_UNIT}(?:x|×|by)\s*([\d.]+){_UNIT}")


@dataclass(frozen=True)
class Plot:
    """Where a home stands.

    Attributes:
        corners: of what may be built on, setbacks taken off, in metres; (): anywhere.
        north: degrees clockwise from the top of the page to north.
        entrance: the side of the page that the front door is at, or its place in metres.
        whole: corners of the plot itself.
    """

    corners: tuple[Point, ...] = ()
    north: float = 0.0
    entrance: Direction | Point | None = None
    whole: tuple[Point, ...] = ()

    @property
    def quarter_turns(self) -> int:
        """From the top of the page to north: the nearest whole number of quarter turns."""
        return round(self.north / 90) % 4

    @property
    def area(self) -> float:
        """Of what may be built on, in m²."""
        return _area(self.corners)

    @property
    def size(self) -> Point:
        """Width and depth of the box around what may be built on, in metres."""
        xs, ys = zip(*self.corners, strict=True)
        return max(xs) - min(xs), max(ys) - min(ys)

    def outline(self, scale: float) -> Outline | None:
        """What may be built on as pixels, in the middle of the plan; None: anywhere.

        Raises:
            InputError: it is larger than a plan.
        """
        if not self.corners:
            return None
        door = None
        if self.entrance is not None and not isinstance(self.entrance, str):
            door = _door_box(self.entrance, scale, self._origin(scale))
        return Outline(polygon=tuple(self.in_pixels(self.corners, scale)), front_door=door)

    def in_pixels(self, corners: Sequence[Point], scale: float) -> list[tuple[int, int]]:
        """Places on the plot, in pixels of a plan that has what may be built on in its middle.

        Raises:
            InputError: what may be built on is larger than a plan.
        """
        x, y = self._origin(scale)
        return [(round(a / scale) + x, round(b / scale) + y) for a, b in corners]

    def _origin(self, scale: float) -> tuple[int, int]:
        """Pixels that are added, so that the plan has it in its middle."""
        sides = [round(side / scale) for side in self.size]
        if max(sides) > LARGEST_COORDINATE:
            reach = LARGEST_COORDINATE * scale
            enough = max(self.size) / LARGEST_COORDINATE
            feet = [0.3048 * side for side in self.size]
            meant = f"; did you mean feet ({feet[0]:.2f} by {feet[1]:.2f} m)?"
            raise InputError(
                f"plot: {self.size[0]:.2f} by {self.size[1]:.2f} m to build on; a plan reaches "
                f"{reach:.1f} m (--scale {enough + 0.001:.3f} would do)"
                f"{meant if max(self.size) > 20 and max(feet) <= reach else ''}"
            )
        low = [round(min(values) / scale) for values in zip(*self.corners, strict=True)]
        return (
            (LARGEST_COORDINATE - sides[0]) // 2 - low[0],
            (LARGEST_COORDINATE - sides[1]) // 2 - low[1],
        )


def plot_from(value: object, where: str, scale: float) -> Plot:
    """Read a plot: "9 x 12", or fields size or corners, north, setbacks and entrance.

    Raises:
        InputError: a field that nobody knows, no rectilinear polygon, setbacks that leave nothing.
    """
    if isinstance(value, str | Sequence):
        value = {"corners" if isinstance(value, Sequence) and ";" in value else "size": value}
    if not isinstance(value, Mapping):
        raise InputError(f"{where}: expected a size as in '9 x 12', or fields, got {value!r:.60}")
    for key in value:
        if key not in _FIELDS:
            hint = did_you_mean(str(key), _FIELDS) or f"; known: {', '.join(_FIELDS)}"
            raise InputError(f"{where}: unknown field {printable(str(key))[:40]!r}{hint}")
    if "size" in value and "corners" in value:
        raise InputError(f"{where}: expected size or corners, one of the two")
    north = _north(value.get("north", 0), f"{where}: north")
    whole: tuple[Point, ...] = ()
    if "corners" in value:
        whole = corners_from(value["corners"], f"{where}: corners", scale)
    elif "size" in value:
        whole = _rectangle(value["size"], f"{where}: size", scale)
    turns = round(north / 90) % 4
    entrance = _entrance(value.get("entrance"), f"{where}: entrance", turns, scale)
    corners = whole
    if "setbacks" in value:
        if not whole:
            raise InputError(f"{where}: setbacks: go with a size or corners")
        distances = _setbacks(value["setbacks"], f"{where}: setbacks", turns, entrance, scale)
        corners = _inset(whole, distances, f"{where}: setbacks")
    if isinstance(entrance, tuple):
        if not whole:
            raise InputError(f"{where}: entrance: a place goes with a size or corners")
        entrance = _on_edge(entrance, corners, whole, f"{where}: entrance")
    return Plot(corners, north, entrance, whole)


def page_side(word: str, quarter_turns: int) -> Direction | None:
    """The side of the page that a word means: south, or bottom; None: it means none."""
    folded = word.strip().casefold().removesuffix("ern")
    if folded in COMPASS:
        return DIRECTIONS[(COMPASS.index(folded) + quarter_turns) % 4]
    found = _PAGE.get(folded)
    return None if found is None else DIRECTIONS[DIRECTIONS.index(found)]


def facade_sides(word: str, quarter_turns: int, where: str) -> tuple[Direction, ...]:
    """The sides of the page that a façade may be at: any, none, south, "south or west".

    Raises:
        InputError: a word that is no side.
    """
    folded = word.strip().casefold()
    if folded in ("", "none"):
        return ()
    if folded == "any":
        return DIRECTIONS
    sides = []
    for part in re.split(r"\s+or\s+|\s*,\s*|/", folded):
        side = page_side(part, quarter_turns)
        if side is None:
            known = ("any", "none", *COMPASS)
            hint = did_you_mean(part, known) or f"; known: {', '.join(known)}"
            raise InputError(f"{where}: {printable(part)[:40]!r} is no side{hint}")
        sides.append(side)
    return tuple(dict.fromkeys(sides))


def corners_from(value: object, where: str, scale: float) -> tuple[Point, ...]:
    """Corners of a rectilinear polygon: [[0, 0], [9, 0], ...], or "0,0; 9,0; ...".

    Raises:
        InputError: fewer than four, sides that do not run along the axes, or that cross.
    """
    if isinstance(value, str):
        value = [part.split(",") for part in value.split(";") if part.strip()]
    if not isinstance(value, Sequence) or not 4 <= len(value) <= _MOST_CORNERS + 1:
        raise InputError(f"{where}: expected at least four corners [x, y], got {value!r:.60}")
    points = [_point(part, where, scale) for part in value]
    if points[0] == points[-1]:
        points = points[:-1]
    points = _without_straight(points)
    for k, (a, b) in enumerate(zip(points, points[1:] + points[:1], strict=True)):
        if (a[0] == b[0]) == (a[1] == b[1]):
            raise InputError(
                f"{where}: the side from corner {k + 1} {list(a)} to {list(b)} runs along no axis"
            )
    _check_simple(points, where)
    _check_size(points, where, scale)
    return tuple(points)


def _rectangle(value: object, where: str, scale: float) -> tuple[Point, ...]:
    parts: Sequence[object] = ()
    if isinstance(value, str):
        match = _SIZE.fullmatch(value.strip())
        if match is not None:
            width, unit, depth, last = match.groups()
            parts = (f"{width} {unit or last or ''}", f"{depth} {last or ''}")
    elif isinstance(value, Sequence):
        parts = value
    if len(parts) != 2:
        raise InputError(f"{where}: expected width and depth as in '9 x 12', got {value!r:.60}")
    w, d = (metres(part, PLOT_SIDE, where, scale) for part in parts)
    return (0.0, 0.0), (w, 0.0), (w, d), (0.0, d)


def _point(value: object, where: str, scale: float) -> Point:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
        raise InputError(f"{where}: expected corners [x, y], got {value!r:.60}")
    x, y = (_coordinate(part, where, scale) for part in value)
    return x, y


def _coordinate(value: object, where: str, scale: float) -> float:
    if isinstance(value, str):
        text = value.strip()
        if text.startswith("-"):
            return -metres(text[1:], _ANYWHERE, where, scale)
        return metres(text, _ANYWHERE, where, scale)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e6:
        return float(value)
    raise InputError(f"{where}: expected metres, got {value!r:.40}")


def _without_straight(points: list[Point]) -> list[Point]:
    """Without corners on a straight side, and without those that stand there twice."""
    points = [p for p, q in zip(points, points[1:] + points[:1], strict=True) if p != q]
    kept = []
    for k, (x, y) in enumerate(points):
        before, after = points[k - 1], points[(k + 1) % len(points)]
        if not (before[0] == x == after[0] or before[1] == y == after[1]):
            kept.append((x, y))
    return kept


def _check_simple(points: list[Point], where: str) -> None:
    import shapely

    if len(points) < 4 or not shapely.Polygon(points).is_valid:
        raise InputError(f"{where}: the sides of the plot cross or touch one another")


def _check_size(points: list[Point], where: str, scale: float) -> None:
    """Refuse a plot that is too small or too large for a home, and say what was meant."""
    for axis, name in enumerate(("width", "depth")):
        values = [point[axis] for point in points]
        metres(max(values) - min(values), PLOT_SIDE, f"{where}: {name}", scale)


def _north(value: object, where: str) -> float:
    word = str(value).strip().casefold()
    pages = {"up": 0, "top": 0, "right": 90, "down": 180, "bottom": 180, "left": 270}
    if word in pages:
        return float(pages[word])
    try:
        degrees = float(word.removesuffix("°").removesuffix("degrees"))
    except ValueError:
        degrees = float("nan")
    if not -360 <= degrees <= 360:
        raise InputError(
            f"{where}: expected degrees clockwise from the top of the page, or up, right, down, "
            f"left, got {value!r:.40}"
        )
    if degrees % 90 == 45:
        raise InputError(
            f"{where}: halfway between two sides; 44 or 46 says which is the north one"
        )
    return degrees % 360


def _entrance(value: object, where: str, turns: int, scale: float) -> Direction | Point | None:
    if value is None:
        return None
    if isinstance(value, str) and "," in value:
        value = value.split(",")
    if isinstance(value, str):
        side = page_side(value, turns)
        if side is None:
            hint = did_you_mean(value.casefold(), COMPASS) or f"; known: {', '.join(COMPASS)}"
            raise InputError(f"{where}: {printable(value)[:40]!r} is no side{hint}")
        return side
    return _point(value, where, scale)


def _setbacks(
    value: object, where: str, turns: int, entrance: Direction | Point | None, scale: float
) -> dict[Direction, float]:
    """Metres at each side of the page; front, back and sides are seen from the entrance."""
    if not isinstance(value, Mapping):
        distance = metres(value, SETBACK, where, scale)
        return dict.fromkeys(DIRECTIONS, distance)
    found: dict[Direction, float] = {}
    for key, distance in value.items():
        for side in _setback_sides(str(key), where, turns, entrance):
            if side in found:
                raise InputError(f"{where}: {printable(str(key))[:20]}: is given twice")
            found[side] = metres(distance, SETBACK, f"{where}: {key}", scale)
    return {side: found.get(side, 0.0) for side in DIRECTIONS}


def _setback_sides(
    key: str, where: str, turns: int, entrance: Direction | Point | None
) -> tuple[Direction, ...]:
    seen = {"front": (0,), "back": (2,), "rear": (2,), "sides": (1, 3), "side": (1, 3)}
    if key in seen:
        if not isinstance(entrance, str):
            raise InputError(f"{where}: {key}: needs the side of the entrance")
        front = DIRECTIONS.index(entrance)
        return tuple(DIRECTIONS[(front + k) % 4] for k in seen[key])
    side = page_side(key, turns)
    if side is None:
        known = (*COMPASS, "front", "back", "sides")
        hint = did_you_mean(key, known) or f"; known: {', '.join(known)}"
        raise InputError(f"{where}: {printable(key)[:40]!r} is no side{hint}")
    return (side,)


def _inset(
    corners: tuple[Point, ...], distances: Mapping[Direction, float], where: str
) -> tuple[Point, ...]:
    """The polygon with each side moved inwards by the distance of the way that it faces."""
    clockwise = corners if _signed_area(corners) > 0 else corners[::-1]
    moved = []
    for k, (x, y) in enumerate(clockwise):
        for a, b in ((clockwise[k - 1], (x, y)), ((x, y), clockwise[(k + 1) % len(clockwise)])):
            side = _faces(a, b)
            inward = distances[side] * (1 if side in ("left", "above") else -1)
            if side in ("left", "right"):
                x = a[0] + inward
            else:
                y = a[1] + inward
        moved.append((x, y))
    is_left = all(
        _faces(*moved_side) == _faces(*side) and moved_side[0] != moved_side[1]
        for moved_side, side in zip(_sides(moved), _sides(clockwise), strict=True)
    )
    if not is_left or _signed_area(moved) <= 0:
        raise InputError(f"{where}: leave nothing of the plot, or cut off a part of it")
    return tuple(moved)


def _sides(points: Sequence[Point]) -> list[tuple[Point, Point]]:
    return list(zip(points, [*points[1:], points[0]], strict=True))


def _faces(a: Point, b: Point) -> Direction:
    """Which way a side of a polygon faces that runs clockwise on the page (y down)."""
    if a[0] == b[0]:
        return "right" if b[1] > a[1] else "left"
    return "above" if b[0] > a[0] else "below"


def _signed_area(points: Sequence[Point]) -> float:
    return sum(a[0] * b[1] - a[1] * b[0] for a, b in _sides(points)) / 2


def _area(points: Sequence[Point]) -> float:
    return abs(_signed_area(points))


def _on_edge(
    place: Point, corners: tuple[Point, ...], whole: tuple[Point, ...], where: str
) -> Point:
    """The place on the edge of what may be built on that is nearest to one on the plot's edge."""
    nearest = [min(_from_side(place, side) for side in _sides(ring)) for ring in (whole, corners)]
    if min(nearest)[0] > _DOOR:
        raise InputError(
            f"{where}: {list(place)} lies {min(nearest)[0]:.1f} m from the edge of the plot"
        )
    return nearest[1][1]


def _from_side(place: Point, side: tuple[Point, Point]) -> tuple[float, Point]:
    """How far a place is from a side, and the point there that is nearest."""
    ends = [sorted(values) for values in zip(*side, strict=True)]
    x, y = (min(max(p, low), high) for p, (low, high) in zip(place, ends, strict=True))
    return ((place[0] - x) ** 2 + (place[1] - y) ** 2) ** 0.5, (x, y)


def _door_box(place: Point, scale: float, origin: tuple[int, int]) -> Box:
    half = max(1, round(_DOOR / scale / 2))
    x, y = round(place[0] / scale) + origin[0], round(place[1] / scale) + origin[1]
    low = max(x - half, 0), max(y - half, 0)
    return (*low, min(x + half, LARGEST_COORDINATE), min(y + half, LARGEST_COORDINATE))
