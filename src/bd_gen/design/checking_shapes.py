"""Are the shapes, doors and plot of a plan those that were asked for? From its line in the file.

Only the open format and the brief are known here, nothing of the search, of the tiling and of what
placed the doors: polygons are measured by shapely.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from bd_gen.design.brief import Brief
from bd_gen.layouts.wording import Direction

if TYPE_CHECKING:
    from shapely import Polygon

DOOR_WALL = 0.9
"""Metres of straight wall in common that rooms with a door have at least."""

_NEAR = 0.01  # pixels: what is no further off is the same
_THICK = 1.6  # pixels, 0.11 m: a wall may be off its line by a wall's thickness
_FAR = 1000.0  # pixels, beyond all plans
_LEAST_LEFT = 1.0  # pixels² of the plot that stay empty without a word
_OUTWARD: dict[Direction, tuple[int, int]] = {
    "left": (-1, 0),
    "above": (0, -1),
    "right": (1, 0),
    "below": (0, 1),
}

Pairs = dict[tuple[int, int], str]


def door_pairs(line: Mapping[str, Any]) -> Pairs:
    """What is written of doors, as relations both ways: "opens to" for each pair with a door."""
    pairs = [door["rooms"] for door in line.get("doors", ()) if len(door["rooms"]) == 2]
    return {pair: "opens to" for i, j in pairs for pair in ((i, j), (j, i))}


def what_is_wrong_with_shapes(
    line: Mapping[str, Any], brief: Brief, problems: Sequence[str] = ()
) -> str | None:
    """Why the shapes of a plan are not what was asked for; None if they are.

    Args:
        line: of the file, parsed.
        brief: what was asked for.
        problems: what the user is told that this plan does not have.
    """
    if not line.get("doors"):  # mere boxes, nothing was improved
        return None
    rooms = _shapes(line)
    reasons = (
        *_of_rooms(rooms, line, brief),
        *_of_walls(rooms, line, brief, problems),
        *_of_the_whole(rooms, line, brief, problems),
    )
    return reasons[0] if reasons else None


def _shapes(line: Mapping[str, Any]) -> list["Polygon"]:
    """The polygons of the rooms; of those with a box alone what smaller boxes leave of it."""
    import shapely

    boxes = [shapely.box(*room["box"]) for room in line["rooms"]]
    shapes = []
    for room, own in zip(line["rooms"], boxes, strict=True):
        if "polygon" in room:
            shapes.append(shapely.Polygon(room["polygon"], room.get("holes")))
            continue
        above = [box for box in boxes if box.area < own.area]
        parts = shapely.get_parts(own.difference(shapely.union_all(above)))
        shapes.append(max(parts, key=lambda part: part.area, default=shapely.Polygon()))
    return shapes


def _of_rooms(rooms: Sequence["Polygon"], line: Mapping[str, Any], brief: Brief) -> Iterator[str]:
    """Single rooms: valid, in their boxes, as large, as wide and as placed as was asked for."""
    import shapely

    options, square = brief.options, brief.scale**2
    for k, (room, name) in enumerate(zip(rooms, brief.labels, strict=True)):
        if not room.is_valid or room.is_empty or room.geom_type != "Polygon":
            yield f"{name} is no polygon"
            return
        if np.abs(np.subtract(room.bounds, line["rooms"][k]["box"])).max() > _NEAR:
            yield f"{name} has another box than its polygon"
        bounds = options.area_bounds_of(k, brief.room_types[k])
        if bounds is not None and not bounds[0] - _NEAR <= room.area <= bounds[1] + _NEAR:
            asked = " to ".join(f"{area * square:.2f}" for area in bounds)
            yield f"{name} has {room.area * square:.2f} m² instead of {asked}"
        half = options.min_side_of(k) / 2
        if shapely.buffer(room, -0.98 * half, join_style="mitre").is_empty:
            yield f"{name} is narrower than {2 * half * brief.scale:.2f} m"
    whole = shapely.union_all(rooms)
    if abs(whole.area - sum(room.area for room in rooms)) > _LEAST_LEFT:
        yield "rooms overlap"


def _of_walls(
    rooms: Sequence["Polygon"], line: Mapping[str, Any], brief: Brief, problems: Sequence[str]
) -> Iterator[str]:
    """Doors stand in walls that are long enough, and rooms have the outer walls asked for."""
    least = DOOR_WALL / brief.scale - _NEAR
    for door in line["doors"]:
        names = " and ".join(brief.labels[k] for k in door["rooms"])
        wall = _wall_of_door(door["at"], [rooms[k] for k in door["rooms"]], rooms)
        if wall < least:
            yield f"a door of {names} stands in {wall * brief.scale:.2f} m of wall"
    entrances = sum(door["kind"] == "entrance" for door in line["doors"])
    if entrances != 1 and not any(text.startswith("no front door") for text in problems):
        yield f"{entrances} front doors"
    for k, asked in brief.options.rooms.items():
        if asked.facade and max(_outer_wall(rooms, k, side) for side in asked.facade) < least:
            yield f"{brief.labels[k]} has no outer wall {' or '.join(asked.facade)}"


def _wall_of_door(
    at: Sequence[float], own: Sequence["Polygon"], rooms: Sequence["Polygon"]
) -> float:
    """Length of the straight wall of two rooms, or of one and the outside, that a door stands in.

    What is off the door's line by no more than the thickness of a wall is on it. 0 for a door that
    is not all in the wall.
    """
    import shapely
    from shapely.affinity import translate

    x0, y0, x1, y1 = at
    across = (_THICK, 0.0) if x0 == x1 else (0.0, _THICK)
    dx, dy = (0.0, _FAR) if x0 == x1 else (_FAR, 0.0)
    whole = shapely.LineString([(x0 - dx, y0 - dy), (x1 + dx, y1 + dy)])
    shifted = [[translate(room, *np.multiply(across, sign)) for sign in (-1, 0, 1)] for room in own]
    for three in shifted:
        whole = whole.intersection(shapely.union_all(three))
    if len(own) == 1:
        plan = shapely.union_all(rooms)
        sides = [translate(plan, *np.multiply(across, sign)) for sign in (-1, 1)]
        whole = whole.difference(sides[0].intersection(sides[1]))
    door = shapely.LineString([(x0, y0), (x1, y1)])
    pieces = [p for p in shapely.get_parts(whole) if p.buffer(_NEAR).covers(door)]
    return float(max((piece.length for piece in pieces), default=0.0))


def _outer_wall(rooms: Sequence["Polygon"], k: int, side: Direction) -> float:
    """Length of the outer walls of a room that face a side of the page."""
    import shapely

    outside = shapely.union_all(rooms).boundary
    common = shapely.get_parts(rooms[k].boundary.intersection(outside))
    dx, dy = _OUTWARD[side]
    total = 0.0
    for part in common:
        points = shapely.get_coordinates(part)
        for start, end in pairwise(points):
            middle = (start + end) / 2 + (dx / 2, dy / 2)
            is_along = start[0] == end[0] if dx else start[1] == end[1]
            if is_along and not shapely.contains_xy(rooms[k], *middle):
                total += float(np.abs(end - start).sum())
    return total


def _of_the_whole(
    rooms: Sequence["Polygon"], line: Mapping[str, Any], brief: Brief, problems: Sequence[str]
) -> Iterator[str]:
    """All rooms together are as large as was asked for, within the plot, and fill it."""
    import shapely

    options, total = brief.options, sum(room.area for room in rooms)
    if options.total_area is not None:
        least, most = options.total_area
        if not least - _NEAR <= total <= most + _NEAR:
            yield f"all rooms together have {total * brief.scale**2:.2f} m²"
    if options.outline is None:
        return
    plot = shapely.Polygon(options.outline.polygon)
    if "plot" not in line or not shapely.Polygon(line["plot"]).equals(plot):
        yield "another plot"
    if shapely.union_all(rooms).difference(plot).area > _LEAST_LEFT:
        yield "rooms beyond the plot"
    left = (plot.area - total) * brief.scale**2
    if plot.area - total > _LEAST_LEFT and not any("stay empty" in text for text in problems):
        yield f"{left:.2f} m² of the plot stay empty without a word"
