"""Rooms of lines: the faces that walls enclose, and what the labels within say they are."""

from typing import TYPE_CHECKING, Any

import numpy as np

from bd_gen.data.sources.lifull.text_file import Drawn, Numbers
from bd_gen.data.sources.plans.bad_plan import BadPlanError

if TYPE_CHECKING:
    from shapely import Polygon

Labelled = tuple[str, "Polygon"]

_GAP = 0.02
"""Walls that miss one another by up to this part of the plan's size meet."""


def plain_plan(name: str, drawn: Drawn, lost: list[str]) -> dict[str, Any]:
    """The plan in the open format, each scaled to a usual size; see `Drawn` for what is drawn.

    Args:
        name: the plan's id.
        drawn: walls, doors and labels.
        lost: gets the labels of rooms that no walls enclose.

    Raises:
        BadPlanError: there are no walls, or they enclose no room.
    """
    if not drawn.walls:
        raise BadPlanError("no walls")
    gap = _GAP * _size(drawn.walls)
    rooms = _rooms(drawn, gap, lost)
    if not rooms:
        raise BadPlanError("no rooms", "walls enclose none that has a label")
    doors, windows = _openings(drawn, [shape for _, shape in rooms], gap)
    return {
        "id": name,
        "fit": True,
        "rooms": [
            {"type": label, "polygon": [list(p) for p in shape.exterior.coords[:-1]]}
            for label, shape in rooms
        ],
        "doors": doors,
        "windows": windows,
    }


def _size(walls: list[Numbers]) -> float:
    points = np.array(walls).reshape(-1, 2)
    return float(np.ptp(points, axis=0).max())


def _middle(region: Numbers) -> tuple[float, float]:
    return (region[0] + region[2]) / 2, (region[1] + region[3]) / 2


def _rooms(drawn: Drawn, gap: float, lost: list[str]) -> list[Labelled]:
    import shapely

    faces = _faces(drawn.walls, gap)
    labels: dict[int, list[tuple[str, tuple[float, float]]]] = {}
    for label, region in (*drawn.rooms, *drawn.markers):
        within = [k for k, f in enumerate(faces) if f.covers(shapely.Point(_middle(region)))]
        is_marker = (label, region) in drawn.markers
        if not within and not is_marker:
            lost.append(label)
        for face in within[:1]:
            known = labels.setdefault(face, [])
            if not (is_marker and known) and label not in {one for one, _ in known}:
                known.append((label, _middle(region)))
    return [piece for face, known in sorted(labels.items()) for piece in _cut(faces[face], known)]


def _faces(walls: list[Numbers], gap: float) -> list["Polygon"]:
    """What walls enclose; each is made longer by `gap` at both ends, so that they meet."""
    import shapely

    lines = []
    for x0, y0, x1, y1 in walls:
        length = float(np.hypot(x1 - x0, y1 - y0))
        if length > 0:
            dx, dy = gap * (x1 - x0) / length, gap * (y1 - y0) / length
            lines.append(shapely.LineString([(x0 - dx, y0 - dy), (x1 + dx, y1 + dy)]))
    noded = shapely.get_parts(shapely.union_all(lines))
    faces = shapely.get_parts(shapely.polygonize(noded))
    return [shapely.Polygon(face.exterior) for face in faces if face.area > gap**2]


def _cut(face: "Polygon", labels: list[tuple[str, tuple[float, float]]]) -> list[Labelled]:
    """Share a face among its labels, by straight cuts half way between them."""
    import shapely

    if len(labels) == 1:
        return [(labels[0][0], face)]
    points = np.array([point for _, point in labels])
    axis = int(np.argmax(np.ptp(points, axis=0)))
    order = np.argsort(points[:, axis], kind="stable")
    steps = np.diff(points[order, axis])
    after = int(np.argmax(steps))
    place = float(points[order[after : after + 2], axis].mean())
    x0, y0, x1, y1 = face.bounds
    if steps[after] <= 0 or not (x0, y0)[axis] < place < (x1, y1)[axis]:
        return [(labels[0][0], face)]
    near = shapely.box(x0, y0, place, y1) if axis == 0 else shapely.box(x0, y0, x1, place)
    pieces = []
    for part, chosen in (
        (face.intersection(near), order[: after + 1]),
        (face.difference(near), order[after + 1 :]),
    ):
        polygons = [one for one in shapely.get_parts(part) if one.geom_type == "Polygon"]
        if polygons:
            largest = max(polygons, key=lambda one: one.area)
            pieces += _cut(largest, [labels[k] for k in chosen])
    return pieces


def _openings(
    drawn: Drawn, rooms: list["Polygon"], gap: float
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Doors between rooms, and what leads outside: the entrance, if one is marked, and windows."""
    import shapely

    doors: list[dict[str, Any]] = []
    outer: list[tuple[Numbers, int]] = []
    for line in drawn.doors:
        sides = _sides(line, rooms, gap)
        if len(sides) == 2:
            doors.append({"rooms": sides, "at": list(line), "kind": "door"})
        elif len(sides) == 1:
            outer.append((line, sides[0]))
    marks = [shapely.box(*region) for label, region in drawn.markers if label == "entrance"]
    if marks and outer:
        far = [shapely.union_all(marks).distance(shapely.Point(_middle(line))) for line, _ in outer]
        line, room = outer.pop(int(np.argmin(far)))
        doors.append({"rooms": [room], "at": list(line), "kind": "entrance"})
    return doors, [{"room": room, "at": list(line)} for line, room in outer]


def _sides(line: Numbers, rooms: list["Polygon"], gap: float) -> list[int]:
    """The rooms on both sides of the middle of a door; fewer than two if it leads outside."""
    import shapely

    x0, y0, x1, y1 = line
    length = max(float(np.hypot(x1 - x0, y1 - y0)), 1e-9)
    aside = 2 * gap * np.array([y0 - y1, x1 - x0]) / length
    found = []
    for point in (np.array(_middle(line)) + aside, np.array(_middle(line)) - aside):
        within = [k for k, room in enumerate(rooms) if room.covers(shapely.Point(point))]
        found += within[:1]
    return sorted(set(found))
