"""What came of looking for a layout: boxes, or in words why there are none."""

from dataclasses import dataclass, replace
from importlib.util import find_spec

import numpy as np

from bd_gen.diagrams.diagram import Diagram
from bd_gen.layouts.explain import explain
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.search import Status
from bd_gen.layouts.solver import solve
from bd_gen.system.errors import InputError

_EXPLAINING = 1.0  # seconds for each question on why there is no layout


@dataclass(frozen=True, eq=False)
class Outcome:
    """A layout, or the reason why there is none.

    Attributes:
        boxes: (n, 4), or None if there is no layout or none was found.
        why: where there are no boxes, the reason in words.
        is_proven: where there are no boxes, is it proven that there are none?
    """

    boxes: np.ndarray | None
    why: str = ""
    is_proven: bool = False


def has_solver() -> bool:
    """Is OR-tools installed?"""
    return find_spec("ortools") is not None


def lay_out(diagram: Diagram, options: SolverOptions) -> Outcome:
    """Look for a layout of a diagram; where there is none, say why.

    Raises:
        InputError: OR-tools is missing.
    """
    if not has_solver():
        raise InputError("layouts need OR-tools: pip install 'bd-gen[layout]'")
    layout = solve(diagram, options)
    if layout.boxes is not None:
        return Outcome(layout.boxes)
    if layout.status is Status.TIME_LIMIT:
        return Outcome(None, f"no layout found within {options.time_limit:g} s")
    seconds = min(_EXPLAINING, options.time_limit)
    conflict = explain(diagram, replace(options, time_limit=seconds))
    if conflict is None:
        return Outcome(None, "there is no layout", is_proven=True)
    why = f"there is no layout: impossible together are: {conflict}"
    return Outcome(None, why, is_proven=True)
