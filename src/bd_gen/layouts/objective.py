"""What makes one layout more plausible than another, as costs that CP-SAT minimises.

All costs are linear in pixels, so that the linear relaxation sees them: the size of a room is
measured by half its perimeter and its short side, an overlap by its depth, a plan by width plus
height.
"""

from dataclasses import dataclass

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.vocabulary import RELATIONS, TYPICAL_AREAS
from bd_gen.layouts.constraints import LARGEST_COORDINATE, X0, X1, Y0, Y1, variable
from bd_gen.layouts.cp_sat import Model
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outline import Outline

HALF_PERIMETERS = (200, 107, 67, 55, 81, 87, 77, 90, 90, 65, 54, 41, 41)
SHORT_SIDES = (70, 43, 22, 20, 29, 33, 28, 36, 36, 14, 13, 11, 11)
"""Median width plus height, and first quartile of the shorter of the two, of each room type in
72,751 plans of RPLAN, in pixels. ChildRoom, StudyRoom, GuestRoom and Wall-in are estimates: the
plans count the first three as SecondRoom and have no Wall-in."""

_SIDES = {"left": X0, "above": Y0, "right": X1, "below": Y1}
_OPPOSITE = {X0: X1, Y0: Y1, X1: X0, Y1: Y0}


def typical_footprint(num_rooms: int) -> int:
    """Width times height of a plan of so many rooms, fitted to RPLAN's medians for 4 to 8."""
    return 9000 + 1850 * num_rooms


@dataclass(frozen=True)
class Weights:
    """How much a pixel of each cost weighs.

    Attributes:
        size: of half a perimeter, as a percentage of the typical one.
        slender: missing of a short side, as a percentage of the typical one.
        overlap: of the depth to which rooms overlap that are not within one another.
        gap: of the distance between rooms that touch.
        sticking_out: of an inner room beyond its outer one.
        afloat: between an inner room and the nearest wall of its outer one.
        spread: of the plan's width and height, where no outline is given.
        unused: between the outline, where one is given, and the nearest room, on each side.
    """

    size: int = 100
    slender: int = 60
    overlap: int = 300
    gap: int = 50
    sticking_out: int = 100
    afloat: int = 100
    spread: int = 45
    unused: int = 25


def add_costs(
    model: Model, diagram: Diagram, options: SolverOptions, weights: Weights | None = None
) -> None:
    """Give a model whose first variables are the sides of the rooms an objective.

    Args:
        model: variable 4 * room + side is a side of a box.
        diagram: whose layouts the model describes.
        options: an outline, bounds of areas and fixed boxes change what is typical.
        weights: of the costs.
    """
    weights = weights or Weights()
    costs: list[tuple[int, int]] = []
    for room in range(diagram.num_rooms):
        if room not in options.fixed:
            costs += _size_costs(model, diagram, room, options, weights)
    for i, j, relation in diagram.edges:
        name = RELATIONS[relation]
        if name == "surrounding":
            costs += _nesting_costs(model, j, i, weights)
        elif name == "inside":
            costs += _nesting_costs(model, i, j, weights)
        else:
            words = [word for word in name.split("-") if word in _SIDES]
            costs += _neighbour_costs(model, i, j, words, weights)
    if options.outline is None:
        costs += _spread_costs(model, diagram.num_rooms, weights)
    else:
        costs += _unused_costs(model, diagram.num_rooms, options.outline, weights)
    model.minimise(costs)


