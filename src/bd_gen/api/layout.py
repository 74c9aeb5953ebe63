"""From a diagram to rectangles: a plan, a proof that there is none, or neither in time."""

from dataclasses import dataclass
from typing import Any

from bd_gen.api.diagram import Diagram, as_diagram
from bd_gen.api.plan import Plan
from bd_gen.api.plan_text import UNNAMED
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outcome import lay_out as outcome_of
from bd_gen.system.errors import InputError


@dataclass(frozen=True)
class NoLayout:
    """It is proven that no rectangles have these relations.

    Attributes:
        diagram: what was to be laid out.
        why: the relations that cannot hold together, in words.
    """

    diagram: Diagram
    why: str

    boxes = None

    def __bool__(self) -> bool:
        return False


@dataclass(frozen=True)
class Undecided:
    """Within the limits neither rectangles were found nor a proof that there are none.

    Attributes:
        diagram: what was to be laid out.
        why: which limit was met.
    """

    diagram: Diagram
    why: str

    boxes = None

    def __bool__(self) -> bool:
        return False


def lay_out(
    diagram: Any, options: SolverOptions | None = None, **settings: Any
) -> Plan | NoLayout | Undecided:
    """Look for rectangles whose relations are exactly those of a diagram.

    A plan counts as true, the two other answers as false.

    Args:
        diagram: a diagram, or a plan whose boxes are to be found anew.
        options: what the rectangles must satisfy besides, and how long to look.
        settings: fields of `SolverOptions` in place of it: min_side=12, improve_effort=2, ...

    Raises:
        InputError: a value out of range, no diagram, or OR-tools is missing.
    """
    if options is None:
        try:
            options = SolverOptions(**settings)
        except TypeError as error:
            raise InputError(f"lay_out: {str(error).partition('() ')[2] or error}") from None
    elif settings:
        raise InputError("lay_out: options and settings: give one of the two")
    wanted = as_diagram(diagram)
    outcome = outcome_of(wanted, options)
    if outcome.boxes is not None:
        name = getattr(diagram, "id", UNNAMED)
        return Plan(name, wanted, outcome.boxes, floor_plan=outcome.floor_plan)
    return (NoLayout if outcome.is_proven else Undecided)(wanted, outcome.why)
