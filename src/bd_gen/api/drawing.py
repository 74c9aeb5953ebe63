"""Pictures of diagrams and plans, as SVG text or as a file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bd_gen.api.diagram import as_diagram, as_list
from bd_gen.api.plan_text import UNNAMED, laid_out
from bd_gen.diagrams.laid_out import METRES_PER_PIXEL, LaidOut
from bd_gen.drawing.picture_file import DPI, checked_suffix, picture_style, save_figure, svg_of
from bd_gen.drawing.plan_drawing import Mode, grid_figure, plans_figure
from bd_gen.system.errors import InputError
from bd_gen.system.files import expanded

_COLUMNS = 4  # of a grid of bubbles


def draw(
    what: Any,
    path: str | Path | None = None,
    *,
    mode: Mode | None = None,
    columns: int | None = None,
    titles: Sequence[str] | None = None,
    title: str | None = None,
    relation_labels: bool = False,
    metres_per_pixel: float = METRES_PER_PIXEL,
    dpi: float = DPI,
) -> str:
    """Draw diagrams, plans, or what `lay_out` answers, in a grid.

    Args:
        what: one or several. Those with boxes are drawn at their places, the others as bubbles
            where their relations put them; nothing is laid out for a picture.
        path: file to write, .png, .svg or .pdf; None for the text of an SVG.
        mode: "both", "plan" or "bubbles"; by default both where there are boxes.
        columns: panels in a row.
        titles: a heading for each.
        title: a heading for all.
        relation_labels: write the relations on the lines.
        metres_per_pixel: the scale, for areas in square metres and the thickness of walls.
        dpi: pixels to the inch of a PNG.

    Returns:
        the text of the SVG, or the name of the file.

    Raises:
        InputError: nothing or too much to draw, an option that does not fit it, another ending,
            or the file cannot be written.
    """
    from bd_gen.exchange.exports.pictures import MOST_IN_A_PICTURE

    plans = [
        one
        if isinstance(one, LaidOut)
        else laid_out(
            getattr(one, "id", UNNAMED), as_diagram(one, f"draw[{k}]"), getattr(one, "boxes", None)
        )
        for k, one in enumerate(as_list(what, "draw"))
    ]
    if len(plans) > MOST_IN_A_PICTURE:
        raise InputError(
            f"draw: a picture holds up to {MOST_IN_A_PICTURE} diagrams, here are {len(plans):,}"
        )
    file = None if path is None else expanded(path)
    if file is not None:
        checked_suffix(file)
    has_boxes = any(plan.boxes is not None for plan in plans)
    if not has_boxes and mode not in (None, "bubbles"):
        raise InputError(f"draw: mode {mode!r} needs boxes; lay_out(diagram) looks for them")
    with picture_style():
        try:
            if has_boxes:
                figure = plans_figure(
                    plans,
                    mode or "both",
                    columns,
                    titles,
                    title,
                    relation_labels,
                    metres_per_pixel,
                )
            else:
                columns = _COLUMNS if columns is None else columns
                diagrams = [plan.diagram for plan in plans]
                figure = grid_figure(diagrams, columns, titles, title, relation_labels)
        except ValueError as error:
            raise InputError(f"draw: {error}") from None
        if file is None:
            return svg_of(figure)
        save_figure(figure, file, dpi)
    return str(file)
