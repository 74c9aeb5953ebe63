"""How much of an outline is left."""

from bd_gen.layouts.constraints import LARGEST_COORDINATE, X0, Y0, variable
from bd_gen.layouts.costs import Layouts, Terms, cost
from bd_gen.layouts.terms import least_of


@cost(
    "plan",
    unused=(25, "the way from the outline, where one is given, to the nearest room, on each side"),
)
def unused_terms(layouts: Layouts) -> Terms:
    """How far the rooms stay back from each side of the outline."""
    outline = layouts.options.outline
    if outline is None:
        return []
    model, num_rooms, costs = layouts.model, layouts.diagram.num_rooms, []
    for side, edge in enumerate(outline.box):
        unused = model.integer(0, LARGEST_COORDINATE)
        sign = 1 if side in (X0, Y0) else -1
        # from the edge to the nearest room: unused >= sign * (side - edge) for one of them
        edge_variable = model.integer(edge, edge)
        least_of(
            model,
            unused,
            [[(variable(room, side), sign), (edge_variable, -sign)] for room in range(num_rooms)],
        )
        costs.append((unused, layouts.weights["unused"]))
    return costs
