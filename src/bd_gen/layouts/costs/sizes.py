"""How far rooms are from their typical size."""

from bd_gen.diagrams.diagram import Diagram
from bd_gen.layouts.constraints import LARGEST_COORDINATE, X0, X1, Y0, Y1, variable
from bd_gen.layouts.costs import Layouts, Terms, cost
from bd_gen.layouts.options import SolverOptions


@cost(
    "room",
    size=(100, "half a perimeter, as a percentage of the typical one"),
    slender=(60, "what is missing of a short side, as a percentage of the typical one"),
)
def size_terms(layouts: Layouts, room: int) -> Terms:
    """The size of a room is measured by half its perimeter and its short side."""
    model, diagram, options = layouts.model, layouts.diagram, layouts.options
    scale = _scale(diagram, room, options)
    words, room_type = diagram.words, diagram.room_types[room]
    half_perimeter = round(words.half_perimeters[room_type] * scale)
    short_side = round(words.short_sides[room_type] * scale)
    width = [(variable(room, X0), -1), (variable(room, X1), 1)]
    height = [(variable(room, Y0), -1), (variable(room, Y1), 1)]
    difference = model.integer(0, 4 * LARGEST_COORDINATE)
    model.linear([*width, *height, (difference, 1)], low=half_perimeter)
    model.linear([*width, *height, (difference, -1)], high=half_perimeter)
    costs = [(difference, _per_cent(layouts.weights["size"], half_perimeter))]
    # the second time again for what misses even half: slivers are worse than slender rooms
    for least in (short_side, short_side // 2):
        missing = model.integer(0, LARGEST_COORDINATE)
        for length in (width, height):
            model.linear([*length, (missing, 1)], low=least)
        costs.append((missing, _per_cent(layouts.weights["slender"], least)))
    return costs


def _per_cent(weight: int, whole: int) -> int:
    return max(1, round(100 * weight / max(whole, 1))) if weight else 0


def _scale(diagram: Diagram, room: int, options: SolverOptions) -> float:
    """How much longer than typical the sides of a room should be."""
    room_type = diagram.room_types[room]
    typical = area = diagram.words.typical_areas[room_type]
    if options.outline is not None:
        area *= options.outline.area / diagram.words.typical_footprint(diagram.num_rooms)
    least, most = options.area_bounds_of(room, room_type) or (area, area)
    return float((min(max(area, least), most) / typical) ** 0.5)
