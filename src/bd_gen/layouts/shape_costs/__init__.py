"""What makes one plan of polygons better than another: numbers that the tiling search adds up.

Each file holds the costs that belong together; a plug-in's is a function with the same decorator.
Costs look at many plans at once (`cells.tilings.Tilings`) and give a number for each.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bd_gen.system.names import Registry

if TYPE_CHECKING:
    from bd_gen.layouts.cells.tilings import Tilings

Measure = Callable[["Tilings"], np.ndarray]
"""From B plans to (B,) float64."""


@dataclass(frozen=True)
class ShapeCost:
    """A number by which plans differ, and how much a unit of it weighs.

    Attributes:
        name: of the cost.
        about: what is weighed, for lists.
        weight: the usual one; 0 leaves the cost out. A corner of the outline weighs 6.
        measure: gives the number of each plan.
    """

    name: str
    about: str
    weight: float
    measure: Measure


SHAPE_COSTS: Registry[ShapeCost] = Registry("shape cost")
"""All costs by name."""


def shape_cost(name: str, weight: float, about: str) -> Callable[[Measure], Measure]:
    """Register the decorated function as a cost.

    Args:
        name: of the cost.
        weight: the usual one.
        about: what is weighed, in words.

    Raises:
        InputError: the name is taken.
    """

    def decorate(measure: Measure) -> Measure:
        SHAPE_COSTS.add(name, ShapeCost(name, about, weight, measure))
        return measure

    return decorate


SHAPE_COSTS.complete(__name__)
