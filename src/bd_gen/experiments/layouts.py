"""Boxes for diagrams that have none, by the exact solver."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bd_gen.layouts.exports.laid_out import LaidOut
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.outcome import lay_out


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
        outcome = lay_out(plans[k].diagram, options)
        found[k] = replace(plans[k], boxes=outcome.boxes)
        if outcome.boxes is None:
            unsolved.append(Unsolved(found[k], outcome.why))
        if progress is not None:
            progress(done, len(missing))
    return found, unsolved


def _has_layout(plan: LaidOut, keep_boxes: bool) -> bool:
    return plan.boxes is not None if keep_boxes else plan.follows_from_boxes
