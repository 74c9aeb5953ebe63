"""Boxes for diagrams that have none, by the exact solver."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.layouts.open_pairs import directed
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outcome import Outcome, lay_out


@dataclass(frozen=True)
class Unsolved:
    """A diagram that got no boxes, and why in words."""

    plan: LaidOut
    why: str

    def __str__(self) -> str:
        return f"{self.plan.id}: {self.why}"


def with_layouts(
    plans: Sequence[LaidOut],
    options: SolverOptions,
    progress: Callable[[int, int], None] | None = None,
    keep_boxes: bool = False,
) -> tuple[list[LaidOut], list[Unsolved]]:
    """The diagrams with boxes, solved for where there are none.

    Args:
        plans: the diagrams.
        options: of the solver.
        progress: called as progress(done, total) with the number of diagrams to solve.
        keep_boxes: keep boxes even if the relations do not follow from them, as for a picture of
            what a file says; else these are solved for, too.

    Returns:
        all diagrams in order, without boxes where none were found; and those without.

    Raises:
        InputError: OR-tools is missing.
    """
    found, unsolved = list(plans), []
    missing = [k for k, plan in enumerate(plans) if not _has_layout(plan, keep_boxes)]
    for done, k in enumerate(missing, start=1):
        plan, outcome = _laid_out(plans[k], options)
        found[k] = replace(plan, boxes=outcome.boxes, floor_plan=outcome.floor_plan)
        if outcome.boxes is None:
            unsolved.append(Unsolved(found[k], outcome.why))
        if progress is not None:
            progress(done, len(missing))
    return found, unsolved


def _laid_out(plan: LaidOut, options: SolverOptions) -> tuple[LaidOut, Outcome]:
    """The diagram with a relation wherever rooms are joined, and what came of its layout."""
    if plan.joined:
        with_relations, why = directed(plan.diagram, plan.joined, options)
        if with_relations is None:
            return plan, Outcome(None, why)
        plan = replace(plan, diagram=with_relations, joined=())
    return plan, lay_out(plan.diagram, options)


def _has_layout(plan: LaidOut, keep_boxes: bool) -> bool:
    if plan.joined:
        return False
    return plan.boxes is not None if keep_boxes else plan.follows_from_boxes
