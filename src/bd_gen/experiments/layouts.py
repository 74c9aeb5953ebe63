"""Boxes for diagrams that have none, by the exact solver."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bd_gen.layouts.exports.laid_out import LaidOut
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.search import Status
from bd_gen.layouts.solver import solve


@dataclass(frozen=True)
class Unsolved:
    """A diagram that got no boxes, and why: there are none, or time ran out."""

    plan: LaidOut
    status: Status

    def __str__(self) -> str:
        why = {
            Status.UNREALIZABLE: "no rectangles have these relations",
            Status.TIME_LIMIT: "no layout was found in time",
        }
        return f"{self.plan.id}: {why[self.status]}"


def with_layouts(
    plans: Sequence[LaidOut],
    options: SolverOptions | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[list[LaidOut], list[Unsolved]]:
    """The diagrams with boxes, solved for where there are none that give the diagram.

    Returns:
        all diagrams in order, without boxes where none were found; and those without.

    Raises:
        InputError: OR-tools is missing.
    """
    found: list[LaidOut] = []
    unsolved: list[Unsolved] = []
    for done, plan in enumerate(plans, start=1):
        if not plan.follows_from_boxes:
            layout = solve(plan.diagram, options)
            plan = replace(plan, boxes=layout.boxes)
            if layout.boxes is None:
                unsolved.append(Unsolved(plan, layout.status))
        found.append(plan)
        if progress is not None:
            progress(done, len(plans))
    return found, unsolved
