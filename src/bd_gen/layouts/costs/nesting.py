"""How well inner rooms lie in their outer ones."""

from bd_gen.layouts.constraints import LARGEST_COORDINATE, variable
from bd_gen.layouts.costs import Layouts, Terms, cost
from bd_gen.layouts.terms import SIDES, least_of, reach


@cost(
    "edge",
    sticking_out=(100, "an inner room beyond its outer one"),
    afloat=(100, "the way from an inner room to the nearest wall of its outer one"),
)
def nesting_terms(layouts: Layouts, i: int, j: int, relation: int) -> Terms:
    """An inner room stands at a wall of its outer one, and within it."""
    words = layouts.diagram.words
    if relation not in words.containments:
        return []
    inner, outer = (i, j) if relation == words.inside else (j, i)
    model, weights = layouts.model, layouts.weights
    sticking_out = model.integer(0, LARGEST_COORDINATE)
    afloat = model.integer(0, LARGEST_COORDINATE)
    inwards = []
    for word, side in SIDES.items():
        # positive where the inner room stays back from that side of the outer one
        terms = reach(variable(inner, side), variable(outer, side), word)
        inwards.append(terms)
        model.linear([*((v, -c) for v, c in terms), (sticking_out, -1)], high=0)
    least_of(model, afloat, inwards)
    return [(sticking_out, weights["sticking_out"]), (afloat, weights["afloat"])]