def _size_costs(
    model: Model, diagram: Diagram, room: int, options: SolverOptions, weights: Weights
) -> list[tuple[int, int]]:
    scale = _scale(diagram, room, options)
    half_perimeter = round(HALF_PERIMETERS[diagram.room_types[room]] * scale)
    short_side = round(SHORT_SIDES[diagram.room_types[room]] * scale)
    width = [(variable(room, X0), -1), (variable(room, X1), 1)]
    height = [(variable(room, Y0), -1), (variable(room, Y1), 1)]
    difference = model.integer(0, 4 * LARGEST_COORDINATE)
    model.linear([*width, *height, (difference, 1)], low=half_perimeter)
    model.linear([*width, *height, (difference, -1)], high=half_perimeter)
    costs = [(difference, _per_cent(weights.size, half_perimeter))]
    # the second time again for what misses even half: slivers are worse than slender rooms
    for least in (short_side, short_side // 2):
        missing = model.integer(0, LARGEST_COORDINATE)
        for length in (width, height):
            model.linear([*length, (missing, 1)], low=least)
        costs.append((missing, _per_cent(weights.slender, least)))
    return costs


def _per_cent(weight: int, whole: int) -> int:
    return max(1, round(100 * weight / max(whole, 1)))


def _scale(diagram: Diagram, room: int, options: SolverOptions) -> float:
    """How much longer than typical the sides of a room should be."""
    room_type = diagram.room_types[room]
    area = TYPICAL_AREAS[room_type]
    if options.outline is not None:
        area *= options.outline.area / typical_footprint(diagram.num_rooms)
    least, most = options.area_bounds(room_type) or (area, area)
    return float((min(max(area, least), most) / TYPICAL_AREAS[room_type]) ** 0.5)


def _neighbour_costs(
    model: Model, i: int, j: int, directions: list[str], weights: Weights
) -> list[tuple[int, int]]:
    """Room i lies in these directions of j; it should end where j begins in one of them."""
    overlap = model.integer(0, LARGEST_COORDINATE)
    gap = model.integer(0, LARGEST_COORDINATE)
    depths = [
        # i is left of j: its right side goes this far beyond the left side of j
        _reach(variable(i, _OPPOSITE[_SIDES[word]]), variable(j, _SIDES[word]), word)
        for word in directions
    ]
    _least_of(model, overlap, depths)
    for depth in depths:
        model.linear([*depth, (gap, 1)], low=0)
    return [(overlap, weights.overlap), (gap, weights.gap)]


def _nesting_costs(model: Model, inner: int, outer: int, weights: Weights) -> list[tuple[int, int]]:
    sticking_out = model.integer(0, LARGEST_COORDINATE)
    afloat = model.integer(0, LARGEST_COORDINATE)
    inwards = []
    for word, side in _SIDES.items():
        # positive where the inner room stays back from that side of the outer one
        terms = _reach(variable(inner, side), variable(outer, side), word)
        inwards.append(terms)
        model.linear([*((v, -c) for v, c in terms), (sticking_out, -1)], high=0)
    _least_of(model, afloat, inwards)
    return [(sticking_out, weights.sticking_out), (afloat, weights.afloat)]


def _reach(a: int, b: int, word: str) -> list[tuple[int, int]]:
    """How far side a lies beyond side b, seen from outside in that direction: a - b or b - a."""
    sign = 1 if word in ("left", "above") else -1
    return [(a, sign), (b, -sign)]


def _least_of(model: Model, target: int, alternatives: list[list[tuple[int, int]]]) -> None:
    """`target` is at least the least of these sums."""
    chosen = [model.integer(0, 1) for _ in alternatives] if len(alternatives) > 1 else [None]
    for terms, only_if in zip(alternatives, chosen, strict=True):
        model.linear([*terms, (target, -1)], high=0, only_if=only_if)
    if len(alternatives) > 1:
        model.any_of([boolean for boolean in chosen if boolean is not None])


def _spread_costs(model: Model, num_rooms: int, weights: Weights) -> list[tuple[int, int]]:
    costs = []
    for axis in range(2):
        low, high = (model.integer(0, LARGEST_COORDINATE) for _ in range(2))
        for room in range(num_rooms):
            model.linear([(variable(room, axis), 1), (low, -1)], low=0)
            model.linear([(variable(room, axis + 2), -1), (high, 1)], low=0)
        extent = model.integer(0, LARGEST_COORDINATE)
        model.linear([(high, 1), (low, -1), (extent, -1)], high=0)
        costs.append((extent, weights.spread))
    return costs


def _unused_costs(
    model: Model, num_rooms: int, outline: Outline, weights: Weights
) -> list[tuple[int, int]]:
    costs = []
    for side, edge in enumerate(outline.box):
        unused = model.integer(0, LARGEST_COORDINATE)
        sign = 1 if side in (X0, Y0) else -1
        # from the edge to the nearest room: unused >= sign * (side - edge) for one of them
        edge_variable = model.integer(edge, edge)
        _least_of(
            model,
            unused,
            [[(variable(room, side), sign), (edge_variable, -sign)] for room in range(num_rooms)],
        )
        costs.append((unused, weights.unused))
    return costs
