"""How far boxes are from those that are wanted."""

from bd_gen.layouts.constraints import LARGEST_COORDINATE, variable
from bd_gen.layouts.costs import Layouts, Terms, cost


@cost("room", nearest=(2000, "the way of each side of a room to where it is wanted (targets)"))
def nearest_terms(layouts: Layouts, room: int) -> Terms:
    """The L1 distance of a box to its target; it outweighs what is merely typical."""
    target = layouts.options.targets.get(room)
    if target is None:
        return []
    model, costs = layouts.model, []
    for side, wanted in enumerate(target):
        distance = model.integer(0, LARGEST_COORDINATE)
        model.linear([(variable(room, side), 1), (distance, -1)], high=wanted)
        model.linear([(variable(room, side), 1), (distance, 1)], low=wanted)
        costs.append((distance, layouts.weights["nearest"]))
    return costs
