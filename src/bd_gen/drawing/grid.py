"""Pictures of bubble diagrams: a grid of panels with a legend, as PNG, SVG or PDF.

The whole picture is one set of axes measured in points, so that the sizes of text and bubbles
are under control and a grid of hundreds stays quick.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bd_gen.diagrams.diagram import Diagram
from bd_gen.drawing.panel import draw_panel
from bd_gen.drawing.picture_file import checked_suffix, picture_style, save_figure
from bd_gen.drawing.placement import GAP, place
from bd_gen.drawing.sheet import Sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PANEL = 172.0
"""Side of a panel in points."""
LARGE_PANEL = 340.0
"""Side of a panel whose lines carry the names of their relations."""

_LARGEST_UNIT = 38.0  # points for a living room's radius, however few rooms there are
_LARGE_UNIT = 50.0
_RELATION_GAP = 1.1  # space between joined bubbles that holds "right-above"
_RELATION_NOTE = "An arrow says where the room at its tail lies as seen from the room at its head."


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
    path = Path(path)
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
    if not diagrams:
        raise ValueError("there is no diagram to draw")
    if any(diagram.num_rooms == 0 for diagram in diagrams):
        raise ValueError("a diagram without rooms cannot be drawn")
    if columns < 1:
        raise ValueError(f"columns must be at least 1, got {columns}")
    if titles is not None and len(titles) != len(diagrams):
        raise ValueError(f"{len(titles)} titles for {len(diagrams)} diagrams")
    sheet = Sheet(
        num_panels=len(diagrams),
        columns=min(columns, len(diagrams)),
        side=LARGE_PANEL if relation_labels else PANEL,
        headings=None if titles is None else tuple(titles),
        title=title,
        room_types=tuple(sorted({t for diagram in diagrams for t in diagram.room_types})),
        note=_RELATION_NOTE if relation_labels else "",
    )
    figure, axes = sheet.new_axes()
    placements = place(diagrams, _RELATION_GAP if relation_labels else GAP)
    largest = _LARGE_UNIT if relation_labels else _LARGEST_UNIT
    for k, (diagram, placement) in enumerate(zip(diagrams, placements, strict=True)):
        unit = sheet.unit_for(placement.extent, largest)
        draw_panel(axes, diagram, placement, sheet.middle(k), unit, relation_labels)
    return figure
