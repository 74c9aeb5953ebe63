"""How well rooms beside one another meet."""

from bd_gen.layouts.constraints import LARGEST_COORDINATE, variable
from bd_gen.layouts.costs import Layouts, Terms, cost
from bd_gen.layouts.terms import OPPOSITE, SIDES, least_of, reach


@cost(
    "edge",
    overlap=(300, "the depth to which rooms overlap that are not within one another"),
    gap=(50, "the distance between rooms that touch"),
)
def neighbour_terms(layouts: Layouts, i: int, j: int, relation: int) -> Terms:
    """Room i lies in some directions of j; it should end where j begins in one of them."""
    meaning = layouts.diagram.words.relations[relation].means
    directions = [word for word in meaning.split("-") if word in SIDES]
    if not directions:
        return []
    model, weights = layouts.model, layouts.weights
    overlap = model.integer(0, LARGEST_COORDINATE)
    gap = model.integer(0, LARGEST_COORDINATE)
    depths = [
        # i is left of j: its right side goes this far beyond the left side of j
        reach(variable(i, OPPOSITE[SIDES[word]]), variable(j, SIDES[word]), word)
        for word in directions
    ]
    least_of(model, overlap, depths)
    for depth in depths:
        model.linear([*depth, (gap, 1)], low=0)
    return [(overlap, weights["overlap"]), (gap, weights["gap"])]
