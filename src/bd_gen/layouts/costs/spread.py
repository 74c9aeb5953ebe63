"""How large the plan is."""

from bd_gen.layouts.constraints import LARGEST_COORDINATE, variable
from bd_gen.layouts.costs import Layouts, Terms, cost


@cost("plan", spread=(45, "the plan's width and height, where no outline is given"))
def spread_terms(layouts: Layouts) -> Terms:
    """The width and the height of the smallest box around all rooms."""
    if layouts.options.outline is not None:
        return []
    model, num_rooms, costs = layouts.model, layouts.diagram.num_rooms, []
    for axis in range(2):
        low, high = (model.integer(0, LARGEST_COORDINATE) for _ in range(2))
        for room in range(num_rooms):
            model.linear([(variable(room, axis), 1), (low, -1)], low=0)
            model.linear([(variable(room, axis + 2), -1), (high, 1)], low=0)
        extent = model.integer(0, LARGEST_COORDINATE)
        model.linear([(high, 1), (low, -1), (extent, -1)], high=0)
        costs.append((extent, layouts.weights["spread"]))
    return costs
