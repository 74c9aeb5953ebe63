"""Diagrams as pictures: bubble diagrams, beside floor plans where there are boxes."""

from collections.abc import Sequence
from pathlib import Path

from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.exchange.exports import export_format
from bd_gen.system.errors import InputError

MOST_IN_A_PICTURE = 400


@export_format(
    *("svg", "png", "pdf"),
    holds="the bubble diagrams, beside floor plans where there are boxes",
    most=MOST_IN_A_PICTURE,
)
def write_picture(path: Path, plans: Sequence[LaidOut], scale: float) -> None:
    """Draw all diagrams on one sheet.

    Raises:
        InputError: there are too many, or the file cannot be written.
    """
    from bd_gen.drawing.plan_drawing import draw_plans

    if len(plans) > MOST_IN_A_PICTURE:
        raise InputError(
            f"{path}: a picture holds up to {MOST_IN_A_PICTURE} diagrams, here are {len(plans):,}"
        )
    draw_plans(
        plans,
        path,
        mode="both" if any(plan.boxes is not None for plan in plans) else "bubbles",
        titles=[plan.id for plan in plans],
        metres_per_pixel=scale,
    )
