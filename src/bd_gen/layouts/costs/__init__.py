"""What makes one layout more plausible than another: terms that CP-SAT minimises.

All are linear in pixels, so that the linear relaxation sees them. Each file here holds the terms
that belong together and the weights that they have; a plug-in's is a function with the same
decorator.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bd_gen.diagrams.diagram import Diagram
from bd_gen.layouts.cp_sat import Model
from bd_gen.layouts.options import SolverOptions
from bd_gen.system.names import Registry

Part = Literal["room", "edge", "plan"]
Terms = list[tuple[int, int]]
"""Variables of the model and what a unit of each costs."""


@dataclass(frozen=True)
class Layouts:
    """What costs are given: all layouts of a diagram.

    Attributes:
        model: variable `variable(room, side)` of it is a side of a box.
        diagram: whose layouts the model describes.
        options: an outline, bounds of areas and fixed boxes change what is typical.
        weights: of all costs, by name.
    """

    model: Model
    diagram: Diagram
    options: SolverOptions
    weights: Mapping[str, int]


@dataclass(frozen=True)
class Cost:
    """A number by which layouts differ, and how much a unit of it weighs.

    Attributes:
        name: of the weight.
        about: what is weighed, for lists.
        weight: the usual one; 0 leaves the cost out.
        of: what it is a cost of: of each room that is not fixed, each edge, or the whole plan.
        terms: `terms(layouts)`, `terms(layouts, room)` or `terms(layouts, i, j, relation)` adds
            variables to the model and gives what they cost.
    """

    name: str
    about: str
    weight: int
    of: Part
    terms: Callable[..., Terms]


COSTS: Registry[Cost] = Registry("layout cost")
"""All costs by name; those of one function beside one another."""


def cost(of: Part, **weights: tuple[int, str]) -> Callable[[Any], Any]:
    """Register the decorated function as the terms of one or more costs.

    Args:
        of: "room" for `terms(layouts, room)`, "edge" for `terms(layouts, i, j, relation)`, where
            room i is relation number `relation` of room j in the words of the diagram, or "plan"
            for `terms(layouts)`.
        weights: for each cost its usual weight and what is weighed, in words.

    Raises:
        InputError: a name is taken.
    """

    def decorate(terms: Callable[..., Terms]) -> Callable[..., Terms]:
        for name, (weight, about) in weights.items():
            COSTS.add(name, Cost(name, about, weight, of, terms))
        return terms

    return decorate


COSTS.complete(__name__)
