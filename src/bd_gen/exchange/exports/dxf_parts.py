"""What a DXF drawing shows of a floor plan, each kind of thing on its layer."""

from typing import TYPE_CHECKING

import numpy as np

from bd_gen.drawing.appearance import room_colours, tint
from bd_gen.drawing.openings import Leaf, Opening
from bd_gen.exchange.exports.dxf_style import (
    AREAS,
    DASH_DOT,
    DASHED,
    DIMENSIONS,
    DOORS,
    LABELS,
    PLOT,
    TEXT_STYLE,
    WALLS,
    WINDOWS,
    room_layer,
)
from bd_gen.exchange.exports.metres import InMetres

if TYPE_CHECKING:
    from ezdxf.layouts import Modelspace
    from shapely import Geometry, Polygon

_NAME_HEIGHT, _SMALLEST_NAME = 0.24, 0.06
"""Height of letters in metres, in a large room and in the smallest."""
_AREA_HEIGHT = 0.8
"""Of a name."""
_LETTER_WIDTH, _LINE_SPACING = 0.85, 1.7
"""In heights of a letter."""
_DISTANCE = 0.9
"""Metres from the plan to its overall dimensions."""
_CLEAR = 0.4
"""Share of a room that swings of doors leave, from which on text keeps off them."""
_CENTRAL = 0.9
_WALL_GREY = (139, 147, 156)


def draw_all(space: "Modelspace", parts: InMetres) -> None:
    """Draw rooms, walls, doors, windows, texts, plot and dimensions."""
    plan = parts.plan
    if plan.floor_plan is not None and plan.floor_plan.plot is not None:
        for ring in _rings(parts.shape(plan.floor_plan.plot)):
            attributes = {"layer": PLOT, "linetype": DASH_DOT}
            space.add_lwpolyline(ring, close=True, dxfattribs=attributes)
    # Large rooms first: programs that draw in the order of the file show the smaller ones.
    order = sorted(range(len(parts.rooms)), key=lambda k: (-parts.rooms[k].area, k))
    for room in order:
        _add_room(space, parts, room)
    _add_walls(space, parts.walls)
    for opening in parts.openings:
        _add_opening(space, parts, opening)
    for room in order:
        _add_texts(space, parts, room)
    _add_dimensions(space, parts)


def _add_room(space: "Modelspace", parts: InMetres, room: int) -> None:
    """The polygon with the area of the room, holes as polylines of their own; a light fill."""
    from ezdxf.colors import RGB

    room_type, words = parts.plan.diagram.room_types[room], parts.plan.diagram.words
    layer = {"layer": room_layer(words.room_names[room_type])}
    shape = parts.rooms[room]
    if shape.is_empty:
        left, bottom, right, top = parts.boxes[room].tolist()
        corners = [(left, bottom), (right, bottom), (right, top), (left, top)]
        attributes = layer | {"linetype": DASHED}
        space.add_lwpolyline(corners, close=True, dxfattribs=attributes)
        return
    fill = space.add_hatch(dxfattribs=layer)
    fill.rgb = RGB.from_hex(tint(room_colours(words)[room_type]))
    for k, ring in enumerate(_rings(shape)):
        fill.paths.add_polyline_path(ring, is_closed=True, flags=0 if k else 1)
        space.add_lwpolyline(ring, close=True, dxfattribs=layer)


def _add_walls(space: "Modelspace", walls: "Geometry") -> None:
    import shapely

    layer = {"layer": WALLS}
    for part in shapely.get_parts(walls):
        if part.geom_type != "Polygon":
            continue
        fill = space.add_hatch(dxfattribs=layer)
        fill.rgb = _WALL_GREY
        for k, ring in enumerate(_rings(part)):
            fill.paths.add_polyline_path(ring, is_closed=True, flags=0 if k else 1)
            space.add_lwpolyline(ring, close=True, dxfattribs=layer)


def _add_opening(space: "Modelspace", parts: InMetres, opening: Opening) -> None:
    quad = parts.points(opening.quad)
    if opening.kind == "window":
        space.add_lwpolyline(quad.tolist(), close=True, dxfattribs={"layer": WINDOWS})
        _add_line(space, _along(quad, 0.5, 0.0, 1.0), WINDOWS)
    if opening.kind == "open":
        for face in (0.0, 1.0):
            _add_line(space, _along(quad, face, 0.0, 1.0), DOORS, DASHED)
    if opening.slides:
        _add_line(space, _along(quad, 0.36, 0.0, 0.54), DOORS)
        _add_line(space, _along(quad, 0.64, 0.46, 1.0), DOORS)
    for leaf in opening.leaves:
        _add_leaf(space, parts, leaf)


def _along(quad: np.ndarray, across: float, start: float, stop: float) -> np.ndarray:
    """(2, 2) a line along a wall: shares of its thickness, and of the opening's width."""
    first, last = (quad[k] + across * (quad[3 - k] - quad[k]) for k in (0, 1))
    return np.stack([first + share * (last - first) for share in (start, stop)])


