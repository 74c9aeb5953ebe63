"""The objective of a layout: the sum of all registered costs."""

from collections.abc import Mapping

from bd_gen.diagrams.diagram import Diagram
from bd_gen.layouts.costs import COSTS, Layouts, Part, Terms
from bd_gen.layouts.cp_sat import Model
from bd_gen.layouts.options import SolverOptions


def add_costs(
    model: Model, diagram: Diagram, options: SolverOptions, weights: Mapping[str, int] | None = None
) -> None:
    """Give a model whose first variables are the sides of the rooms an objective.

    Args:
        model: variable 4 * room + side is a side of a box.
        diagram: whose layouts the model describes.
        options: an outline, bounds of areas and fixed boxes change what is typical.
        weights: of costs by name; the usual ones where a name is missing.

    Raises:
        InputError: there is no cost of that name.
    """
    usual = {name: cost.weight for name, cost in COSTS.items()}
    given = {COSTS.find(name).name: weight for name, weight in (weights or {}).items()}
    layouts = Layouts(model, diagram, options, usual | given)
    terms: Terms = []
    for room in range(diagram.num_rooms):
        if room not in options.fixed:
            terms += _sum(layouts, "room", room)
    for i, j, relation in diagram.edges:
        terms += _sum(layouts, "edge", i, j, relation)
    model.minimise(terms + _sum(layouts, "plan"))


def _sum(layouts: Layouts, part: Part, *which: int) -> Terms:
    """The terms of all costs of a part that weigh anything; those of one function come at once."""
    weighing = [cost for cost in COSTS.values() if cost.of == part and layouts.weights[cost.name]]
    functions = dict.fromkeys(cost.terms for cost in weighing)
    return [term for terms in functions for term in terms(layouts, *which)]
