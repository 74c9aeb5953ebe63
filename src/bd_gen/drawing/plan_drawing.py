"""Pictures of diagrams: a grid of panels with a legend, as PNG, SVG or PDF.

With a layout: bubbles where it has the rooms, the floor plan, or both. Without one bubbles stand
where the relations put them. The whole picture is one set of axes measured in points, so that
the sizes of text and bubbles are under control and a grid of hundreds stays quick.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.laid_out import METRES_PER_PIXEL, LaidOut
from bd_gen.drawing.floor_plan import Drawn, draw_floor_plan, extents_for
from bd_gen.drawing.layout_bubbles import draw_layout_bubbles
from bd_gen.drawing.panel import draw_panel
from bd_gen.drawing.picture_file import DPI, checked_suffix, picture_style, save_figure
from bd_gen.drawing.placement import GAP, place
from bd_gen.drawing.plan_frame import Frame
from bd_gen.drawing.sheet import Sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Mode = Literal["both", "plan", "bubbles"]
MODES: tuple[Mode, ...] = ("both", "plan", "bubbles")

PART = 190.0
"""Side of a picture in points."""
PLAN_PART = 220.0
"""The same of floor plans alone, of which more go on a sheet."""
LARGE_PART = 300.0
"""Side of a picture of which there are few, or whose lines carry the names of relations."""
PANEL, LARGE_PANEL = 172.0, 340.0
"""The same in a grid of diagrams without layouts."""
FEW = 2
NO_LAYOUT = "no layout"
"""Said in the heading of a diagram that has no boxes; its bubbles stand by its relations."""

_LARGEST_UNIT = 38.0  # points for a living room's radius, however few rooms there are
_LARGE_GRID_UNIT = 50.0
_RELATION_GAP = 1.1  # space between joined bubbles that holds "right-above"
_RELATION_NOTE = "An arrow says where the room at its tail lies as seen from the room at its head."


def draw_plans(
    plans: Sequence[LaidOut],
    path: str | Path,
    mode: Mode = "both",
    columns: int | None = None,
    titles: Sequence[str] | None = None,
    title: str | None = None,
    relation_labels: bool = False,
    metres_per_pixel: float = METRES_PER_PIXEL,
    dpi: float = DPI,
    tooltips: Sequence[str] | None = None,
) -> None:
    """Draw diagrams with their layouts in a grid, row by row, and write the picture.

    Args:
        plans: what to draw, at least one. A plan without boxes is drawn with its bubbles where
            its relations put them, and the heading says so.
        path: file to write; its suffix (.png, .svg or .pdf) says in which format.
        mode: "bubbles" at the places of the rooms, the floor "plan", or "both" side by side.
        columns: panels in a row; as many as suit the number of diagrams if None.
        titles: a heading for each panel.
        title: a heading for the picture.
        relation_labels: write the relations on the lines between bubbles, as arrows.
        metres_per_pixel: the scale, for areas in square metres and the thickness of walls.
        dpi: pixels to the inch of a PNG.
        tooltips: for each panel what an SVG tells over its heading.

    Raises:
        InputError: the suffix is none of these, or the file cannot be written.
        ValueError: there are no plans or columns, the mode is unknown, or there is not one title
            for each plan.
    """
    checked_suffix(path)
    with picture_style():
        figure = plans_figure(
            plans, mode, columns, titles, title, relation_labels, metres_per_pixel, tooltips
        )
        save_figure(figure, path, dpi)


def plans_figure(
    plans: Sequence[LaidOut],
    mode: Mode = "both",
    columns: int | None = None,
    titles: Sequence[str] | None = None,
    title: str | None = None,
    relation_labels: bool = False,
    metres_per_pixel: float = METRES_PER_PIXEL,
    tooltips: Sequence[str] | None = None,
) -> "Figure":
    """The figure that `draw_plans` writes, bound to no display."""
    if mode not in MODES:
        raise ValueError(f"mode must be one of {', '.join(MODES)}, got {mode!r}")
    diagrams = [plan.diagram for plan in plans]
    _check(diagrams, columns, titles)
    parts = 2 if mode == "both" else 1
    arrows = relation_labels and mode != "plan"
    count = len(plans)
    sheet = Sheet(
        num_panels=count,
        columns=min(columns or _usual_columns(count, parts), count),
        side=_side(count, mode, arrows),
        headings=_headings(plans, titles),
        title=title,
        room_types=_types_of(diagrams),
        relations=() if mode == "plan" else _coloured_relations(diagrams),
        note=_note(plans, mode, arrows, metres_per_pixel),
        parts=parts,
        words=diagrams[0].words,
        tooltips=None if tooltips is None else tuple(tooltips),
        has_floors=mode == "plan",
    )
    figure, axes = sheet.new_axes()
    _draw_panels(axes, sheet, plans, mode, arrows, metres_per_pixel)
    return figure


def _side(count: int, mode: Mode, arrows: bool) -> float:
    """Points of a side of each picture."""
    if count <= FEW or arrows:
        return LARGE_PART
    return PLAN_PART if mode == "plan" else PART


def _draw_panels(
    axes: "Axes",
    sheet: Sheet,
    plans: Sequence[LaidOut],
    mode: Mode,
    arrows: bool,
    metres_per_pixel: float,
) -> None:
    """Draw what each panel holds."""
    for k, plan in enumerate(plans):
        if plan.boxes is None:
            _draw_unplaced(axes, sheet, k, plan.diagram, arrows)
        elif mode != "plan":
            draw_layout_bubbles(axes, plan, sheet.middle(k), sheet.side, arrows)
    if mode == "bubbles":
        return
    drawn = {k: Drawn(p, metres_per_pixel) for k, p in enumerate(plans) if p.boxes is not None}
    extents = extents_for(list(drawn.values()))
    for (k, one), extent in zip(drawn.items(), extents, strict=True):
        middle = sheet.middle(k, sheet.parts - 1)
        prefix = f"plan-{k}-" if len(plans) > 1 else ""
        draw_floor_plan(axes, one, middle, Frame(sheet.side, extent), prefix)


def _note(plans: Sequence[LaidOut], mode: Mode, arrows: bool, metres_per_pixel: float) -> str:
    """What the legend says of arrows and of the scale."""
    notes = [_RELATION_NOTE] if arrows else []
    are_boxes = [plan.boxes is not None and plan.floor_plan is None for plan in plans]
    if mode != "bubbles" and any(are_boxes):
        whose = ", as in RPLAN" if metres_per_pixel == METRES_PER_PIXEL else ""
        notes.append(f"A pixel of a box is {metres_per_pixel:.4g} m{whose}.")
    return "  ".join(notes)


def _check(diagrams: Sequence[Diagram], columns: int | None, titles: Sequence[str] | None) -> None:
    if not diagrams:
        raise ValueError("there is no diagram to draw")
    if any(diagram.num_rooms == 0 for diagram in diagrams):
        raise ValueError("a diagram without rooms cannot be drawn")
    if columns is not None and columns < 1:
        raise ValueError(f"columns must be at least 1, got {columns}")
    if titles is not None and len(titles) != len(diagrams):
        raise ValueError(f"{len(titles)} titles for {len(diagrams)} diagrams")


def _usual_columns(count: int, parts: int) -> int:
    """As many columns as rows, but at most four pictures in a row."""
    if parts == 2:
        return 1 if count <= FEW else 2
    return min(4, math.ceil(math.sqrt(count)) if count > FEW else count)


def _headings(plans: Sequence[LaidOut], titles: Sequence[str] | None) -> tuple[str, ...] | None:
    if titles is None and all(plan.boxes is not None for plan in plans):
        return None
    headings = []
    for k, plan in enumerate(plans):
        note = "" if plan.boxes is not None else NO_LAYOUT
        headings.append(": ".join(part for part in (titles[k] if titles else "", note) if part))
    return tuple(headings)


def _draw_unplaced(
    axes: "Axes", sheet: Sheet, panel: int, diagram: Diagram, relation_labels: bool
) -> None:
    """Bubbles where the relations put them, in the middle of the whole panel."""
    (placement,) = place([diagram], _RELATION_GAP if relation_labels else GAP)
    middle = sheet.corner(panel)[0] + sheet.panel_width / 2, sheet.middle(panel)[1]
    unit = sheet.unit_for(placement.extent, _LARGEST_UNIT)
    draw_panel(axes, diagram, placement, middle, unit, relation_labels)


def _types_of(diagrams: Sequence[Diagram]) -> tuple[int, ...]:
    """The room types that occur, for the legend."""
    return tuple(sorted({t for diagram in diagrams for t in diagram.room_types}))


def _coloured_relations(diagrams: Sequence[Diagram]) -> tuple[int, ...]:
    """The relations that occur whose lines have a colour of their own, for the legend."""
    relations = diagrams[0].words.relations
    occurring = {relation for diagram in diagrams for _, _, relation in diagram.edges}
    return tuple(sorted(k for k in occurring if relations[k].colour))


def draw_grid(
    diagrams: Sequence[Diagram],
    path: str | Path,
    columns: int = 4,
    titles: Sequence[str] | None = None,
    title: str | None = None,
    relation_labels: bool = False,
) -> None:
    """Draw diagrams in a grid, row by row, and write the picture.

    Bubbles stand where the relations of a diagram put them. A bubble in another one is a room
    inside another one; every other edge is a line.

    Args:
        diagrams: what to draw, at least one.
        path: file to write; its suffix (.png, .svg or .pdf) says in which format.
        columns: panels in a row.
        titles: a heading for each panel.
        title: a heading for the picture.
        relation_labels: write the relation on every line, in larger panels: "i left-of j" is an
            arrow from i to j that says "left-of".

    Raises:
        InputError: the suffix is none of these, or the file cannot be written.
        ValueError: there are no diagrams, rooms or columns, or not one title for each diagram.
    """
    checked_suffix(path)
    with picture_style():
        save_figure(grid_figure(diagrams, columns, titles, title, relation_labels), path)


def grid_figure(
    diagrams: Sequence[Diagram],
    columns: int = 4,
    titles: Sequence[str] | None = None,
    title: str | None = None,
    relation_labels: bool = False,
) -> "Figure":
    """The figure that `draw_grid` writes, bound to no display."""
    _check(diagrams, columns, titles)
    sheet = Sheet(
        num_panels=len(diagrams),
        columns=min(columns, len(diagrams)),
        side=LARGE_PANEL if relation_labels else PANEL,
        headings=None if titles is None else tuple(titles),
        title=title,
        room_types=_types_of(diagrams),
        relations=_coloured_relations(diagrams),
        note=_RELATION_NOTE if relation_labels else "",
        words=diagrams[0].words,
    )
    figure, axes = sheet.new_axes()
    placements = place(diagrams, _RELATION_GAP if relation_labels else GAP)
    largest = _LARGE_GRID_UNIT if relation_labels else _LARGEST_UNIT
    for k, (diagram, placement) in enumerate(zip(diagrams, placements, strict=True)):
        unit = sheet.unit_for(placement.extent, largest)
        draw_panel(axes, diagram, placement, sheet.middle(k), unit, relation_labels)
    return figure