def _add_line(space: "Modelspace", ends: np.ndarray, layer: str, linetype: str = "BYLAYER") -> None:
    start, end = ends.tolist()
    space.add_line(start, end, dxfattribs={"layer": layer, "linetype": linetype})


def _add_leaf(space: "Modelspace", parts: InMetres, leaf: Leaf) -> None:
    """A line for the open leaf and the arc of its swing; arcs run anticlockwise."""
    hinge, closed, opened = parts.points(np.stack([leaf.hinge, leaf.closed, leaf.open]))
    space.add_line(hinge.tolist(), opened.tolist(), dxfattribs={"layer": DOORS})
    ends = [float(np.degrees(np.arctan2(*(end - hinge)[::-1]))) % 360 for end in (closed, opened)]
    start, end = ends if (ends[1] - ends[0]) % 360 < 180 else ends[::-1]
    radius = float(np.linalg.norm(closed - hinge))
    space.add_arc(hinge.tolist(), radius, start, end, dxfattribs={"layer": DOORS})


def _add_texts(space: "Modelspace", parts: InMetres, room: int) -> None:
    """The name of a room and its area below, in its widest place."""
    from ezdxf.enums import TextEntityAlignment

    name, area = parts.plan.labels[room], f"{parts.rooms[room].area:.1f} m²"
    centre, reach = _place(parts, room)
    longest = max(len(name), _AREA_HEIGHT * len(area))
    fits = min(2 * reach[0] / (longest * _LETTER_WIDTH), 2 * reach[1] / (2.4 * _LINE_SPACING))
    # In a tiny room it is readable rather than inside.
    height = min(_NAME_HEIGHT, max(_SMALLEST_NAME, float(fits)))
    for text, layer, size, offset in (
        (name, LABELS, height, 0.6),
        (area, AREAS, _AREA_HEIGHT * height, -0.8),
    ):
        attributes = {"layer": layer, "style": TEXT_STYLE}
        entity = space.add_text(text, height=size, dxfattribs=attributes)
        place = (float(centre[0]), float(centre[1]) + offset * height)
        entity.set_placement(place, align=TextEntityAlignment.MIDDLE_CENTER)


def _place(parts: InMetres, room: int) -> tuple[np.ndarray, np.ndarray]:
    """The middle of a room's text, and half of the width and height that it may take."""
    import shapely

    shape = parts.rooms[room]
    if shape.area == 0:
        return (parts.boxes[room][:2] + parts.boxes[room][2:]) / 2, np.zeros(2)
    swings = [leaf.swept for opening in parts.openings for leaf in opening.leaves]
    clear = shape.difference(parts.shape(shapely.union_all(swings)))
    largest = max(shapely.get_parts(clear), key=lambda part: part.area, default=clear)
    free = largest if largest.area > _CLEAR * shape.area else shape
    line = shapely.maximum_inscribed_circle(free, 0.02)
    centre, radius = shapely.get_coordinates(line)[0], float(line.length)
    middle = free.centroid
    if free.contains(middle) and free.boundary.distance(middle) > _CENTRAL * radius:
        centre = shapely.get_coordinates(middle)[0]  # of a long room any middle would do
    return centre, _reach(free, centre, _CENTRAL * radius)


def _reach(shape: "Polygon", centre: np.ndarray, radius: float) -> np.ndarray:
    """(2,) half of width and height of a rectangle around a point that lies in a shape."""
    from shapely import box

    half = np.array([radius, radius]) / np.sqrt(2)
    for axis in (0, 1):
        for _ in range(12):
            wider = half.copy()
            wider[axis] *= 1.15
            if not shape.contains(box(*(centre - wider), *(centre + wider))):
                break
            half = wider
    return half


def _add_dimensions(space: "Modelspace", parts: InMetres) -> None:
    """Width below and height to the left, over the outer faces of the walls."""
    shell = parts.structure.shell
    if shell.is_empty:
        return
    left, bottom, right, top = parts.shape(shell).bounds
    layer = {"layer": DIMENSIONS}
    lowest, leftmost = parts.bounds[0, 1] - _DISTANCE, parts.bounds[0, 0] - _DISTANCE
    for base, start, end, angle in (
        ((left, lowest), (left, bottom), (right, bottom), 0),
        ((leftmost, bottom), (left, bottom), (left, top), 90),
    ):
        line = space.add_linear_dim(
            base, start, end, angle=angle, dimstyle="BD_GEN", dxfattribs=layer
        )
        line.render()


def _rings(shape: "Geometry") -> list[list[tuple[float, float]]]:
    """The corners of the outer ring of a polygon and of its holes, without the last again."""
    import shapely

    rings = shapely.get_rings(shape)
    return [[(float(x), float(y)) for x, y in ring.coords[:-1]] for ring in rings]
